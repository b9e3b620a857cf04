"""A letter and its answer, all by clicking: written, warned of, mended, read, printed, held while its reader is moved,
addressed anew, posted, answered, and the answer in the writer's hands."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pypdfium2
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from campaign.accounts.service.demo import PASSPHRASE
from campaign.site.demo_scans import draw_scan
from tests.journeys.test_one_letter import look
from tests.journeys.test_staff_pages import sign_in
from tests.support.platform import Platform

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300), pytest.mark.browser]

RISKY = (
    "Здравствуйте! Меня зовут Ася. В новостях опять мобилизация и обстрелы, мы все думаем о войне. Ваш приговор"
    " обсуждают у нас на кухне. Пишите мне на asya@example.org.\n\nАся"
)
PLAIN = (
    "Здравствуйте! Меня зовут Ася, я пеку хлеб и учу соседских детей играть на укулеле. Вчера зацвёл лимон, который мы"
    " вырастили из косточки, и весь дом пахнет садом. А какие запахи любите вы? Буду рада вашему ответу.\n\nВаша Ася"
)
ANSWER = ("Здравствуйте, Ася!", "Люблю запах дождя и типографской краски. Спасибо за лимон.")
WRITER = "volunteer-1"
NEW_PLACE, NEW_INDEX = "ИК-914", "660914"
PATIENCE = 25.0


@dataclass
class Desks:
    """Everybody who has a hand in it, each at a screen of their own."""

    platform: Platform
    browser: Browser
    has_scripts: bool
    pages: dict[str, Page] = field(default_factory=dict)

    def of(self, name: str) -> Page:
        """The screen of somebody who is signed in."""
        if name not in self.pages:
            context = self.browser.new_context(java_script_enabled=self.has_scripts, reduced_motion="reduce")
            self.pages[name] = context.new_page()
            sign_in(self.pages[name], self.platform, name)
        return self.pages[name]

    def look(self, page: Page) -> None:
        """The page at hand is accessible and fits its screen."""
        page.wait_for_load_state()
        look(page, has_scripts=self.has_scripts)

    def wait_for(self, page: Page, path: str, words: str, *, within: str = "main") -> None:
        """Look at a page again until a worker has done what it was asked for."""
        until = time.monotonic() + PATIENCE
        page.goto(self.platform.url + path)
        while words not in page.locator(within).inner_text() and time.monotonic() < until:
            page.wait_for_timeout(300)
            page.reload()
        expect(page.locator(within)).to_contain_text(words)
        self.look(page)


@pytest.fixture
def desks(platform: Platform, browser: Browser, page: Page, request: pytest.FixtureRequest) -> Iterator[Desks]:
    """The writer on a phone, and staff at their screens."""
    made = Desks(platform, browser, "with-scripts" in request.node.name)
    page.goto(platform.url + "/account/sign-in")
    page.locator("input[name=username]").fill(WRITER)
    page.locator("input[name=passphrase]").fill(PASSPHRASE)
    page.locator("main form").filter(has=page.locator("input[name=passphrase]")).locator("button").last.click()
    made.pages[WRITER] = page
    yield made
    for name, each in made.pages.items():
        if name != WRITER:
            each.context.close()


def path_of(page: Page) -> str:
    """Where somebody is, without the host."""
    return re.sub(r"^https?://[^/]+|\?.*$|#.*$", "", page.url)


def host_of(page: Page) -> str:
    """The address of the platform."""
    return re.sub(r"(?<=\d)/.*$", "", page.url)


def confirm(page: Page, label: str) -> None:
    """Press what asks once more, and say yes."""
    page.locator("summary", has_text=label).click()
    page.locator("details[open] form button").last.click()


def write_a_letter(desks: Desks, begin: Callable[[Page], None]) -> tuple[str, str]:
    """Begin, be warned, mend, hand in; gives the page of the letter and the prisoner's id."""
    page = desks.of(WRITER)
    page.goto(desks.platform.url + "/account/letters")
    desks.look(page)
    begin(page)
    desks.look(page)
    page.locator("#text").fill(RISKY)
    page.get_by_role("button", name="Save and check").click()
    expect(page.locator("#findings")).to_contain_text("Would be stopped")
    desks.look(page)
    page.locator("#text").fill(PLAIN)
    page.get_by_role("button", name="Save and check").click()
    expect(page.locator("#findings")).not_to_contain_text("Would be stopped")
    page.get_by_role("button", name="Hand in").click()
    expect(page.locator("p.lead")).to_have_text("Waits to be read")
    desks.look(page)
    return path_of(page), page.locator("h1").inner_text().removeprefix("Your letter to ").replace("\n", " ")


def approve(desks: Desks, name: str) -> None:
    """A moderator takes it, reads it and lets it leave."""
    page = desks.of("moderator-1")
    page.goto(desks.platform.url + "/staff/moderation")
    desks.look(page)
    mine = page.get_by_role("row").filter(has_text=name).filter(has_text="since today")
    mine.get_by_role("button", name="Read it").click()
    expect(page.locator("main")).to_contain_text("укулеле")
    desks.look(page)
    page.get_by_role("button", name="Approve").click()
    expect(page.locator("main")).to_contain_text("Approved")


def code_of(desks: Desks, name: str, state: str) -> str:
    """The code of the newest letter to somebody, as coordinators find it."""
    page = desks.of("coordinator-1")
    page.goto(f"{desks.platform.url}/staff/letters?q={name.split()[-1]}")
    desks.look(page)
    row = page.get_by_role("row").filter(has_text=state).first
    code = row.locator("th a").inner_text()
    row.locator("th a").click()
    desks.look(page)
    return code


def lock_batch(desks: Desks, code: str, place: str) -> str:
    """Lock this one letter into a batch of its own; gives the batch's page once its documents are there."""
    page = desks.of("coordinator-1")
    page.goto(desks.platform.url + "/staff/batches")
    desks.look(page)
    ways, mine = page.get_by_role("link", name=re.compile(f"Lock a batch.*{place}.*By post")), f"Choose {code}"
    for number in range(ways.count()):  # each group's letters to the place wait for a batch of their own
        ways.nth(number).click()
        expect(page.locator("h1")).to_have_text("Lock a batch")
        if page.get_by_label(mine).count():
            break
        page.go_back()
    desks.look(page)
    page.get_by_label(mine).check()
    page.get_by_role("button", name="Lock those that are ticked").click()
    expect(page.locator("main")).to_contain_text("1 letter is locked in.")
    batch = path_of(page)
    desks.wait_for(page, batch, "To print")
    return batch


def words_in(page: Page, kind: str) -> str:
    """What a document of the batch says, its pages one after the other."""
    form = page.locator("#documents-title ~ dl form").filter(has_text=kind)
    address, token = form.get_attribute("action"), form.locator("input[name=csrf_token]").input_value()
    answer = page.request.post(host_of(page) + str(address), form={"csrf_token": token})
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/pdf"
    document = pypdfium2.PdfDocument(answer.body())
    assert min(document[0].render(scale=1).to_pil().convert("L").getextrema()) < 100, "nothing is on the page"
    return " ".join(" ".join(sheet.get_textpage().get_text_range() for sheet in document).split())


def check_documents(page: Page, code: str, *, holds: str) -> None:
    """The envelope bears the name in the dative and the address; the letter nothing of ours."""
    dative = " ".join(page.locator("#letters-title ~ * th a").first.inner_text().split())
    for kind in ("Envelopes C6", "Envelopes DL", "Labels"):
        words = words_in(page, kind)
        assert dative in words, (kind, words)
        assert holds in words, (kind, words)
    letter, posting = words_in(page, "– Letters"), words_in(page, "Posting list")
    assert "укулеле" in letter
    assert code not in letter
    assert code in posting


def something_happened(desks: Desks, prisoner: str, what: str, fill: Callable[[Page], None]) -> None:
    """A data editor says what happened, sees what will follow for letters, and confirms."""
    page = desks.of("data-editor-1")
    page.goto(desks.platform.url + prisoner)
    page.get_by_role("link", name="Something has happened").first.click()
    desks.look(page)
    page.locator("a.way", has_text=what).first.click()
    fill(page)
    page.locator("input[name=source_title]").fill("The lawyer, by telephone")
    page.get_by_role("button", name="See what will follow").click()
    expect(page.locator("main")).to_contain_text("Letters that have not left, held or addressed anew: 1")
    desks.look(page)
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator("main")).to_contain_text("It is written down.")
    desks.look(page)


def today_on(page: Page) -> None:
    """The day of it is today, as the day of reading is."""
    page.locator("input[name=happened_on]").fill(page.locator("input[name=retrieved_on]").input_value())


def arrives(page: Page) -> None:
    """In the other place, as the lawyer has seen."""
    today_on(page)
    page.locator("input[name=facility]").fill(NEW_PLACE)
    page.locator("select[name=certainty]").select_option("confirmed")
    page.locator("select[name=evidence]").select_option("lawyer")


def post_batch(desks: Desks, batch: str, code: str) -> None:
    """Printed, posted today, and checked off by its code."""
    page = desks.of("coordinator-1")
    page.goto(desks.platform.url + batch)
    page.get_by_role("button", name="It is printed").click()
    desks.look(page)
    confirm(page, "It was posted")
    expect(page.locator("main")).to_contain_text("1 letter is on its way.")
    page.get_by_role("link", name="Check off").click()
    desks.look(page)
    page.locator("textarea[name=codes]").fill(code.lower())
    page.get_by_role("button", name="Note them").click()
    expect(page.locator("main")).to_contain_text("Every letter is accounted for.")
    desks.look(page)


def answer(desks: Desks, code: str) -> None:
    """An envelope with the code comes in: logged, scanned, matched, read by a moderator, passed on."""
    page = desks.of("coordinator-1")
    page.goto(desks.platform.url + "/staff/replies")
    desks.look(page)
    page.get_by_role("link", name="Log an envelope").click()
    desks.look(page)
    page.locator("input[name=code]").fill(code)
    page.get_by_role("button", name="Log it").click()
    desks.look(page)
    scan = {"name": "scan.png", "mimeType": "image/png", "buffer": draw_scan(ANSWER, 3)}
    page.locator("input[type=file]").set_input_files(files=[scan])
    page.get_by_role("button", name="Add pages").click()
    expect(page.locator("main")).to_contain_text("1 page is added.")
    desks.look(page)
    page.get_by_role("link", name="Match it").click()
    desks.look(page)
    page.get_by_role("button", name="Match", exact=True).click()
    desks.look(page)
    reply = path_of(page)
    reader = desks.of("moderator-1")
    reader.goto(desks.platform.url + "/staff/replies?state=matched")
    number = page.locator("h1").inner_text().removeprefix("Answer ")
    reader.get_by_role("link", name=number, exact=True).click()
    desks.look(reader)
    reader.get_by_role("button", name="Open it").click()
    expect(reader.locator(".scan img")).to_be_visible()
    desks.look(reader)
    reader.get_by_role("button", name="I have read every page").click()
    expect(reader.locator("p.lead")).to_contain_text("Screened")
    page.goto(desks.platform.url + reply)
    page.get_by_role("button", name="Pass it on to the writer").click()
    expect(page.locator("main")).to_contain_text("Passed on.")
    desks.look(page)


def read_the_answer(desks: Desks, letter: str, name: str) -> None:
    """The writer finds it, opens it and says so."""
    page = desks.of(WRITER)
    page.goto(desks.platform.url + "/account/letters")
    mine = page.locator("li.letter-person").filter(has_text=name)
    expect(mine).to_contain_text("that you have not opened")
    mine.locator("h2 a").click()
    desks.look(page)
    page.get_by_role("link", name="Read the answer").last.click()
    desks.look(page)
    scan = page.request.get(page.locator(".scan img").evaluate("image => image.src"))
    assert (scan.status, scan.headers["content-type"]) == (200, "image/webp")
    page.get_by_role("button", name="I have read it").click()
    expect(page.locator("main")).to_contain_text("You read it on")
    desks.look(page)
    page.goto(desks.platform.url + letter)
    expect(page.locator("p.lead")).to_have_text("Delivered, as we were told")
    expect(page.locator("main")).to_contain_text("The text was erased on")
    desks.look(page)


def take_whoever_is_offered(page: Page) -> None:
    """Say yes to the person who is proposed, and begin."""
    page.goto(page.url.replace("/letters", "/prisoners"))
    page.get_by_role("link", name="Look and answer").click()
    page.get_by_role("button", name="Yes, I will write").click()
    expect(page.get_by_role("link", name="Who they are")).to_be_visible()
    page.wait_for_load_state()
    page.goto(page.url.split("/account")[0] + "/account/letters")
    page.locator("li.letter-person").filter(has_not=page.locator(".letter-state")).get_by_role("button").click()


def write_again(page: Page) -> None:
    """To somebody who has had letters before."""
    page.get_by_role("button", name=re.compile("^Write to ")).first.click()


def attention_of(desks: Desks, public: str) -> str | None:
    """How much attention somebody's public page says that they have."""
    page = desks.of(WRITER)
    page.goto(desks.platform.url + public)
    return page.locator("main").get_attribute("data-attention")


def counted(desks: Desks, prisoner: str) -> str:
    """What coordinators see of the letters to somebody."""
    page = desks.of("coordinator-1")
    page.goto(desks.platform.url + prisoner)
    desks.look(page)
    shown: Locator = page.locator("section[aria-labelledby=attention-title]")
    return shown.inner_text()


@pytest.mark.parametrize("page", [True], indirect=True, ids=["with-scripts"])
def test_a_letter_whose_reader_is_moved_halfway_and_the_answer(desks: Desks):
    letter, name = write_a_letter(desks, take_whoever_is_offered)
    approve(desks, name)
    code = code_of(desks, name, "Waits for the next post")
    coordinator = desks.of("coordinator-1")
    prisoner = path_of_link(coordinator, "/staff/prisoners/")
    coordinator.goto(desks.platform.url + prisoner)
    public = path_of_link(coordinator, "/prisoners/")
    place = coordinator.locator("main a[href*='/facilities/']").first.inner_text()
    assert attention_of(desks, public) == "none"
    before = counted(desks, prisoner)

    first = lock_batch(desks, code, number_of(place))
    check_documents(coordinator, code, holds=number_of(place))
    something_happened(desks, prisoner, "On the way", today_on)
    writer = desks.of(WRITER)
    desks.wait_for(writer, letter, "Held back", within="p.lead")
    expect(writer.locator("p.lead + p")).to_contain_text("They are being moved, or nobody knows where they are")
    desks.wait_for(coordinator, first, "Take these out of the pile")
    expect(coordinator.locator("main")).to_contain_text(code)
    confirm(coordinator, "Cancel the batch")
    desks.look(coordinator)

    something_happened(desks, prisoner, "Transferred", arrives)
    desks.wait_for(writer, letter, "Waits for the next post", within="p.lead")
    second = lock_batch(desks, code, number_of(NEW_PLACE))
    check_documents(coordinator, code, holds=NEW_INDEX)
    assert counted(desks, prisoner) == before, "what has not left does not count"
    post_batch(desks, second, code)
    assert attention_of(desks, public) == "1-4"
    under_way = counted(desks, prisoner)
    assert under_way != before

    answer(desks, code)
    read_the_answer(desks, letter, name)
    assert attention_of(desks, public) == "1-4"
    assert counted(desks, prisoner) not in {before, under_way}, "delivered counts for more than under way"


def number_of(place: str) -> str:
    """The number in the name of a facility, which tells it from the others of the demo."""
    return re.sub(r"^\D*(\d+).*$", r"\1", place)


def path_of_link(page: Page, beginning: str) -> str:
    """Where the first link leads whose path begins so."""
    found = page.locator(f"main a[href^='{beginning}']").first.get_attribute("href")
    return re.sub(r"[?#].*$", "", str(found))


@pytest.mark.parametrize("page", [False], indirect=True, ids=["without-scripts"])
def test_the_same_without_scripts_and_without_a_journey(desks: Desks):
    letter, name = write_a_letter(desks, write_again)
    approve(desks, name)
    code = code_of(desks, name, "Waits for the next post")
    coordinator = desks.of("coordinator-1")
    coordinator.goto(desks.platform.url + path_of_link(coordinator, "/staff/prisoners/"))
    place = coordinator.locator("main a[href*='/facilities/']").first.inner_text()
    post_batch(desks, lock_batch(desks, code, number_of(place)), code)
    answer(desks, code)
    read_the_answer(desks, letter, name)
