"""Pages of the public and of members around letters and groups, in a real browser: readable by machines in two
languages and both colour schemes, and no wider than a phone."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from campaign.accounts.service.demo import PASSPHRASE
from tests.journeys.test_main_job import violations_on
from tests.journeys.test_one_letter import next_link
from tests.support.platform import Platform
from tests.support.smtp import Mailserver

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.browser]

# Without motion: a button that fades from light to dark has neither colour while it is looked at.
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "reduced_motion": "reduce"}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
PUBLIC = ("/groups", "/volunteer", "/write", "/write/posted", "/account/sign-in")
OWN = (
    "/account/groups", "/account/prisoners", "/account/writing", "/account/writing/offer", "/account/writing/leave",
)  # fmt: skip
LINKS = re.compile(r"/groups/made-up-[^/]+(/members|/prisoners/[^/]+)?$|/prisoners/[^/]+/write$|/account/prisoners/.+")
"""What such a page leads to and is walked too, one page of a kind."""
IDENTITY = re.compile(r"made-up-[^/]+|[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/prisoners/)[^/]+(?=/write)")
LANGUAGES = ("", "/ru")


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """One phone for all of these pages."""
    context = browser.new_context(**PHONE)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def member(platform: Platform, browser: Browser) -> Iterator[Page]:
    """The phone of a volunteer who leads a group and is being asked for a letter."""
    context = browser.new_context(**PHONE)
    page = context.new_page()
    page.goto(platform.url + "/account/sign-in")
    page.locator("input[name=username]").fill("volunteer-1")
    page.locator("input[name=passphrase]").fill(PASSPHRASE)
    page.locator("main form").filter(has=page.locator("input[name=passphrase]")).locator("button").last.click()
    yield page
    context.close()


def problems_on(page: Page) -> list[tuple[str, object]]:
    """What is wrong with the page at hand, in light and in dark."""
    page.emulate_media(color_scheme="light")
    found: list[tuple[str, object]] = list(violations_on(page))
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append(("wider than a phone", page.url))
    page.emulate_media(color_scheme="dark")
    dark = Axe().run(page, options=CONTRAST).response["violations"]
    return found + [("dark " + each["id"], [node["target"] for node in each["nodes"]]) for each in dark]


def walk(page: Page, base: str, paths: list[str]) -> set[str]:
    """Look at each of these pages and at what they lead to; gives which kinds of pages were seen."""
    seen, waiting, problems = set[str](), list(paths), list[tuple[object, ...]]()
    while waiting:
        path = waiting.pop(0)
        kind = IDENTITY.sub("*", path)
        if kind in seen:
            continue
        seen.add(kind)
        answer = page.goto(base + path)
        assert answer is not None
        assert answer.status == 200, (path, answer.status)
        problems += [(path, *each) for each in problems_on(page)]
        links = page.eval_on_selector_all("main a[href]", "all => all.map(each => new URL(each.href).pathname)")
        waiting += [each for each in links if LINKS.search(each)]
    assert problems == []
    return seen


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_everybody_sees_of_groups_and_letters(platform: Platform, page: Page, language: str):
    page.goto(platform.url + language + "/write")
    person = page.locator("article.person h3 a").get_attribute("href")
    seen = walk(page, platform.url, [language + each for each in PUBLIC] + [f"{person}/write"])
    assert {f"{language}/groups/*", f"{language}/prisoners/*/write"} <= seen


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_a_letter_that_was_promised(platform: Platform, mail: Mailserver, page: Page, language: str):
    page.goto(platform.url + language + "/write")
    seen = len(mail.mails)
    page.locator("#promise input[name=email]").fill(f"member-pages{language.replace('/', '-')}@example.org")
    page.locator("#promise button.primary").click()
    page.wait_for_url(re.compile("/write/sent$"))
    problems = problems_on(page)
    page.goto(platform.url + next_link(mail, seen))
    problems += problems_on(page)
    page.locator("main form button.primary").first.click()
    page.locator(".address").wait_for()
    problems += problems_on(page)
    assert problems == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_volunteer_who_leads_a_group_sees(platform: Platform, member: Page, language: str):
    seen = walk(member, platform.url, [language + each for each in OWN])
    groups = f"{language}/account/groups/*"
    assert {groups, f"{groups}/members", f"{groups}/prisoners/*", f"{language}/account/prisoners/*"} <= seen
