"""What is printed of a batch: data is never markup, and nothing of ours is in a letter."""

import subprocess
import time
from datetime import date
from io import BytesIO

import pytest
from PIL import Image

from campaign.letters import documents
from campaign.letters.models import DocumentKind, LetterBatch
from campaign.letters.service.rendering import Part, Picture, Sheet

CODE, SHOWN = "7K3MA0P9XC", "7K3MA-0P9XC"
ADDRESS = {
    "to": "Выдуманному Петру Ивановичу, 1980\u00a0г.\u00a0р.", "facility": "ИК-99", "index": "123456",
    "lines": ["ул. Лесная, д. 1", "пос. Придуманный", "Вымышленная область"],
}  # fmt: skip
HOSTILE = (
    '#let x = 1 $y^2$ \\ [a] *bold* _it_ @ref <lab> `code` // no comment /* c */ "q"\n= heading\n#read("words.json")\n'
    "#panic() \u202eright\u202c \u05e9\u05dc\u05d5\u05dd \U0001f600\n</script>"
)


def picture() -> Picture:
    made = BytesIO()
    Image.new("L", (40, 30), 128).save(made, "PNG")
    return Picture(made.getvalue(), 40, 30)


def sheet(text="Здравствуйте!", **more) -> Sheet:
    values = {"position": 1, "code": CODE, "address": ADDRESS, "pictures": [], "has_reply_page": False, **more}
    return Sheet(text=text, **values)


def part(*sheets, country="DE") -> Part:
    batch = LetterBatch(number=7, locked_on=date(2026, 11, 26))
    return Part(batch, "ИК-99", "Anna Example", ["Sample Street 1", "10115 Berlin"], country, sheets)


def read(content, tmp_path) -> str:
    file = tmp_path / "made.pdf"
    file.write_bytes(content)
    done = subprocess.run(["pdftotext", "-layout", str(file), "-"], capture_output=True, check=True)
    return done.stdout.decode().replace("\u00a0", " ")


@pytest.fixture
def made(app):
    with app.test_request_context():
        return documents.render(part(sheet(), sheet("Второе", position=2, code="0000000000")), "en")


def test_the_letter_holds_what_was_written_and_nothing_of_ours(made, tmp_path):
    text = read(made[DocumentKind.LETTERS], tmp_path)
    assert text.split() == ["Здравствуйте!", "Второе"]


@pytest.mark.parametrize("kind", [DocumentKind.ENVELOPES_C6, DocumentKind.ENVELOPES_DL, DocumentKind.LABELS])
def test_envelopes_say_who_where_and_whence_with_the_code(made, tmp_path, kind):
    text = read(made[kind], tmp_path)
    for said in (
        "Выдуманному Петру Ивановичу", "1980 г. р.", "ИК-99", "ул. Лесная, д. 1", "пос. Придуманный", "123456",
        "РОССИЯ / RUSSIA", "Anna Example", f"Sample Street 1, {SHOWN}", "10115 Berlin", "GERMANY",
    ):  # fmt: skip
        assert said in text
    assert "nforgotten" not in text


def test_a_return_address_in_russia_names_no_country(app, tmp_path):
    with app.test_request_context():
        text = read(documents.render(part(sheet(), country="RU"), "en")[DocumentKind.ENVELOPES_C6], tmp_path)
    assert "RUSSIA" not in text


def test_the_posting_list_has_codes_names_and_indexes(made, tmp_path):
    text = read(made[DocumentKind.POSTING_LIST], tmp_path)
    assert "Batch 7, 26 November 2026" in text
    for said in (SHOWN, "00000-00000", "Петру Ивановичу", "123456"):
        assert said in text


def test_what_looks_like_markup_is_printed_as_it_is(tmp_path):
    text = read(documents.render_letters([sheet(HOSTILE)]), tmp_path)
    for said in ("#let x = 1 $y^2$ \\ [a] *bold* _it_ @ref <lab>", "// no comment /* c */", "= heading", "#panic()"):
        assert said in text
    assert '#read("words.json")' in text


def test_hostile_names_and_places_are_data_as_well(app, tmp_path):
    hostile = {"to": "#panic() $x$ [", "facility": "*a* \\", "lines": ["#" * 300], "index": "123456"}
    with app.test_request_context():
        made = documents.render(part(sheet(address=hostile)), "ru")
    assert "#panic() $x$ [" in read(made[DocumentKind.ENVELOPES_C6], tmp_path)
    assert "#panic() $x$ [" in read(made[DocumentKind.POSTING_LIST], tmp_path)


def test_two_hundred_pages_print_and_so_does_one_endless_paragraph():
    began = time.monotonic()
    assert documents.render_letters([sheet("слово " * 80_000)]).startswith(b"%PDF")
    assert documents.render_letters([sheet("строка\n\n" * 8_000)]).startswith(b"%PDF")
    assert documents.render_letters([sheet("ы" * 20_000), sheet("")]).startswith(b"%PDF")
    assert time.monotonic() - began < 30


def test_every_letter_begins_on_a_sheet_of_its_own_and_pages_after_the_first_have_a_number(tmp_path):
    long = "\n\n".join(["Строка"] * 60)
    content = documents.render_letters([sheet("Раз"), sheet(long), sheet("Три", has_reply_page=True)])
    pages = [each.split() for each in read(content, tmp_path).split("\f")]
    assert pages[:2] == [["Раз"], []]
    assert pages[3][-1] == "2"
    assert pages[4] == ["Три"]


def test_pictures_are_printed(tmp_path):
    file = tmp_path / "made.pdf"
    file.write_bytes(documents.render_letters([sheet(pictures=[picture()])]))
    listed = subprocess.run(["pdfimages", "-list", str(file)], capture_output=True, check=True).stdout.decode()
    assert "40    30" in " ".join(listed.splitlines())
