"""A treasurer brings a statement in, keeps it, and works through its lines, on a phone and by keyboard."""

from datetime import date

import pytest
from playwright.sync_api import Browser, expect

from tests.banking.files import Row, as_csv
from tests.journeys.test_one_letter import look
from tests.journeys.test_staff_pages import sign_in
from tests.support.platform import Platform

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300), pytest.mark.browser]


def test_a_treasurer_brings_a_statement_in(platform: Platform, browser: Browser):
    page = browser.new_context(viewport={"width": 360, "height": 740}).new_page()
    sign_in(page, platform, "treasurer-1")
    page.goto(platform.url + "/staff/statements")
    look(page, has_scripts=True)
    rows = [Row(date(2026, 3, 2), 4200, who="Made-up Yana", text="for the families"), Row(date(2026, 3, 3), -350)]
    page.locator("#account").select_option(label="Made-up bank in Berlin")
    file = {"name": "march.csv", "mimeType": "text/csv", "buffer": as_csv(rows)}
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Read it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Columns of march.csv")
    look(page, has_scripts=True)
    page.get_by_role("button", name="Read the lines").click()
    page.get_by_role("button", name="Keep 2 new lines").click(timeout=60_000)
    page.get_by_role("link", name="Match its lines").click(timeout=60_000)
    look(page, has_scripts=True)
    page.get_by_role("link", name="Work through this list").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("42.00")
    expect(page.get_by_text("Made-up Yana")).to_have_count(0)
    page.get_by_role("button", name="Show who and what for").click()
    expect(page.get_by_text("Made-up Yana", exact=True)).to_be_visible()
    page.get_by_text("Put it on hold").click()
    look(page, has_scripts=True)
    page.get_by_label("What it waits for").fill("ask which family")
    page.get_by_label("What it waits for").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("3.50")
    page.emulate_media(media="print")
    look(page, has_scripts=True)
