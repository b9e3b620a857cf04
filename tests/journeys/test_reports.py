"""The reports as a coordinator reads them: from the page of all of them to each, on a phone and on paper."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.test_one_letter import look
from tests.journeys.test_staff_pages import sign_in
from tests.support.platform import Platform

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300), pytest.mark.browser]
REPORTS = (
    "Growth", "Activity by month", "Who stays", "Where people come from", "Workload", "Group health",
)  # fmt: skip
LIVE = ("Workload", "Group health")


def pictures_are_there(page: Page) -> None:
    """Every picture has been drawn: none is broken, and none lacks its sentence."""
    page.wait_for_load_state("networkidle")
    broken = page.evaluate(
        "[...document.querySelectorAll('main img')].filter(each => !each.complete || !each.naturalWidth).length"
    )
    assert broken == 0, page.url
    for alt in page.eval_on_selector_all(".report-picture img", "all => all.map(each => each.alt)"):
        assert alt.endswith((".", "%")), page.url


@pytest.mark.parametrize("scripts", ["with-scripts", "without-scripts"])
def test_a_coordinator_reads_the_reports(platform: Platform, browser: Browser, scripts: str):
    has_scripts = scripts == "with-scripts"
    context = browser.new_context(java_script_enabled=has_scripts, viewport={"width": 360, "height": 740})
    page = context.new_page()
    sign_in(page, platform, "coordinator-1")
    page.goto(platform.url + "/staff/people")
    page.get_by_role("link", name="Reports in pictures").last.click()
    # The demo's figures are counted by the first worker.
    for _ in range(60):
        if page.get_by_text("Counted on").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    for name in REPORTS:
        page.get_by_role("heading", name=name, exact=True).get_by_role("link").click()
        expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
        pictures_are_there(page)
        assert page.locator("main table").count()
        look(page, has_scripts=has_scripts)
        if name not in LIVE:
            page.locator("select[name=months]").select_option("6")
            page.get_by_role("button", name="Show").click()
            expect(page).to_have_url(re.compile("months=6"))
            pictures_are_there(page)
        page.locator(".breadcrumbs a, nav a").filter(has_text="Reports in pictures").last.click()
    page.get_by_role("link", name="Growth").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Save the table as CSV").first.click()
    assert download.value.suggested_filename.startswith("growth-")
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Count again")).to_be_hidden()
    expect(page.locator(".staff-nav")).to_be_hidden()
    context.close()
