"""Without a script: a country is picked, points are ticked, and the letter is there with its link and its paper."""

from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.test_one_letter import look
from tests.support.platform import Platform

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300), pytest.mark.browser]


def test_a_letter_from_the_list_to_the_count(platform: Platform, browser: Browser):
    page = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False).new_page()
    page.goto(platform.url + "/appeals?kind=mep_letter")
    page.get_by_role("link", name="Three lawyers, in prison").click()
    page.get_by_label("Country").select_option(label="Germany")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(f"{platform.url}/appeals/three-lawyers-in-parliament?country=DE")
    page.get_by_role("button", name="Make the letter").click()
    expect(page.locator(".error-summary")).to_be_visible()
    page.get_by_label("Annelie Beispielmann").check()
    page.get_by_label("Please write to one of them").check()
    page.get_by_label("In your own words").fill("I was a trainee in a law firm once.")
    page.get_by_role("button", name="Make the letter").click()
    look(page, has_scripts=False)
    link = unquote(page.get_by_role("link", name="Open my mail program").get_attribute("href") or "")
    assert link.startswith("mailto:a.beispielmann@parliament.example?subject=Three lawyers")
    assert "Dear Ms Beispielmann," in link
    assert "I was a trainee in a law firm once." in link
    with page.expect_download() as paper:
        page.get_by_role("button", name="Print with envelope").click()
    assert paper.value.suggested_filename == "letter.pdf"
    page.get_by_role("button", name="I have sent it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
