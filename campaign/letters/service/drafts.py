"""A writer's own letters until they are handed in, and what stays theirs afterwards."""

import uuid

from sqlalchemy import func, select

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, NotFound
from campaign.kernel.switches import Switch, require
from campaign.letters.models import EDITABLE, ENDED, GONE_OUT, Letter, LetterKind, LetterState, LetterThread
from campaign.letters.queries.pages import pages_of
from campaign.letters.queries.ways import list_ways
from campaign.letters.service import bodies
from campaign.letters.service.errors import ChangedElsewhere, NotThatStep, NotTheirs
from campaign.letters.service.moves import begin, locked, move
from campaign.letters.service.threads import open_thread
from campaign.letters.service.together import check_not_apart
from campaign.letters.service.typed import clean_text
from campaign.penpals.models import Assignment, Reservation
from campaign.penpals.queries.reservations import list_open
from campaign.penpals.service.assignments.running import RUNNING
from campaign.penpals.service.codes import new_code
from campaign.people.models import Volunteer

MOST_DRAFTS = 50


class TooManyDrafts(Conflict):
    """More begun than anybody finishes."""


def start_letter(prisoner_id: uuid.UUID, volunteer_id: uuid.UUID, *, actor: uuid.UUID) -> Letter:
    """Begin a letter to somebody whom one was given, or to whom one has promised a letter, and to nobody else.

    Both of these ask for trust, risk and blocks; without them a writer could name anybody. Raises NotTheirs, KeptApart,
    and what `begin_draft` raises.
    """
    check_not_apart(prisoner_id, volunteer_id)
    given, promised = _ground(prisoner_id, volunteer_id)
    if given is None and promised is None:
        raise NotTheirs(N_("Promise this person a letter first: then nobody else is sent to them meanwhile."))
    return begin_draft(
        prisoner_id, volunteer_id, channel=list_ways(prisoner_id, clock.today())[0], actor=actor,
        assignment_id=given.id if given is not None else None, group_id=given.group_id if given is not None else None,
        reservation_id=promised.id if promised is not None else None,
    )  # fmt: skip


def may_start(prisoner_id: uuid.UUID, volunteer_id: uuid.UUID) -> bool:
    """Whether `start_letter` has something to rest on, for the page that offers it."""
    return _ground(prisoner_id, volunteer_id) != (None, None)


def begin_draft(
    prisoner_id: uuid.UUID, volunteer_id: uuid.UUID, *, channel: str, actor: uuid.UUID,
    assignment_id: uuid.UUID | None = None, reservation_id: uuid.UUID | None = None, group_id: uuid.UUID | None = None,
    is_demo: bool = False,
) -> Letter:  # fmt: skip
    """Begin a letter; where one to the same person is begun and not handed in, that one goes on.

    Raises TooManyDrafts, SwitchedOff.
    """
    require(Switch.LETTERS)
    session.scalar(select(Volunteer.id).where(Volunteer.id == volunteer_id).with_for_update())
    thread = open_thread(prisoner_id, volunteer_id, group_id=group_id)
    mine = select(Letter).where(Letter.thread_id == thread.id, Letter.state == LetterState.DRAFT)
    known = session.scalar(mine.order_by(Letter.number.desc()).limit(1))
    if known is not None:
        return known
    theirs = select(func.count()).select_from(Letter).join(LetterThread, LetterThread.id == Letter.thread_id)
    begun = session.scalar(theirs.where(LetterThread.volunteer_id == volunteer_id, Letter.state == LetterState.DRAFT))
    if (begun or 0) >= MOST_DRAFTS:
        raise TooManyDrafts(N_("You have begun fifty letters. Finish one, or throw one away, before the next."))
    letter = Letter(
        id=uuid.uuid4(), code=new_code(), thread_id=thread.id, prisoner_id=prisoner_id, channel=channel,
        kind=LetterKind.PERSONAL, state=LetterState.DRAFT, written_by=actor, assignment_id=assignment_id,
        reservation_id=reservation_id, created_on=clock.today(), edited_on=clock.today(), is_demo=is_demo,
    )  # fmt: skip
    bodies.write_body(letter, "")
    begin(letter, actor)
    return letter


def get_own(letter_id: uuid.UUID, volunteer_id: uuid.UUID, *, lock: bool = False) -> Letter:
    """A letter of this writer; NotFound for anybody else's. With `lock` its row is held."""
    thread = (
        select(Letter.id)
        .join(LetterThread, LetterThread.id == Letter.thread_id)
        .where(Letter.id == letter_id, LetterThread.volunteer_id == volunteer_id)
    )
    if session.scalar(thread) is None:
        raise NotFound
    return locked(letter_id) if lock else session.get_one(Letter, letter_id, populate_existing=True)


def save_draft(
    letter: Letter, text: str, *, seen_text_version: int, channel: str | None = None, language: str | None = None,
    wants_reply_form: bool | None = None, keeps_text: bool | None = None,
) -> bool:  # fmt: skip
    """Keep what was typed; gives whether anything changed. The caller holds the letter's lock.

    Raises ChangedElsewhere when another tab saved since the text was loaded and this one differs, and keeps that one;
    NotThatStep once it was handed in; Unsendable for a text beyond all bounds.
    """
    require(Switch.LETTERS)
    if letter.state not in EDITABLE:
        raise NotThatStep(N_("This letter was handed in, so its text stands. Take it back to change it."))
    plain = clean_text(text)
    body = bodies.read_body(letter)
    is_changed = plain != body.own
    if is_changed and letter.text_version != seen_text_version:
        raise ChangedElsewhere(
            N_("This letter was changed in another window meanwhile. Both texts are below: put together what you want.")
        )
    given = {
        "channel": channel, "original_language": language, "wants_reply_form": wants_reply_form,
        "keeps_text": keeps_text,
    }  # fmt: skip
    for name, value in given.items():
        if value is not None and getattr(letter, name) != value:
            setattr(letter, name, value)
            is_changed = True
    if not is_changed:
        return False
    # Beside an original stands its translation, which a translator goes on with.
    bodies.write_body(letter, *((body.text, plain) if body.original else (plain, "")))
    letter.characters, letter.pages = len(plain), pages_of(letter.prisoner_id, letter.channel, plain)
    letter.text_version += 1
    letter.edited_on = clock.today()
    session.flush()
    return True


def discard(letter: Letter) -> None:
    """Throw a draft away for good. Raises NotThatStep once it was handed in."""
    if letter.state != LetterState.DRAFT:
        raise NotThatStep(N_("This letter was handed in. Take it back instead."))
    session.delete(letter)
    session.flush()


def withdraw(letter: Letter, *, actor: uuid.UUID | None) -> None:
    """Take back what was handed in and does not lie in a batch yet. Doing it twice does it once. Raises NotThatStep."""
    if letter.state != LetterState.WITHDRAWN:
        move(letter, LetterState.WITHDRAWN, actor=actor)


def write_anew(letter: Letter, *, actor: uuid.UUID) -> Letter:
    """A new draft with the words of one that was taken back, rejected or given up. Raises TextGone, NotThatStep."""
    if letter.state not in ENDED:
        raise NotThatStep(N_("Only a letter that has ended can be written anew."))
    body = bodies.read_body(letter)
    thread = session.get_one(LetterThread, letter.thread_id)
    if thread.volunteer_id is None:
        raise NotFound
    new = begin_draft(
        letter.prisoner_id, thread.volunteer_id, channel=letter.channel, actor=actor,
        assignment_id=letter.assignment_id, group_id=thread.group_id, is_demo=letter.is_demo,
    )  # fmt: skip
    if not bodies.read_body(new).text:
        save_draft(new, body.own, seen_text_version=new.text_version)
    return new


def erase_text(letter: Letter) -> bool:
    """Erase one's own words earlier than they would go. Raises NotThatStep for what has still to be printed."""
    if letter.state not in GONE_OUT | ENDED:
        raise NotThatStep(N_("This text is still needed to send the letter. Take the letter back first."))
    return bodies.erase_body(letter)


def _ground(prisoner_id: uuid.UUID, volunteer_id: uuid.UUID) -> tuple[Assignment | None, Reservation | None]:
    """What a letter rests on: that somebody was given to the writer, or a promise of theirs."""
    given = session.scalar(
        select(Assignment).where(
            Assignment.volunteer_id == volunteer_id, Assignment.prisoner_id == prisoner_id,
            Assignment.state.in_(RUNNING),
        )
    )  # fmt: skip
    promises = (each for each in list_open(volunteer_id, clock.now()) if each.prisoner_id == prisoner_id)
    return given, next(promises, None)
