"""A mailing from the first word to the press that ends it: written, proposed, approved by another, sent, read."""

import re
import time
import urllib.request

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.test_one_letter import look
from tests.journeys.test_staff_pages import sign_in
from tests.support.platform import Platform
from tests.support.smtp import Mailserver, Received

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400), pytest.mark.browser]
SECONDS = 90


def write(page: Page, platform: Platform, subject: str) -> str:
    """A draft in English to everybody of the demo; gives its address."""
    page.goto(platform.url + "/staff/mailings/new")
    page.locator("#title").fill(subject)
    page.locator("#en-subject").fill(subject)
    page.locator("#en-body").fill("[[greeting]]\n\nWe meet on Thursday.\n\n[[button:Write a letter|/write]]\n")
    page.get_by_role("button", name=re.compile("Save")).click()
    expect(page.locator("main")).to_contain_text("The draft is saved")
    return page.url


def choose(page: Page) -> None:
    """To whom it goes, counted."""
    page.get_by_role("link", name="Choose to whom").click()
    options = page.locator("#segment option").all()
    page.locator("#segment").select_option(options[1].get_attribute("value"))
    page.locator("#quiet_days").fill("0")
    page.get_by_role("button", name="Save and count").click()
    for _try in range(SECONDS):
        is_counted = page.get_by_text("would get it", exact=False).count() and not page.locator("[data-follow]").count()
        if page.locator("#sending-title").count() and is_counted:
            return
        time.sleep(1)
        page.reload()
    raise AssertionError("it was never counted")


def came(mail: Mailserver, subject: str) -> Received:
    """The first mail of the mailing."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        for each in mail.mails:
            if each.message["Subject"] == subject:
                return each
        time.sleep(0.5)
    raise AssertionError("no mail of the mailing came")


def test_a_mailing_from_the_first_word_to_the_press_that_ends_it(
    platform: Platform, mail: Mailserver, browser: Browser, page: Page, request: pytest.FixtureRequest
):
    has_scripts = "with-scripts" in request.node.name
    subject = "We meet on Thursday" if has_scripts else "On Thursday we meet"
    sign_in(page, platform, "organiser-1")
    address = write(page, platform, subject)
    choose(page)
    look(page, has_scripts=has_scripts)
    page.get_by_role("button", name="Propose it").click()
    expect(page.locator("main")).to_contain_text("waits until a second person")
    look(page, has_scripts=has_scripts)
    second = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=has_scripts).new_page()
    sign_in(second, platform, "organiser-2")
    second.goto(address)
    second.get_by_role("link", name="Look at it and decide").click()
    expect(second.locator("main")).to_contain_text("We meet on Thursday.")
    look(second, has_scripts=has_scripts)
    second.get_by_role("button", name="Yes, send it").click()
    expect(second.locator("main")).to_contain_text("You said yes.")
    received = came(mail, subject)
    second.goto(address)
    look(second, has_scripts=has_scripts)
    header = str(received.message["List-Unsubscribe"])
    # As a mail program does it: no cookie, no page before, the one field of RFC 8058.
    url = header.partition("<")[2].partition(">")[0]
    with urllib.request.urlopen(url, b"List-Unsubscribe=One-Click", timeout=30) as answer:  # noqa: S310 - loopback
        assert answer.status == 200
    second.context.close()
