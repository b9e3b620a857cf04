"""A rule from its first word to the day on which what it did is taken back, in a real browser, with axe."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.test_one_letter import look
from tests.journeys.test_staff_pages import sign_in
from tests.support.platform import Platform

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300), pytest.mark.browser]

PATIENCE = 60


def wait_for(page: Page, text: str) -> None:
    """Load the page again until the worker has come so far."""
    for _each in range(PATIENCE):
        if page.locator("main").get_by_text(text).count():
            return
        page.wait_for_timeout(1_000)
        page.goto(page.url)
    pytest.fail(f"the worker never came so far: {text}")


def test_a_rule_is_made_tried_turned_on_followed_and_taken_back(
    platform: Platform, page: Page, request: pytest.FixtureRequest
) -> None:
    has_scripts = "with-scripts" in request.node.name
    tag = "press" if has_scripts else "choir"

    def looked_at(page: Page) -> None:
        page.wait_for_load_state()
        look(page, has_scripts=has_scripts)

    sign_in(page, platform, "coordinator-1")
    page.goto(platform.url + "/staff/automations")
    looked_at(page)
    page.get_by_role("link", name="A new rule").click()
    looked_at(page)
    page.get_by_role("button", name="Save").click()
    # Nothing was filled in: the page says so, and where.
    expect(page.get_by_role("alert")).to_contain_text("A rule needs a title.")
    looked_at(page)
    page.get_by_label("Title", exact=True).fill(f"Those who came, {'js' if has_scripts else 'plain'}")
    page.get_by_label("Came to an event", exact=True).check()
    page.get_by_label("Give a tag", exact=True).check()
    page.get_by_label(re.compile("Tag, Give a tag")).select_option(label=tag)
    page.get_by_label("At most so many people a day").fill("3")
    page.get_by_label("Also for what happened in so many days").fill("30")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text(f"When somebody has come to an event: give the tag “{tag}”.")
    looked_at(page)
    rule = page.url

    page.get_by_role("button", name="Dry run").click()
    wait_for(page, "on its first day, turned on now")
    looked_at(page)
    page.get_by_role("link", name="Turn on …").click()
    expect(page.locator("main")).to_contain_text("On its first day it would meet 3 people.")
    looked_at(page)
    page.get_by_role("button", name="Turn it on").click()
    expect(page.locator("main")).to_contain_text("It is on.")

    page.goto(rule + "/log")
    wait_for(page, f"The tag “{tag}” was given")
    looked_at(page)
    page.get_by_role("button", name=re.compile("Take back what was done")).first.click()
    expect(page.locator("main")).to_contain_text("Taken back. The rule does not do it again")
    page.goto(rule)
    looked_at(page)
    page.get_by_role("button", name="Turn off at once").click()
    expect(page.locator("main")).to_contain_text("It is off.")
