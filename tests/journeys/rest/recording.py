"""Every endpoint is called on the market in use, as everybody: what it answers, for its table and examples.

`python -m tests.journeys.rest.recording [PATTERN]` writes the examples of the endpoints that fit it
into `serve/rest/examples.json`, and prints those lines of the table of who may do what that are not there
yet or differ: look at each before you take it.
"""

import contextlib
import json
import re
import shutil
import sys
import tempfile
from pathlib import Path

from agora.serve.rest import examples
from agora.serve.rest.scopes import SCOPES
from tests.journeys.changing import MESHES, in_use
from tests.journeys.rest import test_authorisation as asked
from tests.journeys.rest import test_making as making
from tests.journeys.rest.conftest import Callers
from tests.serving import serving

SECRET, FEW, LONG = "shown-this-once", 2, 400
TEXTS = ("text/csv", "text/plain", "text/event-stream")


class Recorder(Callers):
    """Callers whose calls that went well are kept."""

    def __call__(self, name="", scopes=None):
        client = super().__call__(name, scopes)
        client.headers["accept"] = "text/csv"
        client.event_hooks = {"response": [self.keep]}
        return client

    def keep(self, answer):
        answer.read()
        if answer.is_success:
            self.heard.append(answer)


def short(value, key=""):
    """The value as an example: a few of many, and no secret."""
    if key == "secret":
        return SECRET
    if isinstance(value, dict):
        return {name: short(each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [short(each) for each in value[:FEW]]
    return value[:LONG] if isinstance(value, str) else value


def example(answer):
    """What was sent and answered."""
    kind = answer.headers.get("content-type", "").partition(";")[0]
    told = {"status": str(answer.status_code)}
    with contextlib.suppress(ValueError, UnicodeDecodeError):
        told["request"] = short(json.loads(answer.request.content))
    if kind == "application/json" and answer.content:
        told["answer"] = short(answer.json())
    elif kind in TEXTS:
        told["answer"] = "\n".join(answer.text.splitlines()[:4]) + "\n"
    return told


def heard(callers, endpoint):
    """What was answered when the endpoint was called well."""
    method, _, path = endpoint.partition(" ")
    form = re.compile("/api/v1" + re.sub(r"{\w+}", "[^/]+", path))
    for answer in callers.heard:
        if answer.request.method == method and form.fullmatch(answer.request.url.path):
            return example(answer)
    return None


def further(callers):
    """What the table of who may do what has no good answer for: it would change the mesh of others."""
    sofia, path = callers("sofia"), "/products/sales/transactions"
    sofia.put(f"{path}/schedule", json={"when": "0 6 * * mon Europe/Berlin"})
    sofia.put("/draft", params={"file": "targets.csv"}, content=making.SHEET)
    sofia.put("/draft/label", json=making.LABEL)
    sofia.get("/draft/check")
    sofia.post("/draft/publish")
    sofia.post("/products/sales/targets/runs", json={}, headers={"prefer": "wait=30"})
    sofia.put("/products/sales/targets/file", params={"file": "next.csv"}, content=making.NEXT)
    sofia.post("/products/foresight", json=making.QUERY)
    sofia.post("/products", json=making.QUERY)
    sofia.post(f"{path}/runs", params={"wait": "true"}, json={"again": True})
    sofia.post(f"{path}/rollback", json={"to": "1", "reason": "prices were wrong"})


def alike(found):
    """Deeds for which nothing is ready in a market of one day: made of the answers that look alike."""
    agreed = found["POST /agreements/{agreement}/end"]["answer"]
    asked = found["POST /requests"]["answer"][0]
    until = "2018-06-30T23:59:59Z"
    going = agreed | {"expires": until, "ended_at": None, "ended_by": "", "ended_for": ""}
    again = asked | {"request": asked["request"] | {"renews": agreed["id"], "until": until}}
    return {
        "POST /agreements/{agreement}/extend": {
            "status": "200",
            "request": {"until": until},
            "answer": going,
        },
        "POST /agreements/{agreement}/renew": {
            "status": "200",
            "request": {"until": until, "reason": "planning goes on", "accept_terms": True},
            "answer": again,
        },
        "POST /products/{domain}/{product}/consent": {
            "status": "200",
            "request": {"table": "transactions", "consumers": ["service:customers.segments"]},
            "answer": {"port": "sales.transactions@1", "consents": [], "waiting": ["mia"]},
        },
    }


def main(word=""):
    file = Path(examples.__file__).with_name(examples.FILE)
    before = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    found = {each: told for each, told in before.items() if each in SCOPES}
    known = {endpoint: answers for endpoint, _, answers in asked.lines()}
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        root = Path(folder) / "market"
        shutil.copytree(MESHES / "market", root)
        in_use(root)
        served = stack.enter_context(serving(root))
        callers = Recorder(served, stack)
        for endpoint, scope in SCOPES.items():
            if not re.search(word, endpoint):
                continue
            callers.heard = []
            answers = asked.answers_of(callers, endpoint)
            if answers != known.get(endpoint):
                told = ", ".join(f"{name} {answer}" for name, answer in answers.items())
                sys.stdout.write(f"{endpoint} | {scope.value} | {told}\n")
            if made := heard(callers, endpoint):
                found[endpoint] = made
        callers.heard = []
        further(callers)
        found |= {
            each: made for each in SCOPES if each not in found and (made := heard(callers, each))
        }
    found = alike(found) | found
    for endpoint in SCOPES.keys() - found.keys():
        sys.stderr.write(f"nothing went well: {endpoint}\n")
    text = json.dumps(found, indent=1, ensure_ascii=False, sort_keys=True)
    file.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
