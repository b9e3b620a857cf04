"""What an answer tells that must not wait: opened by whoever reads it, worked on by few, closed with a reason."""

import uuid
from datetime import date, timedelta

from sqlalchemy import exists, select, update

from campaign.kernel import audit, clock
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.errors import N_, DomainError, Forbidden, NotFound
from campaign.kernel.versions import check_version
from campaign.letters.models import SCOPE, Incident, IncidentEvent, IncidentKind, IncidentState
from campaign.letters.models.incoming import INCIDENT_NOTE, INCIDENT_STEP
from campaign.letters.queries.incidents import get_incident, list_handlers
from campaign.letters.service.errors import NotThatStep
from campaign.letters.service.reply_moves import locked as locked_reply
from campaign.letters.service.reply_moves import note as note_reply
from campaign.letters.service.reply_publication import Why, take_back
from campaign.letters.service.reply_work import end_work

AFTER_CLOSED = 365
BATCH = 200
S = IncidentState
STEPS: dict[IncidentState, frozenset[IncidentState]] = {
    S.OPEN: frozenset({S.TRIAGE}),
    S.TRIAGE: frozenset({S.ESCALATED, S.CLOSED}),
    S.ESCALATED: frozenset({S.TRIAGE, S.CLOSED}),
    S.CLOSED: frozenset({S.TRIAGE}),
}


class NoNote(DomainError):
    """A step without the words that others need."""


def open_incident(reply_id: uuid.UUID, kind: IncidentKind, words: str, *, actor: uuid.UUID) -> Incident:
    """Open an incident about whoever wrote the answer. Raises NoNote, NotThatStep while nobody knows who that is."""
    if not words:
        raise NoNote(N_("Say what you read, and on which page."))
    reply = locked_reply(reply_id)
    if reply.prisoner_id is None:
        raise NotThatStep(N_("Say first who wrote this: an incident is about somebody."))
    keyring.ensure(SCOPE)
    row = uuid.uuid4()
    incident = Incident(
        id=row, prisoner_id=reply.prisoner_id, reply_id=reply.id, kind=kind, state=S.OPEN,
        note_sealed=INCIDENT_NOTE.seal(SCOPE, row, words), opened_by=actor, opened_on=clock.today(),
    )  # fmt: skip
    session.add(incident)
    session.flush()
    _add_event(incident, "", "", actor)
    note_reply(reply, "incident", actor=actor)
    take_back(reply, Why.INCIDENT, actor=actor)
    # Few may read it from now on, and nobody else goes on with what they see of it.
    end_work(reply, actor=actor)
    audit.record("incident.open", actor=actor, about=f"incident:{incident.id}")
    return incident


def take(incident_id: uuid.UUID, reason: str, *, actor: uuid.UUID) -> Incident:
    """Work on it from now on, and so read it; everybody who does sees who else does. Twice is once.

    The first who takes an open one begins to look into it. Raises NoNote without a reason where others are at work.
    """
    incident = locked(incident_id)
    if actor in list_handlers(incident.id) and incident.state != S.OPEN:
        return incident
    was = incident.state
    if was == S.OPEN:
        incident.state = S.TRIAGE
    elif not reason:
        raise NoNote(N_("Others work on this. Say why you read it too."))
    session.flush()
    _add_event(incident, was, reason, actor)
    audit.record("incident.take", actor=actor, about=f"incident:{incident.id}")
    return incident


def step(
    incident_id: uuid.UUID, state: IncidentState, words: str, *, actor: uuid.UUID, seen_version: int
) -> Incident:  # fmt: skip
    """Take a step, with what was done; the same state writes down words alone.

    Raises Forbidden for somebody who does not work on it, NoNote, NotThatStep, Conflict.
    """
    incident = locked(incident_id)
    check_version(incident.version, seen_version)
    if actor not in list_handlers(incident.id):
        raise Forbidden
    was = S(incident.state)
    if state is not was and state not in STEPS[was]:
        raise NotThatStep(N_("This step is not possible from where the incident stands."))
    if not words:
        raise NoNote(N_("Say what was done, or why, so that others understand it later."))
    incident.state = state
    incident.closed_on = clock.today() if state is S.CLOSED else None
    # Words alone count as a change too: who steps at the same moment has to read them first.
    incident.version += state is was
    session.flush()
    if was is S.CLOSED and state is not S.CLOSED and incident.reply_id is not None:
        take_back(locked_reply(incident.reply_id), Why.INCIDENT, actor=actor)
    _add_event(incident, was, words, actor)
    audit.record(f"incident.{state}", actor=actor, about=f"incident:{incident.id}")
    return incident


def locked(incident_id: uuid.UUID) -> Incident:
    """The incident under its lock. Raises NotFound."""
    statement = select(Incident).where(Incident.id == incident_id).with_for_update()
    found = session.scalar(statement.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def read(incident_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Put on record that somebody reads it. Raises NotFound, Forbidden for somebody who does not work on it."""
    incident = get_incident(incident_id)
    if actor not in list_handlers(incident.id):
        raise Forbidden
    audit.record("incident.read", actor=actor, about=f"incident:{incident.id}")


def note_of(incident: Incident) -> str:
    """What was written when it was opened, for whoever may read it; empty once it was erased."""
    return INCIDENT_NOTE.unseal(SCOPE, incident.id, incident.note_sealed) if incident.note_sealed else ""


def erased_on(incident: Incident) -> date | None:
    """The day on which its words go, or went; None while it is not closed."""
    return incident.closed_on + timedelta(days=AFTER_CLOSED) if incident.closed_on is not None else None


def erase_old(today: date) -> int:
    """Erase what was written in incidents that were closed so long ago; gives how many. Kind, steps and days stay."""
    has_words = exists().where(IncidentEvent.incident_id == Incident.id, IncidentEvent.note_sealed.is_not(None))
    due = (
        select(Incident)
        .where(Incident.closed_on <= today - timedelta(days=AFTER_CLOSED), (Incident.note_sealed != b"") | has_words)
        .order_by(Incident.number)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    found = session.scalars(due).all()
    for incident in found:
        incident.note_sealed = b""
    session.flush()
    theirs = IncidentEvent.incident_id.in_([each.id for each in found])
    session.execute(update(IncidentEvent).where(theirs).values(note_sealed=None))
    return len(found)


def words_of(event: IncidentEvent) -> str:
    """What was written at a step; for those who may read the incident."""
    return INCIDENT_STEP.unseal(SCOPE, event.id, event.note_sealed) if event.note_sealed is not None else ""


def _add_event(incident: Incident, was: str, words: str, actor: uuid.UUID) -> None:
    row = uuid.uuid4()
    session.add(
        IncidentEvent(
            id=row, incident_id=incident.id, was=was, now=incident.state, actor_id=actor, created_at=clock.now(),
            note_sealed=INCIDENT_STEP.seal(SCOPE, row, words) if words else None,
        )
    )  # fmt: skip
    session.flush()
