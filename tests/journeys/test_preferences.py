"""Somebody on a phone asks for the link, chooses, pauses, slows down, stops and is erased, without an account."""

import time

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.test_one_letter import look
from tests.support.platform import Platform
from tests.support.smtp import Mailserver

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300), pytest.mark.browser]


def link_for(mail: Mailserver, address: str, part: str) -> str:
    """The path of a link in the newest mail to an address."""
    for _ in range(150):
        mine = [each for each in mail.mails if address in each.recipients and part in each.text]
        if mine:
            return mine[-1].link(part)
        time.sleep(0.2)
    raise AssertionError(f"no mail with {part} came to {address} within half a minute")


def test_preferences_on_a_phone(platform: Platform, mail: Mailserver, page: Page, request: pytest.FixtureRequest):
    has_scripts = "with-scripts" in request.node.name
    address = f"person-{11 if has_scripts else 12}@people.example"  # made up, of the demo

    def see() -> None:
        page.wait_for_load_state()
        look(page, has_scripts=has_scripts)

    page.goto(platform.url)
    page.locator("footer").get_by_role("link", name="Our mails to you").click()
    see()
    page.locator("#email").fill("not an address")
    page.get_by_role("button", name="Send me the link").click()
    expect(page.locator(".error-summary")).to_be_visible()
    see()
    page.locator("#email").fill(address)
    page.get_by_role("button", name="Send me the link").click()
    expect(page.locator("h1")).to_have_text("Now look into your mail")
    see()
    page.goto(platform.url + link_for(mail, address, "/unsubscribe/"))
    home = page.url
    see()
    page.get_by_label("Letter evenings and other events").check()
    page.get_by_label("at most one a month").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text("Saved.")
    see()
    page.get_by_role("button", name="Pause for three months").click()
    expect(page.locator("main")).to_contain_text("We send you nothing until")
    see()
    page.get_by_role("button", name="End the pause").click()
    page.get_by_role("button", name="Never write to me again").click()
    expect(page.locator("main")).to_contain_text("We write to you never again")
    see()
    page.get_by_role("button", name="You may write to me again").click()
    expect(page.get_by_label("Letter evenings and other events")).not_to_be_checked()
    page.goto(home.removesuffix("/preferences"))
    expect(page.locator("h1")).to_have_text("You get no such mails any more")
    see()
    page.goto(home)
    page.get_by_label("News of our campaigns in general").check()
    page.get_by_role("button", name="Save").click()
    page.goto(home.removesuffix("/preferences"))
    see()
    page.get_by_role("button", name="Stop these mails").click()
    expect(page.locator("h1")).to_have_text("You get no such mails any more")
    page.goto(home)
    page.get_by_role("link", name="Erase me…").click()
    see()
    page.get_by_role("button", name="Erase me for good").click()
    expect(page.locator("h1")).to_have_text("You are erased")
    see()
    # That it is gone shows on a page without the error that a browser reports for one that is not found.
    assert page.request.get(home).status == 404
