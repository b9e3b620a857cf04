"""Somebody outside Russia pledges on a phone, confirms by the mail and reads their page; a treasurer finds the code."""

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.test_one_letter import look
from tests.journeys.test_staff_pages import sign_in
from tests.support.platform import Platform
from tests.support.smtp import Mailserver

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300), pytest.mark.browser]


def test_a_pledge_goes_from_the_form_to_the_treasurer(platform: Platform, browser: Browser, mail: Mailserver):
    page = browser.new_context(viewport={"width": 360, "height": 740}).new_page()
    page.goto(platform.url + "/funds")
    page.get_by_role("link", name="Wherever it is needed most").click()
    page.get_by_role("button", name="I am outside Russia").click()
    page.get_by_text("Make a pledge").click()
    look(page, has_scripts=True)
    page.get_by_label("Amount each time").fill("25")
    page.get_by_label("E-mail address").fill("journey-giver@example.org")
    seen = len(mail.mails)
    page.get_by_role("button", name="Pledge it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("One step is left: your mailbox")
    look(page, has_scripts=True)
    page.goto(platform.url + mail.wait_for_link("/pledges/", after=seen).link("/pledges/"))
    look(page, has_scripts=True)
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your pledge")
    look(page, has_scripts=True)
    code = page.locator(".stat strong").inner_text()

    staff = browser.new_context(viewport={"width": 360, "height": 740}).new_page()
    sign_in(staff, platform, "treasurer-1")
    staff.goto(f"{platform.url}/staff/pledges?q={code}")
    staff.get_by_role("link", name=code).click()
    look(staff, has_scripts=True)
    staff.get_by_role("link", name="A gift has come").click()
    look(staff, has_scripts=True)
