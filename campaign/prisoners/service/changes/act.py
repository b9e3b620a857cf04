"""Making, undoing and correcting an act, each in one transaction under the lock on the person's row."""

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import select, update

from campaign.kernel import audit, clock, jobs
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError
from campaign.kernel.registry import Forecast, consequences
from campaign.prisoners.jobs import FollowChange, TakeBack
from campaign.prisoners.models import ChangeKind, ConsequenceState, Fact, Prisoner, StatusChange, StatusConsequence
from campaign.prisoners.queries.changes import get_change, list_consequences
from campaign.prisoners.queries.situation import situation_stamp
from campaign.prisoners.service.changes.draft import ChangeDraft
from campaign.prisoners.service.changes.effects import take_effect
from campaign.prisoners.service.changes.follow import seen
from campaign.prisoners.service.changes.ledger import Row, changed, restore, rows_of, snapshot
from campaign.prisoners.service.facts import Source, Subject, record_facts
from campaign.prisoners.service.situation import AlreadySo, Incomplete, lock_prisoner

DELAY = timedelta(minutes=10)
"""How long what cannot be called back waits."""
Forecasts = Mapping[str, Forecast]


class SituationChanged(Conflict):
    """Somebody else changed the person's situation after it was shown."""


class ForecastChanged(Conflict):
    """Something else would follow now than was shown beforehand."""


class TooLate(DomainError):
    """The time for this is over."""


class TooEarly(DomainError):
    """The act can still be undone."""


def preview_change(
    prisoner_id: uuid.UUID, draft: ChangeDraft, source: Source, *, seen_stamp: str, corrects: uuid.UUID | None = None
) -> Forecasts:
    """What would follow from an act, by the consequence's name; nothing is kept of it.

    Does everything that `make_change` does up to the jobs, and takes it back, so that whatever is wrong is said
    beforehand. Raises BadSituation with the field, SituationChanged, StoodUpon, TooEarly, NotFound.
    """
    _begin(prisoner_id, seen_stamp)
    change = _unsaved(uuid.uuid4(), prisoner_id, draft, source, None, corrects)
    with _taken_back():
        corrected = _lift(change, None)
        if corrected is not None:
            _take_back_now(corrected, change)
        forecasts = _forecast(change)
        take_effect(prisoner_id, draft, source, actor=None)
    return forecasts


def make_change(
    change_id: uuid.UUID, prisoner_id: uuid.UUID, draft: ChangeDraft, source: Source, *, seen_stamp: str,
    seen_forecast: str | None, actor: uuid.UUID | None, corrects: uuid.UUID | None = None,
) -> StatusChange:  # fmt: skip
    """Make an act: its rows with their facts, the act itself, and a job for each thing that follows.

    `change_id` comes with the form, so that sending it twice makes one act and gives the same. `seen_forecast` is the
    digest of what was shown beforehand; None skips that check. Raises what `preview_change` raises, ForecastChanged.
    """
    # Under the lock, so that of two presses of one button the second waits and finds what the first made.
    lock_prisoner(prisoner_id)
    known = session.get(StatusChange, change_id)
    if known is not None:
        return _the_same(known, prisoner_id)
    forecasts = preview_change(prisoner_id, draft, source, seen_stamp=seen_stamp, corrects=corrects)
    if seen_forecast is not None and digest_of(forecasts) != seen_forecast:
        raise ForecastChanged(N_("Meanwhile something else would follow. Look at it again, then confirm."))
    change = _unsaved(change_id, prisoner_id, draft, source, actor, corrects)
    before = snapshot(prisoner_id)
    corrected = _lift(change, actor)
    take_effect(prisoner_id, draft, source, actor=actor)
    rows = changed(before, snapshot(prisoner_id))
    if not rows:
        raise AlreadySo("happened_on", N_("All of this is recorded already."))
    change.before = {"rows": [row.as_json() for row in rows]}
    session.add(change)
    session.flush()
    _owe(change, forecasts)
    if corrected is not None:
        _owe_correction(corrected, change)
    _touch(prisoner_id)
    audit.record(f"status_change.{draft.kind}", actor=actor, about=f"status_change:{change.id}")
    return change


def undo_change(prisoner_id: uuid.UUID, change_id: uuid.UUID, *, actor: uuid.UUID) -> StatusChange:
    """Take an act back as if it had not been made, while nothing of it has gone out.

    Exactly its own rows become what they were; an act that it corrected holds again. Doing it twice does it once.
    Raises TooLate, StoodUpon (later changes stand on it), NotFound.
    """
    lock_prisoner(prisoner_id)
    change = get_change(prisoner_id, change_id)
    if change.undone_at is not None:
        return change
    if not can_undo(change):
        raise TooLate(N_("The ten minutes are over, or it has gone out already. Correct it instead."))
    rows = rows_of(change.before)
    restore(prisoner_id, rows)
    _restore_facts(change, rows, actor)
    change = get_change(prisoner_id, change_id)
    change.undone_at, change.undone_by = clock.now(), actor
    _let_go(change)
    if change.corrects_id is not None:
        _revive(get_change(prisoner_id, change.corrects_id))
    _touch(prisoner_id)
    audit.record("status_change.undone", actor=actor, about=f"status_change:{change.id}", amount=len(rows))
    return change


def send_now(prisoner_id: uuid.UUID, change_id: uuid.UUID, *, actor: uuid.UUID) -> int:
    """Let what waits go out at once, corrections too; gives how much. From then on the act is corrected, not undone."""
    lock_prisoner(prisoner_id)
    change = get_change(prisoner_id, change_id)
    if change.undone_at is not None or change.released_at <= clock.now():
        return 0
    moment = clock.now()
    change.released_at = moment
    waiting = [row for row in list_consequences(change) if row.state == ConsequenceState.WAITING]
    for row in waiting:
        row.due_at = min(row.due_at, moment)
        _ask(FollowChange, row)
    corrected = get_change(prisoner_id, change.corrects_id) if change.corrects_id else None
    told = [row for row in list_consequences(corrected) if row.state == ConsequenceState.DONE] if corrected else []
    for row in told:
        _ask(TakeBack, row)
    session.flush()
    amount = len(waiting) + len(told)
    audit.record("status_change.sent_now", actor=actor, about=f"status_change:{change.id}", amount=amount)
    return amount


def can_undo(change: StatusChange) -> bool:
    """Whether an act holds, its ten minutes are not over, and nothing that cannot be called back has gone out."""
    gone = any(row.state == ConsequenceState.DONE and not row.is_immediate for row in list_consequences(change))
    return change.undone_at is None and clock.now() < change.released_at and not gone


def can_correct(change: StatusChange) -> bool:
    """Whether an act holds and can no longer simply be undone."""
    return change.undone_at is None and change.kind != ChangeKind.DID_NOT_HAPPEN and not can_undo(change)


def digest_of(forecasts: Forecasts) -> str:
    """Tells one forecast from another: what follows, how much, and what there is to decide."""
    said = [(name, each.amount, [choice.key for choice in each.choices]) for name, each in forecasts.items()]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def _begin(prisoner_id: uuid.UUID, seen_stamp: str) -> None:
    lock_prisoner(prisoner_id)
    if situation_stamp(prisoner_id) != seen_stamp:
        raise SituationChanged(N_("Someone else changed this person's situation meanwhile. Look at it again."))


def _the_same(known: StatusChange, prisoner_id: uuid.UUID) -> StatusChange:
    if known.prisoner_id != prisoner_id:
        raise Conflict
    return known


def _unsaved(
    change_id: uuid.UUID, prisoner_id: uuid.UUID, draft: ChangeDraft, source: Source, actor: uuid.UUID | None,
    corrects: uuid.UUID | None,
) -> StatusChange:  # fmt: skip
    if draft.kind is ChangeKind.DID_NOT_HAPPEN and corrects is None:
        raise Incomplete("kind", N_("Only an act that was made can turn out not to be so."))
    moment = clock.now()
    return StatusChange(
        id=change_id, prisoner_id=prisoner_id, kind=draft.kind.value, happened_on=draft.happened_on,
        happened_precision=draft.precision.value, details=draft.details(), before={}, source_url=source.url.strip(),
        source_title=source.title.strip(), made_by=actor, made_at=moment, released_at=moment + DELAY,
        corrects_id=corrects,
    )  # fmt: skip


@contextmanager
def _taken_back() -> Iterator[None]:
    """Keep nothing of what the body writes."""
    session.flush()
    trial = session.begin_nested()
    try:
        yield
        session.flush()
    finally:
        trial.rollback()


def _lift(change: StatusChange, actor: uuid.UUID | None) -> StatusChange | None:
    """Put back the rows of the act that is corrected, and mark it as no longer so; None where nothing is corrected."""
    if change.corrects_id is None:
        return None
    corrected = get_change(change.prisoner_id, change.corrects_id)
    if corrected.undone_at is not None:
        raise Conflict(N_("This act was undone or corrected meanwhile."))
    if can_undo(corrected):
        raise TooEarly(N_("This act can still be undone. Undo it, and say what is right."))
    # What a correction corrected in its turn goes too: what is right is said about the time before the first of them.
    lifted: StatusChange | None = corrected
    while lifted is not None:
        rows = rows_of(lifted.before)
        restore(change.prisoner_id, rows)
        _restore_facts(lifted, rows, actor)
        lifted = get_change(change.prisoner_id, lifted.corrects_id) if lifted.corrects_id else None
    corrected = get_change(change.prisoner_id, change.corrects_id)
    corrected.undone_at, corrected.undone_by = change.made_at, actor
    session.flush()
    return corrected


def _take_back_now(corrected: StatusChange, change: StatusChange) -> None:
    """For a preview: undo at once what was done at once, so that what follows is counted without it."""
    for row in list_consequences(corrected):
        if row.is_immediate and row.state == ConsequenceState.DONE:
            consequences[row.name].correct(seen(change, row.name), row.memory)
    session.flush()


def _forecast(change: StatusChange) -> dict[str, Forecast]:
    found = {name: each.preview(seen(change, name)) for name, each in consequences.items()}
    return {name: forecast for name, forecast in found.items() if forecast.amount}


def _owe(change: StatusChange, forecasts: Forecasts) -> None:
    for name, forecast in forecasts.items():
        consequence = consequences[name]
        row = StatusConsequence(
            id=uuid.uuid4(), change_id=change.id, name=name, summary=consequence.summary, amount=forecast.amount,
            is_immediate=consequence.is_immediate, state=ConsequenceState.WAITING,
            due_at=change.made_at if consequence.is_immediate else change.released_at, memory={},
        )  # fmt: skip
        session.add(row)
        jobs.enqueue(FollowChange(str(change.id), name), due_at=row.due_at)
    session.flush()


def _owe_correction(corrected: StatusChange, change: StatusChange) -> None:
    for row in list_consequences(corrected):
        if row.state == ConsequenceState.WAITING:
            row.state = ConsequenceState.UNDONE
        elif row.state == ConsequenceState.DONE:
            due_at = change.made_at if row.is_immediate else change.released_at
            jobs.enqueue(TakeBack(str(corrected.id), row.name), due_at=due_at)
    session.flush()


def _let_go(change: StatusChange) -> None:
    """What waits will not happen; what was done at once is undone by a job."""
    for row in list_consequences(change):
        if row.state == ConsequenceState.WAITING:
            row.state = ConsequenceState.UNDONE
        elif row.state == ConsequenceState.DONE:
            _ask(TakeBack, row)
    session.flush()


def _revive(corrected: StatusChange) -> None:
    """A correction was undone: what it corrected holds again, with what followed from it."""
    corrected.undone_at = corrected.undone_by = None
    for row in list_consequences(corrected):
        if row.state in {ConsequenceState.UNDONE, ConsequenceState.CORRECTED}:
            row.state, row.due_at = ConsequenceState.WAITING, clock.now()
            _ask(FollowChange, row)
    session.flush()


def _ask(job: type[FollowChange] | type[TakeBack], row: StatusConsequence) -> None:
    # Its own turn: an equal job that waits for a later moment would swallow this one.
    jobs.enqueue(job(str(row.change_id), row.name, turn=int(clock.now().timestamp() * 1000)))


def _restore_facts(change: StatusChange, rows: list[Row], actor: uuid.UUID | None) -> None:
    """Say in the history that each value is again what it was, from where that was known before the act."""
    for row in rows:
        subject = Subject(row.table, uuid.UUID(row.id), prisoner=change.prisoner_id)
        history: dict[str, list[Fact]] = {}
        for fact in session.scalars(select(Fact).where(Fact.subject_id == subject.id).order_by(Fact.id)):
            history.setdefault(fact.field, []).append(fact)
        for name, facts in history.items():
            first = next((each for each in facts if each.entered_at >= change.made_at), None)
            if first is not None:
                earlier = [each for each in facts if each.id < first.id]
                source = _source_of(earlier[-1]) if earlier else Source(change.source_title, change.source_url)
                record_facts(subject, {name: facts[-1].now}, {name: first.was}, source, actor=actor)


def _source_of(fact: Fact) -> Source:
    return Source(fact.source_title, fact.source_url, fact.retrieved_on)


def _touch(prisoner_id: uuid.UUID) -> None:
    """The public page has changed today. Not through the row's version: nobody's form on the person is outdated."""
    session.execute(update(Prisoner).where(Prisoner.id == prisoner_id).values(changed_on=clock.today()))
