"""Derived tables: what a reader may see, kept apart from what is hidden, for as long as it is theirs.

mia may read the households for a purpose; their e-mail, age and income are empty for her.
"""

import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from agora.app.house import open_house
from agora.governance.outcomes import outcome
from agora.model.derived import Derived, Tally, Why
from agora.model.errors import AgoraError, Broken, Conflict, Denied, Missing, Refused, Unavailable
from agora.model.ledger import Event
from agora.model.product import InputPort, Load, LoadMode
from agora.passage import building, derived, previewing, tending
from agora.passage.ruling import rule
from agora.usecases.agreements import end
from agora.usecases.derive import derive, tended
from agora.usecases.maintain import maintain
from agora.usecases.query import query
from agora.usecases.run import run
from agora.usecases.show import Part, rows
from tests.journeys.changing import actor as acting
from tests.journeys.changing import agree, edit, opened, read

PORT = "customers.households"
PURPOSE = "segmentation"
ALL = f"select * from {PORT} order by household_id"
COUNT = f"select count(*) as n from {PORT}"
PHYSICAL = """agora: 1
kind: guardrail
id: apart
title: Personal data is never in a file that is read for others
applies_to: {tags: [personal]}
effect: {isolation: physical}
tests:
  - {as: mia, port: customers.households, purpose: segmentation, sees: {age: null-value}}
"""
BAD = "99,x@example.org,too old,0K,1\n"


@pytest.fixture
def agreed(market):
    """The market with households released and mia's agreement."""
    with opened(market) as house:
        assert run(house, acting(house, "carl"), PORT).release_made
        agree(house, "mia", PURPOSE, by="mia", port=PORT, owner="carl")
    return market


def restrict(root):
    (root / "guardrails/apart.yaml").write_text(PHYSICAL)


def seen(house, name="mia", sql=ALL):
    return read(house, name, sql, PURPOSE if name == "mia" else "")


def ruled(house, name="mia", purpose=PURPOSE):
    product = next(p for p in house.mesh.products if str(p.name) == PORT)
    return rule(house, house.mesh.principal(name), purpose, product, product.ports[0])


def asked(house, name="mia", purpose=PURPOSE):
    return derive(house, acting(house, "olga"), PORT, reader=name, purpose=purpose)


def used(house):
    """The files a reader's worker would be given."""
    ruling = ruled(house)
    raw = derived.source(ruling, ruling.snapshot)
    return derived.picked(house, acting(house, "mia", PURPOSE), ruling, raw).files


def events(house, *wanted):
    return [r.entry for r in house.store.records() if r.entry.event in wanted]


def lying(root):
    return sorted(root.glob(".agora/lake/**/derived/**/*.parquet"))


def test_the_same_rows_come_from_files_without_what_is_hidden(agreed):
    with opened(agreed) as house:
        before = seen(house)
        assert used(house) == ruled(house).snapshot.files
        made = asked(house)
        assert (made.rows, made.why, made.release) == (8, Why.DEMANDED, 1)
        assert [Path(f.path) for f in made.files] == lying(agreed)
        assert lying(agreed)[0].parent.name == made.outcome
        assert used(house) == made.files
        assert seen(house) == before
        assert b"example.org" not in lying(agreed)[0].read_bytes()
        told = events(house, Event.DERIVED)
        assert [(e.who, dict(e.facts)["rows"], dict(e.facts)["why"]) for e in told] == [
            ("olga", 8, "demanded")
        ]
        assert asked(house) == made
        assert len(events(house, Event.DERIVED)) == 1
        sample = rows(house, acting(house, "mia", PURPOSE), PORT, of=Part.SAMPLE, limit=100)
        assert (
            sorted(
                (row for batch in sample for row in batch.to_pylist()),
                key=lambda r: r["household_id"],
            )
            == before
        )


def test_whoever_has_the_same_outcome_shares_it(agreed):
    with opened(agreed) as house:
        agree(house, "service:bi", PURPOSE, by="mia", port=PORT, owner="carl")
        made = asked(house)
        assert asked(house, "service:bi") == made
        assert seen(house, "service:bi") == seen(house)
        told = events(house, Event.QUERY_OPENED)
        assert {dict(e.facts)["outcomes"] for e in told} == {(f"{PORT}@1#1:{made.outcome}",)}


def test_who_sees_everything_needs_none(agreed):
    with opened(agreed) as house:
        with pytest.raises(Refused) as refusal:
            asked(house, "carl", "")
        assert refusal.value.code_shown == "E451"
        seen(house, "carl")
        assert "outcomes" not in dict(events(house, Event.QUERY_OPENED)[-1].facts)


def test_a_changed_rule_ends_its_use_at_once_also_for_a_warm_worker(agreed):
    with opened(agreed) as house:
        made = asked(house)
        assert {row["age"] for row in seen(house)} == {None}
        constant = (agreed / "guardrails/mask-personal.yaml").read_text()
        (agreed / "guardrails/mask-personal.yaml").write_text(
            constant.replace("mask: null-value}", "mask: {constant: gone}}").replace(
                "age: null-value", "age: constant"
            )
        )
        later = open_house(agreed, {})
        changed = replace(house, mesh=later.mesh)
        assert {row["age"] for row in seen(changed)} == {"gone"}
        assert used(changed) != made.files
        assert tending.stale(changed, made) == "no rules leave anybody exactly this any more"
        done = tended(changed, acting(house, "olga"))
        assert [each.outcome for each in done.dropped] == [made.outcome]
        assert lying(agreed) == []
        told = dict(events(house, Event.DERIVED_DROPPED)[0].facts)
        assert (told["outcome"], "no rules" in told["why"]) == (made.outcome, True)


def test_an_ended_agreement_ends_its_use_at_once(agreed):
    with opened(agreed) as house:
        made = asked(house)
        seen(house)
        agreement = ruled(house).decision.agreement
        end(house, acting(house, "carl"), agreement, "over")
        with pytest.raises(Denied):
            seen(house)
        assert tending.stale(house, made)
        assert [d.outcome for d in tended(house, acting(house, "olga")).dropped] == [made.outcome]


def test_a_new_release_ends_its_use_at_once_also_for_a_warm_worker(agreed):
    with opened(agreed) as house:
        made = asked(house)
        assert seen(house, sql=COUNT) == [{"n": 8}]
        data = agreed / "customers/households/data/households.csv"
        data.write_text(data.read_text() + "9,house9@example.org,65+,0K,1\n")
        assert run(house, acting(house, "carl"), PORT).release.number == 2
        assert seen(house, sql=COUNT) == [{"n": 9}]
        assert used(house) != made.files
        assert tending.stale(house, made) == "edition 1 is no longer current"
        tended(house, acting(house, "olga"))
        assert lying(agreed) == []
        again = asked(house)
        assert (again.release, again.rows) == (2, 9)


def test_an_agreement_on_an_edition_keeps_its_table(agreed):
    with opened(agreed) as house:
        made = asked(house)
        key = f"{PORT}@1/{ruled(house).decision.agreement}"
        kept = next(k for k in house.store.find(type(_agreement(house))) if k.key == key)
        from agora.needs.store import Put

        held = Put(key=key, noun=replace(kept.noun, edition=1), revision=kept.revision)
        house.store.commit((held,), ())
        run(house, acting(house, "carl"), PORT, again=True)
        assert tending.stale(house, made) == ""
        assert used(house) == made.files


def _agreement(house):
    from agora.passage.ruling import agreements_on

    return agreements_on(house, ruled(house).port.name)[0]


def test_what_is_read_often_is_made_afterwards_and_counted_once(agreed):
    edit(agreed / "agora.yaml", ("limits:", "derived: {after: 3}\nlimits:"))
    with opened(agreed) as house:
        assert house.mesh.derive_after == 3
        for _ in range(2):
            seen(house, sql=COUNT)
        assert tended(house, acting(house, "olga")).made == ()
        seen(house, sql=COUNT)
        assert house.store.get(Derived, "") is None
        assert lying(agreed) == []
        done = tended(house, acting(house, "olga"))
        assert [(d.why, d.rows) for d in done.made] == [(Why.OFTEN, 8)]
        assert done.kept == done.made
        assert used(house) == done.made[0].files
        again = tended(house, acting(house, "olga"))
        assert (again.made, again.kept) == ((), done.kept)
        tally = house.store.get(Tally, tending.TALLY).noun
        assert [(w.reads, w.reader, w.purpose) for w in tally.wanted] == [(3, "mia", PURPOSE)]


def test_what_cannot_be_made_stops_nothing_and_is_told(agreed, monkeypatch):
    edit(agreed / "agora.yaml", ("limits:", "derived: {after: 1}\nlimits:"))
    with opened(agreed) as house:
        seen(house, sql=COUNT)

        def full(*_given, **_options):
            raise Unavailable("the disk is full", code="E514")

        monkeypatch.setattr(house.benches, "open", full)
        done = tended(house, acting(house, "olga"))
        assert [words for _, words in done.unable] == ["the disk is full"]
        assert done.made == done.kept == ()


def test_reads_of_what_is_gone_make_nothing(agreed):
    edit(agreed / "agora.yaml", ("limits:", "derived: {after: 1}\nlimits:"))
    with opened(agreed) as house:
        seen(house, sql=COUNT)
        end(house, acting(house, "carl"), ruled(house).decision.agreement, "over")
        assert tended(house, acting(house, "olga")).made == ()
        bare = replace(house, mesh=replace(house.mesh, principals=(), products=()))
        assert tending.tend(bare, acting(house, "olga")).made == ()


def test_only_the_operator_tends_and_only_owners_demand(agreed):
    with opened(agreed) as house:
        with pytest.raises(Denied) as refusal:
            tended(house, acting(house, "carl"))
        assert refusal.value.code_shown == "E453"
        with pytest.raises(Denied) as refusal:
            derive(house, acting(house, "mia", PURPOSE), PORT, reader="mia", purpose=PURPOSE)
        assert refusal.value.code_shown == "E419"
        with pytest.raises(Missing) as refusal:
            asked(house, "nobody")
        assert refusal.value.code_shown == "E018"
        with pytest.raises(Denied):
            asked(house, "ana", "")
        assert len(events(house, Event.DENIED)) == 4
        assert derive(house, acting(house, "carl"), PORT, reader="mia", purpose=PURPOSE).rows == 8


def test_a_restricted_table_is_set_apart_by_the_first_read(agreed):
    with opened(agreed) as house:
        before = seen(house)
    restrict(agreed)
    with opened(agreed) as house:
        assert seen(house) == before
        made = next(house.store.find(Derived)).noun
        assert made.why is Why.RESTRICTED
        assert used(house) == made.files
        assert events(house, Event.DERIVED)[0].who == "mia"
        seen(house, "carl")
        assert len(lying(agreed)) == 1
        shown = rows(house, acting(house, "mia", PURPOSE), PORT, of=Part.SAMPLE, limit=2)
        assert sum(batch.num_rows for batch in shown) == 2


def test_a_restricted_table_that_cannot_be_set_apart_is_refused(agreed, monkeypatch):
    restrict(agreed)
    with opened(agreed) as house:

        def slow(*_given, **_options):
            raise Unavailable("no worker at /secret/path", code="E510")

        monkeypatch.setattr(house.benches, "open", slow)
        for door in (
            lambda: seen(house),
            lambda: rows(house, acting(house, "mia", PURPOSE), PORT, of=Part.SAMPLE, limit=2),
        ):
            with pytest.raises(Unavailable) as refusal:
                door()
            assert refusal.value.code_shown == "E525"
            assert "secret" not in refusal.value.sentence + refusal.value.hint
        assert len(events(house, Event.QUERY_REFUSED)) == 2


def test_rows_put_aside_of_a_restricted_table_are_only_for_who_sees_it_all(agreed):
    restrict(agreed)
    data = agreed / "customers/households/data/households.csv"
    data.write_text(data.read_text() + BAD)
    with opened(agreed) as house:
        assert not run(house, acting(house, "carl"), PORT).release_made
        with pytest.raises(Refused) as refusal:
            rows(house, acting(house, "mia", PURPOSE), PORT, of=Part.FAILURES, limit=5)
        assert refusal.value.code_shown == "E450"
        shown = rows(house, acting(house, "carl"), PORT, of=Part.FAILURES, limit=5)
        assert sum(batch.num_rows for batch in shown) == 1


def test_a_table_without_a_column_left_is_not_kept(agreed):
    restrict(agreed)
    (agreed / "guardrails/none.yaml").write_text(
        "agora: 1\nkind: guardrail\nid: none\napplies_to: {domains: [customers]}\n"
        "unless: [{owning_domain: true}]\neffect: {mask: hidden}\n"
    )
    with opened(agreed) as house:
        with pytest.raises(Refused) as refusal:
            asked(house)
        assert refusal.value.code_shown == "E452"
        with pytest.raises(Unavailable):
            seen(house, sql=COUNT)


def test_row_deletes_are_not_overlooked(agreed):
    with opened(agreed) as house:
        ruling = ruled(house)
        snapshot = replace(ruling.snapshot, deletes=True)
        marked = replace(ruling, release=replace(ruling.release, snapshots=(snapshot,)))
        with pytest.raises(Unavailable) as refusal:
            derived.make(house, acting(house, "olga"), marked, Why.DEMANDED)
        assert refusal.value.code_shown == "E512"


def test_a_table_that_lacks_rows_is_not_kept(agreed, monkeypatch):
    with opened(agreed) as house:
        whole = derived.write

        def short(*given):
            files, shown = whole(*given)
            return files, shown + 1

        monkeypatch.setattr(derived, "write", short)
        with pytest.raises(Broken) as refusal:
            asked(house)
        assert refusal.value.code_shown == "E526"
        assert lying(agreed) == []
        assert list(house.store.find(Derived)) == []


def test_two_at_once_make_one(agreed):
    with opened(agreed) as house:
        gate, made = threading.Barrier(2, timeout=60), []

        class Together:
            def phase(self, *_told):
                pass

            def point(self, name):
                if name == "before-derived":
                    gate.wait()

        both = replace(house, progress=Together())
        threads = [threading.Thread(target=lambda: made.append(asked(both))) for _ in range(2)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert made[0] == made[1]
        assert [Path(f.path) for f in made[0].files] == lying(agreed)
        assert len(events(house, Event.DERIVED)) == 1
        assert seen(house, sql=COUNT) == [{"n": 8}]


def test_maintenance_leaves_one_that_is_just_being_made(agreed):
    with opened(agreed) as house:
        olga, left = acting(house, "olga"), []

        class Tidy:
            def phase(self, *_told):
                pass

            def point(self, name):
                if name == "before-derived":
                    with pytest.raises(Conflict) as refusal:
                        maintain(house, olga, grace=timedelta(0))
                    left.append(refusal.value.code_shown)

        made = asked(replace(house, progress=Tidy()))
        assert left == ["E472"]
        whole = Path(made.files[0].path)
        whole.with_name("derive-killed-0.parquet").write_bytes(whole.read_bytes())
        maintain(house, olga, grace=timedelta(0))
        assert lying(agreed) == [whole]
        assert seen(house, sql=COUNT) == [{"n": 8}]


def test_one_that_came_and_went_meanwhile_is_told(agreed, monkeypatch):
    with opened(agreed) as house:
        made = asked(house)
        gone = replace(made, files=())
        monkeypatch.setattr(derived, "table", lambda *_given: None)
        with pytest.raises(Conflict) as refusal:
            derived._known(house, acting(house, "olga"), replace(gone, rows=0))
        assert refusal.value.code_shown == "E409"
        kept = next(house.store.find(Derived))
        assert derived.drop(house, acting(house, "olga"), [replace(kept, revision=9)], "x") == ()


@pytest.mark.parametrize("point", ["before-derived", "after-derived"])
def test_a_crash_leaves_files_nobody_knows_or_a_whole_table(agreed, point):
    script = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from agora.app.house import open_house\n"
        "from agora.model.people import Actor\n"
        "from agora.usecases.derive import derive\n"
        "class Deadly:\n"
        "    def phase(self, *told): pass\n"
        "    def point(self, name):\n"
        f"        if name == {point!r}: os.kill(os.getpid(), signal.SIGKILL)\n"
        "house = open_house(Path(sys.argv[1]), {}, Deadly())\n"
        "olga = Actor(principal=house.mesh.principal('olga'), operator='olga')\n"
        f"derive(house, olga, {PORT!r}, reader='mia', purpose={PURPOSE!r})\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(agreed)], check=False)
    assert done.returncode == -signal.SIGKILL
    with opened(agreed) as house:
        known = [k.noun for k in house.store.find(Derived)]
        assert len(known) == (point == "after-derived")
        assert len(lying(agreed)) == 1
        assert seen(house, sql=COUNT) == [{"n": 8}]
        made = asked(house)
        assert used(house) == made.files
        assert len(lying(agreed)) == 1 + (point == "before-derived")


def test_a_table_whose_files_are_gone_is_dropped_and_read_as_before(agreed):
    with opened(agreed) as house:
        before, made = seen(house), asked(house)
        os.unlink(made.files[0].path)
        assert seen(house) == before
        told = dict(events(house, Event.DERIVED_DROPPED)[0].facts)["why"]
        assert told == "its files cannot be opened"
        again = asked(house)
        os.unlink(again.files[0].path)
        done = tended(house, acting(house, "olga"))
        assert [d.reason for d in done.dropped] == ["its files are not there as they were written"]


def test_a_restricted_table_whose_files_are_gone_is_made_again(agreed):
    restrict(agreed)
    with opened(agreed) as house:
        before = seen(house)
        lying(agreed)[0].unlink()
        house.readers.close()
        assert seen(house) == before
        assert len(events(house, Event.DERIVED)) == 2


def test_other_failures_are_not_tried_twice(agreed):
    with opened(agreed) as house:
        asked(house)
        with pytest.raises(AgoraError):
            seen(house, sql=f"select cast(household_id as date) from {PORT}")
        assert events(house, Event.DERIVED_DROPPED) == []


def test_tables_of_what_is_not_offered_any_more_are_dropped(agreed):
    with opened(agreed) as house:
        made = asked(house)
        bare = replace(house, mesh=replace(house.mesh, products=()))
        assert tending.stale(bare, made) == "the table is not offered any more"
        assert tending.stale(house, replace(made, release=9)) == "edition 9 is no longer kept"


def test_a_build_reads_a_restricted_input_from_a_derived_table(market):
    (market / "guardrails/stores.yaml").write_text(
        "agora: 1\nkind: guardrail\nid: stores\napplies_to: {ports: [sales.transactions]}\n"
        "who: {kinds: [service]}\neffect: {rows: quantity < 3}\n"
    )
    (market / "guardrails/apart.yaml").write_text(
        "agora: 1\nkind: guardrail\nid: apart\napplies_to: {ports: [sales.transactions]}\n"
        "effect: {isolation: physical}\n"
    )
    with opened(market) as house:
        run(house, acting(house, "emil"), "sales.transactions")
        agree(house, "service:customers.segments", PURPOSE, by="carl", port="sales.transactions")
        assert run(house, acting(house, "carl"), "customers.segments").release_made
        made = next(house.store.find(Derived)).noun
        assert (made.why, str(made.port)) == (Why.RESTRICTED, "sales.transactions@1")
        assert (
            0
            < made.rows
            < read(house, "sofia", "select count(*) n from sales.transactions")[0]["n"]
        )
        assert events(house, Event.DERIVED)[0].who == "service:customers.segments"


def test_previews_and_deliveries_of_a_restricted_table_are_refused(agreed):
    """A step tried by hand, or loaded file by file, would need the released files themselves."""
    restrict(agreed)
    with opened(agreed) as house:
        ruling, who = ruled(house), acting(house, "mia", PURPOSE)
        raw = derived.source(ruling, ruling.snapshot)
        port = InputPort(alias="people", port=ruling.port.version, purpose=PURPOSE)
        with pytest.raises(Refused, match="previews of") as refusal:
            previewing._narrowed(house, who, port, raw)
        assert refusal.value.code_shown == "E450"
        apart_from_raw = derived.picked(house, who, ruling, raw)
        with pytest.raises(Refused):
            previewing._narrowed(house, who, port, apart_from_raw)
        open_to_carl = acting(house, "carl")
        kept = previewing._narrowed(house, open_to_carl, replace(port, purpose=""), raw)
        assert kept.shield.columns == raw.shield.columns

        product = house.mesh.product(ruling.port.name.of)
        load = Load(mode=LoadMode.APPEND, by=("household_id",), driver="people")
        output = replace(product.build.outputs[0], load=load)
        driven = replace(product, build=replace(product.build, outputs=(output,)))
        with pytest.raises(Refused, match="deliveries of `people`"):
            building._apart(house, driven, port, ruling, raw)


def test_a_preview_over_a_derived_table_is_only_for_who_sees_it_all(agreed):
    """This person's own rules would be judged on values that are masked already."""
    with opened(agreed) as house:
        made = asked(house)
        ruling, who = ruled(house), acting(house, "mia", PURPOSE)
        over = derived.over(derived.source(ruling, ruling.snapshot), made)
        port = InputPort(alias="people", port=ruling.port.version, purpose=PURPOSE)
        with pytest.raises(Refused) as refusal:
            previewing._narrowed(house, who, port, over)
        assert refusal.value.code_shown == "E450"


def test_at_the_command_line(shell, agreed):
    code, out, _ = shell("derive", PORT, "--for", "mia", "--purpose", PURPOSE)
    assert code == 0
    assert "8 rows of household_id" in out
    code, out, _ = shell("derive", "--json")
    assert [each["rows"] for each in json.loads(out)["result"]["kept"]] == [8]
    assert shell("derive", PORT)[0] == 2
    assert "error[E033]" in shell("derive", PORT)[2]
    (agreed / "guardrails/mask-personal.yaml").write_text(
        (agreed / "guardrails/mask-personal.yaml")
        .read_text()
        .replace("mask: null-value}", "mask: hidden}")
        .replace("age: null-value", "age: hidden")
    )
    code, out, _ = shell("derive")
    assert "no rules leave anybody exactly this any more" in out
    assert "0 derived tables" in out


def test_the_outcome_is_that_of_the_shield_and_nothing_else(agreed):
    with opened(agreed) as house:
        ruling = ruled(house)
        made = asked(house)
        shield = derived.source(ruling, ruling.snapshot).shield
        assert made.outcome == outcome(1, ruling.snapshot, shield)
        asked_again = query(house, acting(house, "mia", PURPOSE), COUNT)
        asked_again.answer.close()
        assert asked_again.decisions[0] == ruling.decision
