"""Words of answers in public: what stands, what waits for a second person, what stands in the way.

Whatever the public reads asks for the consent, the page and open incidents again: a row that says "published" is not
enough.
"""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, Uuid, and_, bindparam, func, or_, select

from campaign.kernel.db import session
from campaign.kernel.kept import Kept
from campaign.kernel.languages import in_language
from campaign.kernel.reads import Read
from campaign.letters.models import (
    Incident,
    IncidentState,
    PublicationState,
    Reply,
    ReplyEvent,
    ReplyState,
    ReplyText,
    TextKind,
)
from campaign.letters.queries.replies import list_texts
from campaign.prisoners.models import ConsentKind, Prisoner, PrisonerConsent, PrisonerState

REREAD_AFTER = 30.0
ASKED_EVENT = "words:asked"
"""What the event of a proposal says; whoever made the last one does not approve it."""
READ = frozenset({ReplyState.SCREENED, ReplyState.FORWARDED})
"""Every page was read, and nobody has taken the answer back."""

LIVE = frozenset({PublicationState.ASKED, PublicationState.APPROVED, PublicationState.PUBLISHED})
"""There are words that are shown or may soon be."""


class Hindrance(StrEnum):
    """Why no word of an answer can be shown."""

    NOT_READ = "not_read"
    NO_TEXT = "no_text"
    NO_CONSENT = "no_consent"
    NOT_PUBLIC = "not_public"
    INCIDENT = "incident"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Words in one language."""

    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """What is shown of one answer."""

    written_in: str
    """The language of the letter; the others are translations."""
    texts: Sequence[Excerpt]
    month: date
    """Some day of the month in which it was written, or came in; nothing more exact is told."""

    def in_language(self, language: str) -> Excerpt:
        """The words in `language`, else in English, else in whichever there is."""
        return in_language(self.texts, language)


def read_words(stored: str, on: date) -> Words:
    """The words as `published_text` holds them."""
    found = json.loads(stored)
    texts = [Excerpt(language, text) for language, text in found["texts"].items()]
    return Words(found["written_in"], texts, on.replace(day=1))


def few_words_of(prisoner_id: uuid.UUID, most: int) -> list[Words]:
    """The newest words of somebody that may be shown, at most so many; no statement where none were published."""
    if prisoner_id not in _quoted.current():
        return []
    rows = _of_person().rows(prisoner=prisoner_id, most=most, skipped=0)
    return [read_words(row.published_text, row.on) for row in rows]


def page_of_words(prisoner_id: uuid.UUID, number: int, per_page: int) -> tuple[list[Words], int]:
    """One page of them, and how many there are in all."""
    rows = _of_person().rows(prisoner=prisoner_id, most=per_page, skipped=(number - 1) * per_page)
    return [read_words(row.published_text, row.on) for row in rows], rows[0].total if rows else 0


def has_open_incident() -> ColumnElement[bool]:
    """Whether an incident about the answer is worked on."""
    mine = select(Incident.id).where(Incident.reply_id == Reply.id, Incident.state != IncidentState.CLOSED)
    return mine.exists()


def find_untyped(reply: Reply) -> Hindrance | None:
    """Why there are no words to choose from."""
    if reply.state not in READ:
        return Hindrance.NOT_READ
    return None if has_transcription(reply.id) else Hindrance.NO_TEXT


def find_hindrance(reply: Reply) -> Hindrance | None:
    """What does not hold of all that must as long as words are shown."""
    if reply.prisoner_id is None or find_words_consent(reply.prisoner_id) is None:
        return Hindrance.NO_CONSENT
    state = session.scalar(select(Prisoner.state).where(Prisoner.id == reply.prisoner_id))
    if state != PrisonerState.PUBLISHED:
        return Hindrance.NOT_PUBLIC
    worked_on = select(Reply.id).where(Reply.id == reply.id, has_open_incident())
    return Hindrance.INCIDENT if session.scalar(worked_on) else None


def find_words_consent(prisoner_id: uuid.UUID) -> PrisonerConsent | None:
    """The consent to show words from somebody's letters, while it holds."""
    mine = select(PrisonerConsent).where(PrisonerConsent.prisoner_id == prisoner_id, *_HOLDS)
    return session.scalar(mine)


def has_transcription(reply_id: uuid.UUID) -> bool:
    """Whether what the letter says was typed and approved."""
    mine = select(ReplyText.id).where(
        ReplyText.reply_id == reply_id, ReplyText.kind == TextKind.TRANSCRIPTION, ReplyText.approved_by.is_not(None)
    )
    return session.scalar(mine.limit(1)) is not None


def language_of_letter(reply_id: uuid.UUID) -> str:
    """The language in which it was typed as it was written."""
    return next((each.language for each in list_texts(reply_id) if each.kind == TextKind.TRANSCRIPTION), "ru")


def asked_by(reply_id: uuid.UUID) -> uuid.UUID | None:
    """Who made the last proposal."""
    return session.scalar(_asker(reply_id).limit(1))


def count_waiting(actor: uuid.UUID) -> int:
    """How many proposals wait for this person as the second one."""
    theirs = _asker(Reply.id).limit(1).scalar_subquery().is_distinct_from(actor)
    waiting = select(func.count()).select_from(Reply).where(Reply.publication == PublicationState.ASKED, theirs)
    return session.scalar(waiting) or 0


def select_groundless() -> Select[uuid.UUID]:
    """Answers with words that are shown or wait, although something that must hold does not any more."""
    statement = (
        select(Reply.id)
        .join(Prisoner, Prisoner.id == Reply.prisoner_id)
        .outerjoin(PrisonerConsent, and_(PrisonerConsent.id == Reply.consent_id, *_HOLDS, _IS_THEIRS))
        .where(Reply.publication.in_(LIVE))
    )
    return statement.where(or_(PrisonerConsent.id.is_(None), Prisoner.state != _PUBLIC, has_open_incident()))


def _asker(reply_id: Any) -> Select[uuid.UUID | None]:
    mine = select(ReplyEvent.actor_id).where(ReplyEvent.reply_id == reply_id, ReplyEvent.reason == ASKED_EVENT)
    return mine.order_by(ReplyEvent.id.desc())


_PUBLIC = PrisonerState.PUBLISHED
_HOLDS = (PrisonerConsent.kind == ConsentKind.WORDS, PrisonerConsent.revoked_on.is_(None))
# Matched anew, an answer is somebody else's, who has not agreed.
_IS_THEIRS = PrisonerConsent.prisoner_id == Reply.prisoner_id


# Of whom any words were published; whether they may be shown is asked for each page.
_quoted = Kept(
    lambda: frozenset(
        session.scalars(select(Reply.prisoner_id).where(Reply.publication == PublicationState.PUBLISHED).distinct())
    ),
    REREAD_AFTER,
)


def forget_quoted() -> None:
    """Read anew whose words were published: at once here, within REREAD_AFTER seconds in other processes."""
    _quoted.forget()


@cache
def _of_person() -> Read:
    on = func.coalesce(Reply.written_on, Reply.logged_on)
    return Read(
        select(Reply.published_text, on.label("on"), func.count().over().label("total"))
        .join(PrisonerConsent, PrisonerConsent.id == Reply.consent_id)
        .join(Prisoner, Prisoner.id == Reply.prisoner_id)
        .where(
            Reply.prisoner_id == bindparam("prisoner", type_=Uuid), Reply.publication == PublicationState.PUBLISHED,
            *_HOLDS, _IS_THEIRS, Prisoner.state == _PUBLIC, ~has_open_incident(),
        )
        .order_by(on.desc(), Reply.number.desc())
        .limit(bindparam("most", type_=Integer))
        .offset(bindparam("skipped", type_=Integer))
    )  # fmt: skip
