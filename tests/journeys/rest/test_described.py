"""The API keeps to its own description, whatever is sent: no 500, no answer nobody announced.

One derandomised call for every seventeenth endpoint, well and badly formed, because making them up
costs more than answering them; `SCHEMATHESIS=20` makes so many for every endpoint (`-o timeout=0`).
"""

import os
from types import SimpleNamespace

import hypothesis
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase
from hypothesis.internal.conjecture.utils import many
from hypothesis_jsonschema import _from_schema
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.specs.openapi import _hypothesis as generating

pytestmark = pytest.mark.journey
ASKED = os.environ.get("SCHEMATHESIS", "")
EXAMPLES = int(ASKED or 1)
EVERY = 1 if ASKED else 17


class Many(many):
    """hypothesis-jsonschema 0.23 asks `more()`, which hypothesis has replaced by iterating."""

    _steps = None

    def more(self):
        if self._steps is None:
            self._steps = iter(self.__enter__())
        return next(self._steps, self) is None


@pytest.fixture(autouse=True)
def old_hypothesis(monkeypatch):
    monkeypatch.setattr(_from_schema, "cu", SimpleNamespace(many=Many))
    # schemathesis 4.24 asks jsonschema-rs something that this version of it cannot say
    monkeypatch.setattr(generating, "_canonical_strategy_or_none", lambda *_: None)


def checked():
    load_all_checks()
    names = (
        "status_code_conformance",
        "content_type_conformance",
        "response_schema_conformance",
    )
    return [each for each in CHECKS.get_all() if each.__name__ in names]


@pytest.fixture(scope="module")
def described(callers):
    spec = callers().get("/openapi.json").json()
    schema = schemathesis.openapi.from_dict(spec)
    return [found.ok() for found in schema.get_all_operations()][::EVERY]


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode))
def test_the_api_keeps_to_its_description(callers, described, mode):
    headers = {"authorization": f"Bearer {callers.secret('olga', ('read', 'ask', 'make', 'operate'))}"}  # fmt: skip
    checks, base, seen, wrong = checked(), f"{callers.served.url}/api/v1", set(), []
    with requests.Session() as session:
        for operation in described:

            @hypothesis.given(operation.as_strategy(generation_mode=mode))
            @hypothesis.settings(
                max_examples=EXAMPLES,
                derandomize=True,
                deadline=None,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            def keeps(case):
                answer = case.call(base_url=base, session=session, headers=headers)
                case.validate_response(answer, checks=checks)
                assert answer.status_code < 500 or answer.status_code == 503, answer.text
                seen.add(answer.status_code)

            try:
                keeps()
            except hypothesis.errors.Unsatisfiable:
                assert mode is schemathesis.GenerationMode.NEGATIVE, operation.label
            except Exception as problem:
                wrong.append(f"{operation.label}: {problem}")
    assert not wrong, "\n\n".join(wrong)
    assert {200, 404} <= seen or mode is schemathesis.GenerationMode.NEGATIVE
    assert 422 in seen or mode is schemathesis.GenerationMode.POSITIVE


@pytest.mark.parametrize("path", ["/api/v1/products/sales%0A/x", "/api/v1/no%0Asuch", "/api/v2/me", "/api/nothing"])  # fmt: skip
def test_no_address_of_the_api_leads_to_a_page(callers, path):
    answer = callers("mia").get(f"{callers.served.url}{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, "E714")
    assert answer.headers["content-type"] == "application/problem+json"
