"""Somebody with one letter to give, in a real browser on a phone: shown a person, confirms from the mail, tells us."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.test_main_job import check_accessibility
from tests.support.platform import Platform
from tests.support.smtp import Mailserver

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240), pytest.mark.browser]


def look(page: Page, *, has_scripts: bool) -> None:
    """The page at hand is accessible and fits a phone."""
    expect(page.locator("h1")).to_have_count(1)
    if has_scripts:
        check_accessibility(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def next_link(mail: Mailserver, seen: int) -> str:
    """The link of the mail about a letter that comes after `seen` others."""
    return mail.wait_for_link("/letter/", after=seen).link("/letter/")


def test_one_letter_from_the_offer_to_the_post(platform: Platform, mail: Mailserver, page: Page, request):
    has_scripts = "with-scripts" in request.node.name
    page.goto(platform.url + "/write")
    look(page, has_scripts=has_scripts)
    first = page.locator("article.person h3 a").get_attribute("href")
    page.get_by_role("link", name="Somebody else").click()
    assert page.locator("article.person h3 a").get_attribute("href") != first

    page.locator("#promise button.primary").click()
    expect(page.locator(".error-summary")).to_be_visible()
    look(page, has_scripts=has_scripts)
    name = page.locator("article.person h3 a").inner_text()
    seen = len(mail.mails)
    page.locator("#promise input[name=email]").fill(f"journey-{'js' if has_scripts else 'plain'}@example.org")
    page.locator("#promise button.primary").click()
    expect(page).to_have_url(re.compile("/write/sent$"))
    look(page, has_scripts=has_scripts)

    page.goto(platform.url + next_link(mail, seen))
    expect(page.locator("main")).to_contain_text(name)
    look(page, has_scripts=has_scripts)
    page.get_by_role("button", name="Yes, I will write it").click()
    expect(page.locator("h1")).to_have_text("Now write")
    expect(page.locator(".address")).to_be_visible()
    look(page, has_scripts=has_scripts)
    page.get_by_role("button", name="I posted it").click()
    expect(page.locator("h1")).to_contain_text("on its way")
    look(page, has_scripts=has_scripts)


@pytest.mark.parametrize("language", ["", "/ru", "/de"])
def test_the_pages_around_a_letter_are_accessible(platform: Platform, page: Page, request, language):
    page.goto(platform.url + language + "/write")
    person = page.locator("article.person h3 a").get_attribute("href")
    for path in (language + "/write?language=de&by=e-letter", language + "/write/posted", f"{person}/write"):
        page.goto(platform.url + path)
        look(page, has_scripts="with-scripts" in request.node.name)
