"""Writing a mailing: making one, changing it, deleting a draft. What a second person said yes to is never changed."""

import secrets
import string
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import delete, select
from sqlalchemy.orm.attributes import flag_modified

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError, NotFound
from campaign.kernel.text import one_line
from campaign.kernel.versions import check_version
from campaign.mailings.models import (
    LONGEST_TITLE,
    Audience,
    Mailing,
    MailingEvent,
    MailingState,
    MailingText,
)
from campaign.mailings.service.text.store import TextDraft, check_texts, digest_of, keep_links
from campaign.people.models import Topic

LANGUAGES = ("en", "ru", "de")
CHANGEABLE = frozenset({MailingState.DRAFT, MailingState.PROPOSED})
"""A proposed one becomes a draft again by being changed: whoever says yes has seen what leaves."""
FREE_TOPICS = (Topic.NEWS, Topic.EVENTS, Topic.ASKS)
"""Those of mailings to a segment; one to the signers of a petition has the petition's news."""
CODE_LETTERS = 8


class BadMailing(DomainError):
    """It lacks something without which it cannot be stored."""


class Frozen(Conflict):
    """It is not written any more: somebody said yes to it, or it has left."""


@dataclass(frozen=True, slots=True)
class MailingDraft:
    """What somebody typed. `topic` None: it follows from the audience."""

    title: str
    topic: str | None = Topic.NEWS
    fallback: str = "en"
    texts: Mapping[str, TextDraft] = field(default_factory=dict)
    hosts: frozenset[str] = frozenset()
    """Our own, whose pages are named by opaque links alone."""


def create_mailing(draft: MailingDraft, *, actor: uuid.UUID | None, is_demo: bool = False) -> Mailing:
    """A new draft, to nobody yet. Raises BadMailing, BadTexts."""
    check_texts(draft.texts, hosts=draft.hosts)
    code = "".join(secrets.choice(string.ascii_lowercase) for _ in range(CODE_LETTERS))
    made = Mailing(
        id=uuid.uuid4(), state=MailingState.DRAFT, code=code, written_by=actor, created_on=clock.today(),
        audience=Audience.SEGMENT, is_demo=is_demo,
    )  # fmt: skip
    _fill_in(made, draft)
    session.add(made)
    session.flush()
    _store_texts(made.id, draft.texts)
    note_event(made, was=None, actor=actor)
    if actor is not None:
        audit.record("mailing.write", actor=actor, about=f"mailing:{made.id}")
    return made


def edit_mailing(mailing_id: uuid.UUID, draft: MailingDraft, *, seen_version: int, actor: uuid.UUID) -> Mailing:
    """Change what it says; whoever changed it last counts as its writer. A proposed one is a draft again.

    Raises NotFound, Conflict where somebody saved meanwhile, Frozen, BadMailing, BadTexts.
    """
    found = lock_mailing(mailing_id)
    check_version(found.version, seen_version)
    check_changeable(found)
    check_texts(draft.texts, signers_of=found.petition_id, hosts=draft.hosts)
    _fill_in(found, draft)
    was, found.written_by = found.state, actor
    if was == MailingState.PROPOSED:
        found.state, found.proposed_by = MailingState.DRAFT, None
        note_event(found, was=was, actor=actor, reason="changed")
    # The texts are rows of their own: the version has to move although nothing of this row may have changed.
    flag_modified(found, "title")
    session.flush()
    _store_texts(mailing_id, draft.texts)
    audit.record("mailing.edit", actor=actor, about=f"mailing:{mailing_id}")
    return found


def delete_mailing(mailing_id: uuid.UUID, *, seen_version: int, actor: uuid.UUID) -> None:
    """Delete a draft with all that it says. Raises NotFound, Conflict, Frozen."""
    found = lock_mailing(mailing_id)
    check_version(found.version, seen_version)
    if found.state != MailingState.DRAFT:
        raise Frozen(N_("Only a draft can be deleted. Nothing was done."))
    session.delete(found)
    audit.record("mailing.delete", actor=actor, about=f"mailing:{mailing_id}")


def lock_mailing(mailing_id: uuid.UUID) -> Mailing:
    """The mailing under the lock of its row. Raises NotFound."""
    statement = select(Mailing).where(Mailing.id == mailing_id).with_for_update()
    found = session.scalar(statement.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def check_changeable(found: Mailing) -> None:
    """Raise Frozen where it is not written any more."""
    if found.state not in CHANGEABLE:
        raise Frozen(N_("A second person has said yes to this mailing, so its text stays as it is."))


def note_event(
    found: Mailing, *, was: str | None, actor: uuid.UUID | None, reason: str = ""
) -> None:  # fmt: skip
    """Write a step down; the mailing's state is where it led."""
    session.add(
        MailingEvent(
            mailing_id=found.id, was=was, now=found.state, happened_at=clock.now(), actor_id=actor, reason=reason
        )
    )


def _fill_in(found: Mailing, draft: MailingDraft) -> None:
    title = one_line(draft.title, LONGEST_TITLE)
    if not title:
        raise BadMailing(N_("Give the mailing a title. Only staff see it."))
    found.title = title
    if draft.fallback not in LANGUAGES:
        raise BadMailing(N_("Choose the language for everybody else."))
    found.fallback = draft.fallback
    if found.audience == Audience.SEGMENT and draft.topic is not None:
        if draft.topic not in FREE_TOPICS:
            raise BadMailing(N_("Choose what the mailing is about."))
        found.topic = draft.topic


def _store_texts(mailing_id: uuid.UUID, texts: Mapping[str, TextDraft]) -> None:
    written = {code: text for code, text in texts.items() if not text.is_empty}
    gone = delete(MailingText).where(MailingText.mailing_id == mailing_id, MailingText.language.not_in(written))
    session.execute(gone)
    for code, text in written.items():
        row = session.get(MailingText, (mailing_id, code)) or MailingText(mailing_id=mailing_id, language=code)
        if row.plain != text.plain:
            row.plain_for = digest_of(text.body) if text.plain else ""
        row.subject, row.subject_b = text.subject, text.subject_b
        row.body, row.plain = text.body, text.plain
        session.add(row)
    session.flush()
    keep_links(written)


def drafts_of(texts: Sequence[MailingText]) -> dict[str, TextDraft]:
    """What is stored, as if it were typed: for a copy."""
    return {text.language: TextDraft(text.subject, text.subject_b, text.body, text.plain) for text in texts}
