"""A sheet becomes a product without JavaScript, over a tab that was closed on the way."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.journey

CSV = b"Store,Manager Mail,Target\n330,ana@example.org,10\n367,bo@example.org,20\n"


def test_without_javascript_a_sheet_becomes_a_product(page_as, serving_market):
    emil = page_as("emil", on=serving_market, java_script_enabled=False)
    emil.goto("/studio")
    emil.get_by_role("link", name="New product").click()
    emil.get_by_role("link", name="From a file").click()
    emil.get_by_label("The file").set_input_files(
        {"name": "Goals.csv", "mimeType": "text/csv", "buffer": CSV}
    )
    emil.get_by_role("button", name="Read the file").click()
    emil.get_by_label("What it means").first.fill("Which store")
    emil.get_by_role("button", name="Go on to the label").click()
    expect(emil.get_by_label("Title")).to_have_value("Goals")
    emil.close()

    again = page_as("emil", on=serving_market, java_script_enabled=False)
    again.goto("/studio/new/upload")
    again.get_by_role("link", name="Go on with it").click()
    expect(again.get_by_label("Title")).to_have_value("Goals")
    again.get_by_label("In one line").fill("What each store is to reach")
    again.get_by_role("button", name="Go on to the check").click()
    again.get_by_role("button", name="Publish Goals").click()
    expect(again.get_by_text("A new edition is out")).to_be_visible(timeout=60_000)
    again.get_by_role("link", name="See it as others do").click()
    expect(again.get_by_role("heading", name="Goals", level=1)).to_be_visible()
