"""The staff pages of cases: a case from a newspaper in one form, two editors at once, and a release reckoned."""

import uuid
from datetime import date, timedelta

import pytest

from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.db import session
from campaign.prisoners.queries import cases as queries
from tests.petitions.pages import send, text_of, values_of
from tests.support import make

SOURCE = {"source_title": "The Made-up Gazette, 1 March 2026", "source_url": "", "retrieved_on": "2026-03-01"}
NEW = {"name_en": "The case of the lantern", "name_ru": "", "stage": "in_court", "opened_on": "2025-01-05", **SOURCE}
COURT = "Made-up district court"


@pytest.fixture
def editor(sign_in):
    return sign_in(Role.DATA_EDITOR)


@pytest.fixture
def person(app):
    return make.prisoner()


@pytest.fixture
def case(person):
    return make.case(person, episode_id=make.episode(person).id)


def home(case):
    return f"/staff/prisoners/{case.prisoner_id}/cases/{case.id}"


def read(client, url):
    return text_of(client.get(url).get_data(as_text=True))


def stored(case):
    session.rollback()
    session.expire_all()
    return queries.get_case(case.prisoner_id, case.id)


def test_a_case_from_a_newspaper_is_one_form(editor, person):
    make.episode(person)
    page = f"/staff/prisoners/{person.id}/cases"
    assert "No case is written down yet." in read(editor, page)
    charges = "п. «д» ч. 2 ст. 207.3 УК РФ; 282.1(2)"
    preview = send(editor, f"{page}/new", "", **NEW, charges=charges, act="preview")
    shown = text_of(preview.get_data(as_text=True))
    assert "Not saved yet: these charges were read п. «д» ч. 2 ст. 207.3 УК “fakes” about the army" in shown
    assert queries.list_cases(person.id) == []
    answer = send(editor, f"{page}/new", "", **NEW, charges=charges, themes=["speech", "anti_war"], act="save")
    assert answer.status_code == 303
    shown = read(editor, answer.location)
    assert "ч. 2 ст. 282.1 УК extremist community" in shown
    assert "The Made-up Gazette, 1 March 2026" in shown
    [made] = queries.list_cases(person.id)
    assert (made.themes, made.episode_id is not None) == (["anti_war", "speech"], True)
    assert "The case of the lantern" in read(editor, page)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name_en": ""}, "Name the case, in English or in Russian."),
        ({"charges": "275 сговор"}, "This could not be read as a charge: сговор"),
        ({"opened_on": "2999-01-01"}, "This day lies in the future."),
        ({"opened_on": "yesterday"}, "Not a valid date value."),
        ({"source_title": ""}, "Say where this is known from"),
        ({"charges": "ст. 399"}, "The register has no such article."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(editor, person, changes, message):
    answer = send(
        editor, f"/staff/prisoners/{person.id}/cases/new", "", **{**NEW, "court": COURT, "act": "save", **changes}
    )
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert message in text_of(html)
    assert f'value="{COURT}"' in html
    assert queries.list_cases(person.id) == []


def test_an_unknown_article_is_taken_once_its_box_is_ticked(editor, case):
    page = f"{home(case)}/charges/new"
    first = send(editor, page, "", charges="ст. 399", **SOURCE)
    assert "I have looked the articles up" in text_of(first.get_data(as_text=True))
    assert send(editor, page, "", charges="ст. 399", is_confirmed="y", **SOURCE).status_code == 303
    assert [each.article for each in stored(case).charges] == ["399"]


def test_a_charge_is_replaced_and_another_dropped(editor, case):
    send(editor, f"{home(case)}/charges/new", "", charges="207.3(1); 275", **SOURCE)
    first, second = sorted(stored(case).charges, key=lambda each: each.article)
    answer = send(
        editor, f"{home(case)}/charges/{first.id}/replace", "", charges="207.3 ч.2 п.д", from_on="2025-03-01", **SOURCE
    )
    assert answer.status_code == 303
    assert send(editor, f"{home(case)}/charges/{second.id}/end", "", on="2025-04-01", **SOURCE).status_code == 303
    shown = read(editor, home(case))
    assert "replaced by п. «д» ч. 2 ст. 207.3 УК , 1 March 2025" in shown
    assert "dropped on 1 April 2025" in shown


def test_the_second_of_two_editors_reads_what_the_first_did_and_keeps_what_they_typed(editor, sign_in, case):
    page = f"{home(case)}/hearings/new"
    html = editor.get(page).get_data(as_text=True)
    other = sign_in(Role.COORDINATOR)
    send(other, f"{home(case)}/charges/new", "", charges="275", **SOURCE)
    values = {**values_of(html, ""), "held_on": "2025-05-01", "court": COURT, **SOURCE}
    answer = editor.post(page, data=values)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Someone else changed this case meanwhile" in text_of(html)
    assert "275" in text_of(html)
    again = {**values_of(html, ""), "held_on": "2025-05-01"}
    assert editor.post(page, data=again).status_code == 303
    assert [each.court for each in stored(case).hearings] == [COURT]


def test_two_who_edit_a_case_at_once(editor, sign_in, case):
    page = f"{home(case)}/edit"
    values = values_of(editor.get(page).get_data(as_text=True), "")
    other = sign_in(Role.COORDINATOR)
    assert send(other, page, "", court="Court of the other", **SOURCE).status_code == 303
    answer = editor.post(page, data={**values, "court": COURT, **SOURCE})
    html = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Court of the other" in html
    assert f'value="{COURT}"' in html
    assert editor.post(page, data={**values_of(html, ""), **SOURCE}).status_code == 303
    assert stored(case).court == COURT


def test_a_day_in_court_is_put_off_then_held(editor, case):
    send(editor, f"{home(case)}/hearings/new", "", held_on="2025-05-01", court=COURT, **SOURCE)
    [first] = stored(case).hearings
    moved = send(editor, f"{home(case)}/hearings/{first.id}/move", "", held_on="2025-05-09", **SOURCE)
    assert moved.status_code == 303
    later = max(stored(case).hearings, key=lambda each: each.held_on)
    held = send(editor, f"{home(case)}/hearings/{later.id}/held", "", outcome="Witnesses were heard.", **SOURCE)
    assert held.status_code == 303
    shown = read(editor, home(case))
    assert "put off" in shown
    assert "Witnesses were heard." in shown


def test_a_hearing_to_come_is_cancelled(editor, case):
    day = (clock.today() + timedelta(days=9)).isoformat()
    send(editor, f"{home(case)}/hearings/new", "", held_on=day, court=COURT, **SOURCE)
    [hearing] = stored(case).hearings
    refused = send(editor, f"{home(case)}/hearings/{hearing.id}/held", "", outcome="Heard.", **SOURCE)
    assert refused.status_code == 422
    assert send(editor, f"{home(case)}/hearings/{hearing.id}/cancelled", "", **SOURCE).status_code == 303
    assert stored(case).hearings[0].state == "cancelled"


def test_a_release_is_reckoned_shown_and_saved_only_by_a_second_press(editor, case):
    typed = {"decided_on": "2025-06-01", "court": COURT, "punishment": "imprisonment", "years": "5", "months": "6"}
    page = f"{home(case)}/sentences/new"
    html = send(editor, page, "", **typed, act="reckon", **SOURCE).get_data(as_text=True)
    assert "10 July 2030 at the latest" in text_of(html)
    assert stored(case).sentences == []
    assert editor.post(page, data={**values_of(html, ""), "act": "save"}).status_code == 303
    [sentence] = stored(case).sentences
    assert (sentence.term_months, sentence.expected_release_on) == (66, date(2030, 7, 10))
    assert "arrest on 10 January 2025" in sentence.release_basis
    shown = read(editor, home(case))
    assert "Imprisonment, 5 years 6 months" in shown
    page = f"{home(case)}/sentences/{sentence.id}"
    assert send(editor, page, "", months="0", **SOURCE).status_code == 303
    assert stored(case).sentences[0].term_months == 60


def test_a_verdict_before_the_arrest_is_refused_at_its_field(editor, case):
    typed = {"decided_on": "2025-01-09", "court": COURT, "punishment": "imprisonment", **SOURCE}
    html = send(editor, f"{home(case)}/sentences/new", "", **typed).get_data(as_text=True)
    assert '<p class="error" id="decided_on-error">The arrest is on record for a later day.</p>' in html


def test_a_listing_is_written_down_and_changed(editor, person):
    page = f"/staff/prisoners/{person.id}/listings/new"
    assert send(editor, page, "", recognised_by="memorial", status="candidate", **SOURCE).status_code == 303
    assert '<option selected value="candidate">' in editor.get(f"{page}?by=memorial").get_data(as_text=True)
    send(editor, page, "", recognised_by="memorial", status="recognised", since_on="2026-02-01", **SOURCE)
    shown = read(editor, f"/staff/prisoners/{person.id}/cases")
    assert "Memorial : recognised, since 1 February 2026" in shown


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.TREASURER])
def test_who_only_reads_changes_nothing(sign_in, case, role):
    reader = sign_in(role)
    shown = read(reader, home(case))
    assert "Add charges" not in shown
    for page in ("edit", "charges/new", "hearings/new", "sentences/new"):
        assert reader.get(f"{home(case)}/{page}").status_code == 403


def test_a_case_that_is_not_theirs_is_not_found(editor, case):
    assert editor.get(f"/staff/prisoners/{uuid.uuid4()}/cases/{case.id}").status_code == 404


def test_the_page_of_a_person_shows_cases_and_who_recognises_them(editor, case):
    shown = read(editor, f"/staff/prisoners/{case.prisoner_id}")
    assert "The made-up case" in shown
    assert "By nobody, as far as is written down here." in shown
