"""The public pages of prisoners in a real browser: readable by machines and people, with scripts and without."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.test_main_job import check_accessibility
from tests.support.platform import Platform

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.mark.browser
@pytest.mark.parametrize("language", ["", "/ru", "/de"])
def test_the_list_and_the_dates_are_accessible_and_fit_a_phone(platform: Platform, page: Page, request, language):
    for path in ("/prisoners", "/prisoners?q=nobody-has-this-name", "/prisoners/dates"):
        page.goto(platform.url + language + path)
        if "with-scripts" in request.node.name:
            check_accessibility(page)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        expect(page.locator("h1")).to_have_count(1)


@pytest.mark.browser
def test_a_visitor_narrows_the_list_and_opens_a_person(platform: Platform, page: Page, request):
    page.goto(platform.url + "/prisoners")
    people = page.locator("article.person h2 a")
    if people.count() == 0:
        pytest.skip("the demo content has no public person")
    name = people.first.inner_text()
    page.locator("input[name=q]").fill(name.split()[-1])
    page.locator("form.filter-bar button").click()
    expect(page.locator("article.person h2 a").filter(has_text=name)).to_have_count(1)
    page.locator("article.person h2 a").filter(has_text=name).click()
    expect(page.locator("h1")).to_have_text(name)
    assert page.locator("main").get_attribute("data-attention") in {"none", "1-4", "5-19", "20+", None}
    if "with-scripts" in request.node.name:
        check_accessibility(page)
