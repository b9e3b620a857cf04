"""Somebody without an account writes: checked in the page with nothing kept, and taken away on paper."""

import subprocess
from dataclasses import replace
from datetime import timedelta

import pytest
import structlog
import time_machine
from sqlalchemy import func, select
from werkzeug.test import encode_multipart

from campaign.kernel import clock
from campaign.kernel.db import Base, session, transaction
from campaign.kernel.limits import Buckets, Rate
from campaign.kernel.switches import Switch, set_switch
from campaign.letters.service.typed import MOST_TYPED
from campaign.penpals.models import AttentionEntry, Reservation
from campaign.penpals.queries import field as fields
from campaign.penpals.service import reservations
from campaign.penpals.service.codes import show_code
from campaign.prisoners.models import Prisoner
from campaign.prisoners.queries.public_directory import forget_directory
from campaign.site import write_compose, write_gates
from tests.support import pens, post
from tests.support.pages import field_values, parse

WAR = post.TEXT + " Вчера был обстрел, объявили мобилизацию, солдаты ушли на фронт."
HOSTILE = (
    "<script>alert(1)</script> &amp; <b>жирно</b> \u202eзадом наперёд\u202c 🕊️ e\u0301 \ufeff{{ 7*7 }} "
    "#import \"x\" $x$ \\u{1}</textarea><h1>нет</h1>"
)  # fmt: skip


@pytest.fixture(autouse=True)
def fresh_field(app, monkeypatch):
    """What a test has just changed is in the field at once."""
    monkeypatch.setattr(fields, "REREAD_AFTER", 0.0)
    monkeypatch.setattr(fields, "OLDEST", 0.0)
    monkeypatch.setattr("campaign.prisoners.queries.public_directory.REREAD_AFTER", 0.0)
    forget_directory()


def page_of(person: Prisoner) -> str:
    return f"/prisoners/{person.slug}/write"


def send(client, person, words: str, step: str = "check", **more: str):
    values = {"text": words, "language": "ru", "channel": "post", "step": step} | more
    # Werkzeug's client keeps a long form in a file that it never closes; this one is made in memory.
    boundary, body = encode_multipart(values)
    return client.post(f"{page_of(person)}/letter", data=body, content_type=f"multipart/form-data; boundary={boundary}")


def typed_in(answer) -> str:
    found = parse(answer.get_data(as_text=True)).find(".//textarea[@id='text']").text or ""
    return found.strip("\r\n")


def rows() -> dict[str, int]:
    session.rollback()
    tables = [each for each in Base.metadata.sorted_tables if each.name != "alembic_version"]
    return {each.name: session.scalar(select(func.count()).select_from(each)) for each in tables}


def pages_of_pdf(content: bytes) -> list[str]:
    """The words of each page, as another program reads them."""
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return [" ".join(each.split()) for each in done.stdout.decode().split("\f")[:-1]]


def test_a_letter_is_checked_in_the_page_and_nothing_of_it_is_kept(client, caplog):
    person = pens.addressee()
    page = client.get(page_of(person))
    assert "Write it here and now" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    before = rows()
    with structlog.testing.capture_logs() as logs:
        answer = send(client, person, WAR)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers.get("Set-Cookie") is None
    assert typed_in(answer) == WAR
    marks = parse(answer.text).findall(".//mark")
    assert any("мобилизацию" in (each.text or "") for each in marks)
    assert "Would be stopped" in answer.text
    assert "Take it away" in answer.text
    assert rows() == before
    assert not any("мобилиза" in str(each) or "помидоры" in str(each) for each in [*logs, *caplog.messages])


def test_a_harmless_letter_is_told_so_without_a_promise(client):
    answer = send(client, pens.addressee(), post.TEXT)
    assert "What the checker says" in answer.text
    assert typed_in(answer) == post.TEXT


def test_what_is_not_russian_is_not_read_by_the_checker(client):
    answer = send(client, pens.addressee(), "Hello, my name is Anna.", language="en")
    assert "The checker reads Russian" in answer.text
    assert "Have it translated first" in answer.text


@pytest.mark.parametrize("step", ["check", "", "whatever"])
def test_hostile_text_comes_back_as_it_was_typed(client, step):
    answer = send(client, pens.addressee(), HOSTILE, step)
    assert answer.status_code == 200
    assert typed_in(answer) == HOSTILE
    assert "<script>alert" not in answer.text


def test_what_no_page_can_hold_is_shown_as_such(client):
    assert typed_in(send(client, pens.addressee(), "Да\x00\x08\ufffe.")) == "Да\ufffd\ufffd\ufffd."


def test_a_first_empty_line_is_not_lost(client):
    page = send(client, pens.addressee(), "\n\nПривет").get_data(as_text=True)
    assert parse(page).find(".//textarea[@id='text']").text.replace("\r\n", "\n").endswith("\n\nПривет")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("", "The letter is empty"),
        ("   \n", "The letter is empty"),
        ("много слов " * 3000, "shorten it"),
        ("ж" * (MOST_TYPED + 1), "200,000"),
        ("ж" * 1_000_000, "200,000"),
    ],
)
def test_what_cannot_go_on_is_refused_with_its_text(client, words, told):
    before = rows()
    for step in ("check", "take", "pdf", "text"):
        answer = send(client, pens_person(), words, step)
        assert answer.status_code == 422
        assert told in answer.text
        assert typed_in(answer) == words.strip("\n")
        assert "What the checker says" not in answer.text
    assert rows()["reservation"] == before["reservation"]


def pens_person() -> Prisoner:
    found = session.scalars(select(Prisoner)).first()
    return found if found is not None else pens.addressee()


def test_more_than_any_form_holds_is_refused_before_it_is_read(client):
    answer = send(client, pens.addressee(), "ж" * (2 * 1024 * 1024 + 10))
    assert answer.status_code == 413


def test_it_is_taken_away_with_a_code_that_tells_of_it_later(client):
    person = pens.addressee()
    answer = send(client, person, post.TEXT, "take")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    taken = session.scalars(select(Reservation)).one()
    assert show_code(taken.code) in answer.text
    assert "Кому" in answer.text
    values = field_values(answer.text, f"{page_of(person)}/letter")
    assert values["text"] == post.TEXT

    pdf = client.post(f"{page_of(person)}/letter", data=values | {"step": "pdf"}, content_type="multipart/form-data")
    assert pdf.mimetype == "application/pdf"
    assert pdf.headers["Cache-Control"] == "no-store"
    assert pdf.headers["Content-Disposition"] == 'attachment; filename="letter.pdf"'
    letter, *between, sheet = pages_of_pdf(pdf.data)
    assert "развожу помидоры на балконе" in letter
    assert show_code(taken.code) not in letter
    assert "Кому" not in letter
    assert not any(between)
    assert show_code(taken.code) in sheet
    assert "Кому" in sheet
    assert "помидоры" not in sheet

    plain = client.post(f"{page_of(person)}/letter", data=values | {"step": "text"}, content_type="multipart/form-data")
    assert plain.mimetype == "text/plain"
    assert plain.get_data(as_text=True).startswith(post.TEXT)
    assert show_code(taken.code) in plain.get_data(as_text=True)
    assert rows()["reservation"] == 1, "one letter has one code, however often its files are fetched"

    for _ in range(2):
        told = client.post("/write/posted", data={"code": show_code(taken.code)})
        assert told.status_code == 200
    session.rollback()
    assert session.scalars(select(AttentionEntry.counted)).all() == ["reported"]


def test_neither_file_says_where_it_was_made_or_carries_our_name(client):
    person = pens.addressee()
    pdf = send(client, person, post.TEXT, "pdf")
    told = subprocess.run(["pdfinfo", "-"], input=pdf.data, capture_output=True, check=True).stdout.decode()
    assert not [each for each in ("Title:", "Author:", "CreationDate:", "ModDate:", "Subject:") if each in told]
    for content in (" ".join(pages_of_pdf(pdf.data)), send(client, person, post.TEXT, "text").get_data(as_text=True)):
        assert "Unforgotten" not in content
        assert "http" not in content


def test_hostile_text_is_printed_as_words(client):
    first, *_rest = pages_of_pdf(send(client, pens.addressee(), HOSTILE, "pdf").data)
    assert "<script>alert(1)</script>" in first
    assert '#import "x" $x$' in first


def test_the_name_is_in_the_dative_only_where_somebody_confirmed_it(client):
    sure = pens.addressee(dative_ru="Выдуманному Петру Ивановичу", is_dative_confirmed=True)
    unsure = pens.addressee(dative_ru="Непроверенному Ивану", is_dative_confirmed=False)
    assert "Выдуманному Петру" in send(client, sure, post.TEXT, "text").get_data(as_text=True)
    said = send(client, unsure, post.TEXT, "text").get_data(as_text=True)
    assert "Непроверенному" not in said
    assert "basic form" in said


@pytest.mark.parametrize("language", ["ru", "de"])
def test_the_sheet_speaks_the_readers_language(client, language):
    person = pens.addressee()
    answer = client.post(
        f"/{language}{page_of(person)}/letter", data={"text": post.TEXT, "step": "text"},
        content_type="multipart/form-data",
    )  # fmt: skip
    assert "stays with you" not in answer.get_data(as_text=True)
    assert "Кому" in answer.get_data(as_text=True)


def test_letters_that_are_switched_off_keep_what_was_typed(client):
    person = pens.addressee()
    with transaction():
        set_switch(Switch.LETTERS, on=False, reason="drill")
    for step in ("check", "take", "pdf", "text"):
        answer = send(client, person, WAR, step)
        assert answer.status_code == 503
        assert typed_in(answer) == WAR
    assert "Write it here and now" not in client.get(page_of(person)).text
    assert rows()["reservation"] == 0


def test_nobody_unknown_writes_to_a_minor_or_to_somebody_for_whom_it_is_risky(client):
    child = pens.addressee(born_on=clock.today() - timedelta(days=16 * 365))
    adult = pens.addressee()
    assert "Write it here and now" not in client.get(page_of(child)).text
    assert "Write it here and now" in client.get(page_of(adult)).text
    for step in ("check", "take", "pdf", "text"):
        answer = send(client, child, WAR, step)
        assert answer.status_code == 409
        assert typed_in(answer) == WAR
        assert "Кому" not in answer.text
    assert rows()["reservation"] == 0


def test_another_site_cannot_send_the_form(client):
    person = pens.addressee()
    answer = client.post(
        f"{page_of(person)}/letter", data={"text": post.TEXT}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 400
    assert client.get(f"{page_of(person)}/letter").status_code in {404, 405}


def test_a_flood_is_slowed_with_its_text_and_fills_no_table(app, client, config, monkeypatch):
    person = pens.addressee()
    monkeypatch.setitem(app.extensions, "unforgotten", replace(config, rate_limits=True))
    monkeypatch.setattr(write_gates, "client_network", lambda: "192.0.2.0/24")
    monkeypatch.setattr(write_compose, "taking", Buckets(Rate(burst=3, seconds=600), monotonic=lambda: 0.0))
    monkeypatch.setattr(write_compose, "codes", Buckets(Rate(burst=2, seconds=600), monotonic=lambda: 0.0))
    answers = [send(client, person, post.TEXT, "take") for _ in range(4)]
    assert [each.status_code for each in answers] == [200, 200, 200, 429]
    assert "no code for this one" in answers[2].text
    assert typed_in(answers[3]) == post.TEXT
    assert rows()["reservation"] == 2


def test_a_code_that_nobody_told_of_is_forgotten(client):
    send(client, pens.addressee(), post.TEXT, "take")
    with time_machine.travel(clock.now() + timedelta(days=61), tick=False), transaction():
        assert reservations.forget_old(clock.today()) == 1
