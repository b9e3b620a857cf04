"""The steps of a mailing: one guarded function each, under the lock of its row, with an event and on record.

Two who press at once do not both act: the second waits for the lock, and is told what the first has done.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from campaign.kernel import audit, clock, jobs
from campaign.kernel.actors import Actor
from campaign.kernel.alarms import AlarmKind, end_alarm
from campaign.kernel.errors import N_, Conflict, DomainError, Forbidden
from campaign.kernel.mail import batches
from campaign.kernel.versions import check_version
from campaign.mailings import policy
from campaign.mailings.jobs import EndStopped, FanOut, StartMailing
from campaign.mailings.models import UNDER_WAY, CountState, Mailing, MailingCount, MailingState
from campaign.mailings.queries.audience import asks_of
from campaign.mailings.queries.zones import EARLIEST
from campaign.mailings.service.counting import find_count
from campaign.mailings.service.write import lock_mailing, note_event

MANY = 1_000
"""From so many on whoever says yes types the number."""
NEXT = {
    MailingState.DRAFT: frozenset({MailingState.PROPOSED}),
    MailingState.PROPOSED: frozenset({MailingState.DRAFT, MailingState.APPROVED, MailingState.STOPPED}),
    MailingState.APPROVED: frozenset(
        {MailingState.DRAFT, MailingState.PROPOSED, MailingState.SENDING, MailingState.STOPPED}
    ),
    MailingState.SENDING: frozenset({MailingState.PAUSED, MailingState.SENT, MailingState.STOPPED}),
    MailingState.PAUSED: frozenset({MailingState.SENDING, MailingState.STOPPED}),
    MailingState.SENT: frozenset[MailingState](),
    MailingState.STOPPED: frozenset[MailingState](),
}
RESTORED = "restored"
"""Why one is paused, or a draft again: a backup was restored, and nobody knows whom it has reached since."""
GONE_BY = N_("This mailing has moved on meanwhile: somebody else was quicker, or it happened by itself. Look again.")


class NotReady(DomainError):
    """It cannot go to a second person as it is."""


def move(
    found: Mailing, now: MailingState, *, actor: uuid.UUID | None, reason: str = "", amount: int | None = None
) -> None:
    """Take one step, under the lock of its row; on record. Raises Conflict where it is no step from here."""
    if now not in NEXT[MailingState(found.state)]:
        raise Conflict(GONE_BY)
    was, found.state = found.state, now
    note_event(found, was=was, actor=actor, reason=reason)
    audit.record(
        f"mailing.{now}", actor=actor, about=f"mailing:{found.id}", reason=reason,
        amount=found.total or 0 if amount is None else amount,
    )  # fmt: skip


def propose(mailing_id: uuid.UUID, problems: Sequence[str], *, seen_version: int, actor: Actor) -> Mailing:
    """Put a draft before a second person. `problems` is what is wrong with its texts.

    Raises NotFound, Forbidden, Conflict where it was changed, NotReady.
    """
    if not policy.may_write(actor):
        raise Forbidden
    found = lock_mailing(mailing_id)
    check_version(found.version, seen_version)
    if problems:
        raise NotReady(N_("The texts have errors. Put them right first."))
    count = _counted(found)
    if found.send_at is not None and found.send_at < clock.now():
        raise NotReady(N_("The moment at which it is to begin has passed. Choose another one."))
    found.proposed_by = actor.id
    move(found, MailingState.PROPOSED, actor=actor.id, amount=count.free or 0)
    return found


def approve(mailing_id: uuid.UUID, *, typed: int | None, seen_version: int, actor: Actor) -> Mailing:
    """Say yes as the second person; where more than a thousand get it, with their number typed.

    Raises NotFound, Forbidden, Conflict where it was changed or decided meanwhile, or by whoever wrote or proposed it.
    """
    if not policy.may_write(actor):
        raise Forbidden
    found = lock_mailing(mailing_id)
    if found.state != MailingState.PROPOSED:
        raise Conflict(GONE_BY)
    check_version(found.version, seen_version)
    if not policy.may_approve(actor, written_by=found.written_by, proposed_by=found.proposed_by):
        raise Conflict(N_("A mailing needs two persons: whoever wrote or proposed it does not say yes to it."))
    count = _counted(found)
    if (count.free or 0) > MANY and typed != count.free:
        raise NotReady(N_("Type the number of people who get it, as it stands on this page."))
    found.approved_by, found.send_at = actor.id, found.send_at or clock.now()
    # The moment is known now; that is all in which the terms of the count differ from what was seen.
    count.asks = asks_of(found)
    move(found, MailingState.APPROVED, actor=actor.id, amount=count.free or 0)
    jobs.enqueue(StartMailing(str(found.id)), due_at=begins_at(found))
    return found


def begins_at(mailing: Mailing) -> datetime | None:
    """When the first mail may leave: by local times so early that it is the hour where the day begins first."""
    if mailing.send_at is None:
        return None
    return mailing.send_at - EARLIEST if mailing.by_local_time else mailing.send_at


def withdraw(mailing_id: uuid.UUID, *, actor: Actor) -> Mailing:
    """Make it a draft again, before anything has left. Raises NotFound, Forbidden, Conflict."""
    if not policy.may_write(actor):
        raise Forbidden
    found = lock_mailing(mailing_id)
    move(found, MailingState.DRAFT, actor=actor.id, reason="withdrawn")
    found.proposed_by = found.approved_by = None
    return found


def pause(mailing_id: uuid.UUID, *, actor: Actor) -> Mailing:
    """Let nothing more leave, within seconds. Raises NotFound, Forbidden, Conflict."""
    if not policy.may_stop(actor):
        raise Forbidden
    found = lock_mailing(mailing_id)
    hold_back(found, "by_hand", actor=actor.id)
    return found


def hold_back(found: Mailing, reason: str, *, actor: uuid.UUID | None) -> None:
    """Pause one that is leaving, under its lock. Raises Conflict."""
    move(found, MailingState.PAUSED, actor=actor, reason=reason)
    found.paused_reason = reason
    batches.hold(found.id)


def go_on(mailing_id: uuid.UUID, *, let_pass: dict[str, int], actor: Actor) -> Mailing:
    """Let a paused one leave again. What came back until now (`let_pass`) does not pause it a second time.

    Raises NotFound, Forbidden, Conflict, also where a restored backup paused it.
    """
    if not policy.may_stop(actor):
        raise Forbidden
    found = lock_mailing(mailing_id)
    if found.state == MailingState.PAUSED and found.paused_reason == RESTORED:
        raise Conflict(
            N_(
                "It was under way when a backup was made that was restored since: whoever got it would get it again. It"
                " can only be stopped; write a new mailing to the others."
            )
        )
    reason, found.paused_reason = found.paused_reason, ""
    move(found, MailingState.SENDING, actor=actor.id, reason=f"despite_{reason}" if reason != "by_hand" else "")
    found.summary = {**(found.summary or {}), "let_pass": let_pass}
    batches.go_on(found.id)
    end_alarm(AlarmKind.MAILING_PAUSED, about=f"mailing:{found.id}")
    if found.owed_at is None:
        jobs.enqueue(FanOut(str(found.id)))
    return found


def stop(mailing_id: uuid.UUID, *, actor: Actor) -> Mailing:
    """End it for good: what has not left never leaves. Raises NotFound, Forbidden, Conflict."""
    if not policy.may_stop(actor):
        raise Forbidden
    found = lock_mailing(mailing_id)
    has_begun = found.state in UNDER_WAY
    move(found, MailingState.STOPPED, actor=actor.id)
    found.finished_at = clock.now()
    if has_begun:
        batches.hold(found.id)
        jobs.enqueue(EndStopped(str(found.id)))
    end_alarm(AlarmKind.MAILING_PAUSED, about=f"mailing:{found.id}")
    return found


OLD_COUNT = timedelta(days=1)


def _counted(found: Mailing) -> MailingCount:
    count = find_count(found)
    if count is None or count.state != CountState.DONE or count.counted_at is None:
        raise NotReady(N_("It has not been counted yet who would get it. Count the audience first."))
    if clock.now() - count.counted_at > OLD_COUNT:
        raise NotReady(N_("The audience was counted more than a day ago. Count it again."))
    if not count.free:
        raise NotReady(N_("Nobody would get it. Look at the audience."))
    return count
