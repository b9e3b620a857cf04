"""What the public sees, the letter that is made of it, and the count; nothing of the letter stays."""

import re
import uuid
from datetime import timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import time_machine
from sqlalchemy import func, select

from campaign.appeals import documents
from campaign.appeals.models import AppealDelta, AppealKind, AppealSent, AppealState, Audience, SpentStamp
from campaign.appeals.queries.public import replies_to, totals_of
from campaign.appeals.service import answers, sent
from campaign.appeals.stamp import make_stamp
from campaign.kernel import clock
from campaign.kernel.db import Base, session, transaction
from campaign.kernel.registry import retention_rules
from tests.appeals import made
from tests.petitions.pages import text_of
from tests.support import make
from tests.support.pages import field_values

OWN = "Мои <script>alert(1)</script> слова"


def seen(client, path):
    client.application.extensions["page_cache"].clear()
    return client.get(path)


def letter(client, appeal, official, **values):
    data = {"target": str(official.id), "points": ["1"], "words": OWN, "name": "Anna Example", **values}
    return client.post(f"/appeals/{appeal.slug}/letter", data=data)


def press(client, appeal, page):
    return client.post(f"/appeals/{appeal.slug}/sent", data=field_values(page, f"/appeals/{appeal.slug}/sent"))


def counted() -> int:
    return session.scalar(select(func.coalesce(func.sum(AppealDelta.amount), 0))) or 0


def test_a_letter_is_made_of_what_was_chosen_and_nothing_of_it_is_stored(client):
    target = made.target()
    appeal = made.appeal(target)
    page = letter(client, appeal, target, address="1 My Street\r\nMy Town\x07\u202e")
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
    assert "<script>alert" not in page.text
    link = re.search(r'href="(mailto:made\.up@[^"]+)"', page.text)[1].replace("&amp;", "&")
    assert len(link) <= 1900
    parts = parse_qs(urlsplit(link).query)
    body = parts["body"][0]
    assert parts["subject"] == ["Windows"]
    assert body.startswith("Dear Ms Up,\r\n\r\nI write about the windows.\r\n\r\nPlease say when.\r\n\r\nМои <script>")
    assert "Please open them." not in body
    assert body.endswith("Yours sincerely,\r\nAnna Example\r\n1 My Street\r\nMy Town")
    printed = client.post(f"/appeals/{appeal.slug}/letter/print", data={"target": str(target.id), "points": ["0"]})
    assert (printed.mimetype, printed.headers["Cache-Control"]) == ("application/pdf", "no-store")
    assert printed.data.startswith(b"%PDF")
    dump = " ".join(str(row) for table in Base.metadata.sorted_tables for row in session.execute(select(table)))
    assert "Anna Example" not in dump
    assert "слова" not in dump


def test_a_letter_too_long_for_a_link_is_handed_over_by_copying(client):
    target = made.target()
    appeal = made.appeal(target)
    page = letter(client, appeal, target, words="Длинно. " * 200).text
    assert "too long to be handed over" in page
    assert "body=" not in page
    assert "Длинно. Длинно." in page


def test_a_letter_in_a_language_that_is_not_read_there_can_be_made_anew(client):
    target = made.target(languages=["de", "en"], salutations={"de": "Sehr geehrte Frau Up,"})
    appeal = made.appeal(target, texts=[made.text("en"), made.text("ru"), made.text("de", points=["Eins.", "Zwei."])])
    data = {"target": str(target.id), "points": ["1"], "words": "Мои слова"}
    page = client.post(f"/ru/appeals/{appeal.slug}/letter", data=data).text
    assert f'formaction="/de/appeals/{appeal.slug}/letter" lang="de"' in page
    again = client.post(f"/de/appeals/{appeal.slug}/letter", data=field_values(page, "/letter")).text
    assert "Sehr geehrte Frau Up," in again
    assert "Zwei." in again
    assert "Мои слова" in again
    assert "formaction" not in again


@pytest.mark.parametrize(
    ("postal", "last"),
    [
        ("1 Square\nBrussels", "GERMANY"),
        ("1 Square\nBrussels\nBelgium", "Belgium"),
        ("1 Platz\nBrüssel\nBELGIEN", "BELGIEN"),
    ],
)
def test_an_envelope_ends_with_one_country(app, postal, last):
    lines = documents.recipient_lines(made.target(country="DE", postal=postal))
    assert lines[-1] == last


def test_what_is_missing_is_told_and_what_was_typed_stays(client):
    target, other = made.target(), made.target()
    appeal = made.appeal(target)
    for bad in (
        {"target": ""},
        {"target": str(other.id)},
        {"target": "x"},
        {"points": [], "words": ""},
        {"words": "x" * 3001},
        {"points": ["99"], "words": ""},
    ):
        page = letter(client, appeal, target, **{"words": "Kept words", **bad})
        assert page.status_code == 422, bad
        assert bad.get("words", "Kept words")[:10] in page.text
    edit = letter(client, appeal, target, act="edit")
    assert edit.status_code == 200
    assert "Anna Example" in edit.text
    assert letter(client, appeal, target, points=["0", "99", "x", "-1"]).status_code == 200


def test_said_to_have_been_sent_counts_once_however_often_it_is_pressed(client):
    target = made.target()
    appeal = made.appeal(target)
    page = letter(client, appeal, target).text
    for _press in range(3):
        assert press(client, appeal, page).location == f"/appeals/{appeal.slug}/sent"
    assert counted() == 1
    press(client, appeal, letter(client, appeal, target).text)
    assert counted() == 2
    home = f"/appeals/{appeal.slug}/sent"
    stamp = make_stamp(appeal.id, uuid.uuid4(), clock.now())
    for bad in (
        {},
        {"stamp": stamp},
        {"stamp": "1.2.3"},
        {"stamp": "я" * 300},
        {"target": "x"},
        {"stamp": make_stamp(appeal.id, target.id, clock.now()), "website": "http://spam.example"},
        {"stamp": make_stamp(appeal.id, target.id, clock.now() - timedelta(days=9))},
    ):
        assert client.post(home, data={"target": str(target.id), **bad}).status_code == 303
    assert counted() == 2
    with transaction():
        assert sent.roll_up() == 2
    assert (counted(), session.scalars(select(AppealSent.count)).all()) == (0, [2])
    assert totals_of([appeal.id]) == {appeal.id: 2}
    assert "2 letters said to have been sent" in text_of(seen(client, f"/appeals/{appeal.slug}").text)


def test_after_the_deadline_it_tells_what_happened_and_takes_no_more(client):
    target = made.target()
    appeal = made.appeal(target, kind=AppealKind.URGENT, deadline_at=clock.now() + timedelta(hours=36))
    page = letter(client, appeal, target).text
    shown = seen(client, f"/appeals/{appeal.slug}").text
    assert "Letters help until" in shown
    with time_machine.travel(clock.now() + timedelta(hours=37)):
        after = seen(client, f"/appeals/{appeal.slug}").text
        assert "This appeal has ended" in after
        assert "Make the letter" not in after
        assert letter(client, appeal, target).status_code == 303
        press(client, appeal, page)
        assert counted() == 0
        assert appeal.slug not in seen(client, "/appeals").text
        assert appeal.slug in seen(client, "/appeals?state=past").text


def test_what_is_a_crime_to_ask_for_there_is_not_shown_in_russia_and_behind_a_button_elsewhere_unsaid(client):
    target = made.target()
    appeal = made.appeal(target, audience=Audience.OUTSIDE_RUSSIA, texts=[made.text(title="Name the judges")])
    home = f"/appeals/{appeal.slug}"
    assert "I am outside Russia" in seen(client, home).text
    assert "Make the letter" not in seen(client, home).text
    assert letter(client, appeal, target).status_code == 303
    client.post("/place", data={"place": "ru"})
    assert "Name the judges" not in seen(client, home).text
    assert appeal.slug not in seen(client, "/appeals").text
    stamp = make_stamp(appeal.id, target.id, clock.now())
    client.post(f"{home}/sent", data={"target": str(target.id), "stamp": stamp})
    assert counted() == 0
    client.post("/place", data={"place": "out"})
    assert "Make the letter" in seen(client, home).text
    assert press(client, appeal, letter(client, appeal, target).text).status_code == 303
    assert counted() == 1


def test_officials_are_picked_from_lists_and_any_other_address_leads_to_the_canonical_one(client):
    berlin, hamburg, london = (made.target(constituency="Berlin"), made.target(constituency="Hamburg"),
                               made.target(country="GB"))  # fmt: skip
    appeal = made.appeal(berlin, hamburg, london)
    home = f"/appeals/{appeal.slug}"
    assert "Make the letter" not in seen(client, home).text
    germany = seen(client, f"{home}?country=DE").text
    assert str(berlin.id) in germany
    assert str(london.id) not in germany
    one = seen(client, f"{home}?country=DE&constituency=Hamburg")
    assert one.headers["Cache-Control"] == "no-store"
    assert str(berlin.id) not in one.text
    for odd in ("country=FR", "country=DE&constituency=Nowhere", "constituency=Berlin", "country=%00", "country=de"):
        assert seen(client, f"{home}?{odd}").status_code == 302, odd
    for odd in ("kind=nonsense", "country=XX", "prisoner=nobody", "page=9", "state=closed"):
        assert seen(client, f"/appeals?{odd}").location == "/appeals", odd


def test_the_list_is_filtered_by_kind_country_and_prisoner(client):
    person = make.public_prisoner()
    first = made.appeal(made.target(country="GB"), people=(person.id,), kind=AppealKind.MP_LETTER)
    second = made.appeal(made.target(country=""), kind=AppealKind.UN)
    for query, shown, hidden in (
        ("kind=mp_letter", first, second),
        ("country=GB", first, second),
        ("country=int", second, first),
        (f"prisoner={person.slug}", first, second),
    ):
        page = seen(client, f"/appeals?{query}").text
        assert f"/appeals/{shown.slug}" in page, query
        assert f"/appeals/{hidden.slug}" not in page, query
    assert "No appeal fits" in seen(client, "/appeals?kind=godparent").text
    offered = seen(client, f"/prisoners/{person.slug}").text
    assert f"/appeals/{first.slug}" in offered
    assert "Write to an official" in offered


def test_few_letters_and_no_answer_are_told_as_that(client):
    target = made.target()
    appeal = made.appeal(target)
    with transaction():
        session.add(AppealSent(appeal_id=appeal.id, target_id=target.id, day=clock.today(), count=3))
    page = text_of(seen(client, f"/appeals/{appeal.slug}").text)
    assert "What officials answered No answer known." in page
    assert "further official" not in page


def test_answers_are_public_once_a_second_person_published_them_and_few_letters_are_not_told(client):
    loud, quiet = made.target(name="Loud Official"), made.target(name="Quiet Official")
    appeal = made.appeal(loud, quiet)
    day = clock.today() - timedelta(days=12)
    with transaction():
        for target, count in ((loud, 7), (quiet, 4)):
            session.add(AppealSent(appeal_id=appeal.id, target_id=target.id, day=day, count=count))
    page = text_of(seen(client, f"/appeals/{appeal.slug}").text)
    assert "No answer for 12 days" in page
    assert "1 further official was written to by fewer than five" in page
    replies, few = replies_to(appeal.id, clock.today())
    assert ([(each.target.name, each.count) for each in replies], few) == ([("Loud Official", 7)], 1)
    draft = answers.AnswerDraft(quiet.id, clock.today(), {"en": "They <b>will</b> look."}, "", "", None)
    with transaction():
        answer = answers.record_answer(made.reload(appeal), draft, actor=made.AUTHOR)
    assert "will look" not in seen(client, f"/appeals/{appeal.slug}").text
    with transaction(), pytest.raises(answers.NeedsSecondPerson):
        answers.publish_answer(made.reload(appeal), answer, seen_version=answer.version, actor=made.AUTHOR)
    with transaction():
        stored = session.merge(answer)
        answers.publish_answer(made.reload(appeal), stored, seen_version=stored.version, actor=made.SECOND)
    page = seen(client, f"/appeals/{appeal.slug}").text
    assert "They &lt;b&gt;will&lt;/b&gt; look." in page
    assert "under 5" in page


def test_stamps_go_when_they_count_no_longer(client):
    target = made.target()
    appeal = made.appeal(target)
    press(client, appeal, letter(client, appeal, target).text)
    with time_machine.travel(clock.now() + timedelta(days=8)):
        _forget_stamps()
        assert session.scalar(select(func.count()).select_from(SpentStamp)) == 1
    with time_machine.travel(clock.now() + timedelta(days=11)):
        _forget_stamps()
        assert session.scalar(select(func.count()).select_from(SpentStamp)) == 0


def _forget_stamps() -> None:
    with transaction():
        retention_rules["appeal-stamps"].apply(clock.today())


def test_the_public_page_of_a_draft_or_a_made_up_one_is_none(client):
    appeal = made.appeal(state=AppealState.REVIEW)
    for path in (appeal.slug, "nothing-here", "%00", "x" * 200, unquote("%D1%8F")):
        assert client.get(f"/appeals/{path}").status_code == 404, path
        assert client.post(f"/appeals/{path}/letter").status_code == 404, path


def test_an_appeal_is_passed_on_but_not_where_that_is_a_crime(client):
    anywhere, outside = made.appeal(), made.appeal(slug="outside-only", audience=Audience.OUTSIDE_RUSSIA)
    page = seen(client, f"/appeals/{anywhere.slug}").get_data(as_text=True)
    assert f'content="http://localhost/share/appeals/{anywhere.slug}/wide.jpg"' in page
    assert anywhere.slug in seen(client, f"/share/appeals/{anywhere.slug}").get_data(as_text=True)
    assert client.get(f"/share/appeals/{anywhere.slug}/wide.jpg").status_code == 200
    assert "og:image" not in seen(client, f"/appeals/{outside.slug}").get_data(as_text=True)
    assert client.get(f"/share/appeals/{outside.slug}/wide.jpg").status_code == 404
