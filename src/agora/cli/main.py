"""The `agora` command: a table of commands, each loaded when it is called."""

import importlib
from collections.abc import Sequence
from typing import Any

import typer
import typer._click as click
from typer.core import TyperGroup

from agora.cli.answers.terminal import say, tell
from agora.cli.errors import guarded, near
from agora.cli.openings import Openings

COMMANDS = {
    "demo": ("agora.cli.demo", "Build a mesh with real data and show what it can do."),
    "up": ("agora.cli.up", "Serve the mesh: pages for people, an API for programs."),
    "login": ("agora.cli.login", "Work against a server instead of a mesh that lies here."),
    "logout": ("agora.cli.logout", "Forget the server; work here again."),
    "init": ("agora.cli.init", "Make an empty mesh in this folder."),
    "new": ("agora.cli.new", "Make a first product, from a file or from an example."),
    "import": ("agora.cli.imports", "Make products from what others wrote of their data."),
    "check": ("agora.cli.check", "Find everything that is wrong in the mesh's files."),
    "preview": ("agora.cli.preview", "See what a step makes of a sample, before anything is run."),
    "run": ("agora.cli.run", "Build, check and release products."),
    "schedule": ("agora.cli.schedule", "See and change when products run by themselves."),
    "rollback": ("agora.cli.rollback", "Give readers the rows of an earlier edition again."),
    "maintain": ("agora.cli.maintain", "Remove what is no longer kept; prove what is."),
    "derive": ("agora.cli.derive", "Keep what some may see apart from what is hidden from them."),
    "plan": ("agora.cli.plan", "See what a change would break, and for whom, before it runs."),
    "consent": ("agora.cli.consent", "Accept a change that would break what you use."),
    "query": ("agora.cli.query", "Ask products with SQL, as somebody who may."),
    "save": ("agora.cli.save", "Keep a query, and share its words."),
    "saved": ("agora.cli.saved", "See and run queries that were kept, shared or curated."),
    "chart": ("agora.cli.chart", "Draw what a query answers; keep it and share it."),
    "request": ("agora.cli.request", "Ask the owners for access to a product."),
    "cart": ("agora.cli.cart", "Gather products for one purpose, and ask for them together."),
    "agreements": ("agora.cli.agreements", "See and end or renew what you may use."),
    "approve": ("agora.cli.approve", "See and answer requests; an approval is the access."),
    "discuss": ("agora.cli.discuss", "Ask about a product, answer, and rate what you used."),
    "follow": ("agora.cli.follow", "Hear what becomes of a product."),
    "notices": ("agora.cli.notices", "See what you were told, and say how you want to be told."),
    "search": ("agora.cli.search", "Find products by any word on their label."),
    "show": ("agora.cli.show", "Read the label of a product, or look at its rows."),
    "explain": (
        "agora.cli.explain",
        "Say what somebody sees of a product and why; or what a code means.",
    ),
    "export": ("agora.cli.exports", "Write a product in the words of other people's standards."),
    "schema": ("agora.cli.schema", "Export the JSON Schemas of the files people write."),
    "lineage": ("agora.cli.lineage", "See what a column came from and what comes of it."),
    "people": ("agora.cli.people", "See who may sign in; invite, reset, block and unblock people."),
    "token": ("agora.cli.token", "Make, list and revoke what programs show instead of a password."),
    "scorecard": ("agora.cli.scorecard", "Does our mesh work? Figures counted in the ledger."),
    "ledger": ("agora.cli.ledger", "See what happened, and prove that nobody changed the record."),
}
EPILOG = (
    "Start with `agora demo`, or with `agora init` in an empty folder; `agora COMMAND --help` says more,"
    " `agora --version` which one this is."
)


class Lazy(TyperGroup):
    """Knows every command by name and one line; imports a command only to run it or show its help."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """The commands in the order a newcomer meets them."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> Any:
        """The command of that name, or None."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(COMMANDS[cmd_name][0])
        return typer.main.get_command(module.app)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """As usual, but a name that is none gets a suggestion."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.exceptions.UsageError(
                f"there is no command `{args[0]}`; {near(args[0], list(COMMANDS))}", ctx
            )
        return super().resolve_command(ctx, args)

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table itself: no command is imported to list them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_) for name, (_, help_) in COMMANDS.items()])


def run(openings: Openings, arguments: Sequence[str]) -> int:
    """Run one command line; give its exit code."""
    return guarded(lambda: _run(openings, list(arguments)))


def _run(openings: Openings, arguments: list[str]) -> int:
    command = typer.main.get_command(_app())
    try:
        result = command.main(
            args=arguments, prog_name="agora", standalone_mode=False, obj=openings
        )
    except click.exceptions.NoArgsIsHelpError as asked:
        say(asked.format_message())
        return 0
    except click.exceptions.UsageError as problem:
        tell(f"error[E002]: {problem.format_message()}")
        path = problem.ctx.command_path if problem.ctx else "agora"
        tell(f"  = help: {path} --help")
        return 2
    except typer.Abort:
        raise KeyboardInterrupt from None
    except typer.Exit as ending:
        return int(ending.exit_code)
    return result if isinstance(result, int) else 0


def _app() -> typer.Typer:
    app = typer.Typer(
        cls=Lazy,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        no_args_is_help=True,
        epilog=EPILOG,
    )

    @app.callback()
    def agora() -> None:
        """Agora: turn the data you have into governed products, and use everybody else's."""

    return app
