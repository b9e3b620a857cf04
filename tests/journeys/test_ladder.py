"""The ladder: read as a picture, one person asked and answered, many asked at once and taken back."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.test_one_letter import look
from tests.journeys.test_staff_pages import sign_in
from tests.support.platform import Platform

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300), pytest.mark.browser]


@dataclass
class Organiser:
    """Somebody who organises, on a phone, with scripts or without."""

    page: Page
    has_scripts: bool

    def look(self) -> None:
        """The page at hand is accessible and fits its screen."""
        self.page.wait_for_load_state()
        look(self.page, has_scripts=self.has_scripts)


@pytest.fixture
def organiser(platform: Platform, request: pytest.FixtureRequest, page: Page) -> Iterator[Organiser]:
    """A coordinator who is signed in."""
    sign_in(page, platform, "coordinator-1")
    page.goto(platform.url + "/staff/people/ladder")
    return Organiser(page, "with-scripts" in request.node.name)


def count(who: Organiser) -> None:
    """Have it counted, and wait for the table."""
    page = who.page
    page.get_by_role("button", name=re.compile("^Count")).click()
    for _try in range(60):
        if page.locator("#rungs-title").count() and not page.locator("[data-follow]").count():
            break
        page.wait_for_timeout(1_000)
        page.reload()
    expect(page.locator("#rungs-title")).to_be_visible()
    who.look()


def ask_one(who: Organiser) -> None:
    """From a number to one person, who is asked, which is taken back, and asked again with an answer."""
    page = who.page
    row = page.locator("tr", has=page.get_by_role("rowheader", name="Signed a petition", exact=True))
    row.locator("td strong a").click()
    who.look()
    page.locator("tbody th a").first.click()
    page.get_by_role("button", name=re.compile("^I asked them")).click()
    expect(page.locator("#ladder")).to_contain_text("nothing may be asked")
    who.look()
    page.locator("#ladder").get_by_role("button", name="Take it back").click()
    page.get_by_role("button", name=re.compile("^I asked them")).click()
    page.locator("#ladder").get_by_text("Note an answer").first.click()
    page.locator("#said").select_option("not_now")
    page.locator("#ladder form", has=page.locator("#said")).get_by_role("button", name="Save").click()
    expect(page.locator("#ladder")).to_contain_text("not now")


def ask_many(who: Organiser, url: str) -> None:
    """Ten at once, noted only; then taken back."""
    page = who.page
    page.goto(url + "/staff/people/ladder/asks/new")
    who.look()
    page.locator("#step").select_option("write_one_letter")
    page.locator("#most").fill("10")
    page.get_by_role("button", name="Show who that would be").click()
    who.look()
    page.get_by_role("button", name="Note that I ask 10 people").click()
    who.look()
    page.locator("summary", has_text="Stop and take back").click()
    page.locator("details.confirm button").click()
    expect(page.locator("main")).to_contain_text("Stopped")
    page.get_by_role("link", name="Asked at once").first.click()
    who.look()


def test_the_ladder_is_read_and_people_are_asked(organiser: Organiser, platform: Platform) -> None:
    count(organiser)
    ask_one(organiser)
    ask_many(organiser, platform.url)
