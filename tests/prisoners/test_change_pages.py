"""The guided act as a browser without JavaScript walks through it."""

import uuid
from datetime import date

import pytest
import time_machine
from sqlalchemy import func, select

from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.petitions.models import PetitionState
from campaign.petitions.queries import get_petition
from campaign.petitions.service.people import add_person
from campaign.prisoners.models import ChangeKind, FacilityKind, Liberty, Prisoner, StatusChange
from campaign.prisoners.queries import situation
from campaign.prisoners.queries.cases import list_cases
from tests.petitions.pages import text_of, without_actions
from tests.prisoners.changes import after, held_person, make_change, released, transferred
from tests.support import make
from tests.support.pages import field_values

SOURCE = {"source_title": "Letter of the lawyer, 2 March 2026", "retrieved_on": "2026-03-02"}


@pytest.fixture
def prisoner(app):
    return held_person()


@pytest.fixture
def editor(sign_in):
    return sign_in(Role.DATA_EDITOR)


def page(prisoner, rest="change", **query):
    arguments = "&".join(f"{name}={value}" for name, value in query.items())
    return f"/staff/prisoners/{prisoner}/{rest}" + (f"?{arguments}" if arguments else "")


def values_of(html):
    return field_values(without_actions(html), "main-form")


def look(client, address, **typed):
    """Fill in the form of a page and press its first button; gives the answer."""
    html = client.get(address).get_data(as_text=True)
    answer = client.post(address, data={**values_of(html), **SOURCE, **typed, "act": "preview"})
    session.rollback()
    return answer


def confirm(client, address, previewed, **chosen):
    """Press the last button of the preview."""
    answer = client.post(address, data={**values_of(previewed.get_data(as_text=True)), **chosen, "act": "confirm"})
    session.rollback()
    return answer


def press(client, shown, step):
    """Press a button on the page of an act."""
    html = client.get(shown).get_data(as_text=True)
    answer = client.post(f"{shown}/{step}", data=field_values(html, f"/{step}"))
    session.rollback()
    return answer


def count_acts():
    return session.scalar(select(func.count()).select_from(StatusChange))


def test_each_kind_has_a_form_with_its_own_fields_only(editor, prisoner):
    choose = text_of(editor.get(page(prisoner)).get_data(as_text=True))
    assert "Transferred to another place" in choose
    assert "It did not happen" not in choose
    for kind in ChangeKind:
        html = editor.get(page(prisoner, kind=kind.value)).get_data(as_text=True)
        assert ("Which of these" in html or 'name="facility"' in html) == (kind is ChangeKind.TRANSFERRED)
        assert ('name="term_years"' in html) == (kind is ChangeKind.SENTENCED)


def test_from_the_choice_to_the_act(editor, prisoner, run_work):
    colony = make.facility("ИК-6", kind=FacilityKind.IK_STRICT)
    address = page(prisoner, kind="transferred")
    previewed = look(editor, address, facility="ик 6", happened_on="2026-03-01", evidence="lawyer")
    assert previewed.status_code == 200
    text = text_of(previewed.get_data(as_text=True))
    assert "Nothing has happened yet." in text
    assert "ИК-6, Вымышленная колония ИК-6" in text
    assert count_acts() == 0
    done = confirm(editor, address, previewed)
    assert done.status_code == 303
    assert situation.find_current_stay(prisoner).facility_id == colony.id
    shown = text_of(editor.get(done.location).get_data(as_text=True))
    assert "It can still be undone" in shown
    assert "Letter of the lawyer" in shown


def test_sent_twice_it_is_one_act(editor, prisoner):
    address = page(prisoner, kind="released")
    previewed = look(editor, address, happened_on="2026-03-01", reason="parole")
    first, second = confirm(editor, address, previewed), confirm(editor, address, previewed)
    assert first.location == second.location
    assert count_acts() == 1


def test_going_back_keeps_what_was_typed(editor, prisoner):
    address = page(prisoner, kind="released")
    previewed = look(editor, address, happened_on="2026-03-01", reason="amnesty")
    html = editor.post(
        address, data={**values_of(previewed.get_data(as_text=True)), "act": "edit"}
    ).get_data(as_text=True)  # fmt: skip
    typed = values_of(html)
    assert (typed["happened_on"], typed["reason"], typed["source_title"]) == (
        "2026-03-01", "amnesty", SOURCE["source_title"],
    )  # fmt: skip
    assert count_acts() == 0


@pytest.mark.parametrize(
    ("kind", "typed", "says"),
    [
        ("released", {"happened_on": "2025-03-09", "reason": "parole"}, "before the arrest"),
        ("released", {"happened_on": "2999-01-01", "reason": "parole"}, "in the future"),
        ("released", {"happened_on": "2026-03-01"}, "why the person was released"),
        ("released", {"happened_on": "1 March", "reason": "parole"}, "Enter a date"),
        ("died", {"happened_on": "2026-03-01"}, "tied to the imprisonment"),
        ("transferred", {"happened_on": "2026-03-01", "facility": "ИК-77"}, "No facility fits"),
        ("transferred", {"happened_on": "2026-03-01", "facility": ""}, "in which facility"),
        ("transferred", {"happened_on": "2026-03-01", "facility": "ИК-6"}, "what confirms it"),
        ("sentenced", {"happened_on": "2026-03-01", "court": "A court", "case_name": "A case"}, "the court imposed"),
        ("sentenced", {"happened_on": "2026-03-01", "court": ""}, "This is needed"),
        ("hearing_set", {"happened_on": "2026-03-01", "court": "A court", "case_name": "A case"}, "This day is over"),
        ("released", {"happened_on": "2026-03-01", "reason": "parole", "source_title": ""}, "where this is known"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(editor, prisoner, kind, typed, says):
    make.facility("ИК-6")
    answer = look(editor, page(prisoner, kind=kind), **typed)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert says in text_of(html)
    for name, value in typed.items():
        if name != "happened_on" or value != "1 March":
            assert values_of(html)[name] == value
    assert count_acts() == 0


def test_of_several_facilities_that_fit_one_is_chosen(editor, prisoner):
    one, _other = make.facility("ИК-6"), make.facility("ИК-6")
    address = page(prisoner, kind="transferred")
    answer = look(editor, address, facility="ИК-6", happened_on="2026-03-01", evidence="lawyer")
    assert answer.status_code == 422
    assert "Several facilities fit" in text_of(answer.get_data(as_text=True))
    again = editor.post(
        address, data={**values_of(answer.get_data(as_text=True)), "facility_id": str(one.id), "act": "preview"}
    )
    done = confirm(editor, address, again)
    assert done.status_code == 303
    assert situation.find_current_stay(prisoner).facility_id == one.id


def test_a_sentence_with_its_term_in_years_and_months(editor, prisoner):
    address = page(prisoner, kind="sentenced")
    previewed = look(
        editor, address, happened_on="2026-03-01", court="A made-up court", case_name="A placard",
        punishment="imprisonment", term_years="5", term_months="6", regime="general",
    )  # fmt: skip
    assert confirm(editor, address, previewed).status_code == 303
    [case] = list_cases(prisoner)
    assert case.sentences[0].term_months == 66


def test_of_two_editors_the_second_reads_what_the_first_did(editor, prisoner):
    address = page(prisoner, kind="released")
    html = editor.get(address).get_data(as_text=True)
    make_change(prisoner, transferred(make.facility("ИК-6")))
    answer = editor.post(
        address, data={**values_of(html), **SOURCE, "happened_on": "2026-04-01", "reason": "parole", "act": "preview"}
    )
    text = text_of(answer.get_data(as_text=True))
    assert answer.status_code == 409
    assert "Someone else changed this person's situation meanwhile" in text
    assert "ИК-6" in text
    again = editor.post(address, data={**values_of(answer.get_data(as_text=True)), "act": "preview"})
    assert confirm(editor, address, again).status_code == 303


def test_the_petitions_of_the_person_are_decided_on_in_the_preview(editor, prisoner, run_work):
    petition = make.petition()
    with transaction():
        add_person(get_petition(petition.id), session.get(Prisoner, prisoner), actor=uuid.uuid4())
    address = page(prisoner, kind="released")
    previewed = look(editor, address, happened_on="2026-03-01", reason="parole")
    text = text_of(previewed.get_data(as_text=True))
    assert "Open petitions paused or closed: 1" in text
    assert "Open the windows" in text
    done = confirm(editor, address, previewed, **{f"choice:petitions.stop:{petition.id}": "close"})
    run_work()
    assert get_petition(petition.id).state == PetitionState.CLOSED
    shown = text_of(editor.get(done.location).get_data(as_text=True))
    assert "Petition pages that say what happened: 1" in shown


def test_something_else_would_follow_by_now(editor, prisoner):
    address = page(prisoner, kind="released")
    previewed = look(editor, address, happened_on="2026-03-01", reason="parole")
    petition = make.petition()
    with transaction():
        add_person(get_petition(petition.id), session.get(Prisoner, prisoner), actor=uuid.uuid4())
    answer = confirm(editor, address, previewed)
    assert answer.status_code == 409
    assert "Meanwhile something else would follow" in text_of(answer.get_data(as_text=True))
    assert confirm(editor, address, answer).status_code == 303


def test_undo_in_time_and_correct_afterwards(editor, prisoner, run_work):
    change = make_change(prisoner, released(), actor=editor.person.id)
    shown = page(prisoner, f"changes/{change.id}")
    token = field_values(editor.get(shown).get_data(as_text=True), "/undo")
    assert press(editor, shown, "undo").status_code == 303
    assert situation.find_current_status(prisoner).status == Liberty.PRETRIAL_CUSTODY
    assert "This was undone" in text_of(editor.get(shown).get_data(as_text=True))

    wrong = make_change(prisoner, released())
    with time_machine.travel(after(11)):
        shown = page(prisoner, f"changes/{wrong.id}")
        assert "Correct it" in text_of(editor.get(shown).get_data(as_text=True))
        assert editor.post(f"{shown}/undo", data=token).status_code == 409
        assert "It did not happen" in text_of(editor.get(page(prisoner, corrects=wrong.id)).get_data(as_text=True))
        address = page(prisoner, kind="released", corrects=wrong.id)
        html = editor.get(address).get_data(as_text=True)
        assert values_of(html)["reason"] == "parole"
        previewed = look(editor, address, reason="pardoned")
        assert "What it corrects" in text_of(previewed.get_data(as_text=True))
        assert confirm(editor, address, previewed).status_code == 303
        assert situation.list_episodes(prisoner)[0].end_reason == "pardoned"
        assert "This was corrected" in text_of(editor.get(shown).get_data(as_text=True))
        right = session.scalar(select(StatusChange).where(StatusChange.corrects_id == wrong.id))
        withdraw = page(prisoner, kind="did_not_happen", corrects=right.id)
        early = look(editor, withdraw)
        assert early.status_code == 409  # the correction itself can still be undone
    with time_machine.travel(after(30)):
        assert confirm(editor, withdraw, look(editor, withdraw)).status_code == 303
        assert situation.find_current_status(prisoner).status == Liberty.PRETRIAL_CUSTODY


def test_what_stands_on_an_act_is_named(editor, prisoner):
    change = make_change(prisoner, transferred(make.facility("ИК-6")))
    later = make_change(prisoner, released())
    shown = page(prisoner, f"changes/{change.id}")
    answer = press(editor, shown, "undo")
    assert answer.status_code == 409
    assert str(later.id) in answer.get_data(as_text=True)


def test_send_now(editor, prisoner, run_work):
    petition = make.petition()
    with transaction():
        add_person(get_petition(petition.id), session.get(Prisoner, prisoner), actor=uuid.uuid4())
    change = make_change(prisoner, released())
    shown = page(prisoner, f"changes/{change.id}")
    assert press(editor, shown, "send-now").status_code == 303
    run_work()
    text = text_of(editor.get(shown).get_data(as_text=True))
    assert "UTC done" in text
    assert "Correct it" in text


def test_what_changed_lately_by_kind_by_who_and_by_what_waits(editor, prisoner):
    petition = make.petition()
    with transaction():
        add_person(get_petition(petition.id), session.get(Prisoner, prisoner), actor=uuid.uuid4())
    make_change(prisoner, transferred(make.facility("ИК-6")), actor=editor.person.id)
    make_change(prisoner, released())

    def rows(**query):
        html = editor.get("/staff/prisoners/changes", query_string=query).get_data(as_text=True)
        return html.count('<th scope="row">')

    assert [rows(), rows(kind="released"), rows(waiting="1"), rows(mine="1"), rows(kind="died")] == [2, 1, 1, 1, 0]
    assert "No change fits" in editor.get("/staff/prisoners/changes?kind=died").get_data(as_text=True)
    assert "Status changes wait to go out" in editor.get("/staff").get_data(as_text=True)


def test_the_page_of_a_person_says_where_they_are_and_what_is_done_for_them(editor, prisoner):
    petition = make.petition()
    with transaction():
        add_person(get_petition(petition.id), session.get(Prisoner, prisoner), actor=uuid.uuid4())
    make_change(prisoner, transferred(make.facility("ИК-6", kind=FacilityKind.IK_STRICT)))
    text = text_of(editor.get(f"/staff/prisoners/{prisoner}").get_data(as_text=True))
    assert "Serving in a colony, since 1 March 2026" in text
    assert "Transferred to another place" in text
    assert "Open the windows" in text


def test_who_only_reads_changes_nothing(sign_in, prisoner):
    reader = sign_in(Role.ORGANISER)
    change = make_change(prisoner, released())
    assert reader.get(page(prisoner)).status_code == 403
    shown = page(prisoner, f"changes/{change.id}")
    html = reader.get(shown).get_data(as_text=True)
    assert "/undo" not in html
    assert reader.post(f"{shown}/undo", data={}).status_code in {400, 403}
    assert sign_in(Role.VOLUNTEER).get(shown).status_code in {302, 303, 403}


def test_an_act_of_somebody_else_is_not_found(editor, prisoner):
    change = make_change(prisoner, released())
    assert editor.get(page(held_person(), f"changes/{change.id}")).status_code == 404


def test_an_arrest_a_stay_and_that_it_still_holds(editor):
    person, colony = make.prisoner().id, make.facility("ИК-6")
    send = {
        "custody/arrest": {"arrested_on": "2025-03-10", "status": "pretrial_custody"},
        "custody/stays/new": {
            "facility": "ИК-6", "certainty": "confirmed", "evidence": "lawyer", "from_on": "2025-03-10",
        },
        "custody/status": {"status": "serving_colony", "since_on": "2025-09-01"},
    }  # fmt: skip
    for rest, typed in send.items():
        answer = look(editor, page(person, rest), **typed)
        assert answer.status_code == 303, answer.get_data(as_text=True)
    stay = situation.find_current_stay(person)
    assert stay.facility_id == colony.id
    verified = look(editor, page(person, f"custody/stays/{stay.id}/verify"), retrieved_on="2026-05-01")
    assert verified.status_code == 303
    assert situation.find_current_stay(person).verified_on == date(2026, 5, 1)
    corrected = look(editor, page(person, f"custody/stays/{stay.id}"), from_on="2025-03-12")
    assert corrected.status_code == 303
    assert situation.find_current_stay(person).from_on == date(2025, 3, 12)
    text = text_of(editor.get(page(person, "custody")).get_data(as_text=True))
    assert "Serving in a colony" in text
    refused = look(editor, page(person, "custody/arrest"), arrested_on="2026-01-01", status="pretrial_custody")
    assert refused.status_code == 422
