"""A training, all by clicking: planned, full, waited for, a place given up and taken, the sheet, and who was there."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from campaign.kernel import clock
from tests.journeys.test_letters_both_ways import confirm
from tests.journeys.test_one_letter import look
from tests.journeys.test_staff_pages import sign_in
from tests.support.platform import Platform
from tests.support.smtp import Mailserver

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300), pytest.mark.browser]


@dataclass
class Evening:
    """A host at a screen, a stranger on a phone, and the mail between them."""

    platform: Platform
    mail: Mailserver
    host: Page
    guest: Page
    has_scripts: bool
    title: str

    def look(self, page: Page) -> None:
        """The page at hand is accessible and fits its screen."""
        page.wait_for_load_state()
        look(page, has_scripts=self.has_scripts)

    def address(self, name: str) -> str:
        """Of somebody who exists in this run alone."""
        return f"{name}-{'js' if self.has_scripts else 'plain'}@example.org"

    def link_for(self, name: str, mails: int) -> str:
        """Their own page, out of the so-manyth mail to them."""
        for _ in range(150):
            mine = [each for each in self.mail.mails if self.address(name) in each.recipients]
            if len(mine) >= mails:
                return self.platform.url + mine[mails - 1].link("/events/own/")
            time.sleep(0.2)
        raise AssertionError(f"no mail came to {name} within half a minute")


@pytest.fixture
def evening(
    platform: Platform, mail: Mailserver, browser: Browser, page: Page, request: pytest.FixtureRequest
) -> Iterator[Evening]:
    """A coordinator who is signed in, and somebody who is not."""
    has_scripts = "with-scripts" in request.node.name
    context = browser.new_context(java_script_enabled=has_scripts, reduced_motion="reduce")
    host = context.new_page()
    sign_in(host, platform, "coordinator-1")
    title = f"How to address an envelope {'js' if has_scripts else 'plain'}"
    yield Evening(platform, mail, host, page, has_scripts, title)
    context.close()


def plan(evening: Evening) -> str:
    """A public training of today, late in a zone behind ours, with two shifts: one place, and three."""
    host = evening.host
    host.goto(evening.platform.url + "/staff/events")
    evening.look(host)
    host.get_by_role("link", name="Plan an event").click()
    evening.look(host)
    host.locator("#title").fill(evening.title)
    host.get_by_role("button", name="Save").click()
    expect(host.locator(".error-summary")).to_be_visible()
    host.locator("#kind").select_option("training")
    host.locator("#held_on").fill(clock.today().isoformat())
    host.locator("#starts").fill("23:50")
    host.locator("#ends").fill("23:59")
    host.locator("#timezone").select_option("America/New_York")
    host.locator("#place").fill("Made-up Town")
    host.locator("#venue").fill("Made-up Street 9")
    host.locator("#places").fill("1")
    host.locator("#about_en").fill("Bring **a pen**.")
    host.locator("#is_public").check()
    host.get_by_role("button", name="Save").click()
    expect(host.locator("h1")).to_have_text(evening.title)
    host.locator("summary", has_text="Add a shift").click()
    host.locator("#title").fill("At the second table")
    host.locator("details[open] #places").fill("3")
    host.locator("details[open] form button").click()
    expect(host.locator("[aria-labelledby=shifts-title]")).to_contain_text("At the second table")
    evening.look(host)
    return host.url


def sign_up(evening: Evening, name: str) -> None:
    """Find it on the public list, ask for a place at the first table, press the button behind the mail."""
    guest = evening.guest
    # The list is kept for some seconds, and may be older than the event.
    for _ in range(60):
        guest.goto(evening.platform.url + "/events?kind=training")
        if guest.get_by_role("link", name=evening.title).count():
            break
        guest.wait_for_timeout(1_000)
    evening.look(guest)
    guest.get_by_role("link", name=evening.title).click()
    evening.look(guest)
    expect(guest.locator("main")).not_to_contain_text("Made-up Street")
    guest.locator("#email").fill(evening.address(name))
    guest.locator("#display_name").fill(name)
    first = guest.locator("#shift option").filter(has_not_text="second table").first.get_attribute("value")
    guest.locator("#shift").select_option(first)
    guest.locator("main form button.primary").click()
    expect(guest).to_have_url(re.compile("/signed-up$"))
    evening.look(guest)
    guest.goto(evening.link_for(name, 1))
    evening.look(guest)
    guest.get_by_role("button", name="Confirm").click()


def test_a_training_with_two_shifts_from_the_plan_to_the_sheet(evening: Evening) -> None:
    home = plan(evening)
    guest, host = evening.guest, evening.host
    sign_up(evening, "Anna")
    expect(guest.locator("h1")).to_have_text("You have a place")
    expect(guest.locator("main")).to_contain_text("Made-up Street 9")
    annas = guest.url
    calendar = guest.request.get(f"{annas}/event.ics")
    assert (calendar.status, "BEGIN:VEVENT" in calendar.text()) == (200, True)

    sign_up(evening, "Boris")
    expect(guest.locator("h1")).to_have_text("You are on the waiting list")
    evening.look(guest)

    guest.goto(annas)
    evening.look(guest)
    guest.get_by_role("button", name="Give it up").click()
    expect(guest.locator("h1")).to_have_text("You are not signed up any more")
    evening.look(guest)

    guest.goto(evening.link_for("Boris", 2))
    expect(guest.locator("h1")).to_have_text("A place is held for you")
    evening.look(guest)
    guest.get_by_role("button", name="Take the place").click()
    expect(guest.locator("h1")).to_have_text("You have a place")

    host.goto(home)
    expect(host.locator("[aria-labelledby=signups-title]")).to_contain_text("Boris")
    expect(host.locator("[aria-labelledby=signups-title]")).not_to_contain_text("Anna")
    host.get_by_role("button", name="Came: Boris").click()
    expect(host.get_by_role("button", name="Came: Boris")).to_have_attribute("aria-pressed", "true")
    evening.look(host)
    host.get_by_role("link", name="Sheet to print").click()
    expect(host.locator("main")).to_contain_text("Boris")
    evening.look(host)

    assert evening.title in calendar_with(evening)
    remove_the_other_shift(evening, home)


def calendar_with(evening: Evening) -> str:
    """The public calendar once it has the event: like the list, it is kept for some time."""
    text = ""
    for _ in range(60):
        text = evening.guest.request.get(evening.platform.url + "/events/calendar.ics?kind=training").text()
        text = text.replace("\r\n ", "")
        if evening.title in text:
            break
        evening.guest.wait_for_timeout(1_000)
    return text


def remove_the_other_shift(evening: Evening, home: str) -> None:
    """Who is in a shift that goes away is counted first, and told."""
    host = evening.host
    host.goto(home)
    host.get_by_role("link", name="Change: At the second table").click()
    evening.look(host)
    host.get_by_role("link", name="Remove this shift").click()
    expect(host.locator("main")).to_contain_text("Nobody is signed up for it.")
    evening.look(host)
    host.get_by_role("button", name="Remove the shift").click()
    expect(host.locator("[aria-labelledby=shifts-title]")).not_to_contain_text("At the second table")
    confirm(host, "It took place")
    expect(host.locator(".mark")).to_contain_text("Took place")
