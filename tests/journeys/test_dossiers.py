"""From a case to the paper that leaves: one person begins, fills and proposes it, another releases and downloads it."""

from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.test_one_letter import look
from tests.journeys.test_staff_pages import sign_in
from tests.payments.made import picture
from tests.support.platform import Platform

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300), pytest.mark.browser]
PHONE = {"width": 360, "height": 740}
SAID = "Category II: a made-up answer of 2025."


def test_a_complaint_to_the_un_by_two_persons(platform: Platform, browser: Browser, tmp_path: Path):
    one, two = (browser.new_context(viewport=PHONE).new_page() for _ in range(2))
    sign_in(one, platform, "data-editor-1")
    one.goto(platform.url + "/staff/dossiers/new?q=Iakobysov")
    one.get_by_role("main").get_by_role("link", name="Petr Iakobysov").click()
    one.get_by_role("button", name="Begin").click()
    expect(one.locator(".error-summary")).to_be_visible()
    one.get_by_label("UN Working Group on Arbitrary Detention").check()
    one.get_by_role("button", name="Begin").click()
    address = one.url
    look(one, has_scripts=True)
    one.get_by_role("link", name="Identity").click()
    while one.url != address:
        answer_section(one)
    expect(one.get_by_text("Nobody has agreed to this submission yet.")).to_be_visible()
    fold(one, "Record a consent")
    one.get_by_label("Who said what to whom").fill("A made-up sister, by telephone.")
    one.get_by_role("button", name="Record a consent").click()
    fold(one, "Add a paper")
    one.get_by_label("What the annex calls it, in English").fill("Verdict of a made-up court")
    scan = {"name": "scan.png", "mimeType": "image/png", "buffer": picture()}
    one.get_by_label("A picture or a PDF file").set_input_files(scan)
    one.get_by_role("button", name="Add a paper").click()
    one.get_by_role("button", name="I have looked through it").click()
    one.get_by_role("button", name="Propose it for its release").click()
    expect(one.get_by_text("You proposed it or wrote it last.")).to_be_visible()

    sign_in(two, platform, "organiser-1")
    two.goto(address)
    two.get_by_role("button", name="Release it").click()
    expect(two.get_by_text("Send the released file")).to_be_visible()
    look(two, has_scripts=True)
    with two.expect_download() as paper:
        two.get_by_role("button", name="Download version 1", exact=True).click()
    paper.value.save_as(tmp_path / "released.pdf")
    read = [each.get_textpage().get_text_bounded() for each in pypdfium2.PdfDocument(tmp_path / "released.pdf")]
    assert SAID in " ".join(read)
    assert read[-1].startswith("Annex B1")


def answer_section(page: Page) -> None:
    """Answer whatever the body needs and the case does not say, and go on."""
    for each in page.locator(".question").all():
        field = each.locator("[name^=a_]")
        if each.locator(".optional").count() or field.input_value():
            continue
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(index=1)
        else:
            field.fill(SAID)
    page.locator(".dossier-save button.primary").click()


def fold(page: Page, name: str) -> None:
    """Open what stands behind a first press."""
    page.locator("summary", has_text=name).click()
