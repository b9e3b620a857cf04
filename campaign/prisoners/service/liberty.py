"""Imprisonments and what the law says of somebody: one open imprisonment at most, one current status, all kept.

Every function takes the lock on the person's row first, so that what it reads is what it changes.
"""

import uuid
from dataclasses import dataclass
from datetime import date

from campaign.kernel import audit
from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.prisoners.models import (
    OVER,
    DeathKind,
    Episode,
    Liberty,
    LibertyStatus,
    Precision,
    ReleaseReason,
)
from campaign.prisoners.queries.situation import (
    find_current_status,
    find_current_stay,
    find_open_episode,
    list_episodes,
)
from campaign.prisoners.service.facts import Source, Subject, record_facts
from campaign.prisoners.service.situation import (
    AlreadyDead,
    AlreadyHeld,
    AlreadyReleased,
    BeforeArrest,
    BeforeStatus,
    BeforeStay,
    Incomplete,
    check_not_future,
    flushed,
    lock_prisoner,
    period_of,
    settle,
)


@dataclass(frozen=True, slots=True)
class EndDraft:
    """How an imprisonment ended; a death has a kind."""

    ended_on: date
    reason: ReleaseReason
    precision: Precision = Precision.DAY
    death_kind: DeathKind | None = None

    @property
    def status(self) -> Liberty:
        """Where that leaves the person."""
        ends = {ReleaseReason.DEATH: Liberty.DIED, ReleaseReason.EXCHANGE: Liberty.EXCHANGED}
        return ends.get(self.reason, Liberty.RELEASED)


def open_episode(
    prisoner_id: uuid.UUID, arrested_on: date, status: Liberty, source: Source, *, actor: uuid.UUID | None,
    precision: Precision = Precision.DAY,
) -> Episode:  # fmt: skip
    """Record an arrest and the status from that day on.

    Raises AlreadyHeld while an imprisonment is open, AlreadyDead, InFuture, BeforeStatus and BeforeArrest for a day
    before the former imprisonment ended.
    """
    lock_prisoner(prisoner_id)
    arrested_on = period_of(arrested_on, precision)[0]
    check_not_future(arrested_on, "arrested_on")
    if find_open_episode(prisoner_id) is not None:
        raise AlreadyHeld("arrested_on", N_("An imprisonment without an end is recorded already."))
    former = next(iter(list_episodes(prisoner_id)), None)
    since = settle(arrested_on, precision, former.ended_on) if former and former.ended_on else arrested_on
    if former is not None and former.ended_on is not None and since < former.ended_on:
        raise BeforeArrest("arrested_on", N_("The imprisonment before it ended later."))
    episode = Episode(
        id=uuid.uuid4(), prisoner_id=prisoner_id, arrested_on=since, arrested_precision=precision, ended_on=None,
        end_reason=None, death_kind=None,
    )  # fmt: skip
    with flushed():
        session.add(episode)
    record_facts(_about(episode), {}, _facts_of(episode), source, actor=actor)
    audit.record("episode.opened", actor=actor, about=f"episode:{episode.id}")
    _begin_status(prisoner_id, status, since, precision, source, actor, field="arrested_on")
    return episode


def set_status(
    prisoner_id: uuid.UUID, status: Liberty, since_on: date, source: Source, *, actor: uuid.UUID | None,
    precision: Precision = Precision.DAY,
) -> LibertyStatus:  # fmt: skip
    """End the current status and begin another on a day; the same status again leaves the current one as it is.

    Raises AlreadyReleased where an imprisonment would begin again without an arrest, or end without its own act
    (`end_imprisonment`); AlreadyDead, InFuture, BeforeStatus.
    """
    lock_prisoner(prisoner_id)
    since_on = period_of(since_on, precision)[0]
    check_not_future(since_on, "since_on")
    current = find_current_status(prisoner_id)
    if current is not None and (current.status in OVER) != (status in OVER):
        if status in OVER and find_open_episode(prisoner_id) is not None:
            raise AlreadyHeld("status", N_("An imprisonment is open. Record its end: it ends the status too."))
        if status not in OVER and current.status != Liberty.DIED and find_open_episode(prisoner_id) is None:
            raise AlreadyReleased("status", N_("The person is free as far as we know. Record the new arrest first."))
    return _begin_status(prisoner_id, status, since_on, precision, source, actor, field="since_on")


def end_imprisonment(
    prisoner_id: uuid.UUID, draft: EndDraft, source: Source, *, actor: uuid.UUID | None
) -> LibertyStatus:
    """Close the open imprisonment, the stay and the status on one day; gives the status that holds from then on.

    A death after a release ends nothing but the status. Somebody whose arrest was never recorded can be released too.
    Raises AlreadyReleased, AlreadyDead, BeforeArrest, BeforeStay, BeforeStatus, InFuture, Incomplete (no kind of
    death).
    """
    lock_prisoner(prisoner_id)
    day = period_of(draft.ended_on, draft.precision)[0]
    check_not_future(day, "ended_on")
    if (draft.reason is ReleaseReason.DEATH) != (draft.death_kind is not None):
        raise Incomplete("death_kind", N_("Say how the death is tied to the imprisonment."))
    episode, status = find_open_episode(prisoner_id), find_current_status(prisoner_id)
    _check_can_end(prisoner_id, draft, episode, status)
    for known in (episode and episode.arrested_on, status and status.since_on, _stay_began(prisoner_id)):
        day = max(day, settle(day, draft.precision, known)) if known else day
    if episode is not None:
        _close(episode, draft, day, source, actor)
    _end_stay(prisoner_id, day, source, actor)
    return _begin_status(prisoner_id, draft.status, day, draft.precision, source, actor, field="ended_on")


def _check_can_end(
    prisoner_id: uuid.UUID, draft: EndDraft, episode: Episode | None, status: LibertyStatus | None
) -> None:
    if status is not None and status.status == Liberty.DIED:
        raise AlreadyDead("ended_on", N_("The death of this person is recorded already."))
    over = (status is not None and status.status in OVER) or (episode is None and list_episodes(prisoner_id))
    if over and episode is None and draft.reason is not ReleaseReason.DEATH:
        raise AlreadyReleased("ended_on", N_("This person is free already, as far as we know."))
    after_release = DeathKind.AFTER_RELEASE_CONSEQUENCE
    if over and draft.death_kind not in {None, after_release}:
        raise AlreadyReleased("death_kind", N_("The person was free by then. Choose a death after the release."))
    if not over and draft.death_kind is after_release:
        raise AlreadyHeld("death_kind", N_("No release is recorded. Record the release first, or choose another kind."))


def _close(episode: Episode, draft: EndDraft, day: date, source: Source, actor: uuid.UUID | None) -> None:
    if day < episode.arrested_on:
        raise BeforeArrest("ended_on", N_("This day lies before the arrest."))
    before = _facts_of(episode)
    with flushed():
        episode.ended_on, episode.ended_precision, episode.end_reason = day, draft.precision, draft.reason
        episode.death_kind = draft.death_kind
    record_facts(_about(episode), before, _facts_of(episode), source, actor=actor)
    audit.record("episode.closed", actor=actor, about=f"episode:{episode.id}")


def _stay_began(prisoner_id: uuid.UUID) -> date | None:
    stay = find_current_stay(prisoner_id)
    return stay.from_on if stay is not None else None


def _end_stay(prisoner_id: uuid.UUID, day: date, source: Source, actor: uuid.UUID | None) -> None:
    stay = find_current_stay(prisoner_id)
    if stay is None:
        return
    if day < stay.from_on:
        raise BeforeStay("ended_on", N_("This day lies before the present stay began. Correct that stay first."))
    with flushed():
        stay.until_on = day
    subject = Subject("custody", stay.id, prisoner=prisoner_id)
    record_facts(subject, {"until_on": None}, {"until_on": day}, source, actor=actor)


def _begin_status(
    prisoner_id: uuid.UUID, status: Liberty, since_on: date, precision: Precision, source: Source,
    actor: uuid.UUID | None, *, field: str,
) -> LibertyStatus:  # fmt: skip
    current = find_current_status(prisoner_id)
    if current is not None and current.status == status:
        return current
    if current is not None and current.status == Liberty.DIED:
        raise AlreadyDead(field, N_("The death of this person is recorded already."))
    since = settle(since_on, precision, current.since_on) if current is not None else since_on
    if current is not None:
        if since < current.since_on:
            raise BeforeStatus(field, N_("This day lies before the present status began. Correct that first."))
        _end_status(current, since, source, actor)
    episode = find_open_episode(prisoner_id)
    begun = LibertyStatus(
        id=uuid.uuid4(), prisoner_id=prisoner_id, episode_id=episode.id if episode else None, status=status,
        since_on=since, since_precision=precision, until_on=None,
    )  # fmt: skip
    with flushed():
        session.add(begun)
    facts = {"status": status, "since_on": since, "since_precision": precision}
    record_facts(_status(begun), {}, facts, source, actor=actor)
    return begun


def _end_status(current: LibertyStatus, day: date, source: Source, actor: uuid.UUID | None) -> None:
    # Flushed by itself: the next one may only begin once this one is no longer without an end.
    with flushed():
        current.until_on = day
    record_facts(_status(current), {"until_on": None}, {"until_on": day}, source, actor=actor)


def _about(episode: Episode) -> Subject:
    return Subject("episode", episode.id, prisoner=episode.prisoner_id)


def _status(status: LibertyStatus) -> Subject:
    return Subject("liberty_status", status.id, prisoner=status.prisoner_id)


def _facts_of(episode: Episode) -> dict[str, object]:
    names = ("arrested_on", "arrested_precision", "ended_on", "end_reason", "death_kind")
    return {name: getattr(episode, name) for name in names}
