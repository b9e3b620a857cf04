"""Forty people of a segment are asked for something, all by clicking; one answers by mail, a volunteer does another."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.test_one_letter import look
from tests.journeys.test_staff_pages import sign_in
from tests.support.platform import Platform
from tests.support.smtp import Mailserver

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300), pytest.mark.browser]
MANY = 40


@dataclass
class Work:
    """An organiser at a screen, somebody on a phone, and the mail between them."""

    platform: Platform
    mail: Mailserver
    host: Page
    guest: Page
    has_scripts: bool

    @property
    def mark(self) -> str:
        """What tells the two runs apart."""
        return "js" if self.has_scripts else "plain"

    def look(self, page: Page) -> None:
        """The page at hand is accessible and fits its screen."""
        page.wait_for_load_state()
        look(page, has_scripts=self.has_scripts)


@pytest.fixture
def work(
    platform: Platform, mail: Mailserver, browser: Browser, page: Page, request: pytest.FixtureRequest
) -> Iterator[Work]:
    """An organiser who is signed in, and somebody who is not."""
    has_scripts = "with-scripts" in request.node.name
    context = browser.new_context(java_script_enabled=has_scripts, reduced_motion="reduce")
    host = context.new_page()
    sign_in(host, platform, "organiser-1")
    yield Work(platform, mail, host, page, has_scripts)
    context.close()


def build_segment(work: Work) -> None:
    """Forty who agreed to news, and were asked for nothing in these days."""
    host = work.host
    host.goto(work.platform.url + "/staff/segments")
    title = host.locator("#title")
    if not title.is_visible():
        host.locator("summary", has_text="A new segment").click()
    title.fill(f"Could print a card {work.mark}")
    host.get_by_role("button", name="Make it").click()
    expect(host.locator("h1")).to_have_text(f"Could print a card {work.mark}")
    home = host.url
    for kind, condition, field, value in (
        ("add", "consent", "purpose", "news"), ("subtract", "reach", "kind", "email"),
        ("subtract", "asked", "days", "14"),
    ):  # fmt: skip
        host.goto(f"{home}/steps/new?kind={kind}&condition={condition}")
        control = host.locator(f"[name='v-{field}']")
        if field == "days":
            control.fill(value)
        else:
            control.select_option(value)
        if condition == "reach":
            host.locator("#is-not").check()
        host.locator("main form button.primary").last.click()
        expect(host.locator("main")).to_contain_text("Steps")
    host.goto(f"{home}/limit")
    host.locator("[name=amount]").fill(str(MANY))
    host.locator("form:has([name=amount]) button").last.click()
    expect(host.locator("main")).to_contain_text("Steps")
    host.goto(home)
    work.look(host)
    host.get_by_role("link", name="Give each a task").click()


def give(work: Work) -> str:
    """See whom it reaches, then give it; the address of its page."""
    host = work.host
    work.look(host)
    expect(host.locator("main")).to_contain_text(f"{MANY} people")
    host.get_by_role("button", name="Show whom it reaches").click()
    expect(host.locator(".error-summary")).to_be_visible()
    host.locator("[name=give-kind]").select_option("print")
    host.locator("[name=give-title]").fill(f"Print one card {work.mark}")
    host.get_by_role("button", name="Show whom it reaches").click()
    expect(host.locator("#will")).to_contain_text(f"{MANY} people get the task")
    work.look(host)
    host.get_by_role("button", name="Give it").click()
    expect(host.locator("h1")).to_have_text(f"Print one card {work.mark}")
    work.look(host)
    return host.url


def open_own_page(work: Work) -> None:
    """The page of somebody without an account who was asked just now: a mail names no task, so pages are opened until
    one is of this."""
    tried = set[str]()
    for _ in range(300):
        links = [each.link("/tasks/own/") for each in work.mail.mails if "/tasks/own/" in each.text]
        for link in {re.sub(r"^https?://[^/]+", "", each) for each in links} - tried:
            tried.add(link)
            if link.startswith("/tasks/"):
                work.guest.goto(work.platform.url + link)
                if f"Print one card {work.mark}" in work.guest.locator("main").inner_text():
                    return
        time.sleep(0.2)
    raise AssertionError("no mail came within a minute")


def test_forty_are_asked_one_answers_by_mail_and_a_volunteer_does_another(work: Work, browser: Browser) -> None:
    host, guest = work.host, work.guest
    build_segment(work)
    giving = give(work)

    open_own_page(work)
    work.look(guest)
    guest.get_by_role("button", name="I do it").click()
    expect(guest.locator("h1")).to_have_text("It is yours")
    guest.locator("[name=minutes]").fill("20")
    guest.get_by_role("button", name="It is done").click()
    expect(guest.locator("h1")).to_have_text("Thank you, it is done")

    host.goto(work.platform.url + "/staff/tasks/new")
    host.locator("#kind").select_option("post")
    host.locator("#title").fill(f"Post the cards {work.mark}")
    host.get_by_role("button", name="Save").click()
    expect(host.locator("h1")).to_have_text(f"Post the cards {work.mark}")
    task = host.url

    helping = browser.new_context(java_script_enabled=work.has_scripts, viewport={"width": 360, "height": 740})
    helper = helping.new_page()
    helper.goto(work.platform.url + "/account/sign-in")
    sign_in_helper(work, helper)
    helper.goto(work.platform.url + "/account/tasks/own")
    work.look(helper)
    helper.get_by_role("button", name=f"I take it: Post the cards {work.mark}").click()
    work.look(helper)
    helper.locator("[name=minutes]").fill("30")
    helper.get_by_role("button", name="It is done").click()
    expect(helper.locator("main")).to_contain_text(f"Post the cards {work.mark}")
    helping.close()

    host.goto(task)
    expect(host.locator("main")).to_contain_text("30 minutes")
    work.look(host)
    host.goto(giving)
    expect(host.locator("[aria-labelledby=states-caption]")).to_contain_text("Done")
    host.get_by_role("link", name="Show these tasks on the board").click()
    expect(host.locator("#column-asked")).to_contain_text(str(MANY - 1))
    expect(host.locator("#column-done")).to_contain_text("1")
    work.look(host)


def sign_in_helper(work: Work, page: Page) -> None:
    """Somebody who helps and is no staff."""
    page.locator("input[name=username]").fill("volunteer-1")
    page.locator("input[name=passphrase]").fill("look around kindly, nothing here is real")
    page.locator("main form").filter(has=page.locator("input[name=passphrase]")).locator("button").last.click()
    page.wait_for_url(re.compile("/account/?$"))
