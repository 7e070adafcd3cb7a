"""What is made when it is first asked for is made once, also when two ask at the same moment."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from agora.app.house import Later


class Backend:
    closed = False
    name = "backend"

    def close(self):
        self.closed = True


def test_of_many_who_ask_first_all_get_the_same():
    made, ready = [], threading.Barrier(4)

    def make():
        time.sleep(0.05)
        made.append(Backend())
        return made[-1]

    later = Later(make)

    def asked(_):
        ready.wait()
        return later.name

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(asked, range(4))) == ["backend"] * 4
    assert len(made) == 1
    later.close()
    assert made[0].closed


def test_what_nobody_asked_for_is_not_made_to_be_closed():
    made = []
    Later(lambda: made.append(1)).close()
    assert made == []
