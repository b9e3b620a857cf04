"""The whole way of a writer on real processes: from the pseudonym to the letter that counts, and without an account."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.test_one_letter import look, next_link
from tests.journeys.test_staff_pages import sign_in
from tests.support.platform import Platform
from tests.support.smtp import Mailserver

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240), pytest.mark.browser]

PSEUDONYM = "made-up-lamplighter"
PASSPHRASE = "four unrelated made-up words"
A_WHILE = 20_000


@pytest.fixture
def desk(browser: Browser, platform: Platform):
    """A coordinator at a wide screen, signed in."""
    context = browser.new_context()
    page = context.new_page()
    sign_in(page, platform, "coordinator-1")
    yield page
    context.close()


def sign_up(page: Page, platform: Platform) -> None:
    page.goto(platform.url + "/volunteer")
    look(page, has_scripts=True)
    page.locator("input[name=risk_read]").check()
    page.locator("input[name=lives][value=outside]").check()
    page.locator("input[name=channels][value=handwriting]").check()
    page.locator("input[name=username]").fill(PSEUDONYM)
    page.locator("input[name=passphrase]").fill(PASSPHRASE)
    page.get_by_role("button", name="Offer to write").click()
    expect(page).to_have_url(re.compile("/account/writing$"))
    assert page.locator("input[name=email]").count() == 0
    look(page, has_scripts=True)


def take_on(desk: Page, platform: Platform) -> None:
    """Screened, on probation, active: a press each."""
    desk.goto(f"{platform.url}/staff/volunteers?q={PSEUDONYM}")
    desk.get_by_role("link", name=PSEUDONYM).click()
    for state in ("Being looked at", "On probation", "Active"):
        desk.locator("form.action button.primary").click()
        expect(desk.locator("p.lead")).to_contain_text(state)


def propose(desk: Page, platform: Platform) -> None:
    """Run the matching, put the new writer into the line of whoever needs a letter most, and accept it."""
    desk.goto(platform.url + "/staff/matching")
    desk.locator("input[name=level][value=writers]").check()
    desk.get_by_role("button", name="Run the matching").click()
    expect(desk.locator("#lines-title")).to_be_visible(timeout=A_WHILE)
    lines = desk.eval_on_selector_all("th[scope=row] a[href*='/lines/']", "all => all.map(each => each.href)")
    for line in lines:
        desk.goto(f"{line}?q={PSEUDONYM}")
        desk.get_by_role("button", name=f"Put in: {PSEUDONYM}").click()
        if desk.get_by_text("Changed and pinned").count():
            break
    desk.locator("summary", has_text="Accept").click()
    desk.locator("details[open] button.grave").click()
    expect(desk.locator("main")).to_contain_text("ccepted")


def attention_of(page: Page, url: str) -> str | None:
    page.goto(url)
    return page.locator("main").get_attribute("data-attention")


@pytest.mark.parametrize("page", [True], indirect=True, ids=["with-scripts"])
def test_from_a_pseudonym_to_a_letter_that_counts(platform: Platform, page: Page, desk: Page):
    sign_up(page, platform)
    page.goto(platform.url + "/write")
    expect(page.locator("select[name=language]")).to_contain_text("as in my profile: Russian")
    look(page, has_scripts=True)
    take_on(desk, platform)
    propose(desk, platform)

    page.goto(platform.url + "/account/prisoners")
    look(page, has_scripts=True)
    page.get_by_role("link", name="Look and answer").click()
    look(page, has_scripts=True)
    page.get_by_role("button", name="Yes, I will write").click()
    person = page.get_by_role("link", name="Who they are").evaluate("link => link.href")
    before = attention_of(page, person)
    assert before == "none", "who needs a letter most comes first"

    page.goto(platform.url + "/account/prisoners")
    look(page, has_scripts=True)
    page.get_by_role("button", name="Note the letter").click()
    expect(page.locator("main")).to_contain_text("Your last letter left on")
    assert attention_of(page, person) == "1-4"


@pytest.mark.parametrize("page", [False], indirect=True, ids=["without-scripts"])
def test_without_an_account_a_code_is_all_it_takes(platform: Platform, mail: Mailserver, page: Page):
    page.goto(platform.url + "/write")
    person = page.locator("article.person h3 a").get_attribute("href")
    seen = len(mail.mails)
    page.locator("#promise input[name=email]").fill("lamp@example.org")
    page.locator("#promise button.primary").click()
    page.goto(platform.url + next_link(mail, seen))
    page.get_by_role("button", name="Yes, I will write it").click()
    code = page.locator(".code code").inner_text()

    page.goto(platform.url + "/write")
    page.get_by_role("link", name="I have posted a letter").click()
    page.locator("input[name=code]").fill("7K3MA-0P9XA")
    page.get_by_role("button", name="It is posted").click()
    expect(page.locator(".error-summary")).to_be_visible()
    page.locator("input[name=code]").fill(code.lower())
    page.get_by_role("button", name="It is posted").click()
    expect(page.locator("h1")).to_contain_text("on its way")
    assert attention_of(page, platform.url + str(person)) == "1-4"
