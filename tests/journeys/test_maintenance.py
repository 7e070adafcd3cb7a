"""Maintenance: what is no longer kept goes, and nothing that somebody still needs."""

import contextlib
import json
import os
import shutil
import time
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agora.app.start import start
from agora.model.derived import Derived, Why
from agora.model.errors import Broken, Conflict, Denied, Missing, Unusable
from agora.model.people import Actor
from agora.model.release import Run
from agora.usecases import access, agreements, show
from agora.usecases.derive import derive
from agora.usecases.lineage import lineage
from agora.usecases.maintain import maintain
from agora.usecases.query import query
from agora.usecases.rollback import rollback
from agora.usecases.run import run
from agora.usecases.running import compacting
from agora.usecases.verify import verify
from tests.journeys import changing
from tests.journeys.deliveries import Deliveries
from tests.journeys.editions import opened, releases, rows, rows_of, weeks

APPEND = "{mode: append, by: [week]}"
REPLACE = "{mode: replace, by: [week]}"
PEOPLE = """\
agora: 1
kind: people
teams:
  - {id: data-team, title: Data team}
  - {id: science, title: Science}
people:
  - {id: olga, name: Olga, teams: [data-team], roles: [operator]}
  - {id: sam, name: Sam, teams: [science]}
"""


@pytest.fixture
def mesh(tmp_path):
    """Three editions of whole files: nothing an edition holds is shared with another."""
    made = Deliveries(tmp_path / "mesh", APPEND)
    build = made.root / "lab/sales/build.yaml"
    build.write_text(
        build.read_text().replace("deliveries/*.csv", "deliveries/now.csv").replace(f", load: {APPEND}", "")
    )  # fmt: skip
    for number in (1, 2, 3):
        made.deliver("now", [(number, number, 10 * number)])
        made.run()
    return made


def tidy(mesh, *names, **options):
    with opened(mesh) as (house, who):
        return maintain(house, who, names, **options)


def kept(mesh, product="lab.sales"):
    return [made.number for made in releases(mesh, product) if made.expired_at is None]


def lake(mesh):
    return mesh.root / ".agora" / "lake"


def files(mesh, area):
    return sorted(lake(mesh).glob(f"lab/*/*/{area}/**/*.parquet"))


def landed(mesh):
    return [path for path in (lake(mesh) / "landing").iterdir() if path.is_file()]


def age(*paths):
    long_ago = time.time() - 90_000
    for path in paths:
        os.utime(path, (long_ago, long_ago))


def test_editions_beyond_the_newest_lose_their_rows_and_are_told_so(mesh):
    done = tidy(mesh, "lab.sales", keep=2)
    assert [each.number for each in done.expired] == [1]
    assert done.before > done.after
    assert done.whole == 2
    assert {each.cause.name for each in done.removed} >= {"EXPIRED", "LANDED", "METADATA"}
    assert len(files(mesh, "data")) == len(landed(mesh)) == 2
    assert rows(mesh, "2") == [(2, 2, 20)]
    with pytest.raises(Missing) as told:
        rows(mesh, "1")
    assert told.value.code_shown == "E461"
    assert "2 (" in told.value.hint
    with opened(mesh) as (house, who):
        for ask in (show.show, show.rows):
            with pytest.raises(Missing):
                ask(house, who, "lab.sales", edition="1")
        with pytest.raises(Missing):
            rollback(house, who, "lab.sales", to="1", reason="x")


def test_a_dry_run_says_it_all_and_does_nothing(mesh):
    before = sorted(path for path in lake(mesh).rglob("*") if path.is_file())
    would = tidy(mesh, keep=1, dry=True)
    assert sorted(path for path in lake(mesh).rglob("*") if path.is_file()) == before
    assert kept(mesh) == [1, 2, 3]
    done = tidy(mesh, keep=1)
    assert (done.expired, done.removed) == (would.expired, would.removed)


def test_without_a_retention_no_edition_goes(mesh):
    assert tidy(mesh).expired == ()
    assert tidy(mesh, older_than=timedelta(days=1)).expired == ()
    assert tidy(mesh, older_than=timedelta(0)).expired != ()
    assert kept(mesh) == [3]


def test_nobody_shortens_what_the_contract_promises(mesh):
    contract = mesh.root / "lab/sales/contracts/sales.v1.odcs.yaml"
    contract.write_text(
        contract.read_text() + "slaProperties: [{property: retention, value: 30, unit: d}]\n"
    )
    assert tidy(mesh, keep=1).expired == ()
    text = contract.read_text().replace("value: 30", "value: 0")
    contract.write_text(text)
    assert len(tidy(mesh).expired) == 2


def test_shared_files_stay_with_the_edition_that_shares_them(tmp_path):
    mesh = Deliveries(tmp_path / "mesh", APPEND)
    weeks(mesh, 3)
    done = tidy(mesh, keep=1)
    assert len(done.expired) == 2
    assert done.compacted == ()
    assert len(files(mesh, "data")) == 3
    assert len(rows(mesh)) == 3
    weeks(mesh, 1, start=4)
    assert len(rows(mesh)) == 4
    with opened(mesh) as (house, _):
        table = house.lake._existing(releases(mesh)[-1].snapshots[0].port)
        assert table.scan().to_arrow().num_rows == 4
        assert set(table.metadata.refs) == {"main", "release-3", "release-4"}


def test_what_a_kept_edition_was_built_of_stays(tmp_path):
    mesh = Deliveries(tmp_path / "mesh", REPLACE)
    weeks(mesh, 1)
    mesh.run(product="lab.weekly")
    weeks(mesh, 2, start=2)
    done = tidy(mesh, "lab.sales", keep=1)
    assert [each.number for each in done.expired] == [2]
    assert "edition 1 of `lab.weekly` is built of it" in done.held[0].by
    mesh.run(product="lab.weekly")
    assert rows(mesh, table="lab.weekly")[0] == (1, 10, 1)
    done = tidy(mesh, keep=1)
    assert [(str(e.product), e.number) for e in done.expired] == [
        ("lab.sales", 1),
        ("lab.weekly", 1),
    ]


def test_an_edition_an_agreement_holds_is_kept_and_served_to_the_one_who_has_it(mesh):
    (mesh.root / "people.yaml").write_text(PEOPLE)
    domain = mesh.root / "lab/domain.yaml"
    domain.write_text(domain.read_text().replace("owners: [olga]", "owners: [olga]"))
    with opened(mesh, "sam") as (house, sam), opened(mesh) as (_, olga):
        asked = access.ask(
            house, sam, "lab.sales", purpose="analysis", reason="a paper", edition="1"
        )
        agreed = access.answer(house, olga, asked.request.id, approve=True).agreement
        assert agreed.edition == 1
    done = tidy(mesh, keep=1)
    assert [each.number for each in done.expired] == [2]
    assert agreed.id in done.held[0].by
    with opened(mesh, "sam") as (house, sam):
        assert rows_of(house, sam) == rows_of(house, sam, "1") == [(1, 1, 10)]
        with pytest.raises(Denied) as told:
            rows_of(house, sam, "3")
        assert told.value.code_shown == "E462"
        agreements.end(house, sam, agreed.id)
        with pytest.raises(Denied):
            rows_of(house, sam, "1")
    assert [each.number for each in tidy(mesh, keep=1).expired] == [1]
    with opened(mesh, "sam") as (house, sam), pytest.raises(Missing):
        access.ask(house, sam, "lab.sales", purpose="analysis", reason="x", edition="1")


def test_an_edition_that_went_meanwhile_is_not_agreed_any_more(mesh):
    (mesh.root / "people.yaml").write_text(PEOPLE)
    with opened(mesh, "sam") as (house, sam):
        asked = access.ask(house, sam, "lab.sales", purpose="analysis", reason="x", edition="1")
    tidy(mesh, keep=1)
    with opened(mesh) as (house, olga), pytest.raises(Missing) as told:
        access.answer(house, olga, asked.request.id, approve=True)
    assert told.value.code_shown == "E461"


def test_an_edition_rolled_back_to_lives_on_in_the_newest(mesh):
    with opened(mesh) as (house, who):
        rollback(house, who, "lab.sales", to="1", reason="x")
    tidy(mesh, keep=1)
    assert kept(mesh) == [4]
    assert rows(mesh) == [(1, 1, 10)]
    mesh.deliver("now", [(9, 9, 90)])
    mesh.run()
    assert rows(mesh, "4") == [(1, 1, 10)]


def test_a_warm_worker_on_an_edition_that_goes_is_told(mesh):
    with opened(mesh) as (house, who):
        running = query(house, who, "select * from lab.sales", editions=["1"]).answer
        tidy(mesh, keep=1)
        with contextlib.closing(running):
            assert sum(batch.num_rows for batch in running) == 1
        with pytest.raises(Missing) as told:
            rows_of(house, who, "1")
    assert told.value.code_shown == "E461"


def test_a_reader_who_was_given_the_edition_just_before_is_told(mesh, monkeypatch):
    from agora.passage import reading

    given = reading.opened

    def late(*arguments, **options):
        tidy(mesh, keep=1)
        return given(*arguments, **options)

    monkeypatch.setattr(reading, "opened", late)
    with pytest.raises(Missing) as told:
        rows(mesh, "1")
    assert told.value.code_shown == "E461"


def test_what_nobody_refers_to_goes_after_a_while(mesh):
    folder = files(mesh, "data")[0].parents[1] / "run-of-nobody"
    folder.mkdir()
    odd = [
        folder / "part-0.parquet",
        lake(mesh) / "landing" / "odd.csv",
        lake(mesh) / "landing" / ".landing-x",
    ]
    dead = lake(mesh) / "scratch" / "run-dead" / "spill"
    dead.parent.mkdir()
    for path in (*odd, dead):
        path.write_bytes(b"x" * 1000)
    done = tidy(mesh)
    assert all(path.exists() for path in odd)
    assert not dead.parent.exists()
    assert {each.cause.name for each in done.removed} == {"LEFTOVER", "METADATA"}
    age(*odd)
    assert tidy(mesh, "lab.sales").removed[-1].files == 1
    assert not folder.exists()
    done = tidy(mesh)
    assert not any(path.exists() for path in odd)
    assert sum(each.files for each in done.removed) == 2
    assert rows(mesh, "1") == [(1, 1, 10)]


def test_while_a_run_is_beginning_nothing_is_removed(mesh):
    with opened(mesh) as (house, _):
        house.lake.scratch("run-beginning")
        with pytest.raises(Conflict) as told:
            tidy(mesh, keep=1)
        assert told.value.code_shown == "E472"
        assert kept(mesh) == [1, 2, 3]
        house.lake.discard("run-beginning", ())
    assert len(tidy(mesh, keep=1).expired) == 2


def test_a_lake_in_which_a_kept_file_is_not_there_is_left_alone(mesh):
    shutil.move(releases(mesh)[2].snapshots[0].files[0].path, mesh.root / "aside.parquet")
    before = sorted(lake(mesh).rglob("*.parquet"))
    with pytest.raises(Broken) as told:
        tidy(mesh, keep=1)
    assert told.value.code_shown == "E473"
    assert sorted(lake(mesh).rglob("*.parquet")) == before


def test_a_kept_file_that_is_damaged_is_told(mesh):
    Path(releases(mesh)[2].snapshots[0].files[0].path).write_bytes(b"not Parquet")
    with pytest.raises(Broken) as told:
        tidy(mesh)
    assert told.value.code_shown == "E473"


def test_who_may_not_maintain(mesh):
    (mesh.root / "people.yaml").write_text(PEOPLE)
    with opened(mesh, "sam") as (house, sam):
        for names, code in (((), "E471"), (("lab.sales",), "E419")):
            with pytest.raises(Denied) as told:
                maintain(house, sam, names, keep=1)
            assert told.value.code_shown == code
    with opened(mesh) as (house, _):
        service = Actor(principal=house.mesh.principal("service:lab.weekly"))
        with pytest.raises(Denied):
            maintain(house, service, ("lab.sales",))
    with pytest.raises(Unusable) as told:
        tidy(mesh, keep=-1)
    assert told.value.code_shown == "E470"


def test_the_command_and_the_ledger_say_what_went(mesh, capfd):
    folder = ["--mesh", str(mesh.root)]
    assert start(["maintain", "--all", "--keep", "1", "--dry-run", *folder]) == 0
    assert "would be removed" in capfd.readouterr().out
    assert start(["maintain", "--all", "--keep", "1", *folder]) == 0
    out = capfd.readouterr().out
    assert "lab.sales: no longer kept editions 1, 2" in out
    assert "of expired editions" in out
    assert "1 file of kept editions opened and whole" in out
    with opened(mesh) as (house, _):
        told = [r.entry for r in house.store.records() if r.entry.event.value == "maintained"]
    assert [dict(entry.facts)["stage"] for entry in told] == ["begun", "done"]
    assert tuple(dict(told[1].facts)["editions"]) == ("lab.sales#1", "lab.sales#2")
    assert start(["maintain", *folder]) == 2
    assert start(["maintain", "lab.sales", "--json", *folder]) == 0
    assert '"kind": "maintained"' in capfd.readouterr().out


def test_many_small_files_become_few_at_the_next_run_with_the_same_rows(tmp_path):
    mesh = Deliveries(tmp_path / "mesh", APPEND)
    expected = [(week, week, week) for week in range(1, 17)]
    for row in expected[:15]:
        mesh.deliver(f"w{row[0]:03}", [row])
    assert len(mesh.run().release.snapshots[0].files) == 15
    mesh.deliver("w016", [expected[15]])
    made = mesh.run()
    assert made.run.loaded == ""
    assert len(made.release.snapshots[0].files) == 1
    assert rows(mesh) == expected
    assert rows(mesh, "1") == expected[:15]
    with opened(mesh) as (house, who):
        assert verify(house, who, "lab.sales").holds
        table = house.lake._existing(made.release.snapshots[0].port)
        assert table.scan().to_arrow().num_rows == 16
    tidy(mesh, keep=1)
    assert len(files(mesh, "data")) == 1
    assert rows(mesh) == expected


def compacting_mesh(tmp_path, count=4):
    """One edition of so many weeks, each a small file."""
    mesh = Deliveries(tmp_path / "mesh", APPEND)
    for week in range(1, count + 1):
        mesh.deliver(f"w{week:03}", [(week, week, 10 * week)])
    mesh.run()
    return mesh


def entries(mesh, event):
    with opened(mesh) as (house, _):
        return [r.entry for r in house.store.records() if r.entry.event.value == event]


def test_small_files_become_few_in_an_edition_with_the_same_rows(tmp_path):
    mesh = compacting_mesh(tmp_path)
    mesh.run(product="lab.weekly")
    expected = rows(mesh)
    before = releases(mesh)[-1]
    would = tidy(mesh, "lab.sales", dry=True).compacted
    assert [(str(each.port), each.before, each.after, each.release) for each in would] == [
        ("lab.sales@1", 4, 1, 0)
    ]
    assert len(releases(mesh)) == 1
    done = tidy(mesh, "lab.sales")
    assert [(each.before, each.after, each.release) for each in done.compacted] == [(4, 1, 2)]
    made = releases(mesh)[-1]
    assert (made.restores, made.rows_of, made.parent) == (1, 1, 1)
    assert (made.fingerprint, made.sources) == (before.fingerprint, before.sources)
    assert len(made.snapshots[0].files) == 1
    assert rows(mesh) == rows(mesh, "1") == expected
    facts = dict(entries(mesh, "compacted")[0].facts)
    assert (facts["release"], facts["rows_of"]) == (2, 1)
    assert [*facts["files_before"], *facts["files_after"]] == ["lab.sales@1=4", "lab.sales@1=1"]
    assert len(entries(mesh, "released")) == 2
    with opened(mesh) as (house, who):
        assert verify(house, who, "lab.sales").holds
        table = house.lake._existing(made.snapshots[0].port)
        assert table.scan().to_arrow().num_rows == 4
        assert lineage(house, who, "lab.sales.amount")[0].down
        assert show.show(house, who, "lab.sales").run.id == before.run
    assert mesh.run().skipped


def test_readers_of_a_table_whose_files_are_few_build_nothing_for_it(tmp_path):
    mesh = compacting_mesh(tmp_path)
    mesh.run(product="lab.weekly")
    assert len(tidy(mesh).compacted) == 1
    assert tidy(mesh).compacted == ()
    assert mesh.run(product="lab.weekly").skipped
    read = releases(mesh, "lab.weekly")[-1]
    assert [pin.release for pin in read.inputs] == [1]
    weeks(mesh, 1, start=5)
    assert len(releases(mesh)[-1].snapshots[0].files) == 2
    ran = mesh.run(product="lab.weekly")
    assert ran.run.loaded == ""
    assert set(read.snapshots[0].files) < set(ran.release.snapshots[0].files)
    assert rows(mesh, table="lab.weekly")[-1] == (5, 50, 1)
    with opened(mesh) as (house, who):
        assert verify(house, who, "lab.weekly").holds


def test_an_edition_and_its_compacted_twin_count_as_one(tmp_path):
    mesh = compacting_mesh(tmp_path, 3)
    weeks(mesh, 1, start=4)
    assert tidy(mesh, "lab.sales", keep=2).expired == ()
    assert kept(mesh) == [1, 2, 3]
    assert [each.number for each in tidy(mesh, keep=1).expired] == [1, 2]
    assert len(files(mesh, "data")) == 1


def test_rows_do_not_get_fresher_by_being_written_together(tmp_path):
    mesh = compacting_mesh(tmp_path)
    contract = mesh.root / "lab/sales/contracts/sales.v1.odcs.yaml"
    contract.write_text(
        contract.read_text() + "slaProperties: [{property: frequency, value: 1, unit: d}]\n"
    )
    house_file = mesh.root / "agora.yaml"
    clock = house_file.read_text() + "clock: {at: 2100-01-05T12:00:00Z}\n"
    house_file.write_text(clock)
    assert len(tidy(mesh, "lab.sales").compacted) == 1
    with opened(mesh) as (house, who):
        shown = show.show(house, who, "lab.sales")
    assert shown.release.number == 2
    assert [promise.kept for promise in shown.promises] == [False]
    assert not any("kept on all" in record.sentence for record in shown.records)


def test_a_run_that_is_faster_wins_and_small_files_stay(tmp_path, monkeypatch):
    mesh = compacting_mesh(tmp_path)
    mesh.deliver("w005", [(5, 5, 50)])
    staged = compacting.staged

    def late(*arguments):
        mesh.run()
        return staged(*arguments)

    monkeypatch.setattr(compacting, "staged", late)
    done = tidy(mesh, "lab.sales")
    assert done.compacted == ()
    assert [str(name) for name, _ in done.unable] == ["lab.sales"]
    monkeypatch.undo()
    assert [made.restores for made in releases(mesh)] == [0, 0]
    assert len(files(mesh, "data")) == len(rows(mesh)) == 5
    done = tidy(mesh, "lab.sales")
    assert [(each.before, each.after, each.release) for each in done.compacted] == [(5, 1, 3)]


def test_while_a_run_goes_on_nothing_is_written_together(tmp_path):
    mesh = compacting_mesh(tmp_path)
    with opened(mesh) as (house, who):
        made = next(k for k in house.store.find(Run, "lab.sales/"))
        house.lake.scratch(made.noun.id)
        assert maintain(house, who, ("lab.sales",)).compacted == ()
        house.lake.discard(made.noun.id, ())


def test_rows_that_do_not_agree_are_left_as_they_are_and_told(tmp_path, monkeypatch, capfd):
    mesh = compacting_mesh(tmp_path)
    counted = compacting._digest
    monkeypatch.setattr(compacting, "_digest", lambda *given: (counted(*given), given[1]))
    with opened(mesh) as (house, who):
        with pytest.raises(Broken) as told:
            compacting.released(house, who, house.mesh.products[0])
        assert told.value.code_shown == "E474"
    assert start(["maintain", "lab.sales", "--mesh", str(mesh.root)]) == 0
    assert "lab.sales: its small files stay" in capfd.readouterr().out
    assert len(releases(mesh)) == 1
    assert len(files(mesh, "data")) == 4


def test_the_command_says_what_was_written_together_and_tended(tmp_path, capfd):
    mesh = compacting_mesh(tmp_path)
    folder = ["--mesh", str(mesh.root)]
    assert start(["maintain", "--all", "--dry-run", *folder]) == 0
    assert "lab.sales@1: 4 files would be written as 1" in capfd.readouterr().out
    assert start(["maintain", "--all", "--json", *folder]) == 0
    told = json.loads(capfd.readouterr().out)["result"]
    assert told["compacted"][0]["after"] == 1
    assert told["tended"]["made"] == []


def test_maintaining_everything_makes_tables_that_are_read_often(used):
    settings = used / "agora.yaml"
    settings.write_text(settings.read_text() + "derived: {after: 1}\n")
    with changing.opened(used) as house:
        olga = changing.actor(house, "olga")
        made = maintain(house, olga).tended.made
        assert {each.why for each in made} == {Why.OFTEN}
        assert "sales.transactions@1" in {str(each.port) for each in made}
        assert maintain(house, olga).tended.made == ()
        assert maintain(house, olga, ("sales.transactions",)).tended is None
        run(house, changing.actor(house, "emil"), "sales.transactions", again=True)
        standing = [k.noun for k in house.store.find(Derived) if k.noun.dropped_at is None]
        assert standing == []


def test_tables_set_apart_of_an_edition_go_right_after_it_unless_it_is_held(market):
    with changing.opened(market) as house:
        port, carl = "customers.households", changing.actor(house, "carl")
        run(house, carl, port)
        changing.agree(house, "mia", "segmentation", by="mia", port=port, owner="carl")
        changing.agree(
            house, "sofia", "segmentation", by="sofia", port=port, owner="carl", edition="1"
        )
        old = derive(house, carl, port, reader="mia", purpose="segmentation")
        run(house, carl, port, again=True)
        new = derive(house, carl, port, reader="mia", purpose="segmentation")
        assert maintain(house, carl, (port,), keep=1).expired == ()
        assert all(Path(file.path).exists() for file in (*old.files, *new.files))
        run(house, carl, port, again=True)
        assert all(Path(file.path).exists() for file in old.files)
        assert not any(Path(file.path).exists() for file in new.files)
        told = [r.entry for r in house.store.records() if r.entry.event.value == "derived-dropped"]
        assert [dict(entry.facts)["release"] for entry in told] == [2]
        assert "no longer current" in dict(told[0].facts)["why"]


STEPS = st.lists(
    st.sampled_from(["run", "run", "back", "maintain", "keep"]), min_size=3, max_size=7
)


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS, load=st.sampled_from([APPEND, REPLACE]), dice=st.randoms())
def test_after_anything_every_kept_edition_answers_what_it_was_released_with(
    tmp_path_factory, steps, load, dice
):
    mesh = Deliveries(tmp_path_factory.mktemp("law") / "mesh", load)
    seen: dict[int, list[tuple[int, ...]]] = {}
    for turn, step in enumerate(["run", *steps]):
        if step == "run":
            mesh.deliver(f"d{turn}", [(dice.randint(1, 3), turn, dice.randint(0, 9))])
            mesh.run()
        elif step == "back" and len(kept(mesh)) > 1:
            with opened(mesh) as (house, who):
                rollback(house, who, "lab.sales", to=str(dice.choice(kept(mesh)[:-1])), reason="x")
        elif step in ("maintain", "keep"):
            tidy(mesh, keep=2 if step == "keep" else 1, grace=timedelta(0))
        newest = kept(mesh)[-1]
        seen.setdefault(newest, rows(mesh))
        with opened(mesh) as (house, who):
            assert {n: rows_of(house, who, str(n)) for n in kept(mesh)} == {
                n: seen[n] for n in kept(mesh)
            }
            assert all(verify(house, who, "lab.sales", release=str(n)).holds for n in kept(mesh))
