"""A market in which every text that a person can write tries to be code.

Whoever opens a page of it may look for the three things that would show it succeeded: an element
with `data-xss`, a variable `owned`, and a request to `evil.example`.
"""

import contextlib
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from agora.usecases.run import run
from tests.journeys.changing import CONTRACT, MESHES, PRODUCT, actor, agree, edit, opened
from tests.serving import Served, csrf_of, send, serving

TEXT = """"'></textarea></title><b data-xss="1">x</b><script>self.owned=1</script>"""
SHORT = '"><b data-xss=1>'
MARKDOWN = (
    TEXT + "\n\n[here](javascript:self.owned=1) ![p](https://evil.example/p.png)"
    ' <img src="https://evil.example/q.png" onerror="self.owned=1">\n\n```html\n' + TEXT + "\n```\n"
)
FORMULA = "=HYPERLINK(A1)"
SALES = "/products/sales/transactions"
REASON = "to look at how the weeks of a campaign went " + TEXT
QUOTED = "'" + TEXT.replace("'", "''") + "'"


def written(root: Path) -> None:
    """The files of the mesh say it: titles, descriptions, names, a README, a rule, cells."""
    (root / "sales/transactions/README.md").write_text("# Transactions\n\n" + MARKDOWN)
    edit(
        root / CONTRACT,
        ("purpose: Every line of every basket", f"purpose: {QUOTED}"),
        ("limitations: Two stores of the region only", f"limitations: {QUOTED}"),
        ('        logicalTypeOptions: {pattern: "^[0-9]+$"}\n', f"        description: {QUOTED}\n"),
    )
    edit(
        root / PRODUCT,
        ("purpose: Every line of every basket, as the tills wrote it", f"purpose: {QUOTED}"),
        ("usage: Join to households on household_id", f"usage: {QUOTED}"),
    )
    edit(
        root / "sales/domain.yaml",
        ("title: Sales", f"title: {QUOTED}"),
        ("purpose: Knows what was sold, where and when.", f"purpose: {QUOTED}"),
        ("Grow like-for-like sales", QUOTED),
    )
    edit(
        root / "sales/policies/own-stores.yaml",
        ("title: Analysts see the stores they are responsible for", f"title: {QUOTED}"),
    )
    edit(root / "guardrails/purposes.yaml", ("title: Campaign planning", f"title: {QUOTED}"))
    edit(root / "people.yaml", ("name: Mia Chen", f"name: '{SHORT}Mia'"))
    edit(root / "people.yaml", ("title: Marketing team", f"title: {QUOTED}"))
    cell = '"' + TEXT.replace('"', '""') + '"'
    with (root / "sales/transactions/data/transactions.csv").open("a") as file:
        for number, store in enumerate((cell, FORMULA), 9000):
            file.write(f"{number},1,{store},2017-06-01 09:00:00,22,1,1.50\n")


def said(market: Served) -> None:
    """People say it: a question, an answer, a rating, a reason, a refusal, names of kept things."""
    mia, sofia = market.client("mia"), market.client("sofia")
    page = mia.get(SALES + "/data").text
    assert 'data-xss="1"' not in page

    def deed(client, path, **fields):
        answer = send(client, path, **fields)
        assert answer.status_code == 303, (path, answer.status_code)
        return answer.headers["location"]

    asked = deed(mia, SALES + "/discuss", question=MARKDOWN)
    deed(sofia, f"{SALES}/discuss/{asked.rpartition('#comment-')[2]}/answers", answer=MARKDOWN)
    deed(mia, SALES + "/rating", stars="2", words=MARKDOWN)
    deed(mia, "/search/wish", q=TEXT, reason=TEXT)
    made = {"sql": f"select store_id, amount, {QUOTED} as said from sales.transactions"}
    saved = {
        "title": TEXT,
        "description": TEXT,
        "audience": "readers",
        "purpose": "campaign-planning",
    }
    deed(mia, "/query/saved", **saved, **made)
    result = deed(sofia, "/query", **made)
    of = result.rpartition("/")[2]
    shelves = {"kind": "bar", "x": "store_id", "y": "amount", "title": TEXT}
    deed(sofia, "/charts", result=of, title_of=TEXT, audience="readers", **shelves)
    token = send(mia, "/me/tokens", name=SHORT, days="30", scope="read")
    assert token.status_code == 200, token.status_code
    asked_for(market.client("carl"))
    refused = asked_for(market.client("olga"))
    deed(sofia, refused + "/refuse", version="1", words=TEXT)


def asked_for(client, **fields):
    """The request form as a browser would send it, for the first two columns."""
    page = client.get(SALES + "/request").text
    every = re.findall(r'name="every" value="([^"]+)"', page)
    form = {
        "_csrf": csrf_of(page),
        "port": "sales.transactions@1",
        "every": every,
        "column": every[:2],
        "purpose": "campaign-planning",
        "reason": REASON,
        "until": "2018-12-31",
        "accept_terms": "yes",
    } | fields
    answer = client.post(SALES + "/request", data=form)
    assert answer.status_code == 303
    return answer.headers["location"]


@contextlib.contextmanager
def hostile_market(root: Path) -> Iterator[Served]:
    """The market, served, with everything said and asked."""
    shutil.copytree(MESHES / "market", root)
    written(root)
    with opened(root) as house:
        run(house, actor(house, "emil"), "sales.transactions")
        agree(house, "service:customers.segments", "segmentation", by="carl")
        run(house, actor(house, "carl"), "customers.segments")
        agree(house, "mia", "campaign-planning", by="mia")
    with serving(root) as market:
        said(market)
        yield market
