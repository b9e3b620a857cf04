"""The states of an appeal: draft > review > published <> paused > closed."""

import re
import uuid
from datetime import datetime

from sqlalchemy import select

from campaign.appeals.models import Appeal, AppealAddressee, AppealState, Audience
from campaign.appeals.queries.staff import count_hidden_people
from campaign.appeals.service.errors import NeedsReason, NeedsSecondPerson, NotComplete, NotPossible
from campaign.appeals.service.record import note_step
from campaign.appeals.service.write import COLUMNS
from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.kernel.versions import check_version

_S = AppealState
TRANSITIONS: dict[AppealState, frozenset[AppealState]] = {
    _S.DRAFT: frozenset({_S.REVIEW}),
    _S.REVIEW: frozenset({_S.DRAFT, _S.PUBLISHED}),
    _S.PUBLISHED: frozenset({_S.PAUSED, _S.CLOSED}),
    _S.PAUSED: frozenset({_S.PUBLISHED, _S.CLOSED, _S.DRAFT}),
    _S.CLOSED: frozenset(),
}
# To ask for sanctions is a crime in Russia (SAFETY.md 17): such a text is never put before visitors there by a slip.
SANCTIONS = re.compile(r"sanction|санкци|sanktion", re.I)
DEADLINE_PASSED = "the deadline has passed"


def change_state(appeal: Appeal, to: AppealState, *, actor: uuid.UUID | None, reason: str = "") -> None:
    """Take one step, under the row's version. Raises NotPossible, NeedsSecondPerson, or Conflict."""
    before = _S(appeal.state)
    if to not in TRANSITIONS[before]:
        raise NotPossible(N_("The appeal is no longer in the state for this step. Look at it again."))
    if to is _S.PUBLISHED and appeal.is_over(clock.now()):
        raise NotPossible(N_("Its deadline has passed. Set another, or leave it closed."))
    if to is _S.REVIEW:
        appeal.submitter_id = actor
    if before is _S.REVIEW and to is _S.PUBLISHED:
        _publish(appeal, actor)
    if to is _S.CLOSED:
        appeal.closed_on = clock.today()
    appeal.state = to
    session.flush()
    note_step(appeal, before, to, actor, reason)


def submit_for_review(appeal: Appeal, *, seen_version: int, actor: uuid.UUID, reason: str = "") -> None:
    """Hand a draft to a second person. Raises NotComplete with what is missing, Conflict, NotPossible."""
    check_version(appeal.version, seen_version)
    check_complete(appeal)
    change_state(appeal, _S.REVIEW, actor=actor, reason=reason)


def publish(appeal: Appeal, *, seen_version: int, actor: uuid.UUID, reason: str = "") -> None:
    """Show a reviewed appeal to the public. Raises NeedsSecondPerson, NotComplete, Conflict, NotPossible."""
    check_version(appeal.version, seen_version)
    check_complete(appeal)
    change_state(appeal, _S.PUBLISHED, actor=actor, reason=reason)


def send_back(appeal: Appeal, *, seen_version: int, actor: uuid.UUID, reason: str) -> None:
    """Make a draft of it again. Who submitted it takes it back without a word; others say why (NeedsReason)."""
    check_version(appeal.version, seen_version)
    if not reason and actor != appeal.submitter_id:
        raise NeedsReason(N_("Say what should be changed, so that the author knows."))
    change_state(appeal, _S.DRAFT, actor=actor, reason=reason)


def pause(appeal: Appeal, *, seen_version: int, actor: uuid.UUID, reason: str = "") -> None:
    """Ask for no letters for a while."""
    check_version(appeal.version, seen_version)
    change_state(appeal, _S.PAUSED, actor=actor, reason=reason)


def resume(appeal: Appeal, *, seen_version: int, actor: uuid.UUID, reason: str = "") -> None:
    """Ask for letters again."""
    check_version(appeal.version, seen_version)
    if appeal.state != _S.PAUSED:
        raise NotPossible(N_("Only a paused appeal can be resumed."))
    change_state(appeal, _S.PUBLISHED, actor=actor, reason=reason)


def close(appeal: Appeal, *, seen_version: int, actor: uuid.UUID, reason: str = "") -> None:
    """End it for good."""
    check_version(appeal.version, seen_version)
    change_state(appeal, _S.CLOSED, actor=actor, reason=reason)


def close_due(moment: datetime) -> int:
    """Close what is past its deadline; gives how many. Safe to run at any time and twice: it looks at the state under
    the row's lock, and nobody could write since the deadline anyway (`Appeal.takes_letters`)."""
    due = (
        select(Appeal)
        .where(Appeal.state.in_({_S.PUBLISHED, _S.PAUSED}), Appeal.deadline_at <= moment)
        .order_by(Appeal.id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    found = session.scalars(due).all()
    for appeal in found:
        change_state(appeal, _S.CLOSED, actor=None, reason=DEADLINE_PASSED)
    return len(found)


def check_complete(appeal: Appeal) -> None:
    """Raise NotComplete with what a public appeal must not lack."""
    if not all(text.points and all(getattr(text, name) for name in COLUMNS) for text in appeal.texts):
        raise NotComplete(
            N_("Each language needs all of its fields, and points to choose from. Complete it, or empty it.")
        )
    if session.scalar(select(AppealAddressee).where(AppealAddressee.appeal_id == appeal.id).limit(1)) is None:
        raise NotComplete(N_("Choose to whom people should write."))
    if count_hidden_people(appeal.id):
        raise NotComplete(N_("It is for somebody whose page is not public. The public must not read of them."))
    if appeal.audience == Audience.ANYWHERE and any(_asks_for_sanctions(text) for text in appeal.texts):
        raise NotComplete(
            N_("It speaks of sanctions, which it is a crime to ask for in Russia. Show it outside Russia only.")
        )


def _asks_for_sanctions(text: object) -> bool:
    words = [getattr(text, name) for name in COLUMNS]
    return any(SANCTIONS.search(each) for each in (*words, *getattr(text, "points", ())))


def _publish(appeal: Appeal, actor: uuid.UUID | None) -> None:
    if actor is not None and actor in {appeal.author_id, appeal.submitter_id}:
        raise NeedsSecondPerson(
            N_("Whoever wrote or submitted an appeal does not publish it. Ask another organiser to look at it.")
        )
    appeal.publisher_id = actor
    appeal.published_on = appeal.published_on or clock.today()
