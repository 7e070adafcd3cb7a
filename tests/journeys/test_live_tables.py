"""Tables of a PostgreSQL database, governed where they are: read live, as far as a decision lets through."""

import contextlib
import csv
import re
import stat
from dataclasses import replace
from pathlib import Path

import psutil
import psycopg
import pyarrow.parquet as pq
import pytest

from agora.app.house import close_house, open_house
from agora.app.settings import Secret
from agora.backends.engine.duckdb.render import view
from agora.backends.outside import postgres as live
from agora.backends.outside.registry import InstalledExternals
from agora.model.decision import Shield
from agora.model.errors import AgoraError, Unavailable
from agora.model.ledger import Event
from agora.model.mesh import Bounds
from agora.model.names import PortVersion
from agora.model.product import External
from agora.model.relation import Governed
from agora.model.release import Release
from agora.usecases.preview import preview
from agora.usecases.query import query
from agora.usecases.run import run
from tests.journeys.changing import actor, agree, edit, read
from tests.servers import PASSWORD

SALES, HOUSEHOLDS = "sales/transactions", "customers/households"
WHERE = "external: {type: postgres, location: '${env:SHOP}', options: {table: shop.%s}}"
COLUMNS = {
    "transactions": "basket_id bigint, household_id bigint, store_id text, sold_at timestamp, "
    "week integer, quantity bigint, amount numeric(9,2)",
    "households": "household_id bigint, email text, age text, income text, household_size integer",
}
HIDDEN = b"hidden-in-1949"


def execute(url, *statements):
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def fill(url, market, name, folder):
    with (market / folder / f"data/{name}.csv").open() as file:
        rows = list(csv.DictReader(file))
    names = [each.split()[0] for each in COLUMNS[name].split(", ")]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE TABLE shop.{name} ({COLUMNS[name]})")
        for row in rows:
            if name == "households" or int(row["quantity"] or 0) >= 1:
                marks = ", ".join("%s" for _ in names)
                values = [row[each] or None for each in names]
                connection.execute(f"INSERT INTO shop.{name} VALUES ({marks})", values)


@pytest.fixture
def shop(market, postgres, monkeypatch):
    """Both tables of the market lie in a database; gives its address."""
    url = postgres.replace("postgresql+psycopg", "postgresql")
    monkeypatch.setenv("SHOP", url)
    execute(url, "CREATE SCHEMA shop")
    for name, folder in (("transactions", SALES), ("households", HOUSEHOLDS)):
        fill(url, market, name, folder)
    sales, households = market / SALES / "build.yaml", market / HOUSEHOLDS / "build.yaml"
    edit(sales, ("from: typed}", WHERE % "transactions" + "}"))
    edit(households, ("from: raw}", WHERE % "households" + "}"))
    edit(
        market / SALES / "contracts/transactions.v1.odcs.yaml",
        ("severity: quarantine", "severity: error"),
    )
    return url


@pytest.fixture
def fetched(monkeypatch):
    """The bytes and the rights of every file that was fetched for a reader, as it was fetched."""
    found, own = [], live.fetch

    def fetch(external, url, wanted, rows, into, bounds):
        seen = own(external, url, wanted, rows, into, bounds)
        if "/live-" in into:
            path = Path(into)
            rights = stat.S_IMODE(path.stat().st_mode), stat.S_IMODE(path.parent.stat().st_mode)
            found.append((path, path.read_bytes(), rights))
        return seen

    monkeypatch.setattr(live, "fetch", fetch)
    return found


@contextlib.contextmanager
def opened(root, shop):
    house = open_house(root, {"SHOP": shop})
    try:
        yield house
    finally:
        close_house(house)


def done(shell, *words):
    code, out, err = shell(*words)
    assert code == 0, out + err
    return out + err


def asked(shell, sql, who, *more):
    code, out, err = shell("query", "--as", who, "--format", "csv", *more, sql)
    assert code == 0, out + err
    return out.splitlines()[1:]


def refused(shell, code, *words):
    status, out, err = shell(*words)
    assert status != 0, out
    assert f"error[{code}]" in err, err
    return err


def may_read(shell, who="ana", purpose="segmentation"):
    words = ("request", "customers.households", "--as", who, "--purpose", purpose, "--reason", "x")
    wish = re.search(r"req-[\w-]+", done(shell, *words))[0]
    return re.search(r"agr-[\w-]+", done(shell, "approve", wish, "--as", "carl"))[0]


def test_masks_and_row_filters_hold_on_rows_of_now(shell, market, shop, fetched):
    done(shell, "run", "sales.transactions")
    done(shell, "run", "customers.households")
    may_read(shell)
    clear = asked(shell, "select email, age from customers.households order by 1", "carl")
    assert all("@" in line for line in clear)
    masked = asked(
        shell, "select household_id, email, age from customers.households order by 1", "ana",
        "--purpose", "segmentation",
    )  # fmt: skip
    assert len(masked) == len(clear)
    assert all(line.endswith(",,") for line in masked)
    stores = asked(shell, "select distinct store_id from sales.transactions order by 1", "ana")
    assert [each.strip('"') for each in stores] == ["330", "367"]
    assert len(asked(shell, "select distinct store_id from sales.transactions", "sofia")) > 2
    assert asked(shell, "select count(*) from customers.households", "carl") == [str(len(clear))]
    assert [rights for _, _, rights in fetched] == [(0o600, 0o700)] * len(fetched)
    assert not any(path.exists() for path, _, _ in fetched)
    assert list((market / ".agora/lake").rglob("*.parquet")) == []
    assert len({path for path, _, _ in fetched}) == len(fetched) == 5


def test_what_changes_there_is_seen_by_the_next_query_and_an_ended_agreement_ends_at_once(
    shell, shop
):
    done(shell, "run", "customers.households")
    agreement = may_read(shell)
    ask = ("select count(*) from customers.households", "ana", "--purpose", "segmentation")
    before = int(asked(shell, *ask)[0])
    execute(shop, "insert into shop.households (household_id) values (777), (778)")
    assert asked(shell, *ask) == [str(before + 2)]
    done(shell, "approve", "--end", agreement, "--reason", "over", "--as", "carl")
    refused(shell, "E441", "query", "--as", "ana", "--purpose", "segmentation", ask[0])


def test_a_warm_worker_is_given_no_fetched_file_twice(market, shop):
    """One process all along: what it has read once must not answer for what is there now."""
    with opened(market, shop) as house:
        run(house, actor(house, "carl"), "customers.households")
        agree(house, "ana", "segmentation", by="ana", port="customers.households", owner="carl")
        sql = "select count(*) as n from customers.households"
        before = read(house, "ana", sql, "segmentation")[0]["n"]
        for more in (1, 2, 3):
            execute(shop, f"insert into shop.households (household_id) values ({800 + more})")
            assert read(house, "ana", sql, "segmentation") == [{"n": before + more}]
            assert list((market / ".agora/lake/scratch").iterdir()) == []
        facts = [r.entry for r in house.store.records() if r.entry.event is Event.QUERY_CLOSED]
        assert [dict(each.facts)["outcome"] for each in facts] == ["complete"] * 4


def test_an_answer_that_is_left_half_read_leaves_nothing_behind(market, shop):
    with opened(market, shop) as house:
        run(house, actor(house, "sofia"), "sales.transactions")
        answer = query(house, actor(house, "sofia"), "select * from sales.transactions").answer
        assert len(list((market / ".agora/lake/scratch").iterdir())) == 1
        answer.close()
        assert list((market / ".agora/lake/scratch").iterdir()) == []


def test_what_a_killed_process_had_fetched_is_gone_with_the_next_statement(market, shell, shop):
    done(shell, "run", "sales.transactions")
    left = market / ".agora/lake/scratch/live-20260101T000000000000-abcdef"
    (left / "live/0").mkdir(parents=True)
    (left / ".lock").touch()
    (left / "live/0/rows.parquet").write_bytes(HIDDEN)
    asked(shell, "select 1 from sales.transactions limit 1", "sofia")
    assert not left.exists()


def worlds(shell, shop, fetched, sql, who, *changes):
    """What is fetched and answered before and after changes the reader must not notice."""
    found = []
    for change in ((), changes):
        execute(shop, *change)
        fetched.clear()
        found.append((asked(shell, sql, *who), [content for _, content, _ in fetched]))
    return found


def test_values_that_are_masked_are_in_no_fetched_file(shell, shop, fetched):
    done(shell, "run", "customers.households")
    may_read(shell)
    word = HIDDEN.decode()
    execute(shop, "alter table shop.households alter email set storage external")
    made = f"'{word}'::text as email, '{word}'::text as age, '{word}'::text as income"
    other = (
        f"create table shop.other as select household_id, {made}, household_size from shop.households",
        "drop table shop.households",
        "alter table shop.other rename to households",
    )
    sql = "select * from customers.households order by household_id"
    one, two = worlds(shell, shop, fetched, sql, ("ana", "--purpose", "segmentation"), *other)
    assert one == two
    assert len(one[1]) == 1
    assert HIDDEN not in two[1][0]
    assert any(word in line for line in asked(shell, sql, "carl"))


def test_rows_that_are_hidden_are_in_no_fetched_file(shell, shop, fetched):
    done(shell, "run", "sales.transactions")
    sql = "select * from sales.transactions order by basket_id, amount"
    other = (
        "insert into shop.transactions values (1, 1, 'hidden-in-1949', now(), 1, 1, 99.99)",
        "insert into shop.transactions values (2, 2, null, now(), 1, 1, 99.99)",
    )
    one, two = worlds(shell, shop, fetched, sql, ("ana",), *other)
    assert one == two
    assert one[0]
    assert HIDDEN not in two[1][0]


@pytest.mark.parametrize("condition", ["quantity < 3", "amount < 3.00", "store_id < '4'"])
def test_where_hidden_rows_may_be_in_no_file_the_engine_gets_none_with_them(
    market, shop, fetched, monkeypatch, condition
):
    """Some of these conditions are judged here: then what is fetched holds more, and is not given."""
    (market / "guardrails/few.yaml").write_text(
        "agora: 1\nkind: guardrail\nid: few\napplies_to: {ports: [sales.transactions]}\n"
        f'effect: {{rows: "{condition}"}}\n'
    )
    (market / "guardrails/apart.yaml").write_text(
        "agora: 1\nkind: guardrail\nid: apart\napplies_to: {ports: [sales.transactions]}\n"
        "effect: {isolation: physical}\n"
    )
    execute(shop, "alter table shop.transactions alter household_id type bigint")
    with opened(market, shop) as house:
        run(house, actor(house, "sofia"), "sales.transactions")
        secret = 5_512_349_876_543
        execute(
            shop,
            f"insert into shop.transactions values (1, {secret}, '999', now(), 1, 9, 99.99)",
        )
        given, own = [], house.readers.answer

        def answer(session, relations, sql, bounds):
            for file in (file for relation in relations for file in relation.files):
                given.extend(pq.read_table(file.path)["household_id"].to_pylist())
            return own(session, relations, sql, bounds)

        monkeypatch.setattr(house.readers._made, "answer", answer)
        rows = read(house, "sofia", "select * from sales.transactions")
        assert rows
        assert secret not in {row["household_id"] for row in rows}
        assert len(given) == len(rows)
        assert secret not in given
        assert not fetched[0][0].exists()


def test_a_database_that_hides_its_texts_is_asked_only_for_what_it_judges_alike(
    shell, shop, fetched
):
    done(shell, "run", "sales.transactions")
    execute(shop, "update shop.transactions set store_id = '330 ' where store_id = '330'")
    stores = asked(shell, "select distinct store_id from sales.transactions", "ana")
    assert [each.strip('"') for each in stores] == ["367"]


def test_the_address_is_found_nowhere(market, shell, shop):
    done(shell, "run", "sales.transactions")
    asked(shell, "select count(*) from sales.transactions", "sofia")
    said = done(shell, "show", "sales.transactions", "--as", "sofia", "--json")
    assert PASSWORD not in said
    for path in market.rglob("*"):
        if path.is_file():
            assert PASSWORD.encode() not in path.read_bytes(), path


def ran(shell, name="sales.transactions"):
    done(shell, "run", name)
    return lambda code, *more: refused(
        shell, code, "query", "--as", "sofia", *more, f"select * from {name.replace('-', '_')}"
    )


GONE = {
    "the table": "drop table shop.transactions",
    "a column": "alter table shop.transactions drop amount",
    "a type": "alter table shop.transactions alter amount type text",
    "a right": "alter schema shop rename to other",
}


@pytest.mark.parametrize("change", GONE.values(), ids=GONE)
def test_a_table_that_is_not_as_it_was_checked_is_told_without_the_databases_words(
    shell, shop, change
):
    query_is_refused = ran(shell)
    execute(shop, change)
    said = query_is_refused("E387")
    assert "relation" not in said
    assert "shop." not in said
    status, _, err = shell("run", "sales.transactions")
    assert status != 0
    assert re.search(r"error\[(E380|E383|E384)\]", err), err
    assert "does not exist" not in err


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("postgresql://agora:{password}@127.0.0.1:1/nowhere", "E351"),
        ("postgresql://agora:wrong@127.0.0.1:{port}/{name}", "E352"),
        ("postgresql:///nowhere", "E387"),
    ],
)
def test_a_database_that_does_not_answer_is_told(shell, shop, monkeypatch, value, code):
    query_is_refused = ran(shell)
    port, name = re.search(r":(\d+)/(\w+)$", shop).groups()
    monkeypatch.setenv("SHOP", value.format(password=PASSWORD, port=port, name=name))
    said = query_is_refused(code)
    assert PASSWORD not in said
    assert "127.0.0.1" not in said
    run_again = shell("run", "sales.transactions")
    assert run_again[0] != 0
    assert PASSWORD not in run_again[2]


@pytest.mark.parametrize(
    ("limit", "word"), [("rows: 5", "5 rows"), ("rows: 1000000, fetched: 10", "10 bytes")]
)
def test_too_much_is_not_fetched(market, shell, shop, limit, word):
    query_is_refused = ran(shell)
    edit(market / "agora.yaml", ("rows: 1000000", limit))
    assert word in query_is_refused("E388")
    assert list((market / ".agora/lake/scratch").iterdir()) == []


@pytest.mark.parametrize("stop", ["the server", "the line"])
def test_a_table_that_keeps_readers_waiting_is_given_up(market, shell, shop, monkeypatch, stop):
    """The server ends what waits too long; where it does not, the line to it is cut."""
    query_is_refused = ran(shell)
    edit(market / "agora.yaml", ("seconds: 30", "seconds: 1"))
    if stop == "the line":
        own = live.Postgres
        monkeypatch.setattr(live, "Postgres", lambda where, place, _: own(where, place, 60))
    with psycopg.connect(shop) as holding:
        holding.execute("lock table shop.transactions in access exclusive mode")
        said = query_is_refused("E388")
    assert "1 s" in said


def test_rows_of_then_are_not_kept(market, shell, shop):
    query_is_refused = ran(shell)
    done(shell, "run", "sales.transactions")
    query_is_refused("E389", "--edition", "1")
    asked(shell, "select 1 from sales.transactions limit 1", "sofia", "--edition", "2")
    refused(shell, "E454", "derive", "sales.transactions", "--for", "ana", "--as", "sofia")
    said = done(shell, "run", "sales.transactions", "--verify", "--as", "emil")
    assert "`sales.transactions@1` are live: reproducible: no" in said
    assert "reproducible: no" in done(shell, "show", "sales.transactions", "--as", "sofia")
    assert done(shell, "show", "sales.transactions", "--sample", "--as", "ana")
    with opened(market, shop) as house:
        kept = [each.noun for each in house.store.find(Release, "sales.transactions/")]
    assert [each.number for each in kept] == [1, 2]
    assert all(s.files == () and s.live and s.counted for r in kept for s in r.snapshots)
    checked = [pin.version for r in kept for pin in r.sources if pin.name.endswith("@1")]
    assert checked == ["2018-01-02T08:00:00+00:00"] * 2


def test_a_product_is_built_of_rows_of_now_and_says_so(market, shell, shop):
    done(shell, "run", "sales.transactions")
    with opened(market, shop) as house:
        agree(
            house, "service:customers.segments", "segmentation", by="carl", port="sales.transactions"
        )  # fmt: skip
    done(shell, "run", "customers.segments")
    first = asked(shell, "select sum(baskets) from customers.segments", "carl")
    execute(shop, "insert into shop.transactions values (9, 1, '330', now(), 1, 1, 1.50)")
    done(shell, "run", "customers.segments")
    then = asked(shell, "select sum(baskets) from customers.segments", "carl")
    assert int(then[0]) == int(first[0]) + 1
    said = shell("run", "customers.segments", "--verify", "--as", "carl")
    assert "is live, its rows of 2018-01-02T08:00 are not kept" in "".join(said[1:])
    with opened(market, shop) as house:
        kept = [each.noun for each in house.store.find(Release, "customers.segments/")]
    assert [pin.live for r in kept for pin in r.inputs] == ["2018-01-02T08:00:00+00:00"] * 2
    edit(
        market / "customers/segments/build.yaml",
        ("from: per-household}", "from: per-household, load: {mode: replace, by: [household_id], of: transactions}}"),
    )  # fmt: skip
    refused(shell, "E390", "run", "customers.segments")


def test_a_plan_counts_on_rows_of_now(shell, shop):
    done(shell, "run", "sales.transactions")
    execute(shop, "insert into shop.transactions values (9, 1, '330', now(), 1, -1, 1.50)")
    status, out, _ = shell("plan", "sales.transactions", "--data")
    assert status == 1
    assert "the rule `quantity-positive` is 0: counted 1" in out


def test_a_preview_looks_at_rows_of_now_and_leaves_none(market, shop):
    """Of a live input, who sees all of it; to others it is refused."""
    with opened(market, shop) as house:
        run(house, actor(house, "sofia"), "sales.transactions")
        who = actor(house, "carl", "segmentation")
        for consumer, columns in (("service:customers.segments", ()), ("carl", ("week",))):
            agree(
                house, consumer, "segmentation", by="carl", port="sales.transactions", columns=columns
            )  # fmt: skip
        with pytest.raises(AgoraError) as told:
            preview(house, who, "customers.segments", "per-household")
        assert told.value.code_shown == "E450"
        agree(house, "carl", "segmentation", by="carl", port="sales.transactions")
        before = preview(house, who, "customers.segments", "per-household").looked.rows
        execute(shop, "insert into shop.transactions values (9, 777, '330', now(), 1, 1, 1.50)")
        after = preview(house, who, "customers.segments", "per-household").looked.rows
        assert len(after) == len(before) + 1
    assert list((market / ".agora/lake/scratch").iterdir()) == []


def test_rows_that_break_a_promise_stop_the_release_and_not_the_readers(shell, shop):
    done(shell, "run", "sales.transactions")
    execute(shop, "insert into shop.transactions values (9, 1, '330', now(), 1, -1, 1.50)")
    assert shell("run", "sales.transactions")[0] == 1
    assert asked(shell, "select count(*) from sales.transactions where quantity < 1", "sofia") == [
        "1"
    ]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("options: {table: shop.transactions}", "options: {}", "E138"),
        (", options: {table: shop.transactions}", "", "E138"),
        ("type: postgres", "type: delta", "E138"),
        ("table: shop.transactions", "table: transactions", "E110"),
    ],
)
def test_a_table_is_named_with_its_schema(market, shell, shop, old, new, code):
    edit(market / SALES / "build.yaml", (old, new))
    status, out, err = shell("check")
    assert status == 1
    assert code in out + err


@pytest.mark.parametrize("address", ["postgresql://u:plain@h/d", "postgresql://h/d", "${env:HOME}"])
def test_an_address_shows_no_password(market, shell, shop, address):
    edit(market / SALES / "build.yaml", ("${env:SHOP}", address))
    assert "plain" not in refused(shell, "E350", "run", "sales.transactions")


def test_an_engine_takes_no_table_that_nobody_fetched():
    bare = Governed(schema="s", name="t", files=(), columns=(), shield=Shield(), live=True)
    with pytest.raises(Unavailable) as told:
        view(bare, "t")
    assert told.value.code_shown == "E527"


def test_a_million_rows_pass_in_bounded_memory(market, shell, shop):
    execute(
        shop,
        "insert into shop.transactions select n, n % 5000, (n % 900)::text, now(), 1 + n % 53, "
        "1 + n % 9, 1.50 from generate_series(10000, 1010000) as n",
    )
    edit(market / "agora.yaml", ("rows: 1000000", "rows: 2000000"))
    with opened(market, shop) as house:
        run(house, actor(house, "sofia"), "sales.transactions")
        before, peak = psutil.Process().memory_info().rss, 0
        answer = query(house, actor(house, "sofia"), "select * from sales.transactions").answer
        rows = 0
        for batch in answer:
            rows += batch.num_rows
            peak = max(peak, psutil.Process().memory_info().rss)
    assert rows > 1_000_000
    assert peak - before < 200 << 20


def test_kinds_places_and_secrets_that_are_not_there_are_told(shop, tmp_path):
    table = External(
        port=PortVersion.parse("sales.transactions.transactions@1"),
        type="postgres",
        location=shop.replace(PASSWORD, "${env:PASSWORD}"),
        table="shop.transactions",
    )
    installed = InstalledExternals(secret=lambda _: Secret(shop))
    (tmp_path / "file").touch()
    ask = (["week"], None, str(tmp_path / "file/rows.parquet"), Bounds())
    for externals, asked_for, code in (
        (installed, table, "E514"),
        (installed, replace(table, type="delta"), "E301"),
        (InstalledExternals(), table, "E020"),
    ):
        with pytest.raises(AgoraError) as told:
            externals.fetch(asked_for, *ask)
        assert told.value.code_shown == code
        assert PASSWORD not in str(told.value)
