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


def test_a_need_is_reported_on_a_phone_and_verified_without_scripts(platform: Platform, browser: Browser):
    page = browser.new_context(viewport={"width": 360, "height": 740}).new_page()
    sign_in(page, platform, "coordinator-1")
    page.goto(platform.url + "/staff/needs/new")
    page.get_by_label("Name, in either alphabet").fill("Анна Ветрова")
    page.get_by_role("button", name="Show").click()
    look(page, has_scripts=True)
    page.get_by_role("link", name="Anna Vetrova").click()
    page.get_by_role("textbox", name="How much").fill("120,50")
    page.get_by_label("What exactly is needed").fill("Warm boots, size 38.")
    look(page, has_scripts=True)
    page.get_by_role("button", name="Report it").click()
    look(page, has_scripts=True)
    need = page.url
    page = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740}).new_page()
    sign_in(page, platform, "coordinator-2")
    page.goto(need)
    page.get_by_role("button", name="Open what is written").click()
    expect(page.get_by_text("Warm boots, size 38.")).to_be_visible()
    page.get_by_label("I asked the family").check()
    page.get_by_role("button", name="I made sure of it").click()
    expect(page.get_by_text("Somebody else is the second one")).to_be_visible()
    look(page, has_scripts=False)
    page.get_by_role("link", name="Anna Vetrova").click()
    page.get_by_role("link", name="Parcels", exact=True).click()
    look(page, has_scripts=False)
    for path in ("", "/quotas", "/quotas/general/ordinary", "/export"):
        page.goto(f"{platform.url}/staff/needs{path}")
        look(page, has_scripts=False)


def test_a_grant_round_is_split_by_two(platform: Platform, browser: Browser):
    page = browser.new_context(viewport={"width": 360, "height": 740}).new_page()
    sign_in(page, platform, "organiser-1")
    page.goto(platform.url + "/staff/rounds")
    look(page, has_scripts=True)
    page.get_by_role("link", name="Round of spring").click()
    look(page, has_scripts=True)
    home = page.url
    page.get_by_role("link", name="Preview the split").click()
    page.get_by_role("link", name="Equal shares, up to what is asked").click()
    look(page, has_scripts=True)
    page.get_by_role("button", name="Propose this split").click()
    expect(page.get_by_text("You proposed it; somebody else decides.")).to_be_visible()
    page.goto(platform.url + "/staff/rounds/new")
    look(page, has_scripts=True)
    page = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740}).new_page()
    sign_in(page, platform, "admin-1")
    page.goto(home)
    page.get_by_role("button", name="Decide so").click()
    page.get_by_role("button", name="Make the drafts of payments").click()
    look(page, has_scripts=False)
    page.get_by_role("link", name="A4", exact=True).first.click()
    look(page, has_scripts=False)
