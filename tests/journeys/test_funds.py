"""A fund as the public sees it, on a phone and without scripts; the same figures as a treasurer sees them."""

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.test_one_letter import look
from tests.journeys.test_staff_pages import sign_in
from tests.support.platform import Platform

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300), pytest.mark.browser]
FUND = "A lawyer for those far away"


@pytest.mark.parametrize("scripts", ["with-scripts", "without-scripts"])
def test_a_visitor_looks_at_the_funds(platform: Platform, browser: Browser, scripts: str):
    has_scripts = scripts == "with-scripts"
    page = browser.new_context(java_script_enabled=has_scripts, viewport={"width": 360, "height": 740}).new_page()
    page.goto(platform.url + "/funds")
    look(page, has_scripts=has_scripts)
    page.get_by_role("link", name="Wherever it is needed most").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Wherever it is needed most")
    expect(page.get_by_text("there is no account")).to_have_count(0)
    look(page, has_scripts=has_scripts)
    page.get_by_role("button", name="I am outside Russia").click()
    expect(page.get_by_text("there is no account")).to_be_visible()
    expect(page.get_by_role("heading", name="What you should know before you give")).to_be_visible()
    look(page, has_scripts=has_scripts)
    page.emulate_media(media="print")
    look(page, has_scripts=has_scripts)


def test_a_treasurer_reads_the_books(platform: Platform, browser: Browser):
    page = browser.new_context(viewport={"width": 360, "height": 740}).new_page()
    sign_in(page, platform, "treasurer-1")
    page.goto(platform.url + "/staff/funds")
    look(page, has_scripts=True)
    page.get_by_role("link", name=FUND).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(FUND)
    look(page, has_scripts=True)
    for path in ("journal", "journal/1", "journal/new", "proposals", "accounts", "rates", "new"):
        page.goto(f"{platform.url}/staff/funds/{path}")
        look(page, has_scripts=True)
