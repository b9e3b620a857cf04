"""A call list, from a segment to the figures, worked with the keyboard: made, opened, called, taken back, closed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from campaign.kernel import clock
from tests.journeys.test_one_letter import look
from tests.journeys.test_staff_pages import sign_in
from tests.support.platform import Platform

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300), pytest.mark.browser]


@dataclass
class Caller:
    """Somebody who calls, with a keyboard or without scripts by buttons."""

    page: Page
    has_scripts: bool

    def look(self) -> None:
        """The page at hand is accessible and fits its screen."""
        self.page.wait_for_load_state()
        look(self.page, has_scripts=self.has_scripts)

    def press(self, key: str, button: str) -> None:
        """A key of the page; without scripts the button to which it leads."""
        if self.has_scripts:
            self.page.locator("h1").click()
            self.page.keyboard.press(key)
        else:
            self.page.locator(f"[data-key={button}]" if button else f"[data-key='{key}']").click()


@pytest.fixture
def caller(platform: Platform, browser: Browser, request: pytest.FixtureRequest, page: Page) -> Iterator[Caller]:
    """A coordinator who is signed in, on a phone."""
    has_scripts = "with-scripts" in request.node.name
    sign_in(page, platform, "coordinator-1")
    page.goto(platform.url + "/staff/segments")
    return Caller(page, has_scripts)


def make(caller: Caller) -> str:
    """Out of a segment of the demo; gives the list's address."""
    page = caller.page
    page.get_by_role("link", name="To be called this week").click()
    page.get_by_role("link", name="Make a call list").click()
    caller.look()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".error-summary")).to_be_visible()
    page.locator("#call-title").fill(f"Who comes on Friday {'js' if caller.has_scripts else 'plain'}")
    page.locator("#call-script_en").fill("Hello, am I speaking with **{name}**?")
    page.locator("#call-script_ru").fill("Здравствуйте, это **{name}**?")
    page.locator("#call-not_called_days").fill("0")
    page.locator("#call-may_be_on_others").check()
    page.locator("#call-hour_from").select_option("0")
    page.locator("#call-hour_to").select_option("24")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text("came onto the list")
    caller.look()
    page.get_by_role("button", name="Open it").click()
    expect(page.locator("main")).to_contain_text("people can be called now")
    return page.url


def call(caller: Caller) -> None:
    """Four calls: reached, taken back, not answered, and one who wants to be called again."""
    page = caller.page
    page.get_by_role("link", name="Call", exact=True).click()
    caller.look()
    caller.press("n", "n")
    expect(page.locator("#number")).to_be_visible()
    caller.look()
    first = page.locator("h1").inner_text()
    assert first in page.locator(".call-script").inner_text()
    expect(page.locator(".call-number")).to_have_count(0)
    caller.press("o", "o")
    expect(page.locator(".call-number").first).to_contain_text("+4930")
    caller.look()
    page.locator("#note").fill("Brings a cake")
    caller.press("1", "")
    expect(page.locator("main")).to_contain_text("Written down: Reached: yes")
    expect(page.locator("h1")).not_to_have_text(first)
    caller.press("u", "u")
    if caller.has_scripts:
        page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(first)
    caller.press("n", "n")
    expect(page.locator("main")).to_contain_text("Written down: No answer")
    page.locator("#call-on").fill((clock.today() + timedelta(days=2)).isoformat())
    page.locator("#call-on").press("Enter")
    expect(page.locator("main")).to_contain_text("Written down: Call again")
    second = page.locator("h1").inner_text()
    caller.press("s", "s")
    expect(page.locator("h1")).not_to_have_text(second)


def test_a_caller_works_through_a_list(caller: Caller) -> None:
    home, page = make(caller), caller.page
    call(caller)
    page.get_by_role("button", name="Stop calling").click()
    expect(page).to_have_url(re.compile(f"{re.escape(home)}$"))
    expect(page.locator("main")).to_contain_text("Who called")
    caller.look()
    page.get_by_role("link", name="All together").click()
    caller.look()
    page.goto(home)
    page.locator("summary", has_text="Close the list").click()
    page.get_by_role("button", name="Yes, close it").click()
    expect(page.locator("main")).to_contain_text("The list is closed")
    page.goto(home.rsplit("/", 1)[0])
    caller.look()
