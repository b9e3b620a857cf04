"""A volunteer types or translates an answer: revisions, of which none counts before a moderator has compared it."""

import uuid

from sqlalchemy import select

from campaign.activities.models import Task
from campaign.activities.service import tasks
from campaign.kernel import audit, clock
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.errors import N_, NotFound
from campaign.letters.models import SCOPE, Reply, ReplyPage, ReplyText
from campaign.letters.models.incoming import REMARK, REPLY_TEXT
from campaign.letters.queries import reply_tasks
from campaign.letters.queries.replies import newest_text
from campaign.letters.service import reply_pages
from campaign.letters.service.errors import ChangedElsewhere, NotThatStep, Unsendable
from campaign.letters.service.reply_moves import locked, note
from campaign.letters.service.typed import clean_text
from campaign.penpals.models import WriterProfile
from campaign.people.models import Volunteer

MOST_CHARACTERS = 60_000
NOTHING = "0"
"""The mark of a text that nobody has begun."""


def take(task_id: uuid.UUID, me: Volunteer, profile: WriterProfile) -> Task:
    """Take it for a week, which puts on record that they look at its pages; whoever has it keeps it.

    Raises TakenByAnother for what is not open to them.
    """
    _lock_reply(task_id)
    if reply_tasks.find_work(task_id, me, profile) is not None:
        return tasks.locked(task_id)
    if not reply_tasks.may_take(task_id, me, profile):
        raise tasks.TakenByAnother(N_("This is not open to you, or somebody else has taken it meanwhile."))
    task = tasks.claim(task_id, me.id)
    audit.record("reply.look", actor=me.account_id, about=f"reply:{task.subject_id}", reason=task.kind)
    return task


def open_work(task_id: uuid.UUID, me: Volunteer, profile: WriterProfile) -> tuple[Task, Reply]:
    """The task that this volunteer holds and its answer, both locked. Raises NotFound, TakenByAnother, NotThatStep."""
    reply = _lock_reply(task_id)
    task = tasks.locked(task_id)
    if task.claimed_by != me.id:
        raise NotFound
    if task.state not in tasks.HELD or (task.claimed_until is not None and task.claimed_until < clock.today()):
        raise tasks.TakenByAnother(N_("This is no longer yours: the days ran out, or it was finished."))
    if reply_tasks.find_work(task_id, me, profile) is None:
        raise NotThatStep(N_("This answer is not shown any more. Thank you all the same."))
    return task, reply


def newest(task: Task) -> ReplyText | None:
    """The last revision of what the task is about."""
    return newest_text(task.letter_id, *reply_tasks.text_of(task))


def mark_of(found: ReplyText | None) -> str:
    """What a window remembers of the text that it loaded."""
    return f"{found.revision}.{found.version}" if found is not None else NOTHING


def save(
    task: Task, reply: Reply, text: str, *, seen: str, actor: uuid.UUID, is_interim: bool = False
) -> ReplyText | None:  # fmt: skip
    """Keep what was typed so far as a revision; None where there is nothing yet. The caller holds the locks.

    With `is_interim` the next save takes its place. Raises ChangedElsewhere when another window saved meanwhile and
    this text differs, and keeps that one; Unsendable for one that is too long.
    """
    plain = clean_text(text)
    if len(plain) > MOST_CHARACTERS:
        raise Unsendable(N_("This is longer than 60,000 characters. Save less of it, and keep the rest elsewhere."))
    known = newest(task)
    if plain == (words_of(known) if known is not None else ""):
        if known is not None and known.approved_by is None:
            known.is_interim = known.is_interim and is_interim
        return known
    if mark_of(known) != seen:
        raise ChangedElsewhere(
            N_("This was changed in another window meanwhile. Put together what you want from both.")
        )
    keyring.ensure(SCOPE)
    if known is not None and known.is_interim and known.written_by == actor and known.approved_by is None:
        known.text_sealed, known.version = REPLY_TEXT.seal(SCOPE, known.id, plain), known.version + 1
        known.is_interim, known.written_on = is_interim, clock.today()
        session.flush()
        return known
    return _add(task, reply, plain, known.revision if known is not None else 0, actor, is_interim=is_interim)


def hand_in(task: Task, reply: Reply, me: Volunteer) -> None:
    """It is done as far as they can. The caller holds the locks. Raises Unsendable where there is nothing new."""
    found = newest(task)
    if found is None or found.approved_by is not None or not words_of(found):
        raise Unsendable(N_("There is nothing new to hand in. Type it into the field first."))
    found.is_interim = False
    tasks.submit(task.id, me.id)
    # Without their account: on staff pages a volunteer has a pseudonym, which stands beside the revision.
    note(reply, f"handed_in:{found.kind}", actor=None)
    audit.record("reply.handed_in", actor=me.account_id, about=f"reply:{reply.id}", reason=found.kind)


def give_back(task_id: uuid.UUID, me: Volunteer) -> None:
    """ "I cannot after all": open for others, with what is typed so far. Twice is once. Raises NotFound."""
    _lock_reply(task_id)
    tasks.give_back(task_id, me.id)


def words_of(found: ReplyText) -> str:
    """The words of a revision."""
    return REPLY_TEXT.unseal(SCOPE, found.id, found.text_sealed)


def remark_of(found: ReplyText | None) -> str:
    """What a moderator said of a revision that they sent back."""
    if found is None or found.remark_sealed is None:
        return ""
    return REMARK.unseal(SCOPE, found.id, found.remark_sealed)


def open_page(task: Task, page_id: uuid.UUID) -> bytes:
    """A page that volunteers may see, as WebP, for whoever has the task. Raises NotFound."""
    page = session.scalar(
        select(ReplyPage).where(
            ReplyPage.id == page_id, ReplyPage.reply_id == task.subject_id, *reply_tasks.SHOWN
        )
    )  # fmt: skip
    if page is None:
        raise NotFound
    return reply_pages.open_page(page)


def _add(task: Task, reply: Reply, plain: str, before: int, actor: uuid.UUID, *, is_interim: bool) -> ReplyText:
    kind, language = reply_tasks.text_of(task)
    row = uuid.uuid4()
    made = ReplyText(
        id=row, reply_id=reply.id, kind=kind, language=language, revision=before + 1, written_by=actor,
        written_on=clock.today(), is_interim=is_interim, version=1, text_sealed=REPLY_TEXT.seal(SCOPE, row, plain),
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def _lock_reply(task_id: uuid.UUID) -> Reply:
    """The answer of a task, locked: always before the task itself, as whoever ends the work does. Raises NotFound."""
    about = select(Task.subject_id).where(Task.id == task_id, Task.kind.in_(reply_tasks.KINDS))
    reply_id = session.scalar(about)
    if reply_id is None:
        raise NotFound
    return locked(reply_id)
