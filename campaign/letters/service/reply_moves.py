"""The one way in which an answer changes its state, as moves.py is for letters."""

import uuid

from sqlalchemy import select

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, NotFound
from campaign.kernel.versions import check_version
from campaign.letters.models import Reply, ReplyEvent, ReplyState
from campaign.letters.service.errors import NotThatStep

S = ReplyState
STEPS: dict[ReplyState, frozenset[ReplyState]] = {
    # Before a scan nobody can know more than the envelope says; an empty one is closed with a reason.
    S.LOGGED: frozenset({S.SCANNED, S.CLOSED}),
    S.SCANNED: frozenset({S.MATCHED, S.UNMATCHED, S.CLOSED}),
    S.UNMATCHED: frozenset({S.MATCHED, S.CLOSED}),
    # Matched anew or not at all, while nobody outside has seen it.
    S.MATCHED: frozenset({S.MATCHED, S.UNMATCHED, S.SCREENED, S.CLOSED}),
    S.SCREENED: frozenset({S.MATCHED, S.FORWARDED, S.CLOSED}),
    S.FORWARDED: frozenset({S.CLOSED}),
    S.CLOSED: frozenset(),
}
OPEN = frozenset(ReplyState) - {S.FORWARDED, S.CLOSED}
"""Somebody still has to do something."""
UNSCREENED = frozenset({S.LOGGED, S.SCANNED, S.UNMATCHED, S.MATCHED})
"""Pages may still be added, turned, put in order and removed."""


def locked(reply_id: uuid.UUID, *, seen_version: int | None = None) -> Reply:
    """The answer under its lock. Raises NotFound, and Conflict when it is not what was seen.

    An answer is locked before the letter that it answers.
    """
    statement = select(Reply).where(Reply.id == reply_id).with_for_update()
    found = session.scalar(statement.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    if seen_version is not None:
        check_version(found.version, seen_version)
    return found


def begin(reply: Reply, actor: uuid.UUID | None) -> None:
    """Store a new answer with its first event."""
    session.add(reply)
    session.flush()
    session.add(_event(reply, "", actor, ""))
    session.flush()


def move(reply: Reply, state: ReplyState, *, actor: uuid.UUID | None, reason: str = "") -> None:
    """Take one step, with its event; the caller holds the row's lock. Raises NotThatStep and changes nothing then."""
    was = ReplyState(reply.state)
    if state not in STEPS[was]:
        raise NotThatStep(N_("This is no longer possible: the answer stands elsewhere by now. Look at it again."))
    reply.state = state
    session.add(_event(reply, was, actor, reason))
    session.flush()


def note(reply: Reply, reason: str, *, actor: uuid.UUID | None) -> None:
    """Write down something that happened to it where it stands, in a word of ours and none of the letter's."""
    session.add(_event(reply, reply.state, actor, reason))
    session.flush()


def _event(reply: Reply, was: str, actor: uuid.UUID | None, reason: str) -> ReplyEvent:
    return ReplyEvent(
        reply_id=reply.id, was=was, now=reply.state, actor_id=actor, happened_on=clock.today(), reason=reason
    )
