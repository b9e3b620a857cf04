"""Behind a TLS proxy, as in production: staff write and publish a petition, a visitor signs it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.test_main_job import check_accessibility
from tests.support.platform import start_platform
from tests.support.smtp import Mailserver, free_port
from tests.support.tls_proxy import TlsProxy

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(240)]
PASSPHRASE = "look around kindly, nothing here is real"


@pytest.fixture(scope="module")
def site(mail: Mailserver, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The platform behind a TLS proxy; gives the public address."""
    port = free_port()
    platform = start_platform(
        tmp_path_factory.mktemp("tls"), SMTP_URL=mail.url, DEMO="1", PUBLIC_URL=f"https://localhost:{port}",
        TRUSTED_PROXIES="1",
    )  # fmt: skip
    proxy = TlsProxy(tmp_path_factory.mktemp("certificate"), port, platform.port)
    yield proxy.url
    proxy.stop()
    assert platform.stop() == 0


def someone(browser: Browser, site: str, username: str) -> Page:
    """A page of a demo account that has just signed in."""
    page = browser.new_context(ignore_https_errors=True, viewport={"width": 1280, "height": 900}).new_page()
    page.goto(f"{site}/account/sign-in?next=/staff/petitions")
    assert page.context.cookies() == [], "no cookie before signing in"
    page.locator("input[name=username]").fill(username)
    page.locator("input[name=passphrase]").fill(PASSPHRASE)
    page.locator("main button.primary").first.click()
    expect(page.locator("h1")).to_contain_text("Petitions")
    return page


def check_cookies(context: BrowserContext) -> None:
    """Every cookie is Secure, host-bound and out of scripts' reach."""
    cookies = context.cookies()
    assert cookies
    for cookie in cookies:
        assert cookie["name"].startswith("__Host-")
        assert cookie["secure"]
        assert cookie["httpOnly"]


def test_a_petition_goes_from_a_draft_to_a_confirmed_signature(browser: Browser, site: str, mail: Mailserver):
    author = someone(browser, site, "organiser-1")
    check_cookies(author.context)
    author.goto(f"{site}/staff/petitions/new")
    check_accessibility(author)
    for name, value in {
        "en-title": "Open the windows", "en-summary": "A made-up summary.", "en-addressee": "The made-up council",
        "en-body": "A made-up *text*.", "slug": "open-the-windows", "goal": "100",
    }.items():  # fmt: skip
        author.locator(f"[name='{name}']").fill(value)
    author.locator("button[value=save]").click()
    expect(author.locator("h1")).to_contain_text("Open the windows")
    check_accessibility(author)
    author.locator("form[action$='/submit'] button").click()

    reader = someone(browser, site, "organiser-2")
    reader.get_by_role("link", name="Open the windows").first.click()
    reader.locator("form[action$='/publish'] button").click()

    seen = len(mail.mails)
    visitor = browser.new_context(ignore_https_errors=True, viewport={"width": 360, "height": 740}).new_page()
    visitor.goto(f"{site}/petitions/open-the-windows")
    visitor.locator("input[name=email]").fill("visitor@example.org")
    visitor.locator("form[action$='/sign'] button.primary").click()
    letter = mail.wait_for_link("/confirm/", after=seen)
    link = site + letter.link("/confirm/")
    assert f"{site}/confirm/" in letter.text
    visitor.goto(link)
    visitor.locator("main form button").first.click()
    expect(visitor.locator("h1")).to_contain_text("counts")
    assert visitor.context.cookies() == []
    for page in (author, reader, visitor):
        page.context.close()
