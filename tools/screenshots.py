"""Pictures of every page for the documentation: `uv run --with pillow tools/screenshots.py MESH`.

The demo mesh is served where it lies, Debian's Chromium opens the pages as the person whose page it is,
and `docs/screenshots/` has each picture with few colours, so that it stays small.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.serving import CHROMIUM, FLAGS, send, serving  # noqa: E402

SETTLES = 900
"""Milliseconds that maps, editors and charts take to be drawn."""
KEPT = ROOT / "docs" / "screenshots"
SALES = "/products/sales/transactions"
SQL = (
    "select store_id, count(*) as lines, sum(sales_value) as sales\n"
    "from sales.transactions group by store_id order by sales desc limit 20"
)
PAGES = (
    ("home", "mia", "/", ""),
    ("sign-in", "", "/sign-in", ""),
    ("search", "mia", "/search?q=sales", ""),
    ("product", "ana", SALES, ""),
    ("product-dark", "ana", SALES, "dark"),
    ("product-phone", "mia", SALES, "phone"),
    ("data", "ana", SALES + "/data", ""),
    ("contract", "ana", SALES + "/contract", ""),
    ("quality", "ana", SALES + "/quality", ""),
    ("lineage", "ana", SALES + "/lineage", ""),
    ("versions", "ana", SALES + "/versions", ""),
    ("discuss", "ana", SALES + "/discuss", ""),
    ("consumers", "sofia", SALES + "/consumers", ""),
    ("request", "mia", SALES + "/request", ""),
    ("request-phone", "mia", SALES + "/request", "phone"),
    ("inbox", "maya", "/requests", ""),
    ("agreements", "ana", "/agreements", ""),
    ("cart", "mia", "/cart", ""),
    ("domains", "mia", "/domains", ""),
    ("map", "mia", "/map", ""),
    ("map-dark", "mia", "/map", "dark"),
    ("query", "ana", "/query", ""),
    ("result", "ana", "RESULT", ""),
    ("chart", "ana", "CHART", ""),
    ("chart-dark", "ana", "CHART", "dark"),
    ("saved", "ana", "/query/saved", ""),
    ("studio", "emil", "/studio", ""),
    ("govern", "ana", "/govern", ""),
    ("explain", "sofia", "/govern/explain", ""),
    ("scorecard", "greta", "/scorecard", ""),
    ("operations", "OPERATOR", "/ops", ""),
    ("costs", "OPERATOR", "/ops/costs", ""),
    ("people", "OPERATOR", "/ops/users", ""),
    ("notifications", "sofia", "/me/notifications", ""),
    ("me", "mia", "/me", ""),
    ("tokens", "mia", "/me/tokens", ""),
    ("help", "mia", "/help", ""),
    ("glossary", "mia", "/help/glossary", ""),
)


def main() -> None:
    """The folder has a picture of each page that answers; a page that does not is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mesh", type=Path, help="a built demo mesh; its ledger hears of the visits")
    parser.add_argument("--only", nargs="*", default=())
    asked = parser.parse_args()
    KEPT.mkdir(exist_ok=True)
    with serving(asked.mesh) as served, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        result = _asked(served)
        places = {"RESULT": result, "CHART": f"/charts/new?result={result.rpartition('/')[2]}"}
        for name, person, path, look in PAGES:
            if asked.only and name not in asked.only:
                continue
            who = served.site.house().mesh.operator if person == "OPERATOR" else person
            _taken(browser, served, name, who, places.get(path, path), look)


def _asked(served: Any) -> str:
    """A statement has been asked; where its rows are."""
    client = served.client("ana")
    where = str(send(client, "/query", sql=SQL).headers["location"])
    while "Running" in client.get(where).text:
        pass
    return where


def _taken(browser: Any, served: Any, name: str, person: str, path: str, look: str) -> None:
    size = {"width": 390, "height": 844} if look == "phone" else {"width": 1280, "height": 900}
    context = browser.new_context(
        base_url=served.url,
        viewport=size,
        color_scheme="dark" if look == "dark" else "light",
        reduced_motion="reduce",
    )
    jar = served.client(person).cookies.jar
    context.add_cookies(
        [{"name": each.name, "value": each.value or "", "url": served.url} for each in jar]
    )
    page = context.new_page()
    answer = page.goto(path, wait_until="load")
    page.wait_for_timeout(SETTLES)
    if answer is None or not answer.ok:
        sys.stdout.write(f"{name}: {path} answers {answer and answer.status}\n")
    else:
        file = KEPT / f"{name}.png"
        page.screenshot(path=file)
        _small(file)
        sys.stdout.write(f"{name}: {file.stat().st_size // 1024} kB\n")
    context.close()


def _small(file: Path) -> None:
    """The picture has 128 colours, which is enough for pages and a third of the bytes."""
    with Image.open(file) as picture:
        few = picture.convert("RGB").quantize(128, dither=Image.Dither.NONE)
    few.save(file, optimize=True)


if __name__ == "__main__":
    main()
