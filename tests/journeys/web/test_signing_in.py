"""Signing in through the pages: invitation, password, reset, lock-out, and a leaver."""

import re
import shutil

import pytest

from tests.journeys.changing import MESHES
from tests.serving import csrf_of, send, serving
from tests.trials.people.providers import running

pytestmark = pytest.mark.journey
PASSWORD = "four unusual words together"


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    """The market as a company serves it: nobody switches persons."""
    root = tmp_path_factory.mktemp("company") / "market"
    shutil.copytree(MESHES / "market", root)
    with serving(root, demo=False) as served:
        yield served


def invited(company, person):
    """An invitation, as the operator's terminal gives it."""
    from datetime import UTC, datetime

    from agora.model.people import Actor
    from agora.usecases.account import invite

    house = company.site.house()
    olga = house.mesh.principal("olga")
    return invite(house, Actor(principal=olga), person, datetime.now(UTC)).secret


def accepted(company, person):
    client = company.client()
    secret = invited(company, person)
    assert send(client, "/invitation", secret=secret, password=PASSWORD).status_code == 303
    return client, secret


def test_nobody_switches_persons_where_it_is_no_demo(company):
    client = company.client()
    page = client.get("/sign-in").text
    assert "Be Mia" not in page
    answer = client.post("/demo/as", data={"_csrf": csrf_of(page), "person": "olga"})
    assert answer.status_code == 404
    assert client.get("/").status_code == 303


def test_an_invitation_opens_once_and_the_password_afterwards(company):
    mia, secret = accepted(company, "mia")
    assert "Mia Chen" in mia.get("/").text
    again = send(company.client(), "/invitation", secret=secret, password=PASSWORD)
    assert again.status_code == 403
    assert secret not in re.sub(r'value="[^"]*"', "", again.text)
    other = company.client()
    before = other.cookies.get("agora_visit")
    wrong = send(other, "/sign-in", name="mia", password="not this one at all")
    assert wrong.status_code == 403
    assert "do not belong together" in wrong.text
    right = send(
        other, "/sign-in", name="mia@example.org", password=PASSWORD, next="//evil.example"
    )
    assert right.headers["location"] == "/"
    assert other.cookies["agora"] not in (before, None)


def test_a_password_that_will_not_do_is_said_beside_the_password(company):
    secret = invited(company, "ana")
    short = send(company.client(), "/invitation", secret=secret, password="short").text
    assert ('href="#password"' in short, 'href="#secret"' in short) == (True, False)
    assert f'value="{secret}"' in short
    assert "A password has at least 12 letters" in short


def test_the_operator_lets_people_in_and_out_in_the_pages(company):
    carl, _ = accepted(company, "carl")
    olga, _ = accepted(company, "olga")
    assert carl.get("/ops/users").status_code == 403
    assert ('href="/ops"' in olga.get("/").text, 'href="/ops"' in carl.get("/").text) == (
        True,
        False,
    )
    page = olga.get("/ops/users").text
    assert "Sofia Berg" in page
    made = send(olga, "/ops/users/sofia/invite")
    assert re.search(r"sofia\.[\w-]{40,}", made.text)
    assert send(olga, "/ops/users/carl/block").status_code == 303
    assert carl.get("/").status_code == 303
    assert send(company.client(), "/sign-in", name="carl", password=PASSWORD).status_code == 403


def test_who_leaves_the_directory_loses_everything_at_once(company):
    emil, _ = accepted(company, "emil")
    made = send(emil, "/me/tokens", name="notebook", scope="read", days="30").text
    token = re.search(r"agora_pat_[\w-]+", made)[0]
    bearer = {"Authorization": f"Bearer {token}"}
    there = company.client().get("/api/v1/products/sales/transactions", headers=bearer)
    assert there.status_code == 200
    people = company.root / "people.yaml"
    lines = people.read_text().splitlines(keepends=True)
    people.write_text("".join(line for line in lines if "id: emil" not in line))
    company.site.reread()
    gone = company.client().get("/api/v1/products/sales/transactions", headers=bearer)
    assert gone.status_code == 401
    assert emil.get("/").status_code == 303


@pytest.fixture(scope="module")
def with_provider(tmp_path_factory):
    """A company whose people sign in at a real provider, which knows more of them than we do."""
    root = tmp_path_factory.mktemp("provider") / "market"
    shutil.copytree(MESHES / "market", root)
    secret = root.parent / "secret"
    secret.write_text("a secret that only we and the provider know")
    known = f"client_id: agora, client_secret: '${{file:{secret}}}'"
    with running() as issuer:
        with (root / "agora.yaml").open("a") as text:
            text.write(f"people: {{oidc: {{issuer: '{issuer}', {known}}}}}\n")
        with serving(root, demo=False) as served:
            yield served


def test_somebody_signs_in_at_the_organisation_in_a_browser(page_as, with_provider):
    page = page_as(on=with_provider)

    def at_the_provider(says):
        page.goto("/products/sales/transactions")
        page.get_by_role("link", name="organisation’s account").click()
        page.get_by_role("button", name=says, exact=True).click()

    at_the_provider("Deny")
    page.get_by_text("The sign-in was not finished").wait_for()
    at_the_provider("u-mia")
    page.get_by_text("has not verified your mail address").wait_for()
    page.get_by_role("link", name="organisation’s account").click()
    page.get_by_role("button", name="u-ana", exact=True).click()
    page.wait_for_url("**/products/sales/transactions")
    page.get_by_text("Ana Ruiz").wait_for()
    page.get_by_text("Ana Ruiz").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    page.goto("/me")
    assert page.url.endswith("/sign-in?next=/me")
