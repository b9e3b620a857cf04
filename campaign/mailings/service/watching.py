"""What happens to a mailing by itself: it is paused when too much comes back, its trial ends, it is done."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import select

from campaign.kernel import audit, clock, jobs
from campaign.kernel.actors import Actor
from campaign.kernel.alarms import AlarmKind, raise_alarm
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, Forbidden
from campaign.kernel.mail.returns.classes import ReturnKind
from campaign.kernel.mail.returns.follow import Returned
from campaign.mailings import policy
from campaign.mailings.jobs import FanOut, WatchMailing
from campaign.mailings.models import UNDER_WAY, Mailing, MailingRecipient, MailingState, Variant
from campaign.mailings.queries.brakes import returns_of, too_much
from campaign.mailings.queries.got import KIND
from campaign.mailings.queries.progress import summary_of
from campaign.mailings.queries.trial import better_of, results_of
from campaign.mailings.service.sending import finish, is_trial
from campaign.mailings.service.states import hold_back
from campaign.mailings.service.write import lock_mailing, note_event

TELLING = frozenset({ReturnKind.HARD, ReturnKind.COMPLAINT, ReturnKind.POLICY})
COUNTED_FOR = timedelta(days=6)
"""So long after its end the numbers of a mailing are brought up to date; its mails' rows go the day after."""


def list_sending() -> list[uuid.UUID]:
    """Those that are leaving now."""
    return list(session.scalars(select(Mailing.id).where(Mailing.state == MailingState.SENDING)))


def follow(returned: Returned) -> None:
    """A mail of a mailing came back: let the mailing be looked at."""
    if returned.mail_kind != KIND or returned.kind not in TELLING or returned.ref is None:
        return
    mailing_id = session.scalar(select(MailingRecipient.mailing_id).where(MailingRecipient.id == returned.ref))
    if mailing_id is not None:
        jobs.enqueue(WatchMailing(str(mailing_id)))


def watch(mailing_id: uuid.UUID) -> None:
    """Pause one that is leaving where too much comes back; end its trial, and itself, when that is over."""
    found = session.get(Mailing, mailing_id, with_for_update=True, populate_existing=True)
    if found is None or found.state != MailingState.SENDING:
        return
    reason = too_much(returns_of(found).since((found.summary or {}).get("let_pass", {})))
    if reason:
        hold_back(found, reason, actor=None)
        raise_alarm(AlarmKind.MAILING_PAUSED, about=f"mailing:{found.id}")
        return
    ends = trial_ends_at(found)
    if ends is not None:
        if clock.now() >= ends:
            _end_trial(found, better_of(results_of(found)), actor=None)
        return
    finish(found.id)


def trial_ends_at(found: Mailing) -> datetime | None:
    """When the better of two subjects is chosen; None where none are tried now."""
    if not is_trial(found) or found.trial_owed_at is None:
        return None
    return found.trial_owed_at + timedelta(hours=found.ab_hours)


def choose_winner(mailing_id: uuid.UUID, variant: Variant, *, actor: Actor) -> None:
    """End a trial by hand. Raises NotFound, Forbidden, Conflict where there is none to end."""
    if not policy.may_write(actor):
        raise Forbidden
    found = lock_mailing(mailing_id)
    if found.state not in UNDER_WAY or not is_trial(found) or found.trial_owed_at is None:
        raise Conflict(N_("There is no trial of two subjects that could be ended."))
    _end_trial(found, variant, actor=actor.id)


def keep_count() -> None:
    """Bring the numbers of those up to date that ended some days ago: mails come back late."""
    since = clock.now() - COUNTED_FOR
    over = (Mailing.finished_at >= since, Mailing.started_at.is_not(None))
    for found in session.scalars(select(Mailing).where(*over).order_by(Mailing.id).with_for_update()):
        found.summary = summary_of(found)


def _end_trial(found: Mailing, variant: Variant, *, actor: uuid.UUID | None) -> None:
    found.winner = variant
    note_event(found, was=found.state, actor=actor, reason=f"winner_{variant}")
    audit.record("mailing.winner", actor=actor, about=f"mailing:{found.id}", reason=variant.value)
    session.flush()
    if found.state == MailingState.SENDING:
        jobs.enqueue(FanOut(str(found.id)))
