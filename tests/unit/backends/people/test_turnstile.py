"""So many tries from one address, whichever process is asked."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from agora.backends.people import turnstile
from agora.backends.people.turnstile import SharedTurnstile
from agora.governance.account import BURST, REFILL
from agora.model.errors import Unavailable

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_each_address_has_its_own_tries_and_gets_them_back(tmp_path):
    queue = SharedTurnstile(tmp_path / ".agora" / "tries")
    assert [bool(queue.wait("1.2.3.4", NOW)) for _ in range(BURST + 2)] == [False] * BURST + [
        True
    ] * 2
    assert not queue.wait("5.6.7.8", NOW)
    assert not queue.wait("1.2.3.4", NOW + REFILL)
    assert queue.wait("1.2.3.4", NOW + REFILL)


def test_only_so_many_addresses_are_remembered(monkeypatch, tmp_path):
    monkeypatch.setattr(turnstile, "MOST", 3)
    queue = SharedTurnstile(tmp_path / ".agora" / "tries")
    for n in range(BURST + 1):
        queue.wait("busy", NOW + n * timedelta(0))
        queue.wait(f"other-{n}", NOW)
    assert queue.wait("busy", NOW), "who tries all the time is not forgotten"
    for n in range(3):
        queue.wait(f"new-{n}", NOW)
    assert not queue.wait("busy", NOW)


def test_two_processes_count_together(tmp_path):
    file = tmp_path / "tries"
    code = (
        "import sys; from datetime import datetime; from pathlib import Path\n"
        "from agora.backends.people.turnstile import SharedTurnstile\n"
        "queue, now = SharedTurnstile(Path(sys.argv[1])), datetime.fromisoformat(sys.argv[2])\n"
        "print([bool(queue.wait('1.2.3.4', now)) for _ in range(int(sys.argv[3]))])"
    )
    half = BURST // 2
    command = [sys.executable, "-c", code, str(file), NOW.isoformat(), str(half)]
    done = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert [each.communicate()[0].strip() for each in done] == [str([False] * half)] * 2
    queue = SharedTurnstile(file)
    left = BURST - 2 * half
    assert [bool(queue.wait("1.2.3.4", NOW)) for _ in range(left + 1)] == [False] * left + [True]
    assert b"1.2.3.4" not in file.read_bytes()


def test_where_nobody_can_count_nobody_is_let_in(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable) as refused:
        SharedTurnstile(tmp_path / "file" / "tries").wait("1.2.3.4", NOW)
    assert refused.value.code_shown == "E799"
