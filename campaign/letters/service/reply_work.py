"""What staff ask volunteers for, how they compare it with the pages, and when nobody else sees an answer any more."""

import uuid
from collections.abc import Collection

from sqlalchemy import or_, select, update

from campaign.activities.models import OPEN_TASKS, Task, TaskKind, TaskState
from campaign.activities.service import tasks
from campaign.kernel import audit
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.errors import N_, DomainError, NotFound
from campaign.letters.models import SCOPE, Reply, ReplyPage, ReplyText, TextKind
from campaign.letters.models.incoming import REMARK
from campaign.letters.queries.replies import newest_text
from campaign.letters.queries.reply_tasks import KINDS, READABLE, has_open_incident, text_of
from campaign.letters.service.desk import mark_of
from campaign.letters.service.errors import ChangedElsewhere, NotThatStep
from campaign.letters.service.reply_moves import locked, note
from campaign.people.models import MOST_TRUST, Volunteer

TASK_OF = {text: task for task, text in KINDS.items()}


class NothingToShow(DomainError):
    """No page that others may see."""


class OwnWords(DomainError):
    """Whoever typed something does not accept it."""


class NoRemark(DomainError):
    """Sent back without a word that says why."""


def ask(
    reply_id: uuid.UUID, kind: TextKind, *, from_language: str, to_language: str = "", pages: Collection[uuid.UUID],
    writer_may: bool = False, actor: uuid.UUID,
) -> Task:  # fmt: skip
    """Ask volunteers who are well known to type or translate it; they see these pages and no others.

    Asking again while it is open gives the same task, with the pages chosen anew. Raises NotThatStep, NothingToShow.
    """
    reply = locked(reply_id)
    if reply.state not in READABLE or reply.body_erased_on is not None:
        raise NotThatStep(N_("Volunteers see an answer after it was screened, and until its pages are erased."))
    if has_open_incident(reply.id):
        raise NotThatStep(N_("An incident about this answer is open, so nobody else sees it."))
    mine = select(ReplyPage).where(ReplyPage.reply_id == reply.id, ~ReplyPage.is_withheld)
    shown = 0
    for page in session.scalars(mine.with_for_update()):
        page.is_for_volunteers = page.id in pages
        shown += page.is_for_volunteers
    if not shown:
        raise NothingToShow(N_("Choose at least one page that volunteers may see."))
    reply.writer_may_type = writer_may
    task = tasks.open_task(
        TASK_OF[kind], reply.id, from_language=from_language,
        to_language=to_language if kind is TextKind.TRANSLATION else "", trust=MOST_TRUST, actor=actor,
        is_demo=reply.is_demo,
    )  # fmt: skip
    note(reply, f"asked:{kind}", actor=actor)
    audit.record("reply.ask", actor=actor, about=f"reply:{reply.id}", amount=shown, reason=kind)
    return task


def send_back(reply_id: uuid.UUID, task_id: uuid.UUID, words: str, *, seen: str, actor: uuid.UUID) -> None:
    """Back to whoever handed it in, with a word that only they read. Raises NoRemark and what `_handed_in` raises."""
    if not words:
        raise NoRemark(N_("Say what to look at again, so that whoever typed it knows."))
    reply, task, found = _handed_in(reply_id, task_id, seen)
    keyring.ensure(SCOPE)
    found.remark_sealed = REMARK.seal(SCOPE, found.id, words)
    tasks.return_task(task)
    note(reply, f"returned:{found.kind}", actor=actor)
    audit.record("reply.work_returned", actor=actor, about=f"reply:{reply.id}", reason=found.kind)


def accept(reply_id: uuid.UUID, task_id: uuid.UUID, *, seen: str, actor: uuid.UUID) -> None:
    """It says what the pages say: from now on its reader reads it, and nobody changes this revision.

    Raises OwnWords and what `_handed_in` raises.
    """
    reply, task, found = _handed_in(reply_id, task_id, seen)
    by = session.get(Volunteer, task.claimed_by) if task.claimed_by is not None else None
    if actor in {found.written_by, by.account_id if by is not None else None}:
        raise OwnWords(N_("You typed this yourself. Somebody else has to compare it."))
    found.approved_by = actor
    tasks.finish(task)
    note(reply, f"accepted:{found.kind}", actor=actor)
    audit.record("reply.work_accepted", actor=actor, about=f"reply:{reply.id}", reason=found.kind)


def stop_asking(reply_id: uuid.UUID, task_id: uuid.UUID, *, actor: uuid.UUID) -> bool:
    """It is not needed any more; what was typed stays. Gives whether it was open. Raises NotFound."""
    reply, task = _locked(reply_id, task_id)
    if not tasks.cancel(TaskKind(task.kind), reply.id, task.to_language):
        return False
    note(reply, f"not_needed:{KINDS[TaskKind(task.kind)]}", actor=actor)
    audit.record("reply.work_ended", actor=actor, about=f"reply:{reply.id}", reason=task.kind)
    return True


def end_work(reply: Reply, *, actor: uuid.UUID | None) -> None:
    """Nobody else sees this answer from now on: tasks end, and pages are chosen anew before anybody is asked again.

    The caller holds the answer's lock; whoever has a page open meets the end of it with their next step.
    """
    ended = sum(tasks.cancel(kind, reply.id) for kind in KINDS)
    mine = update(ReplyPage).where(ReplyPage.reply_id == reply.id, ReplyPage.is_for_volunteers)
    session.execute(mine.values(is_for_volunteers=False))
    reply.writer_may_type = False
    if ended:
        note(reply, "work_ended", actor=actor)


def cancel_needless() -> int:
    """Cancel tasks about answers that are gone or that nobody else may see; gives how many. The timetable's net under
    `end_work`; what somebody works on just now waits for the next round."""
    statement = (
        select(Task.kind, Task.subject_id)
        .outerjoin(Reply, Reply.id == Task.subject_id)
        .where(
            Task.kind.in_(KINDS), Task.state.in_(OPEN_TASKS),
            or_(Reply.id.is_(None), Reply.state.not_in(READABLE), Reply.body_erased_on.is_not(None)),
        )
        .order_by(Task.id)
        .with_for_update(skip_locked=True, of=Task)
    )  # fmt: skip
    return sum(tasks.cancel(TaskKind(kind), subject) for kind, subject in session.execute(statement).all() if subject)


def _handed_in(reply_id: uuid.UUID, task_id: uuid.UUID, seen: str) -> tuple[Reply, Task, ReplyText]:
    """Raises TakenByAnother for what was not handed in or is decided, ChangedElsewhere for another text, NotFound."""
    reply, task = _locked(reply_id, task_id)
    if task.state != TaskState.SUBMITTED:
        raise tasks.TakenByAnother(N_("This was not handed in, or somebody has decided meanwhile."))
    found = newest_text(reply.id, *text_of(task))
    if found is None:
        raise NotFound
    if mark_of(found) != seen:
        raise ChangedElsewhere(N_("It was handed in anew since you opened this page. Compare it again."))
    return reply, task, found


def _locked(reply_id: uuid.UUID, task_id: uuid.UUID) -> tuple[Reply, Task]:
    reply, task = locked(reply_id), tasks.locked(task_id)
    if task.subject_id != reply.id or task.kind not in KINDS:
        raise NotFound
    return reply, task
