"""A mailing written on a phone: refused with its line, a card put in, seen as it leaves, kept as a template."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.test_one_letter import look
from tests.journeys.test_staff_pages import sign_in
from tests.support.platform import Platform

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300), pytest.mark.browser]


def test_a_mailing_is_written_checked_and_seen(
    platform: Platform, page: Page, request: pytest.FixtureRequest
) -> None:  # fmt: skip
    has_scripts = "with-scripts" in request.node.name
    sign_in(page, platform, "organiser-1")
    page.goto(platform.url + "/staff/mailings")
    look(page, has_scripts=has_scripts)
    page.get_by_role("link", name="Write a mailing").click()

    page.get_by_label("Title").fill("A quiet word")
    page.locator("#en-subject").fill("A quiet word from us")
    page.locator("#en-body").fill("[[greeting]]\n\n[[nickname]]")
    page.get_by_role("button", name="Save the draft").press("Enter")
    expect(page.locator(".error-summary")).to_contain_text("Line 3: nothing is called “nickname”")
    look(page, has_scripts=has_scripts)

    page.locator("#en-body").fill("[[greeting]]\n\nOne thing to do:")
    page.locator("#put-in summary").click()
    page.locator("#into").select_option("en")
    page.locator("#pick-petition").select_option(index=1)
    page.get_by_role("button", name="Put in: A petition").click()
    expect(page.locator("#en-body")).to_have_value(re.compile(r"One thing to do:\n\n\[\[petition:[a-z-]+\]\]"))
    look(page, has_scripts=has_scripts)
    page.get_by_role("button", name="Save the draft").click()
    expect(page.get_by_role("heading", name="A quiet word")).to_be_visible()
    expect(page.locator(".findings")).to_contain_text("read by mail hosts")
    look(page, has_scripts=has_scripts)

    page.get_by_role("link", name="Preview and test mail").click()
    frame = page.frame_locator("iframe.mail-frame")
    expect(frame.get_by_text("Dear Anna Example,")).to_be_visible()
    expect(frame.get_by_role("link", name="Sign the petition")).to_have_attribute(
        "href", re.compile(r"/l/[a-z]{8}\?m=")
    )
    expect(page.locator("pre.mail-plain")).to_contain_text("Dear Anna Example,")
    look(page, has_scripts=has_scripts)

    page.go_back()
    page.get_by_role("button", name="Keep as a template").click()
    expect(page.get_by_role("heading", name="Change the template")).to_be_visible()
    look(page, has_scripts=has_scripts)
    page.get_by_role("link", name="All templates").click()
    expect(page.get_by_role("link", name="A quiet word", exact=True).first).to_be_visible()
    look(page, has_scripts=has_scripts)
