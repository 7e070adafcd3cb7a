"""Proof: whatever is changed in a sealed ledger is found, and the place is named."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agora.governance.proof import GENESIS, leaf, root, seal, verify
from agora.model.ledger import Entry, Event, Record

NOW = datetime(2018, 1, 2, tzinfo=UTC)


def record(place, text="x"):
    told = {"place": place, "recorded_at": NOW.isoformat(), "entry": text}
    body = json.dumps(told)
    entry = Entry(event=Event.CHECKED, at=NOW, who=text)
    return Record(place=place, recorded_at=NOW, entry=entry, body=body, hash=leaf(body))


def ledger(*sizes, unsealed=0):
    """A ledger with batches of these sizes and an unsealed tail."""
    records = [record(place) for place in range(1, sum(sizes) + unsealed + 1)]
    batches, start, previous = [], 0, GENESIS
    for number, size in enumerate(sizes, start=1):
        batches.append(seal(number, records[start : start + size], previous))
        start, previous = start + size, batches[-1].hash
    return records, batches


shapes = st.lists(st.integers(1, 5), min_size=1, max_size=4)


@given(shapes, st.integers(0, 3))
def test_an_untouched_ledger_holds(sizes, unsealed):
    verdict = verify(*ledger(*sizes, unsealed=unsealed))
    assert verdict.holds
    assert verdict.problems == ()
    assert (verdict.records, verdict.batches) == (sum(sizes) + unsealed, len(sizes))
    assert verdict.unsealed == unsealed


def test_an_empty_ledger_holds():
    assert verify([], []).holds


@given(shapes, st.integers(0, 3), st.data())
def test_any_change_of_a_record_is_found_and_placed(sizes, unsealed, data):
    records, batches = ledger(*sizes, unsealed=unsealed)
    place = data.draw(st.integers(0, len(records) - 1))
    body = records[place].body.replace('"x"', '"y"')
    with_hash = data.draw(st.booleans())
    found = leaf(body) if with_hash else records[place].hash
    records[place] = replace(records[place], body=body, hash=found)
    verdict = verify(records, batches)
    sealed = place < sum(sizes)
    assert verdict.holds is (with_hash and not sealed)
    if sealed:
        number = next(b.number for b in batches if b.first <= place + 1 <= b.last)
        assert any(f"batch {number}:" in problem for problem in verdict.problems)
    if not with_hash:
        assert f"record {place + 1}: was changed" in verdict.problems


@given(shapes, st.integers(0, 3), st.data())
def test_a_removed_record_is_found_except_the_last_unsealed_ones(sizes, unsealed, data):
    records, batches = ledger(*sizes, unsealed=unsealed)
    place = data.draw(st.integers(0, len(records) - 1))
    del records[place]
    verdict = verify(records, batches)
    assert verdict.holds is (unsealed > 0 and place == sum(sizes) + unsealed - 1)
    assert verdict.holds or any(str(place + 1) in problem for problem in verdict.problems)


@given(shapes, st.integers(0, 3), st.data())
def test_two_records_that_change_places_are_found(sizes, unsealed, data):
    records, batches = ledger(*sizes, unsealed=unsealed)
    if len(records) == 1:
        return
    one, other = sorted(
        data.draw(st.lists(st.integers(0, len(records) - 1), min_size=2, max_size=2, unique=True))
    )
    first, second = records[one], records[other]
    records[one] = replace(second, place=first.place)
    records[other] = replace(first, place=second.place)
    verdict = verify(records, batches)
    assert f"record {one + 1}: was changed" in verdict.problems
    assert f"record {other + 1}: was changed" in verdict.problems


@given(shapes, st.integers(0, 3), st.data())
def test_a_duplicated_record_is_found(sizes, unsealed, data):
    records, batches = ledger(*sizes, unsealed=unsealed)
    place = data.draw(st.integers(0, len(records) - 1))
    records.insert(place, records[place])
    verdict = verify(records, batches)
    assert not verdict.holds
    assert any(f"record {place + 1}: stands twice" == p for p in verdict.problems)


def test_a_wrong_time_beside_the_text_is_found():
    records, batches = ledger(1)
    records[0] = replace(records[0], recorded_at=NOW.replace(year=2019))
    assert verify(records, batches).problems == ("record 1: was changed",)


@pytest.mark.parametrize("body", ["", "{", "[]", "3", '{"place": 1}'])
def test_a_text_that_does_not_say_its_place_and_time_is_found(body):
    odd = replace(record(1), body=body, hash=leaf(body))
    assert verify([odd], []).problems == ("record 1: was changed",)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_removed_batch_is_found_except_the_last(number):
    records, batches = ledger(2, 1, 3)
    del batches[number]
    verdict = verify(records, batches)
    assert verdict.holds is (number == 2)
    assert verdict.holds or f"batch {number + 1} is missing" in verdict.problems[0]


@pytest.mark.parametrize(
    "change",
    [{"root": "0" * 64}, {"previous": "1" * 64}, {"hash": "0" * 64}, {"last": 9}, {"first": 2}],
)
def test_a_changed_batch_is_found(change):
    records, batches = ledger(2, 2, 2)
    batches[1] = replace(batches[1], **change)
    assert any("batch 2" in problem for problem in verify(records, batches).problems)


def test_swapped_and_doubled_batches_are_found():
    records, batches = ledger(2, 2)
    assert not verify(records, batches[::-1]).holds
    assert not verify(records, [batches[0], *batches]).holds


def test_an_empty_batch_is_found():
    records, batches = ledger(2)
    empty = replace(seal(2, records, batches[-1].hash), first=3, last=2)
    assert not verify(records, [*batches, empty]).holds


def test_a_node_cannot_pose_as_a_record_nor_a_record_as_a_node():
    leaves = [leaf("a"), leaf("b"), leaf("c")]
    assert root(leaves[:1]) == leaves[0]
    assert len({root(leaves[:n]) for n in (1, 2, 3)}) == 3
    assert root([leaf(leaves[0] + leaves[1])]) != root(leaves[:2])


def test_verifying_holds_one_batch_at_a_time():
    records, batches = ledger(*[3] * 40)
    drawn = []

    def stream():
        for each in records:
            drawn.append(each.place)
            yield each

    def each_batch():
        for batch in batches:
            assert len(drawn) <= batch.first
            yield batch

    assert verify(stream(), each_batch()).holds
