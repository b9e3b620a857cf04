"""Every staff page that a click leads to, in a real browser: readable by machines, and no wider than a phone."""

import re
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from campaign.accounts.service.demo import PASSPHRASE
from tests.journeys.test_main_job import violations_on
from tests.support.platform import Platform

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900), pytest.mark.browser]

# A file, or the way out.
NO_PAGE = re.compile(r"\.(svg|csv|xlsx|pdf|json|ics)$|/picture/|/export|/receipt|/packs/")
LEAST_PAGES = 12


@pytest.fixture(scope="module")
def looked_at() -> set[str]:
    """The kinds of pages that somebody has looked at: those who come later look at what they alone can see."""
    return set()


def sign_in(page: Page, platform: Platform, name: str) -> None:
    page.goto(platform.url + "/account/sign-in")
    page.locator("input[name=username]").fill(name)
    page.locator("input[name=passphrase]").fill(PASSPHRASE)
    page.locator("main form").filter(has=page.locator("input[name=passphrase]")).locator("button").last.click()
    # Left before it has come, a page counts as a request that failed.
    page.wait_for_url(re.compile("/(account|staff)/?$"))
    page.goto(platform.url + "/staff")
    assert "/staff" in page.url


def links_on(page: Page) -> list[str]:
    """Addresses of staff pages that this page leads to, without queries."""
    found: list[str] = page.eval_on_selector_all("a[href]", "all => all.map(each => each.href)")
    paths = [urlsplit(each).path for each in found if urlsplit(each).netloc == urlsplit(page.url).netloc]
    return [path for path in dict.fromkeys(paths) if path.startswith("/staff") and not NO_PAGE.search(path)]


@pytest.mark.parametrize("name", ["admin-1", "organiser-1", "treasurer-1", "coordinator-1", "data-editor-1"])
def test_every_staff_page_that_a_click_leads_to_is_accessible_and_fits_a_phone(
    platform: Platform, browser: Browser, application: Flask, looked_at: set[str], name: str
):
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page, addresses = context.new_page(), application.url_map.bind("")
    sign_in(page, platform, name)
    seen, waiting, problems = set[str](), ["/staff"], list[tuple[object, ...]]()
    while waiting:
        path = waiting.pop(0)
        # One page of a kind: two people's pages are made by the same view.
        kind, _values = addresses.match(path)
        if kind in seen:
            continue
        seen.add(kind)
        answer = page.goto(platform.url + path)
        if answer is None or answer.status == 403:
            continue
        assert answer.status == 200, (path, answer.status)
        if kind not in looked_at:
            looked_at.add(kind)
            problems += [(path, *each) for each in violations_on(page)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            problems.append((path, "wider than a phone"))
        waiting += links_on(page)
    context.close()
    assert problems == []
    assert len(seen) >= LEAST_PAGES, sorted(seen)
