"""The file of the index is closed while somebody is at work: they finish, or are broken off; nothing is torn."""

from threading import Event, Thread

from agora.backends.index.database import Database


def test_closing_waits_for_whoever_is_at_work(tmp_path):
    database = Database(tmp_path / "index.db")
    began, go = Event(), Event()

    def work():
        with database.transaction(writes=True) as connection:
            connection.execute("UPDATE standing SET mesh = 'ours'")
            began.set()
            assert go.wait(20)

    worker, closing = Thread(target=work), Thread(target=database.close)
    worker.start()
    assert began.wait(20)
    closing.start()
    closing.join(0.2)
    assert closing.is_alive(), "a connection was closed under who was using it"
    go.set()
    for each in (worker, closing):
        each.join(20)
        assert not each.is_alive()
    with database.transaction() as connection:
        assert connection.execute("SELECT mesh FROM standing").fetchone() == ("ours",)
    database.close()
