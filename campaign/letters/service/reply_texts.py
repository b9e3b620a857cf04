"""What an answer says, typed or translated: revisions, of which the newest approved one counts."""

import uuid

from campaign.activities.service import tasks
from campaign.kernel import audit, clock
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.errors import N_, DomainError
from campaign.letters.models import SCOPE, ReplyState, ReplyText, TextKind
from campaign.letters.models.incoming import REPLY_TEXT
from campaign.letters.queries.replies import newest_text
from campaign.letters.service.errors import ChangedElsewhere, NotThatStep
from campaign.letters.service.reply_moves import locked, note
from campaign.letters.service.reply_work import TASK_OF
from campaign.letters.service.typed import clean_text

LANGUAGES = ("ru", "en", "de", "uk", "be")
MOST_CHARACTERS = 60_000
READABLE = frozenset({ReplyState.MATCHED, ReplyState.SCREENED, ReplyState.FORWARDED})


class NoText(DomainError):
    """Nothing was typed, or beyond all bounds."""


def type_text(
    reply_id: uuid.UUID, kind: TextKind, language: str, text: str, *, seen_revision: int, actor: uuid.UUID
) -> ReplyText:  # fmt: skip
    """Store what staff typed as a new revision, which counts from now on; the same text again is the same revision.

    Raises NoText, ChangedElsewhere when somebody stored another revision since the page was opened, NotThatStep.
    """
    plain = clean_text(text)
    if not plain or len(plain) > MOST_CHARACTERS or language not in LANGUAGES:
        raise NoText(N_("Type what the letter says; at most 60,000 characters."))
    reply = locked(reply_id)
    if reply.state not in READABLE or reply.body_erased_on is not None:
        raise NotThatStep(N_("This can be typed once it is known who wrote it, and until its pages are erased."))
    known = newest_text(reply.id, kind, language)
    if known is not None and open_text(known) == plain and known.approved_by is not None:
        return known
    if (known.revision if known else 0) != seen_revision:
        raise ChangedElsewhere(N_("Somebody else stored another text meanwhile. Yours stands below; theirs is beside."))
    keyring.ensure(SCOPE)
    row = uuid.uuid4()
    made = ReplyText(
        id=row, reply_id=reply.id, kind=kind, language=language, revision=seen_revision + 1, written_by=actor,
        written_on=clock.today(), approved_by=actor, text_sealed=REPLY_TEXT.seal(SCOPE, row, plain),
    )  # fmt: skip
    session.add(made)
    session.flush()
    note(reply, f"text:{kind}", actor=actor)
    open_task = tasks.find_open(TASK_OF[kind], reply.id, _task_language(kind, language))
    if open_task is not None:
        tasks.finish(tasks.locked(open_task.id))
    audit.record("reply.text", actor=actor, about=f"reply:{reply.id}", reason=kind)
    return made


def open_text(found: ReplyText) -> str:
    """The words of a revision."""
    return REPLY_TEXT.unseal(SCOPE, found.id, found.text_sealed)


def _task_language(kind: TextKind, language: str) -> str:
    return language if kind is TextKind.TRANSLATION else ""
