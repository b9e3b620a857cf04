"""What staff wrote in place of a shipped text of an automatic mail: every version stays, the newest holds.

A version without words means: the shipped text again. Each process reads what holds every REREAD_AFTER seconds at most
and whole, so that no mail of a batch costs a statement, and web and workers follow a change within seconds.
"""

import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel import audit, clock
from campaign.kernel.db import Base, after_commit, session
from campaign.kernel.errors import N_, Conflict
from campaign.kernel.mail.automatic import AutomaticMail, automatic_mails
from campaign.kernel.mail.message import SLOT

REREAD_AFTER = 3.0


class MailText(Base):
    """One version of one text in one language."""

    __tablename__ = "mail_text"
    __table_args__ = (
        UniqueConstraint("message", "language", "version", name="uq_mail_text_version"),
        CheckConstraint("version >= 1", name="version_counts"),
        CheckConstraint("(subject IS NULL) = (body IS NULL)", name="whole_or_shipped"),
        CheckConstraint("subject !~ '[[:cntrl:]]'", name="subject_one_line"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    message: Mapped[str]
    """The key of the automatic mail."""
    language: Mapped[str]
    version: Mapped[int]
    subject: Mapped[str | None]
    """None: from here on the shipped text."""
    body: Mapped[str | None]
    saved_by: Mapped[uuid.UUID]
    """The account's public id, as in the audit trail."""
    saved_at: Mapped[datetime]


class ChangedMeanwhile(Conflict):
    """Somebody saved another version since this one was begun."""


@dataclass(frozen=True, slots=True)
class Own:
    """A text that holds in place of the shipped one."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants to save; `own` None: the shipped text again."""

    language: str
    own: Own | None
    seen: int
    """The version they began from; 0: none was there."""


class _Seen:
    """This process's copy of what holds."""

    def __init__(self) -> None:
        self.texts: Mapping[tuple[str, str], Own] = {}
        self.read_at = float("-inf")
        self.lock = threading.Lock()

    def current(self) -> Mapping[tuple[str, str], Own]:
        is_due = time.monotonic() - self.read_at > REREAD_AFTER
        # Whoever comes while another reads takes the copy at hand, but for the very first, which nobody has yet.
        if is_due and self.lock.acquire(blocking=self.read_at == float("-inf")):
            try:
                self._reread()
            finally:
                self.lock.release()
        return self.texts

    def forget(self) -> None:
        self.read_at = float("-inf")

    def _reread(self) -> None:
        if time.monotonic() - self.read_at <= REREAD_AFTER:
            return
        try:
            self.texts = {
                (each.message, each.language): Own(each.subject, each.body)
                for each in list_current()
                if each.subject is not None and each.body is not None
            }
        except DBAPIError:
            # A database that is away must not lose what is known: the last known texts stand.
            session.rollback()
        self.read_at = time.monotonic()


_seen = _Seen()


def forget_seen() -> None:
    """Read what holds anew at the next question."""
    _seen.forget()


def find_own(message: str, language: str) -> Own | None:
    """What staff put in place of a shipped text; a change anywhere is seen within REREAD_AFTER seconds.

    One whose fields a newer release no longer fills does not hold: the shipped text goes out instead.
    """
    own = _seen.current().get((message, language))
    return own if own is None or is_usable(message, own) else None


def is_usable(message: str, own: Own) -> bool:
    """Whether the register still knows all its fields, and it has those that are needed."""
    if message not in automatic_mails:
        return False
    mail, used = automatic_mails[message], set(SLOT.findall(own.body))
    return used <= {slot.name for slot in mail.slots} and used >= {slot.name for slot in mail.slots if slot.is_needed}


def list_current() -> Sequence[MailText]:
    """The newest version of every text that was ever changed."""
    key = MailText.message, MailText.language
    newest = select(*key, func.max(MailText.version)).group_by(*key)
    current = select(MailText).where(tuple_(*key, MailText.version).in_(newest)).order_by(*key)
    return session.scalars(current.execution_options(populate_existing=True)).all()


def list_versions(message: str, language: str) -> Sequence[MailText]:
    """All versions of one text, newest first."""
    mine = select(MailText).where(MailText.message == message, MailText.language == language)
    return session.scalars(mine.order_by(MailText.version.desc())).all()


def find_newest(message: str) -> dict[str, MailText]:
    """By language the newest version of one mail's texts, where there is any."""
    return {each.language: each for each in list_current() if each.message == message}


def save(mail: AutomaticMail, drafts: Sequence[Draft], *, actor: uuid.UUID, action: str = "mail_text.saved") -> int:
    """Put new versions on top, all of them or none; gives how many.

    Raises ChangedMeanwhile when somebody saved one of them since; what they saved stays. Two at the same moment meet in
    the unique key: the second waits for the first and is told.
    """
    newest = find_newest(mail.key)
    for draft in sorted(drafts, key=lambda each: each.language):
        known = newest[draft.language].version if draft.language in newest else 0
        if known != draft.seen or not _insert(mail.key, draft, actor):
            raise ChangedMeanwhile(
                N_("Somebody else saved this text meanwhile. Yours is still in the form; theirs is shown beside it.")
            )
        audit.record(action, actor=actor, about=f"mail-text:{mail.key}:{draft.language}")
    after_commit(forget_seen)
    return len(drafts)


def _insert(message: str, draft: Draft, actor: uuid.UUID) -> bool:
    own = draft.own
    statement = insert(MailText).values(
        id=uuid.uuid4(), message=message, language=draft.language, version=draft.seen + 1,
        subject=own.subject if own else None, body=own.body if own else None, saved_by=actor, saved_at=clock.now(),
    )  # fmt: skip
    statement = statement.on_conflict_do_nothing(index_elements=["message", "language", "version"])
    return session.execute(statement.returning(MailText.id)).first() is not None
