"""Without a script, from a face to the mail, the poster and the data: what somebody does who wants to speak up."""

from urllib.parse import unquote

import pypdfium2
import pytest
from playwright.sync_api import Browser, expect

from tests.support.platform import Platform

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300), pytest.mark.browser]


def test_from_a_person_to_a_mail_a_poster_and_the_api(platform: Platform, browser: Browser):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(platform.url + "/ru/prisoners/alexei-liptser")
    name = page.locator("h1").inner_text()
    page.locator("main a[href*='/appeals/']").click()
    expect(page.locator(".addressee")).to_contain_text(name)

    page.locator("#country").select_option("DE")
    page.locator(".filter-bar button").click()
    page.get_by_label("Annelie Beispielmann").check()
    page.locator("input[name=points]").first.check()
    page.locator("textarea[name=words]").fill("Ich habe selbst Recht studiert.")
    page.locator("form.letter-form button").click()
    page.get_by_role("button", name="Deutsch").click()
    expect(page.locator(".paper")).to_have_attribute("lang", "de")
    mail = unquote(page.locator("a[href^='mailto:']").get_attribute("href") or "")
    assert mail.startswith("mailto:a.beispielmann@parliament.example?")
    assert "Sehr geehrte Frau Beispielmann," in mail
    assert "Ich habe selbst Recht studiert." in mail

    page.locator(".breadcrumbs a").last.click()
    title = page.locator("h1").inner_text()
    page.locator("main a[href*='/share/']").click()
    expect(page.locator("main textarea")).to_have_count(3)
    page.wait_for_load_state()  # with its three pictures: one thing is drawn at a time, and no more than two wait
    poster = page.locator("a[href*='poster-a4.pdf']").get_attribute("href") or ""
    answer = page.request.get(platform.url + poster)
    expect(answer).to_be_ok()
    document = pypdfium2.PdfDocument(answer.body())
    assert len(document) == 1
    assert " ".join(title.split()) in " ".join(document[0].get_textpage().get_text_range().split())

    page.locator("footer a[href='/de/api']").click()
    description = page.locator("main a[href$='/openapi.json']").get_attribute("href") or ""
    assert "/api/v1/petitions" in page.request.get(platform.url + description).json()["paths"]
    page.get_by_role("link", name="Petitions", exact=True).first.click()
    expect(page.locator("#Petitions")).to_be_in_viewport()
