"""The gate: what may be released although it breaks somebody, and who speaks for whom."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from agora.governance.publishing import Publication, asked, judge, speakers
from agora.model.changes import Bump, Change, Consent, Dependence, Dependent, Mark, Side, Verdict
from agora.model.contract import Contract, ServiceLevel
from agora.model.mesh import Domain, Mesh
from agora.model.names import PortName, PortVersion, ProductName
from agora.model.people import Principal, PrincipalKind
from agora.model.product import Product, ProductKind

PORT = PortVersion(PortName("sales", "visits", "visits"), 1)
NOW = datetime(2018, 1, 2, tzinfo=UTC)


def contract(status="active", ends=""):
    levels = (ServiceLevel(property="endOfLife", value=ends),) if ends else ()
    return Contract(
        id="c", version="1.0.0", status=status, table="t", columns=(), service_levels=levels
    )


def change(verdict=Verdict.BREAKING, *columns, path="columns.a"):
    return Change(
        path=path,
        mark=Mark.REMOVED,
        verdict=verdict,
        side=Side.CONSUMER,
        bump=Bump.MAJOR,
        sentence="`a` is gone",
        columns=columns,
    )


MIA = Dependent(name="mia", how=Dependence.QUERIES, port=PORT, columns=("a",), speakers=("mia",))
GONE = change(Verdict.BREAKING, "a")
RETIRED = change(path="status")


def publication(after, *changes, before=None, dependents=(MIA,)):
    return Publication(
        port=PORT,
        before=before or contract(),
        after=after,
        changes=changes,
        dependents=dependents,
    )


@pytest.mark.parametrize(
    ("case", "code"),
    [
        (publication(contract(), GONE), "E445"),
        (publication(contract(), GONE, dependents=()), None),
        (publication(contract(), GONE, dependents=(replace(MIA, consented=True),)), None),
        (publication(contract(), GONE, dependents=(replace(MIA, asked=False),)), None),
        (publication(contract(), change(Verdict.UNDETERMINED, "a")), None),
        (publication(contract()), None),
        (publication(contract("retired"), RETIRED), "E446"),
        (publication(contract("retired"), RETIRED, dependents=()), None),
        (publication(contract("retired"), RETIRED, before=contract(ends="2018-01-02")), None),
        (publication(contract("retired"), RETIRED, before=contract(ends="2018-01-03")), "E446"),
        (publication(contract("retired"), GONE, before=contract("retired")), "E445"),
        (publication(None), "E446"),
        (publication(None, before=contract(ends="2017-12-31")), None),
        (publication(contract("deprecated", "2018-01-20")), "E447"),
        (publication(contract("deprecated", "2018-02-20")), None),
        (publication(contract("deprecated", "2018-01-20"), before=contract(ends="2018-01-10")), None),
        (publication(contract("deprecated", "2018-03-01"), GONE, before=contract(ends="2018-04-01")), "E445"),
    ],
)  # fmt: skip
def test_the_gate(case, code):
    reasons = judge(case, NOW)
    assert {reason.code for reason in reasons} == ({code} if code else set())


def test_one_reason_for_each_who_stands_against_it():
    team = replace(MIA, name="team:x", how=Dependence.RIGHT, columns=(), speakers=("mia", "tom"))
    nobody = replace(MIA, name="ghost", speakers=())
    reasons = judge(publication(contract(), GONE, dependents=(MIA, team, nobody)), NOW)
    assert [reason.sentence for reason in reasons] == [
        "`mia` uses `a` and has not consented (`mia` may)",
        "`team:x` has not consented (`mia`, `tom` may)",
        "`ghost` uses `a` and has not consented (nobody may)",
    ]
    assert {reason.owner for reason in reasons} == {"sales"}


def test_whom_it_concerns():
    assert publication(contract(), GONE).columns == {"a"}
    assert not publication(contract(), GONE).concerns_all
    assert publication(contract(), GONE, change()).concerns_all
    assert publication(contract("retired"), RETIRED).concerns_all
    assert publication(None).concerns_all
    assert publication(contract(ends="2018-05-01")).concerns_all


def person(name, *teams, kind=PrincipalKind.PERSON, acts_for=""):
    return Principal(id=name, kind=kind, teams=teams, acts_for=acts_for)


MESH = Mesh(
    name="m",
    domains=(Domain(id="sales", owners=("sofia", "tom")),),
    principals=(
        person("mia", "marketing"),
        person("tom", "sales", "marketing"),
        person("bi", "marketing", kind=PrincipalKind.SERVICE),
        person("aria", kind=PrincipalKind.AGENT, acts_for="mia"),
    ),
    products=(
        Product(name=ProductName("sales", "visits"), id="v", kind=ProductKind.AGGREGATE),
        Product(name=ProductName("lost", "thing"), id="l", kind=ProductKind.AGGREGATE),
    ),
)


@pytest.mark.parametrize(
    ("consumer", "who"),
    [
        ("mia", ("mia",)),
        ("aria", ("mia",)),
        ("bi", ("mia", "tom")),
        ("team:marketing", ("mia", "tom")),
        ("team:nobody", ()),
        ("sales.visits", ("sofia", "tom")),
        ("service:sales.visits", ("sofia", "tom")),
        ("lost.thing", ()),
        ("stranger", ()),
    ],
)
def test_who_speaks_for_whom(consumer, who):
    assert speakers(MESH, consumer) == who


def test_a_consent_counts_for_its_port_its_consumer_and_its_contract():
    def given(**other):
        made = Consent(port=PORT, contract="h", consumer="mia", given_by="mia", given_at=NOW)
        return replace(made, **other)

    two = PortVersion(PORT.port, 2)
    for consent, counts in (
        (given(), True),
        (given(contract="g"), False),
        (given(consumer="tom"), False),
        (given(port=two), False),
    ):
        (found,) = asked(MESH, "h", [replace(MIA, speakers=())], [consent])
        assert found.consented is counts
        assert found.speakers == ("mia",)
    (told,) = asked(MESH, "h", [replace(MIA, asked=False)], [])
    assert told.speakers == ()
