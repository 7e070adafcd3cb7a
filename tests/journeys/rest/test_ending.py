"""A server that ends: rows on their way may arrive within its grace; then they break off, and are recorded."""

import contextlib
import threading
import time

import httpx
import pytest

from agora.app.up.assemble import application
from agora.app.up.site import LiveSite
from agora.app.up.worker import Gentle, configured
from agora.cli.openings import Serving
from agora.model.ledger import Event
from tests.servers import free_port

pytestmark = pytest.mark.journey
GRACE = 2
LONG = """
select a.*, b.*, c.* from sales.transactions a, sales.transactions b, sales.transactions c,
sales.transactions d limit 900000
"""


@contextlib.contextmanager
def another(served):
    """A further worker on the same mesh, with a shorter grace; it is told to end by `should_exit`."""
    asked = Serving(root=served.root, port=free_port(), url="", host="127.0.0.1")
    site = LiveSite(served.root, {}, url=served.url)
    config = configured(application(site), asked)
    config.host, config.port, config.timeout_graceful_shutdown = asked.host, asked.port, GRACE
    server = Gentle(config, site)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield server, thread
    finally:
        server.should_exit = True
        thread.join(30)
        site.close()


def slowly(parts, came):
    """The parts are taken one by one; `came` says when each did."""
    for _ in parts:
        came.append(time.monotonic())
        time.sleep(0.02)


def exported(callers, form):
    """The outcomes of what left in this form, and how many rows, in order."""
    entries = (record.entry for record in callers.house.store.records())
    facts = (dict(each.facts) for each in entries if each.event is Event.EXPORTED)
    return [(each["outcome"], each["rows"]) for each in facts if each["format"] == form]


def test_rows_that_outlast_the_grace_break_off_and_are_recorded(callers):
    """While it lasts more of them come; nobody new is let in; half of them never look whole."""
    token = {"authorization": f"Bearer {callers.secret('sofia')}"}
    before, came = len(exported(callers, "ndjson")), []
    with another(callers.served) as (server, thread):
        url = f"http://127.0.0.1:{server.config.port}/api/v1"
        asked = {"sql": LONG, "format": "ndjson"}
        with httpx.stream("POST", f"{url}/query", json=asked, headers=token, timeout=30) as answer:
            assert answer.status_code == 200
            parts = answer.iter_raw()
            next(parts)
            server.should_exit, began = True, time.monotonic()
            with pytest.raises(httpx.RemoteProtocolError):
                slowly(parts, came)
        thread.join(GRACE + 5)
        assert not thread.is_alive()
    assert sum(at < began + GRACE for at in came) > 10
    ((outcome, rows),) = exported(callers, "ndjson")[before:]
    assert outcome != "complete"
    assert 0 < rows < 900_000
