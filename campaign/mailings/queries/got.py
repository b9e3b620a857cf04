"""Which mailings somebody got, and who got them: without what stood in them."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, func, or_, select

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.mail.rows import FINAL, MailRow, MailState, dedupe_key
from campaign.mailings.models import Mailing, MailingRecipient, MailingText, Outcome, Variant
from campaign.people.models import SCOPE, Person

KIND = "mailing"
WAITING = "waiting"
UNKNOWN = "unknown"
OFFERED_DAYS, MOST_OFFERED = 365, 200


@dataclass(frozen=True, slots=True)
class Got:
    """One mailing of one person."""

    mailing_id: uuid.UUID
    day: date
    subject: str
    """As they got it; empty where none of its texts is in a language of theirs any more."""
    state: str
    """An Outcome, WAITING or UNKNOWN."""


def key_of(mailing_id: uuid.UUID, person_id: uuid.UUID) -> bytes:
    """Of the one mail of a mailing that somebody may get."""
    return dedupe_key(SCOPE, KIND, mailing_id.bytes, person_id.bytes)


def list_got(person_id: uuid.UUID, *, most: int) -> Sequence[Got]:
    """The mailings that somebody got or is to get, the newest first."""
    statement = (
        select(MailingRecipient)
        .where(MailingRecipient.person_id == person_id)
        .order_by(MailingRecipient.owed_on.desc(), MailingRecipient.id)
        .limit(most)
    )
    rows = session.scalars(statement).all()
    own = session.scalar(select(Person.language).where(Person.id == person_id)) or "en"
    states = _states_of(person_id, [row.mailing_id for row in rows if row.outcome is None])
    mailings = {row.mailing_id for row in rows}
    texts = _texts_of(mailings)
    chosen = select(Mailing.id, Mailing.fallback).where(Mailing.id.in_(mailings))
    fallbacks = {each.id: each.fallback for each in session.execute(chosen)}
    return [
        Got(
            row.mailing_id, row.owed_on,
            _subject_of(texts.get(row.mailing_id, {}), own, fallbacks[row.mailing_id], row.variant),
            row.outcome or states.get(row.mailing_id, WAITING),
        )
        for row in rows
    ]  # fmt: skip


def select_got(mailing_id: uuid.UUID) -> Select[uuid.UUID]:
    """To whom a mailing was handed over."""
    return select(MailingRecipient.person_id).where(MailingRecipient.mailing_id == mailing_id, _has_left(mailing_id))


def select_got_any(days: int | None) -> Select[uuid.UUID]:
    """To whom any mailing was handed over, in so many days, or as far back as that is known."""
    statement = select(MailingRecipient.person_id).where(_has_left(None)).distinct()
    if days is None:
        return statement
    return statement.where(MailingRecipient.owed_on > clock.today() - timedelta(days=days))


def list_begun() -> Sequence[tuple[uuid.UUID, str]]:
    """Mailings of the last year that have begun, the newest first: id and title."""
    since = clock.now() - timedelta(days=OFFERED_DAYS)
    statement = select(Mailing.id, Mailing.title).where(Mailing.started_at >= since)
    rows = session.execute(statement.order_by(Mailing.started_at.desc(), Mailing.id).limit(MOST_OFFERED))
    return [(row[0], row[1]) for row in rows]


def find_title(mailing_id: uuid.UUID) -> str | None:
    """What staff call a mailing; None when it is gone."""
    return session.scalar(select(Mailing.title).where(Mailing.id == mailing_id))


def count_got(person_id: uuid.UUID, since: date) -> int:
    """How many mailings somebody was to get from a day on."""
    statement = select(func.count()).where(
        MailingRecipient.person_id == person_id, MailingRecipient.owed_on >= since
    )  # fmt: skip
    return session.scalar(statement) or 0


def _has_left(mailing_id: uuid.UUID | None) -> ColumnElement[bool]:
    """By what stands with the recipient, or by the mail's own row while that is there."""
    mails = select(MailRow.ref).where(MailRow.batch.is_not(None), MailRow.state == MailState.SENT)
    mails = mails.where(MailRow.batch == mailing_id) if mailing_id is not None else mails
    return or_(
        MailingRecipient.outcome == Outcome.SENT,
        MailingRecipient.outcome.is_(None) & MailingRecipient.id.in_(mails.where(MailRow.ref.is_not(None))),
    )


def _states_of(person_id: uuid.UUID, mailings: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    keys = {key_of(each, person_id): each for each in mailings}
    rows = session.execute(select(MailRow.dedupe_key, MailRow.state).where(MailRow.dedupe_key.in_(keys)))
    kept = FINAL | {MailState.UNKNOWN}
    return {keys[bytes(key)]: state if state in kept else WAITING for key, state in rows}


def _texts_of(mailings: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Mapping[str, MailingText]]:
    found: dict[uuid.UUID, dict[str, MailingText]] = {}
    for text in session.scalars(select(MailingText).where(MailingText.mailing_id.in_(mailings))):
        found.setdefault(text.mailing_id, {})[text.language] = text
    return found


def _subject_of(texts: Mapping[str, MailingText], own: str, fallback: str, variant: str) -> str:
    text = texts.get(own) or texts.get(fallback)
    if text is None:
        return ""
    return text.subject_b if variant == Variant.B and text.subject_b else text.subject
