"""Starting is instant: what a command does not need is not loaded."""

import subprocess
import sys

HEAVY = {
    "duckdb",
    "pyarrow",
    "pyiceberg",
    "sqlalchemy",
    "ruamel",
    "jsonschema_rs",
    "rich",
    "pandas",
}
SCRIPT = (
    "import sys, contextlib, io\n"
    "before = set(sys.modules)\n"
    "from agora.app import main\n"
    "sys.argv = ['agora', {argument!r}]\n"
    "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):\n"
    "    main()\n"
    "print(' '.join(sorted(set(sys.modules) - before)))\n"
)


def loaded(argument):
    script = SCRIPT.format(argument=argument)
    found = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(found.stdout.splitlines()[-1].split())


def test_the_version_loads_next_to_nothing():
    assert len(loaded("--version")) <= 12


def test_help_loads_no_command_and_nothing_heavy():
    modules = loaded("--help")
    assert {name.partition(".")[0] for name in modules} & HEAVY == set()
    assert not any(name.startswith("agora.usecases") for name in modules)
    assert len(modules) <= 260
