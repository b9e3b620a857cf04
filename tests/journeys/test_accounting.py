"""A second treasurer closes the month that waits and publishes the report that waits; a visitor reads it on a phone."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.test_one_letter import look
from tests.journeys.test_staff_pages import sign_in
from tests.support.platform import Platform

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300), pytest.mark.browser]


def test_a_month_is_closed_and_told_of(platform: Platform, browser: Browser):
    page = browser.new_context(viewport={"width": 360, "height": 740}).new_page()
    sign_in(page, platform, "treasurer-2")
    page.goto(platform.url + "/staff/accounting")
    look(page, has_scripts=True)
    page.get_by_role("link", name="A month of the books, to be closed").click()
    look(page, has_scripts=True)
    page.locator("summary", has_text="Close the month").click()
    page.get_by_role("button", name="Close it for good").click()
    expect(page.get_by_text("The month is closed for good.")).to_be_visible()
    page.goto(platform.url + "/staff/accounting")
    page.get_by_role("link", name="A report for the public, to be published").click()
    told = page.get_by_role("heading", level=1).inner_text().removeprefix("Report: ")
    look(page, has_scripts=True)
    page.get_by_role("button", name="Looked through: publish it").click()
    expect(page.get_by_text("Published.", exact=True)).to_be_visible()
    for path in ("reports", "figures", "figures/categories", "figures/helped", "figures/unmatched"):
        page.goto(f"{platform.url}/staff/accounting/{path}")
        look(page, has_scripts=True)
    visitor = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740}).new_page()
    visitor.goto(platform.url + "/funds/report")
    look(visitor, has_scripts=False)
    visitor.get_by_role("link", name=told).click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text(re.compile(told, re.IGNORECASE))
    look(visitor, has_scripts=False)
    with visitor.expect_download() as download:
        visitor.get_by_role("link", name="As PDF").click()
    assert download.value.suggested_filename.endswith(".pdf")
