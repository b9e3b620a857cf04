"""A payment by three persons on a phone, and every page of payments and payees as axe sees it."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.test_one_letter import look
from tests.journeys.test_staff_pages import sign_in
from tests.support.platform import Platform

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300), pytest.mark.browser]
PHONE = {"width": 360, "height": 740}


def test_three_persons_bring_a_payment_to_its_day(platform: Platform, browser: Browser):
    one, two, three = (browser.new_context(viewport=PHONE).new_page() for _ in range(3))
    for page, name in ((one, "treasurer-1"), (two, "admin-1"), (three, "treasurer-2")):
        sign_in(page, platform, name)
    one.goto(platform.url + "/staff/payments/new")
    one.get_by_label("Fund").select_option(index=1)
    one.get_by_label("Amount").fill("612,30")
    may_be_paid = one.get_by_label("Payee").locator("option", has_text="may be paid").first
    one.get_by_label("Payee").select_option(may_be_paid.get_attribute("value"))
    one.get_by_role("button", name="Save").click()
    one.get_by_role("button", name="Ask for it").click()
    look(one, has_scripts=True)
    address = one.url
    two.goto(address)
    while two.get_by_role("button", name="Answer").count():
        two.get_by_role("button", name="Answer").first.click()
    two.get_by_role("button", name="I have looked through it").click()
    three.goto(address)
    look(three, has_scripts=True)
    three.get_by_role("button", name="Approve it as a third person").click()
    one.goto(address)
    one.get_by_role("button", name="Schedule it").click()
    expect(one.locator(".pay-way [aria-current]")).to_have_text(re.compile("Scheduled"))
    look(one, has_scripts=True)
    for path in ("payments", "payments/new", "payments/limits", "payments/orders", "payees", "payees/new"):
        one.goto(f"{platform.url}/staff/{path}")
        look(one, has_scripts=True)
    one.goto(platform.url + "/staff/payees")
    one.get_by_role("rowheader").first.get_by_role("link").click()
    look(one, has_scripts=True)
