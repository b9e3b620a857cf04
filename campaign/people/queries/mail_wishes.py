"""Who may be mailed today, by what they agreed to and how often they want to hear from us."""

import uuid
from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, and_, or_, select

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.people.models import AskRest, Consent, MailRhythm, MailWish, Purpose, Topic

PART = 1000


def find_wish(person_id: uuid.UUID) -> MailWish | None:
    """What somebody wished for; None: mails as they come."""
    return session.get(MailWish, person_id, populate_existing=True)


def select_paused() -> Select[uuid.UUID]:
    """Who wants no mails today."""
    return select(MailWish.person_id).where(MailWish.paused_until >= clock.today())


def select_rhythm(rhythm: str) -> Select[uuid.UUID]:
    """Who wants mails in this rhythm."""
    return select(MailWish.person_id).where(MailWish.rhythm == rhythm)


def may_mail_today(
    person_ids: Collection[uuid.UUID], topic: Topic, subject: uuid.UUID | None = None
) -> set[uuid.UUID]:  # fmt: skip
    """Those of these people to whom a mail about `topic` may be owed today; `subject`: of a petition's news, which.

    They agree to it, do not pause, and their rhythm has a mail free. Whoever owes them one says so by `note_mailed`
    (service/mail_rhythm.py) in the same transaction. Whether an address is never mailed is checked when mail leaves.
    """
    ids, found = sorted(set(person_ids)), set[uuid.UUID]()
    for start in range(0, len(ids), PART):
        part = ids[start : start + PART]
        statement = select(Consent.person_id).where(Consent.person_id.in_(part), *_agrees(topic, subject))
        statement = statement.where(Consent.person_id.not_in(select_held()))
        if topic is Topic.ASKS:
            statement = statement.where(Consent.person_id.not_in(select_resting()))
        found.update(session.scalars(statement))
    return found


def held_among(person_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those of these people whom select_held finds."""
    return set(session.scalars(select_held().where(MailWish.person_id.in_(person_ids))))


def select_resting() -> Select[uuid.UUID]:
    """Who wants to be asked for nothing today."""
    lasts = or_(AskRest.until_on.is_(None), AskRest.until_on >= clock.today())
    return select(AskRest.person_id).where(lasts)


def select_held() -> Select[uuid.UUID]:
    """To whom no mail may be owed today, whatever they agreed to: they pause, or have had the mail of their rhythm."""
    today = clock.today()
    early = [
        and_(MailWish.rhythm == each.value, MailWish.mailed_on > today - timedelta(days=each.days))
        for each in MailRhythm
        if each.days
    ]
    return select(MailWish.person_id).where(or_(MailWish.paused_until >= today, *early))


def _agrees(topic: Topic, subject: uuid.UUID | None) -> list[ColumnElement[bool]]:
    purpose = Purpose.NEWS if topic is Topic.ASKS else topic
    return [Consent.purpose == purpose, Consent.subject.is_not_distinct_from(subject), Consent.ended_on.is_(None)]
