"""The staff pages of people: the list, the form that a news text fills, and the page with a source for each fact."""

import re
import uuid

import pytest
from sqlalchemy import select

from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.prisoners.models import Fact, LettersPolicy, Precision, Prisoner
from campaign.prisoners.queries import get_prisoner
from campaign.prisoners.service.people import StoryDraft, edit_prisoner
from tests.petitions.pages import send, text_of
from tests.support import make

LIST = "/staff/prisoners"
SOURCE = {"source_title": "The Made-up Gazette, 1 March 2026", "source_url": "", "retrieved_on": "2026-03-01"}
PERSON = {
    "last_ru": "Небывалова", "first_ru": "Анна", "patronymic_ru": "Петровна", "gender": "female", "born": "17.05.1980",
    "en-occupation": "teacher", "en-summary": "A made-up teacher.", "en-story": "She taught **nothing** real.",
    "letters_policy": "open", "reply_means": "reply_form", **SOURCE,
}  # fmt: skip


@pytest.fixture
def editor(sign_in):
    return sign_in(Role.DATA_EDITOR)


def stored():
    session.rollback()
    session.expire_all()
    return session.scalar(select(Prisoner))


def write(client, **changes):
    return send(client, f"{LIST}/new", "", act="save", **{**PERSON, **changes})


def test_a_person_is_written_down_from_a_news_text(editor):
    answer = write(editor)
    assert answer.status_code == 303, text_of(answer.get_data(as_text=True))
    person = stored()
    assert (person.first_latin, person.last_latin) == ("Anna", "Nebyvalova")
    assert (person.born_on.isoformat(), person.born_precision) == ("1980-05-17", Precision.DAY)
    assert person.letters_policy == LettersPolicy.OPEN
    shown = editor.get(f"{LIST}/{person.id}").get_data(as_text=True)
    assert "The Made-up Gazette, 1 March 2026" in text_of(shown)
    assert "<strong>nothing</strong>" in shown


@pytest.mark.parametrize(
    ("typed", "day", "precision"),
    [("1980-05-17", "1980-05-17", "day"), ("05.1980", "1980-05-01", "month"), ("1980", "1980-01-01", "year"),
     ("17 мая 1980", "1980-05-17", "day")],
)  # fmt: skip
def test_a_birth_is_read_as_people_write_it(editor, typed, day, precision):
    assert write(editor, born=typed).status_code == 303
    assert (stored().born_on.isoformat(), stored().born_precision) == (day, precision)
    html = editor.get(f"{LIST}/{stored().id}/edit").get_data(as_text=True)
    assert re.search(r'name="born"[^>]*value="[0-9.]*1980"', html)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"last_ru": " ", "last_latin": ""}, "Enter the last name"),
        ({"born": "yesterday"}, "Write 17.05.1980"),
        ({"born": "2099"}, "lies in the future"),
        ({"born": "31.02.1980"}, "Write 17.05.1980"),
        ({"citizenships": "Russia"}, "Two letters a country"),
        ({"source_title": ""}, "Say where this is known from"),
        ({"en-summary": "x" * 401}, "At most 400 characters."),
    ],
)
def test_what_is_wrong_is_said_by_field_and_nothing_typed_is_lost(editor, changes, message):
    answer = write(editor, **changes)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert message in text_of(html)
    assert "She taught **nothing** real." in html
    assert stored() is None


def test_suggestions_come_without_a_script_and_save_nothing(editor):
    answer = send(editor, f"{LIST}/new", "", act="suggest", **{**PERSON, "source_title": ""})
    html = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert 'value="Nebyvalova"' in html
    assert 'value="Небываловой Анне Петровне"' in html
    assert stored() is None


def test_a_likely_namesake_is_shown_before_somebody_is_written_down_twice(editor):
    make.prisoner(last_ru="Небывалова", first_ru="Анна", patronymic_ru="Петровна")
    answer = send(editor, f"{LIST}/new", "", act="suggest", **PERSON)
    assert "Is it one of these?" in answer.get_data(as_text=True)


def test_the_second_of_two_editors_sees_what_is_stored_and_loses_nothing(editor):
    person = make.prisoner()
    page, seen = f"{LIST}/{person.id}/edit", str(person.version)
    with transaction():
        now = get_prisoner(person.id)
        edit_prisoner(
            now, make.person_draft(first_ru="Иван"), make.SOURCE, seen_version=now.version, actor=uuid.uuid4()
        )
    answer = send(editor, page, "", act="save", **{**PERSON, "version": seen})
    html = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Stored now Иван In your form Анна" in text_of(html)
    assert 'value="Небывалова"' in html
    assert send(editor, page, "", act="save", **PERSON).status_code == 303
    assert stored().first_ru == "Анна"


def test_what_differs_is_shown_field_by_field_beside_ones_own(editor):
    person = make.prisoner(stories=[StoryDraft("en", summary="A teacher of nothing.")])
    page, seen = f"{LIST}/{person.id}/edit", str(person.version)
    with transaction():
        now = get_prisoner(person.id)
        draft = make.person_draft(
            letters_policy=LettersPolicy.NONE, stories=[StoryDraft("en", summary="A teacher of made-up things.")]
        )
        edit_prisoner(now, draft, make.SOURCE, seen_version=now.version, actor=uuid.uuid4())
    mine = {"version": seen, "letters_policy": "open", "en-summary": "A teacher of nothing real.", **SOURCE}
    html = send(editor, page, "", act="save", **mine).get_data(as_text=True)
    shown = text_of(html)
    assert "Stored now No letters In your form Letters from anybody are welcome" in shown
    assert "<del>" in html
    assert "In one or two sentences (en)" in shown
    # What both say alike is no news.
    assert "Stored now Вымышленный" not in shown


def test_another_editor_looks_a_fact_up(editor, sign_in):
    write(editor)
    person = stored()
    page = f"{LIST}/{person.id}"
    assert "I have looked it up" not in editor.get(page).get_data(as_text=True)
    second = sign_in(Role.COORDINATOR)
    fact = session.scalar(select(Fact).where(Fact.subject_id == person.id, Fact.field == "born_on"))
    assert send(second, page, f"{page}/facts/{fact.id}/verify").status_code == 303
    assert f"looked up by {second.person.username}" in text_of(editor.get(page).get_data(as_text=True))


@pytest.mark.parametrize("search", ["Небывалова", "nebyvalova", "Анна небывал", "Nebivalova"])
def test_the_list_finds_every_spelling(editor, search):
    write(editor)
    make.prisoner()
    found = text_of(editor.get(LIST, query_string={"q": search}).get_data(as_text=True))
    assert "Небывалова Анна Петровна" in found
    assert "Вымышленный" not in found


@pytest.mark.parametrize(
    ("query", "count"),
    [({"only": "women"}, 1), ({"only": "unsure"}, 2), ({"only": "minors"}, 0), ({"state": "draft"}, 2),
     ({"state": "published"}, 0), ({"letters": "open"}, 1), ({"status": "died"}, 0), ({"region": "RU-KIR"}, 0),
     ({"sort": "-name"}, 2), ({"sort": "nonsense", "state": "nonsense"}, 2)],
)  # fmt: skip
def test_the_list_is_narrowed_by_its_address(editor, query, count):
    write(editor)
    make.prisoner()
    html = editor.get(LIST, query_string=query).get_data(as_text=True)
    assert len(re.findall(r'<th scope="row">', html)) == count
    assert ("Nobody fits." in html) == (count == 0)


def test_readers_read_and_do_not_write(sign_in):
    person = make.prisoner()
    reader = sign_in(Role.ORGANISER)
    assert reader.get(LIST).status_code == 200
    assert reader.get(f"{LIST}/{person.id}").status_code == 200
    for path in ("new", f"{person.id}/edit"):
        assert reader.get(f"{LIST}/{path}").status_code == 403
    assert sign_in(Role.VOLUNTEER).get(LIST).status_code == 403


def test_a_story_is_previewed_and_nothing_is_saved(editor):
    answer = send(editor, f"{LIST}/new", "", act="preview", **{**PERSON, "source_title": ""})
    html = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "<strong>nothing</strong>" in html
    assert 'value="Небывалова"' in html
    assert stored() is None


def test_suggestions_for_the_script_come_by_post_and_only_to_editors(editor, sign_in):
    page = f"{LIST}/new"
    token = re.search(r'name="csrf_token" type="hidden" value="([^"]+)"', editor.get(page).get_data(as_text=True))
    names = {"last": "Небывалова", "first": "Анна", "patronymic": "Петровна", "gender": "female"}
    answer = editor.post(f"{LIST}/suggest", data={**names, "csrf_token": token.group(1)})
    assert answer.get_json() == {
        "last_latin": "Nebyvalova", "first_latin": "Anna", "dative_ru": "Небываловой Анне Петровне",
    }  # fmt: skip
    assert editor.post(f"{LIST}/suggest", data=names).status_code == 400
    reader = sign_in(Role.ORGANISER)
    assert reader.get(page).status_code == 403


def test_the_history_of_one_field_stands_alone(editor):
    write(editor)
    person = stored()
    page = f"{LIST}/{person.id}"
    send(editor, f"{page}/edit", "", act="save", born="1981", **SOURCE)
    shown = text_of(editor.get(page, query_string={"field": "born_on"}).get_data(as_text=True))
    assert "Only: Born." in shown
    assert "1980-05-17 1981-01-01" in shown
    assert "entered by" in shown
    assert "Nothing is recorded of it." in editor.get(page, query_string={"field": "nonsense"}).get_data(as_text=True)


def test_what_is_emptied_is_in_the_history(editor):
    write(editor)
    person = stored()
    send(
        editor, f"{LIST}/{person.id}/edit", "", act="save",
        **{"en-occupation": "", "en-summary": "", "en-story": "", **SOURCE},
    )  # fmt: skip
    last = session.scalars(
        select(Fact).where(Fact.subject_id == person.id, Fact.field == "summary.en").order_by(Fact.id.desc())
    ).first()
    assert (last.was, last.now) == ("A made-up teacher.", None)


def test_a_second_person_looks_up_all_that_one_source_told(editor, sign_in):
    write(editor)
    person = stored()
    page = f"{LIST}/{person.id}"
    assert "I have looked" not in editor.get(page).get_data(as_text=True)
    second = sign_in(Role.COORDINATOR)
    facts = [str(each) for each in session.scalars(select(Fact.id).where(Fact.prisoner_id == person.id))]
    assert send(second, page, f"{page}/facts/verify", fact=facts).status_code == 303
    session.expire_all()
    assert all(each.verified_on for each in session.scalars(select(Fact).where(Fact.prisoner_id == person.id)))
    assert "I have looked" not in second.get(page).get_data(as_text=True)


def test_nobody_verifies_their_own_facts_among_others(editor):
    write(editor)
    person = stored()
    fact = session.scalar(select(Fact.id).where(Fact.prisoner_id == person.id))
    token = re.search(r'name="csrf_token" value="([^"]+)"', editor.get(f"{LIST}/{person.id}").get_data(as_text=True))
    data = {"csrf_token": token.group(1), "fact": [str(fact), "nonsense"]}
    answer = editor.post(f"{LIST}/{person.id}/facts/verify", data=data)
    assert answer.status_code == 409
    assert "you entered it" in text_of(answer.get_data(as_text=True))
