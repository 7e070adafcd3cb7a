"""The servers that tests ask for are real, empty each time, and missed loudly where CI needs them."""

import pytest
import sqlalchemy as sa

from tests import servers


@pytest.mark.parametrize(
    ("kind", "says"), [("postgres", "PostgreSQL"), ("mariadb", "MariaDB")], ids=str
)
def test_a_database_of_its_own(request, kind, says):
    session = request.getfixturevalue(f"{kind}_session")
    for _ in range(2):
        engine = sa.create_engine(session.database())
        with engine.begin() as connection:
            version = connection.exec_driver_sql("select version()").scalar()
            connection.exec_driver_sql("create table t (a integer, b varchar(9))")
            connection.exec_driver_sql("insert into t values (1, 'ü')")
            assert connection.exec_driver_sql("select a, b from t").all() == [(1, "ü")]
        engine.dispose()
        assert says in version


@pytest.mark.parametrize(
    ("ci", "outcome"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)]
)
def test_a_server_that_is_not_installed(monkeypatch, ci, outcome):
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(servers.shutil, "which", lambda *_, **__: None)
    with pytest.raises(outcome, match="apt-get install mariadb-server"), servers.mariadb_server():
        pass
