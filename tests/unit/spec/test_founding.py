"""A domain is founded in the texts of its folder and of the mesh, or nobody could own it."""

import pytest

from agora.model.errors import Missing
from agora.model.names import ProductName
from agora.model.people import Principal, PrincipalKind
from agora.model.product import SourceSpec
from agora.spec import scaffold
from agora.spec.founding import founded
from agora.spec.mesh import read

FIRST = ProductName("sales", "weekly-sales")
SOURCE = SourceSpec(name="raw", type="csv", path="orders.csv")
MESH = scaffold.mesh("my-mesh", "olga")


def somebody(*teams):
    return Principal(id="olga", kind=PrincipalKind.PERSON, teams=teams)


def test_the_domain_is_listed_and_belongs_to_the_first_team_of_its_founder():
    made = founded(MESH["agora.yaml"], FIRST, somebody("data-team", "others"))
    product = scaffold.product(FIRST, columns=scaffold.EXAMPLE_COLUMNS, source=SOURCE)
    reading = read({**MESH, **made.files, **product, "agora.yaml": made.listing}, {})
    assert [domain.id for domain in reading.mesh.domains] == ["sales"]
    domain = reading.mesh.domain("sales")
    assert (domain.team, domain.owners) == ("data-team", ("olga",))
    assert all(path.startswith("sales/") for path in made.files)
    assert not any(b"PORT" in text for text in made.files.values())


def test_what_is_listed_already_stays_listed_also_where_it_cannot_be_read():
    broken = b"domains: [crm, web]"
    listing = MESH["agora.yaml"].replace(b"domains: []", broken)
    assert broken in listing
    made = founded(listing, FIRST, somebody("data-team"))
    assert b"domains: [crm, web, sales]" in made.listing


def test_nobody_founds_a_domain_without_a_team():
    with pytest.raises(Missing, match="no team that could own `sales`") as told:
        founded(MESH["agora.yaml"], FIRST, somebody())
    assert told.value.code_shown == "E016"
