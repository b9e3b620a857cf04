"""Sending one: who is in its audience is written down once, then mails are owed a page of people at a time.

Where the fan-out stands is stored in the transaction that owes the mails, so that a worker killed at any moment leaves
nobody out and nobody twice.
"""

import uuid
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select, text

from campaign.kernel import clock, jobs
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.kernel.mail import batches
from campaign.kernel.mail.batches import Owed
from campaign.kernel.mail.providers import provider_of
from campaign.kernel.mail.rows import FINAL, MailRow, MailState
from campaign.mailings.jobs import EndStopped, FanOut
from campaign.mailings.models import Mailing, MailingCount, MailingState, Variant
from campaign.mailings.queries.audience import Reached, asks_of, judge, reach, select_audience, terms_of
from campaign.mailings.queries.got import KIND, key_of
from campaign.mailings.queries.progress import summary_of
from campaign.mailings.queries.trial import variant_of
from campaign.mailings.queries.zones import moment_for
from campaign.mailings.service.states import begins_at, move
from campaign.mailings.service.write import lock_mailing
from campaign.people.models import Segment
from campaign.people.queries.segments import EVERYBODY, list_members
from campaign.people.service.mail_rhythm import note_mailed
from campaign.people.service.segments.freeze import write_down

PART = 2_000
PAGE_LOCK = 0x_4D_41_49_4C
"""Pages of two mailings to the same people come one after the other, so that the second sees who has had one."""
IN_HANDS = timedelta(minutes=1)
MOST_GROWTH = 1.2
SOME = 50
OPEN = frozenset(MailState) - FINAL - {MailState.UNKNOWN}


def list_due() -> Sequence[uuid.UUID]:
    """Those whose moment has come and that did not begin: the job that was to do it is late, or was lost."""
    waiting = session.scalars(select(Mailing).where(Mailing.state == MailingState.APPROVED)).all()
    return [each.id for each in waiting if _is_due(each)]


def start(mailing_id: uuid.UUID) -> None:
    """Begin one that is approved and due; any other is left alone.

    Where its audience is not what the second person saw, or has grown by much since, it goes back to them instead.
    """
    found = _find_locked(mailing_id)
    if found is None or found.state != MailingState.APPROVED or not _is_due(found):
        return
    count = session.get(MailingCount, found.id)
    if count is None or count.asks != asks_of(found):
        _back(found, "audience_changed")
        return
    segment = session.get(Segment, found.segment_id) if found.segment_id else None
    use = write_down(
        select_audience(found), f"mailing: {found.title}", audience=EVERYBODY, made_by=found.proposed_by,
        segment=segment,
    )  # fmt: skip
    if not use.total or use.total > count.seen * MOST_GROWTH + SOME:
        _back(found, "audience_grown" if use.total else "nobody")
        return
    found.freeze_id, found.started_at, found.total, found.excluded, found.cursor = use.id, clock.now(), 0, {}, None
    move(found, MailingState.SENDING, actor=None, amount=use.total)
    batches.open_batch(found.id)
    jobs.enqueue(FanOut(str(found.id)))


def fan_out(mailing_id: uuid.UUID) -> None:
    """Owe the mails of the next page of people, and ask for the page after it; of one that is leaving alone."""
    found = _find_locked(mailing_id)
    if found is None or found.state != MailingState.SENDING or found.owed_at is not None or found.freeze_id is None:
        return
    if is_trial(found) and found.trial_owed_at is not None:
        return
    people = list_members(found.freeze_id, after=found.cursor, most=PART)
    if not people:
        _all_owed(found)
        return
    _owe(found, people)
    found.cursor = people[-1]
    session.flush()
    jobs.enqueue(FanOut(str(found.id)))


def is_trial(found: Mailing) -> bool:
    """Whether two subjects are tried, and none has won yet."""
    return bool(found.ab_share) and found.winner is None


def finish(mailing_id: uuid.UUID) -> None:
    """End one of which no mail waits any more; what nobody knows the fate of stands apart."""
    found = _find_locked(mailing_id)
    if found is None or found.state != MailingState.SENDING or found.owed_at is None or _count_open(found.id):
        return
    found.summary, found.finished_at = summary_of(found), clock.now()
    move(found, MailingState.SENT, actor=None)


def end_stopped(mailing_id: uuid.UUID) -> None:
    """End the next mails of one that was stopped; those in a worker's hands come back within minutes."""
    found = _find_locked(mailing_id)
    if found is None or found.state != MailingState.STOPPED:
        return
    ended = batches.stop(found.id, PART)
    if ended or _count_open(found.id):
        wait = None if ended else clock.now() + IN_HANDS
        jobs.enqueue(EndStopped(str(found.id)), due_at=wait)
        return
    found.summary = summary_of(found)


def _is_due(found: Mailing) -> bool:
    moment = begins_at(found)
    return moment is not None and moment <= clock.now()


def _back(found: Mailing, reason: str) -> None:
    """A second person has to look again: what they said yes to is not what would leave."""
    found.approved_by = None
    move(found, MailingState.PROPOSED, actor=None, reason=reason)


def _all_owed(found: Mailing) -> None:
    if is_trial(found):
        found.trial_owed_at, found.cursor = clock.now(), None
    else:
        found.owed_at = clock.now()


def _owe(found: Mailing, people: Sequence[uuid.UUID]) -> None:
    session.execute(select(func.pg_advisory_xact_lock(PAGE_LOCK)))
    variants = _variants(found, people)
    terms, holds = terms_of(found), Counter[str](found.excluded or {})
    reached = reach(session.execute(judge(list(variants), terms)), terms, holds)
    rows = _note_recipients(found.id, reached, variants)
    mine = [each for each in reached if each.person_id in rows]
    if mine:
        batches.owe_many(found.id, KIND, [_owed(found, each, rows[each.person_id]) for each in mine])
        note_mailed([each.person_id for each in mine])
    found.total, found.excluded = (found.total or 0) + len(mine), dict(+holds)


def _variants(found: Mailing, people: Sequence[uuid.UUID]) -> dict[uuid.UUID, Variant]:
    """Those of the people whose turn it is in this round, with the subject they get."""
    if not found.ab_share:
        return dict.fromkeys(people, Variant.A)
    tried = {each: variant_of(found.id, each, found.ab_share) for each in people}
    if found.winner is None:
        return {each: variant for each, variant in tried.items() if variant is not None}
    return {each: Variant(found.winner) for each, variant in tried.items() if variant is None}


_NOTE = text("""
    INSERT INTO mailing_recipient (id, mailing_id, person_id, variant, owed_on)
    SELECT owed.id, :mailing, owed.person, owed.variant, :today
    FROM unnest(CAST(:ids AS uuid[]), CAST(:people AS uuid[]), CAST(:variants AS text[])) AS owed (id, person, variant)
    ON CONFLICT (mailing_id, person_id) DO NOTHING RETURNING person_id, id
""")


def _note_recipients(
    mailing_id: uuid.UUID, reached: Sequence[Reached], variants: dict[uuid.UUID, Variant]
) -> dict[uuid.UUID, uuid.UUID]:
    """Write down who gets it; gives the new rows by person. Whose record took in another's may stand there already."""
    values = {
        "mailing": mailing_id, "today": clock.today(), "ids": [uuid.uuid4() for _ in reached],
        "people": [each.person_id for each in reached],
        "variants": [variants[each.person_id].value for each in reached],
    }  # fmt: skip
    return {row[0]: row[1] for row in session.execute(_NOTE, values)}


def _owed(found: Mailing, reached: Reached, recipient: uuid.UUID) -> Owed:
    key = key_of(found.id, reached.person_id)
    return Owed(
        uuid.uuid4(), recipient, reached.language, key, provider_of(reached.address), _due_at(found, reached.country)
    )


def _due_at(found: Mailing, country: str | None) -> datetime:
    now = clock.now()
    if not found.by_local_time or found.send_at is None:
        return now
    return max(now, moment_for(country, found.send_at))


def _count_open(mailing_id: uuid.UUID) -> int:
    waits = select(func.count()).where(MailRow.batch == mailing_id, MailRow.state.in_(OPEN))
    return session.scalar(waits) or 0


def _find_locked(mailing_id: uuid.UUID) -> Mailing | None:
    try:
        return lock_mailing(mailing_id)
    except NotFound:
        return None
