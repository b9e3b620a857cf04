"""Somebody on a phone changes the words of a mail: looks, is refused, saves, goes back; with and without scripts."""

import time

import pytest
from playwright.sync_api import Page, expect

from campaign.kernel.mail.own_texts import REREAD_AFTER
from tests.journeys.test_one_letter import look
from tests.journeys.test_preferences import link_for
from tests.journeys.test_staff_pages import sign_in
from tests.support.platform import Platform
from tests.support.smtp import Mailserver

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300), pytest.mark.browser]


def change(page: Page, platform: Platform, key: str, subject: str) -> None:
    page.goto(f"{platform.url}/staff/mail/automatic/{key}")
    page.locator("#en-subject").fill(subject)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("main")).to_contain_text("Saved in 1 language.")


def test_the_words_of_a_mail_on_a_phone(
    platform: Platform, mail: Mailserver, page: Page, request: pytest.FixtureRequest
):
    has_scripts = "with-scripts" in request.node.name
    words = "One more press" if has_scripts else "One press more"

    def see() -> None:
        page.wait_for_load_state()
        look(page, has_scripts=has_scripts)

    sign_in(page, platform, "organiser-1")
    page.get_by_role("link", name="Automatic mails").first.click()
    see()
    page.get_by_role("link", name="Reminder to confirm a signature").click()
    see()
    shipped = page.locator("#en-subject").input_value()
    page.locator("#en-subject").fill(words)
    page.get_by_role("button", name="Look at it first").click()
    expect(page.locator("#looks-title")).to_be_visible()
    expect(page.locator("article").first).to_contain_text(words)
    see()
    page.locator("#ru-body").fill("{% for x in y %} [[nope]]")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".error-summary")).to_contain_text("knows no field [[nope]]")
    expect(page.locator("#ru-body")).to_have_value("{% for x in y %} [[nope]]")
    expect(page.locator("#en-subject")).to_have_value(words)
    see()
    page.locator("#ru-body").fill("Здравствуйте!\n\n[[link]]\n")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("main")).to_contain_text("Saved in 2 languages.")
    see()
    page.locator("a[href$='/en/versions']").click()
    expect(page.locator("main")).to_contain_text("holds now")
    see()
    page.get_by_role("link", name="Back to the shipped text…").click()
    see()
    page.get_by_role("button", name="Back to the shipped text").click()
    expect(page.locator("#en-subject")).to_have_value(shipped)
    # The worker that mails is another process, and follows within seconds.
    change(page, platform, "mail_preferences", words)
    time.sleep(REREAD_AFTER + 1)
    page.goto(platform.url + "/preferences")
    address = f"person-{13 if has_scripts else 14}@people.example"  # made up, of the demo
    page.locator("#email").fill(address)
    page.get_by_role("button", name="Send me the link").click()
    link_for(mail, address, "/preferences")
    assert words in {each.message["Subject"] for each in mail.mails if address in each.recipients}
    page.goto(platform.url + "/staff/mail/automatic/signature_remind/ru/versions/0")
    page.get_by_role("button", name="Back to the shipped text").click()
    expect(page.locator("main")).to_contain_text("The older text holds again")
    page.get_by_role("button", name="Send me the test: English").click()
    expect(page.locator("main")).to_contain_text("Your account has no address")
    see()
