"""Use travels with the data: what was given for one purpose is not had for another by way of a product."""

from dataclasses import replace

import pytest

from agora.model.errors import Denied
from agora.model.lineage import ColumnLineage
from agora.model.policy import MaskKind
from agora.usecases.access import answer, ask
from agora.usecases.agreements import end, extend
from agora.usecases.explain import explain
from agora.usecases.inbox import weigh
from agora.usecases.make import Plan, foresee, make
from agora.usecases.run import run
from tests.journeys.changing import actor, agree, edit, instant, opened, read
from tests.journeys.test_making import PLAN

SEGMENTS = "customers.segments"
SERVICE = "service:customers.segments"
WHO = "who: {owning_domain: true, kinds: [person]}"
NO_TESTS = (("  - {as: ana, port: customers.households, allowed: false}\n", ""),)
SQL = "select count(*) as n from customers.segments"


def wanted(house, purpose, **more):
    return ask(house, actor(house, "mia"), SEGMENTS, purpose=purpose, reason="a test", **more)


def test_what_was_given_for_one_purpose_is_not_had_for_another(used):
    with opened(used) as house:
        carl = actor(house, "carl")
        with pytest.raises(Denied) as refused:
            wanted(house, "campaign-planning")
        (reason,) = refused.value.reasons
        assert (reason.code, reason.owner) == ("E640", "sales")
        assert "given for `segmentation`, not for `campaign-planning`" in reason.sentence
        assert "--onward campaign-planning" in reason.hint
        asked = wanted(house, "segmentation")
        answer(house, carl, asked.request.id, approve=True)
        assert read(house, "mia", SQL)[0]["n"] > 0
        with pytest.raises(Denied) as refused:
            read(house, "carl", SQL, purpose="campaign-planning")
        assert refused.value.code_shown == "E800"
        assert read(house, "carl", SQL) == read(house, "mia", SQL)


def test_the_owners_of_what_it_is_made_of_accept_another_use_and_take_it_back(used):
    with opened(used) as house:
        given = agree(house, SERVICE, "segmentation", by="carl", onward=("campaign-planning",))
        asked = wanted(house, "campaign-planning")
        answer(house, actor(house, "carl"), asked.request.id, approve=True)
        assert read(house, "mia", SQL)[0]["n"] > 0
        end(house, actor(house, "sofia"), given.id, words="only what it was for")
        with pytest.raises(Denied) as refused:
            read(house, "mia", SQL)
        assert refused.value.code_shown == "E800"


def test_only_a_product_passes_data_on(used):
    with opened(used) as house:
        with pytest.raises(Denied) as refused:
            wanted(house, "segmentation", onward=("campaign-planning",))
        assert [each.code for each in refused.value.reasons] == ["E802"]
        with pytest.raises(Denied) as refused:
            agree(house, SERVICE, "segmentation", by="carl", onward=("fun",))
        assert [each.code for each in refused.value.reasons] == ["E411"]


def test_who_is_let_in_from_elsewhere_says_what_for(used):
    edit(used / "customers/policies/own-people.yaml", (WHO, "who: {kinds: [person]}"), *NO_TESTS)
    with opened(used) as house:
        with pytest.raises(Denied) as refused:
            read(house, "mia", SQL)
        assert refused.value.code_shown == "E801"
        assert read(house, "mia", SQL, purpose="segmentation") == read(house, "carl", SQL)


def test_what_is_kept_from_somebody_is_not_had_by_making_a_product(used):
    edit(used / "sales/policies/own-people.yaml", (WHO, "who: {owning_domain: true}"))
    edit(used / "sales/policies/own-stores.yaml", ("[analyst]", "[engineer]"))
    edit(
        used / "people.yaml",
        ("roles: [engineer]}", "roles: [engineer], attributes: {stores: ['330']}}"),
    )
    with opened(used) as house:
        emil = actor(house, "emil")
        with pytest.raises(Denied) as refused:
            foresee(house, emil, Plan(**PLAN))
        (reason,) = refused.value.reasons
        assert (reason.code, reason.rule) == ("E803", "sales/own-stores")


def test_a_product_of_another_domains_data_says_what_it_may_be_used_for(used):
    plan = PLAN | {"name": "customers.per-store", "purpose": "segmentation"}
    with opened(used) as house:
        agree(house, "carl", "segmentation", by="carl")
        carl = actor(house, "carl")
        assert foresee(house, carl, Plan(**plan)).uses == ("segmentation",)
        wider = Plan(**plan, onward=("sales-planning",), accept_terms=True)
        drawn = foresee(house, carl, wider)
        assert drawn.uses == ("sales-planning", "segmentation")
        assert [columns for _, columns in drawn.reads] == [("store_id", "amount")]
        made = make(house, carl, wider)
        request = made.asked[0].request
        assert request.onward == ("sales-planning",)
    with opened(used) as house:
        weighed = weigh(house, actor(house, "sofia"), request.id)
        assert [each.rule for each in weighed.stay] == ["sales/own-stores"]
        assert weighed.stay == drawn.stay
        assert weigh(house, actor(house, "carl"), request.id).stay == ()


MASK = """agora: 1
kind: policy
id: amounts
title: Amounts are for the sales team
applies_to: {ports: [sales.transactions], columns: [amount]}
unless: [{owning_domain: true}, {kinds: [service]}]
effect: {mask: null-value}
tests:
  - {as: mia, port: sales.transactions, purpose: segmentation, sees: {amount: null-value, week: clear}}
"""
SPENT = "select count(amount) as known, sum(baskets) as baskets from customers.segments"
AGAIN = PLAN | {
    "name": "customers.spending",
    "sql": "select round(amount) as spent, household_id from customers.segments",
    "purpose": "segmentation",
}


@pytest.fixture
def masked(used):
    """The market in use and one product more; then the sales team keeps amounts from everybody else."""
    edit(used / "customers/policies/own-people.yaml", (WHO, "who: {owning_domain: true}"))
    with opened(used) as house:
        made = make(house, actor(house, "carl"), Plan(**AGAIN))
        assert read(house, "carl", SPENT)[0]["known"] > 0
        assert not made.asked
    with opened(used) as house:
        run(house, actor(house, "carl"), AGAIN["name"])
    (used / "sales/policies/amounts.yaml").write_text(MASK)
    with opened(used) as house:
        yield house


def test_a_mask_follows_its_column_into_what_was_made_of_it_long_ago(masked):
    (row,) = read(masked, "carl", SPENT)
    assert (row["known"], row["baskets"] > 0) == (0, True)
    decision = explain(masked, actor(masked, "carl"), SEGMENTS)[0]
    (amount,) = (view for view in decision.columns if view.name == "amount")
    assert [(each.rule, each.owner) for each in amount.reasons] == [("sales/amounts", "sales")]


def test_it_follows_through_every_table_in_between_and_leaves_the_rest_alone(masked):
    sql = "select count(spent) as known, count(household_id) as households from customers.spending"
    (row,) = read(masked, "carl", sql)
    assert (row["known"], row["households"] > 0) == (0, True)


def test_what_no_lineage_is_kept_of_counts_as_made_of_everything(masked):
    class Forgetful:
        def __getattr__(self, name):
            return getattr(masked.store, name)

        def get(self, kind, key):
            return None if kind is ColumnLineage else masked.store.get(kind, key)

    house = replace(masked, store=Forgetful())
    (decision,) = explain(house, actor(house, "carl"), SEGMENTS)
    assert {view.mask.kind for view in decision.columns} == {MaskKind.NULL}


def test_an_owner_may_give_it_for_its_purpose_alone(used):
    with opened(used) as house:
        sofia, more = actor(house, "sofia"), ("campaign-planning", "segmentation")
        asked = ask(
            house, actor(house, "carl"), "sales.transactions", purpose="sales-planning",
            reason="a test", consumer=SERVICE, onward=more, accept_terms=True,
        )  # fmt: skip
        with pytest.raises(Denied) as refused:
            answer(house, sofia, asked.request.id, approve=True, onward=("sales-planning",))
        assert [each.code for each in refused.value.reasons] == ["E416"]
        given = answer(house, sofia, asked.request.id, approve=True, onward=more[1:]).agreement
        assert given is not None
        assert (given.onward, given.columns) == (("segmentation",), ())
        told = [dict(each.entry.facts) for each in house.store.records()]
        assert [each["onward"] for each in told if each.get("agreement") == given.id] == [more[1:]]


def test_what_goes_on_is_passed_on_as_before(used):
    with opened(used) as house:
        more = {"onward": ("campaign-planning",), "until": instant("2018-06-30")}
        given = agree(house, SERVICE, "segmentation", by="carl", **more)
        longer = extend(house, actor(house, "sofia"), given.id, until=instant("2018-12-31"))
        assert longer.onward == given.onward
