"""The main job on real input: a stranger signs over HTTP, a real mail comes, its button confirms, the count moves."""

import json
import time
import urllib.parse
import urllib.request

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.support.pages import check_page, field_values
from tests.support.platform import Platform
from tests.support.smtp import Mailserver

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
PETITION = "/petitions/light-in-every-window"


def read(url: str, values: dict[str, str] | None = None) -> tuple[int, str]:
    body = urllib.parse.urlencode(values).encode() if values is not None else None
    with urllib.request.urlopen(url, body, timeout=10) as answer:  # noqa: S310 - loopback
        return answer.status, answer.read().decode()


def count_of(platform: Platform) -> int:
    return int(json.loads(read(f"{platform.url}{PETITION}/count.json")[1])["count"])


def violations_on(page: Page) -> list[tuple[str, list[str]]]:
    """What axe has to say against a page: rules, and the elements that break each."""
    found = Axe().run(page).response["violations"]
    return [(each["id"], [node["target"] for node in each["nodes"]]) for each in found]


def check_accessibility(page: Page) -> None:
    if page.evaluate("document.scripts.length >= 0"):
        assert violations_on(page) == []


def test_a_program_without_scripts_or_cookies_signs_confirms_and_is_counted(platform: Platform, mail: Mailserver):
    before, seen = count_of(platform), len(mail.mails)
    page = read(platform.url + PETITION)[1]
    check_page(page)
    values = field_values(page, "/sign") | {"email": "stranger@example.org", "country": "DE"}
    status, answer = read(f"{platform.url}{PETITION}/sign", values)
    assert status == 200
    check_page(answer)
    letter = mail.wait_for_link("/confirm/", after=seen)
    link = platform.url + letter.link("/confirm/")
    confirm = read(link)[1]
    check_page(confirm)
    assert count_of(platform) == before
    read(link, {})
    deadline = time.monotonic() + 15
    while count_of(platform) == before and time.monotonic() < deadline:
        time.sleep(0.5)
    assert count_of(platform) == before + 1


@pytest.mark.browser
def test_a_visitor_signs_and_confirms_in_a_browser(platform: Platform, mail: Mailserver, page: Page, request):
    seen = len(mail.mails)
    scripts = page.context.browser is not None and "with-scripts" in request.node.name
    page.goto(platform.url + PETITION)
    if scripts:
        check_accessibility(page)
    page.locator("input[name=email]").fill(f"visitor{'1' if scripts else '2'}@example.org")
    page.locator("form[action$='/sign'] button.primary").click()
    # So fast that a proof of work is asked for, which the page solves by itself.
    expect(page.locator("h1")).to_contain_text("mail", timeout=60_000)
    if scripts:
        check_accessibility(page)
    letter = mail.wait_for_link("/confirm/", after=seen)
    page.goto(platform.url + letter.link("/confirm/"))
    if scripts:
        check_accessibility(page)
    page.locator("main form button").first.click()
    expect(page.locator("h1")).to_contain_text("counts")
    if scripts:
        check_accessibility(page)


@pytest.mark.browser
def test_a_mistake_is_explained_beside_what_was_typed(platform: Platform, page: Page):
    page.goto(platform.url + PETITION)
    page.locator("input[name=email]").fill("not-an-address")
    page.locator("input[name=visibility][value=name]").check()
    page.locator("input[name=display_name]").fill("Анна")
    page.locator("form[action$='/sign'] button.primary").click()
    expect(page.locator("#email-error")).to_be_visible()
    expect(page.locator("input[name=display_name]")).to_have_value("Анна")
    expect(page.locator("input[name=email]")).to_have_value("not-an-address")
