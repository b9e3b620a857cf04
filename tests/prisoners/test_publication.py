"""Whether the public sees somebody: consent first, two persons, and gone at once when the consent is revoked."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict, NotFound
from campaign.prisoners.models import (
    ConsentEvidence,
    ConsentGiver,
    ConsentKind,
    Prisoner,
    PrisonerConsent,
    PrisonerState,
    Publicity,
)
from campaign.prisoners.queries import get_prisoner, get_public_prisoner
from campaign.prisoners.service import consent, publication
from campaign.prisoners.service.people import StoryDraft, edit_prisoner
from tests.petitions.pages import send, text_of
from tests.support import make

LIST = "/staff/prisoners"
SOURCE = {"source_title": "A call of the made-up family", "source_url": "", "retrieved_on": "2026-03-01"}
STORY = StoryDraft("en", summary="A made-up teacher.")


def now(prisoner):
    session.rollback()
    session.expire_all()
    return get_prisoner(prisoner.id)


def agreed(prisoner, kind=ConsentKind.PUBLICITY, **changes):
    values = {"given_by": ConsentGiver.RELATIVE, "given_on": clock.today(), "evidence": ConsentEvidence.CALL}
    with transaction():
        return consent.record_consent(
            now_in(prisoner), consent.ConsentDraft(kind, **{**values, **changes}), actor=uuid.uuid4()
        )


def now_in(prisoner):
    return get_prisoner(prisoner.id)


def publicity(prisoner, level=Publicity.PUBLIC, *, figure=False):
    draft = publication.PublicityDraft(level, figure, "Known everywhere." if figure else "")
    with transaction():
        person = now_in(prisoner)
        return publication.set_publicity(person, draft, make.SOURCE, seen_version=person.version, actor=uuid.uuid4())


def step(prisoner, state, actor):
    with transaction():
        person = now_in(prisoner)
        publication.move_prisoner(person, state, seen_version=person.version, actor=actor)


def published(prisoner):
    agreed(prisoner)
    publicity(prisoner)
    step(prisoner, PrisonerState.REVIEW, uuid.uuid4())
    step(prisoner, PrisonerState.PUBLISHED, uuid.uuid4())
    return now(prisoner)


def test_a_person_becomes_public_by_consent_and_two_persons(app):
    person = published(make.prisoner(stories=[STORY]))
    assert person.is_public
    assert person.published_on == clock.today()
    assert get_public_prisoner(person.slug).id == person.id


def test_what_is_missing_is_said(app):
    person = make.prisoner()
    assert publication.find_missing(person) == ["story", "publicity", "consent"]
    with pytest.raises(publication.NotPublishable) as refusal:
        step(person, PrisonerState.REVIEW, uuid.uuid4())
    assert refusal.value.missing == ["story", "publicity", "consent"]
    assert now(person).state == PrisonerState.DRAFT


def test_nobody_publishes_their_own_work(app):
    person, author = make.prisoner(stories=[STORY]), uuid.uuid4()
    agreed(person)
    publicity(person)
    step(person, PrisonerState.REVIEW, author)
    with pytest.raises(publication.OwnWork):
        step(person, PrisonerState.PUBLISHED, author)
    second = uuid.uuid4()
    with transaction():
        edited = now_in(person)
        draft = make.person_draft(first_ru="Иван", stories=[STORY])
        edit_prisoner(edited, draft, make.SOURCE, seen_version=edited.version, actor=second)
    with pytest.raises(publication.OwnWork):
        step(person, PrisonerState.PUBLISHED, second)
    step(person, PrisonerState.PUBLISHED, author)
    assert now(person).is_public


def test_revoking_the_consent_takes_the_page_away_in_the_same_moment(app):
    person = published(make.prisoner(stories=[STORY]))
    held = session.scalar(select(PrisonerConsent))
    with transaction():
        assert consent.revoke_consent(now_in(person), held.id, actor=uuid.uuid4())
    after = now(person)
    assert (after.state, after.withdrawn_on, after.publicity_consent_id) == (PrisonerState.HIDDEN, clock.today(), None)
    with pytest.raises(NotFound):
        get_public_prisoner(person.slug)
    with transaction():
        assert not consent.revoke_consent(now_in(person), held.id, actor=uuid.uuid4())
    with pytest.raises(publication.NotThatStep):
        step(person, PrisonerState.PUBLISHED, uuid.uuid4())


def test_a_public_figure_stays_without_a_consent_until_the_mark_is_taken_away(app):
    person = make.prisoner(stories=[STORY])
    publicity(person, figure=True)
    step(person, PrisonerState.REVIEW, uuid.uuid4())
    step(person, PrisonerState.PUBLISHED, uuid.uuid4())
    agreed(person)
    with transaction():
        assert not consent.revoke_consent(now_in(person), session.scalar(select(PrisonerConsent)).id, actor=None)
    assert now(person).is_public
    assert publicity(person, Publicity.LIMITED, figure=False)
    assert now(person).state == PrisonerState.HIDDEN


def test_none_takes_the_page_away(app):
    person = published(make.prisoner(stories=[STORY]))
    assert not publicity(person, Publicity.LIMITED)
    assert publicity(person, Publicity.PRIVATE)
    assert now(person).state == PrisonerState.HIDDEN


@pytest.mark.parametrize(
    ("changes", "field"), [({"given_on": clock.today() + timedelta(days=2)}, "given_on"), ({}, "kind")]
)
def test_a_consent_that_cannot_be_is_refused(app, changes, field):
    person = make.prisoner()
    if field == "kind":
        agreed(person)
    with pytest.raises(consent.BadConsent) as refusal:
        agreed(person, **changes)
    assert refusal.value.field == field


def test_the_note_of_a_consent_is_sealed(app):
    person = make.prisoner()
    made = agreed(person, note="A made-up mother said yes.")
    assert b"mother" not in made.note_sealed


def test_two_at_once_do_not_both_publish(app):
    person = make.prisoner(stories=[STORY])
    agreed(person)
    publicity(person)
    seen = now(person).version
    step(person, PrisonerState.REVIEW, uuid.uuid4())
    with pytest.raises(Conflict), transaction():
        publication.move_prisoner(now_in(person), PrisonerState.REVIEW, seen_version=seen, actor=uuid.uuid4())


def test_the_whole_way_on_the_pages(sign_in):
    author, second = sign_in(Role.DATA_EDITOR), sign_in(Role.COORDINATOR)
    person = make.prisoner(stories=[STORY])
    home = f"{LIST}/{person.id}"
    assert "Record a consent to publicity" in text_of(author.get(home).get_data(as_text=True))
    consented = send(author, f"{home}/consents/new", "", kind="publicity", given_by="relative", evidence="call")
    assert consented.status_code == 303
    assert send(author, f"{home}/publicity", "", publicity="public", **SOURCE).status_code == 303
    assert send(author, home, f"{home}/step", state="review").status_code == 303
    assert 'value="published"' not in author.get(home).get_data(as_text=True)
    assert "People wait for you as the second person" in second.get("/staff").get_data(as_text=True)
    assert send(second, home, f"{home}/step", state="published").status_code == 303
    assert now(person).is_public
    held = session.scalar(select(PrisonerConsent))
    revoked = send(second, home, f"{home}/consents/{held.id}/revoke")
    assert revoked.status_code == 303
    assert now(person).state == PrisonerState.HIDDEN


def test_a_mark_without_a_reason_is_refused_and_nothing_typed_is_lost(sign_in):
    person = make.prisoner()
    page = f"{LIST}/{person.id}/publicity"
    answer = send(sign_in(Role.DATA_EDITOR), page, "", publicity="public", is_public_figure="y", **SOURCE)
    assert answer.status_code == 422
    assert "Say why" in text_of(answer.get_data(as_text=True))
    assert "A call of the made-up family" in answer.get_data(as_text=True)
    assert session.scalar(select(Prisoner.is_public_figure)) is False
