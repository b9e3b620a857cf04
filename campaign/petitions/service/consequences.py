"""What petitions do when somebody they are for is released, exchanged or dies: stop collecting, and say why."""

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import selectinload

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.kernel.registry import Applied, Change, Choice, Consequence, Forecast
from campaign.petitions.models import EventKind, Petition, PetitionNote, PetitionPrisoner, PetitionState
from campaign.petitions.service.record import note_step
from campaign.petitions.service.states import change_state
from campaign.prisoners.models import ChangeKind

ENDS = frozenset({ChangeKind.RELEASED, ChangeKind.EXCHANGED, ChangeKind.DIED})
PAUSE, CLOSE, KEEP = "pause", "close", "keep"
OPTIONS = (
    (PAUSE, N_("Pause it: it takes no signatures until somebody resumes it")),
    (CLOSE, N_("Close it: the collecting is over")),
    (KEEP, N_("Keep it open: what it asks is not done yet")),
)
_STATES = {PAUSE: PetitionState.PAUSED, CLOSE: PetitionState.CLOSED}
NOTED_STATES = frozenset({PetitionState.OPEN, PetitionState.PAUSED, PetitionState.CLOSED, PetitionState.DELIVERED})
REASON = "change in the person's situation"


def preview_stop(change: Change) -> Forecast:
    """The open petitions for this person, each with what may be done with it."""
    petitions = _petitions(change, {PetitionState.OPEN}) if change.kind in ENDS else []
    choices = [Choice(str(each.id), _titles(each), OPTIONS, PAUSE) for each in petitions]
    return Forecast(len(petitions), choices)


def stop(change: Change) -> Applied:
    """Pause or close each open one, as was decided."""
    stopped: dict[str, str] = {}
    for petition in _petitions(change, {PetitionState.OPEN}, locked=True):
        state = _STATES.get(change.choices.get(str(petition.id), PAUSE))
        if state is not None:
            change_state(petition, state, actor=change.made_by, reason=REASON)
            stopped[str(petition.id)] = state.value
    return Applied(len(stopped), {"stopped": stopped})


def start_again(_change: Change, memory: Mapping[str, Any]) -> int:
    """Open those again that still stand as they were left and whose keys exist; what others did since stays."""
    opened = 0
    for key, state in memory["stopped"].items():
        petition = session.get(Petition, uuid.UUID(key), with_for_update=True, populate_existing=True)
        if petition is None or petition.state != state or petition.keys_destroyed_on is not None:
            continue
        petition.state, petition.closed_on = PetitionState.OPEN, None
        session.flush()
        note_step(petition, PetitionState(state), PetitionState.OPEN, None, REASON, kind=EventKind.UNDONE)
        opened += 1
    return opened


def preview_note(change: Change) -> Forecast:
    """The petitions of this person that the public sees."""
    return Forecast(len(_petitions(change, NOTED_STATES)) if change.kind in ENDS else 0)


def write_note(change: Change) -> Applied:
    """Let each page say what happened, and on which day."""
    petitions = _petitions(change, NOTED_STATES)
    for petition in petitions:
        values = {
            "id": uuid.uuid4(), "petition_id": petition.id, "prisoner_id": change.prisoner_id, "change_id": change.id,
            "kind": change.kind, "happened_on": change.happened_on, "happened_precision": change.precision,
            "shown_on": clock.today(), "corrected_on": None,
        }  # fmt: skip
        session.execute(insert(PetitionNote).values(values).on_conflict_do_nothing())
    return Applied(len(petitions), {"change": str(change.id)})


def remove_note(_change: Change, memory: Mapping[str, Any]) -> int:
    """Take the notes of an act away."""
    removed = delete(PetitionNote).where(PetitionNote.change_id == uuid.UUID(memory["change"]))
    return len(session.execute(removed.returning(PetitionNote.id)).all())


def mark_note(_change: Change, memory: Mapping[str, Any]) -> int:
    """Say on each page that what it said was not so."""
    marked = (
        update(PetitionNote)
        .where(PetitionNote.change_id == uuid.UUID(memory["change"]), PetitionNote.corrected_on.is_(None))
        .values(corrected_on=clock.today())
    )
    return len(session.execute(marked.returning(PetitionNote.id)).all())


STOP = Consequence(
    "petitions.stop", N_("Open petitions paused or closed: %(count)s"), True, preview_stop, stop, start_again,
    start_again,
)  # fmt: skip
NOTE = Consequence(
    "petitions.note", N_("Petition pages that say what happened: %(count)s"), False, preview_note, write_note,
    remove_note, mark_note,
)  # fmt: skip


def _titles(petition: Petition) -> dict[str, str]:
    return {text.language: text.title for text in petition.texts}


def _petitions(
    change: Change, states: set[PetitionState] | frozenset[PetitionState], *, locked: bool = False
) -> list[Petition]:
    statement = (
        select(Petition)
        .join(PetitionPrisoner, PetitionPrisoner.petition_id == Petition.id)
        .where(PetitionPrisoner.prisoner_id == change.prisoner_id, Petition.state.in_(states))
        .options(selectinload(Petition.texts))
        .order_by(Petition.slug)
    )
    if locked:
        statement = statement.with_for_update(of=Petition).execution_options(populate_existing=True)
    return list(session.scalars(statement))
