"""A mesh whose store is a PostgreSQL server, from `init` to the proof of its ledger."""

import pytest
import sqlalchemy as sa

from agora.app.start import start
from tests.servers import PASSWORD

STORE = "store: ${env:AGORA_TEST_STORE}\n"


@pytest.fixture
def shell(tmp_path, postgres, monkeypatch, capfd):
    """The command line in an empty folder; everything it prints is looked through for the password."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AGORA_TEST_STORE", postgres)

    def run(*arguments, code=0):
        capfd.readouterr()
        found = start(list(arguments))
        out, err = capfd.readouterr()
        assert PASSWORD not in out + err
        assert found == code, out + err
        return out + err

    return run


def stored(root):
    path = root / "agora.yaml"
    path.write_text(path.read_text() + STORE)


def test_a_mesh_on_postgres(shell, tmp_path, postgres):
    shell("init", "--name", "shop", "--operator", "olga")
    stored(tmp_path)
    (tmp_path / "visits.csv").write_text("day,visitors\n2018-01-01,7\n2018-01-02,9\n")
    shell("new", "sales.visits", "--from", "visits.csv")
    shell("check")
    shell("run", "sales.visits")
    assert "16" in shell("query", "select sum(cast(visitors as integer)) from sales.visits")
    refused = shell("query", "select 1 from sales.nothing", code=2)
    assert "E404" in refused
    assert "holds" in shell("ledger", "verify")
    engine = sa.create_engine(postgres)
    with engine.begin() as connection:
        kinds = set(connection.exec_driver_sql("select distinct kind from nouns").scalars())
        connection.exec_driver_sql("update ledger set body = replace(body, 'olga', 'eve')")
    engine.dispose()
    assert {"Release", "Current"} <= kinds
    assert not (tmp_path / ".agora" / "agora.db").exists()
    shell("ledger", "verify", code=1)


def test_a_mesh_whose_server_is_away(shell, tmp_path, postgres, monkeypatch):
    shell("init", "--name", "shop", "--operator", "olga")
    stored(tmp_path)
    nowhere = sa.make_url(postgres).set(database="nowhere")
    monkeypatch.setenv("AGORA_TEST_STORE", nowhere.render_as_string(hide_password=False))
    assert "error[E505]" in shell("ledger", "verify", code=4)
    monkeypatch.setenv("AGORA_TEST_STORE", f"postgresql://olga:{PASSWORD}@127.0.0.1:port/x")
    assert "error[E517]" in shell("ledger", "verify", code=4)
    monkeypatch.delenv("AGORA_TEST_STORE")
    assert "error[E020]" in shell("ledger", "verify", code=4)
