"""From draft to archived: who may take which step, and what each leaves behind."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from campaign.kernel import clock
from campaign.kernel.actors import STAFF_ROLES, Role
from campaign.kernel.audit import AuditEntry
from campaign.kernel.db import session
from campaign.petitions.models import EventKind, PetitionEvent, PetitionState
from campaign.petitions.policy import ORGANISERS, READERS
from tests.petitions.pages import fresh, home, press, send, step, text_of, write
from tests.support import make


def states(petition) -> list[tuple[str | None, str]]:
    steps = select(PetitionEvent).where(PetitionEvent.petition_id == petition, PetitionEvent.kind == EventKind.STATE)
    return [(each.from_state, each.to_state) for each in session.scalars(steps.order_by(PetitionEvent.id))]


def test_one_writes_another_publishes_and_the_public_sees_it(client, author, second):
    petition = write(author)
    slug = fresh(petition).slug
    assert client.get(f"/petitions/{slug}").status_code == 404
    assert step(author, petition, "submit").status_code == 303
    assert client.get(f"/petitions/{slug}").status_code == 404
    assert step(second, petition, "publish").status_code == 303
    assert client.get(f"/petitions/{slug}").status_code == 200
    opened = fresh(petition)
    assert (opened.author_id, opened.publisher_id) == (author.person.id, second.person.id)
    assert states(petition) == [(None, "draft"), ("draft", "review"), ("review", "open")]
    actions = session.scalars(select(AuditEntry.action).where(AuditEntry.object == f"petition:{petition}"))
    assert {"petition.draft", "petition.review", "petition.open"} <= set(actions)


def test_nobody_publishes_what_they_wrote(author):
    petition = write(author)
    step(author, petition, "submit")
    page = author.get(home(petition)).get_data(as_text=True)
    assert "another organiser has to look at it" in page
    assert f"{home(petition)}/publish" not in page
    answer = press(author, petition, "publish")
    assert answer.status_code == 403
    assert "Ask another organiser" in answer.get_data(as_text=True)
    assert fresh(petition).state == PetitionState.REVIEW


def test_whoever_changed_the_text_last_does_not_publish_it(author, second):
    petition = write(author)
    send(second, f"{home(petition)}/edit", "", **{"en-body": "Another text."})
    step(author, petition, "submit")
    assert press(second, petition, "publish").status_code == 403
    assert press(author, petition, "publish").status_code == 403, "who submitted it does not either"


def test_sending_back_takes_a_reason_and_taking_back_does_not(author, second):
    petition = write(author)
    step(author, petition, "submit")
    refused = step(second, petition, "send-back")
    assert refused.status_code == 422
    assert "Say what should be changed" in refused.get_data(as_text=True)
    assert step(second, petition, "send-back", reason="The date is wrong.").status_code == 303
    assert "The date is wrong." in text_of(author.get(home(petition)).get_data(as_text=True))
    step(author, petition, "submit")
    assert step(author, petition, "send-back").status_code == 303
    assert fresh(petition).state == PetitionState.DRAFT


def test_a_half_written_language_is_not_submitted(author):
    petition = write(author, **{"ru-title": "Откройте окна"})
    answer = step(author, petition, "submit")
    assert answer.status_code == 422
    assert "Each language needs" in answer.get_data(as_text=True)
    assert fresh(petition).state == PetitionState.DRAFT


def test_pausing_closing_and_undoing_the_closing(client, author):
    petition = make.petition(state=PetitionState.OPEN)
    assert step(author, petition.id, "pause", reason="Too many at once").status_code == 303
    assert fresh(petition.id).state == PetitionState.PAUSED
    step(author, petition.id, "resume")
    page = text_of(author.get(f"{home(petition.id)}/close").get_data(as_text=True))
    assert "30 days from now, its keys are destroyed" in page
    ends = clock.today() + timedelta(days=30)
    assert f"{ends.day}" in page
    assert f"{ends:%B}" in page
    step(author, petition.id, "close")
    assert fresh(petition.id).closed_on == clock.today()
    assert step(author, petition.id, "reopen").status_code == 303
    reopened = fresh(petition.id)
    assert (reopened.state, reopened.closed_on) == (PetitionState.OPEN, None)


def test_a_closing_is_not_undone_after_the_next_day(author):
    petition = make.petition(state=PetitionState.CLOSED)
    with time_machine.travel(clock.now() + timedelta(days=2)):
        assert f"{home(petition.id)}/reopen" not in author.get(home(petition.id)).get_data(as_text=True)
        assert press(author, petition.id, "reopen").status_code == 409
    assert fresh(petition.id).state == PetitionState.CLOSED


def test_archiving_ends_everything(author):
    petition = make.petition(state=PetitionState.CLOSED)
    assert "Its keys are destroyed tonight" in author.get(f"{home(petition.id)}/archive").get_data(as_text=True)
    assert step(author, petition.id, "archive").status_code == 303
    for name in ("submit", "publish", "pause", "resume", "close", "reopen", "archive"):
        assert press(author, petition.id, name).status_code in {403, 409}, name
    assert author.get(f"{home(petition.id)}/picture").status_code == 403
    assert author.get(f"{home(petition.id)}/hand-ins/new").status_code == 403


@pytest.mark.parametrize(
    ("state", "name"),
    [
        (PetitionState.DRAFT, "publish"), (PetitionState.DRAFT, "pause"), (PetitionState.DRAFT, "close"),
        (PetitionState.REVIEW, "submit"), (PetitionState.REVIEW, "pause"), (PetitionState.REVIEW, "archive"),
        (PetitionState.OPEN, "submit"), (PetitionState.OPEN, "publish"), (PetitionState.OPEN, "send-back"),
        (PetitionState.OPEN, "resume"), (PetitionState.OPEN, "archive"), (PetitionState.PAUSED, "pause"),
        (PetitionState.CLOSED, "resume"), (PetitionState.CLOSED, "close"), (PetitionState.CLOSED, "pause"),
    ],
)  # fmt: skip
def test_a_step_that_does_not_fit_the_state_is_refused(author, state, name):
    petition = make.petition(state=state)
    answer = press(author, petition.id, name, reason="Because")
    assert answer.status_code == 409
    assert fresh(petition.id).state == state


def test_two_press_at_once_and_the_second_is_told(author, second):
    petition = write(author)
    step(author, petition, "submit")
    seen = str(fresh(petition).version)
    assert press(second, petition, "send-back", reason="A typo", version=seen).status_code == 303
    assert press(second, petition, "publish", version=seen).status_code == 409
    assert fresh(petition).state == PetitionState.DRAFT


def test_what_was_changed_after_it_was_read_is_not_published(author, second):
    petition = write(author)
    step(author, petition, "submit")
    seen = str(fresh(petition).version)
    step(author, petition, "send-back")
    send(author, f"{home(petition)}/edit", "", **{"en-body": "Something else entirely."})
    step(author, petition, "submit")
    assert press(second, petition, "publish", version=seen).status_code == 409
    assert fresh(petition).state == PetitionState.REVIEW


@pytest.mark.parametrize("role", sorted(STAFF_ROLES))
def test_only_organisers_and_admins_come_in(sign_in, author, role):
    petition = write(author)
    person = sign_in(role)
    expected = 200 if role in ORGANISERS else 403
    listed = 200 if role in READERS else 403
    assert person.get("/staff/petitions").status_code == listed, "moderators come through the list to the signatures"
    for path in ("/new", f"/{petition}", f"/{petition}/edit", f"/{petition}/picture"):
        assert person.get(f"/staff/petitions{path}").status_code == expected, path


def test_no_step_is_taken_without_the_form_or_by_looking(author):
    petition = write(author)
    assert author.post(f"{home(petition)}/submit").status_code == 400
    assert author.get(f"{home(petition)}/submit").status_code in {404, 405}
    assert fresh(petition).state == PetitionState.DRAFT


def test_the_dashboard_names_what_waits_for_the_second_person(app, author, second, sign_in):
    petition = write(author)
    step(author, petition, "submit")
    line = "Petitions wait for you as the second person"
    assert line in second.get("/staff").get_data(as_text=True)
    assert line not in author.get("/staff").get_data(as_text=True)
    assert line not in sign_in(Role.TREASURER).get("/staff").get_data(as_text=True)


def test_the_page_names_who_could_be_the_second_person(author, second, sign_in):
    sign_in(Role.TREASURER)
    petition = write(author)
    step(author, petition, "submit")
    page = text_of(author.get(home(petition)).get_data(as_text=True))
    assert f"They can: {second.person.username}." in page
    assert f"by {author.person.username}" in page
