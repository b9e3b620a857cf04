"""What officials answered, and who of them stands for whom: recorded by one person, published by another."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from campaign.appeals.models import (
    PAPER,
    SCOPE,
    AnswerState,
    Appeal,
    AppealAnswer,
    AppealState,
    EventKind,
    Godparent,
    Target,
)
from campaign.appeals.service.errors import NeedsSecondPerson, NotComplete, NotPossible, Twice
from campaign.appeals.service.record import note
from campaign.kernel import audit, clock
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.kernel.images import encode, read_picture
from campaign.kernel.versions import check_version
from campaign.prisoners.models import Prisoner

PAPER_SIDE, PAPER_BYTES = 1600, 300_000
OTHERS_PUBLISH = N_("Whoever wrote it down does not publish it. Ask another organiser to look at it.")
WRONG_DAY = N_("This day is still to come.")


@dataclass(frozen=True, slots=True)
class AnswerDraft:
    """What was answered by whom, by language in our own words."""

    target_id: uuid.UUID
    answered_on: date
    summaries: Mapping[str, str]
    source_title: str
    source_url: str
    paper: bytes | None
    """A picture of the paper; None: what is kept stays."""


def record_answer(
    appeal: Appeal, draft: AnswerDraft, *, actor: uuid.UUID | None, answer: AppealAnswer | None = None,
    seen_version: int = 0, is_demo: bool = False,
) -> AppealAnswer:  # fmt: skip
    """Keep an answer, or change `answer`, which is published anew then. Raises NotPossible, NotComplete, Conflict,
    BadPicture."""
    if appeal.state in {AppealState.DRAFT, AppealState.REVIEW}:
        raise NotPossible(N_("An answer is written down once the appeal was published."))
    if draft.answered_on > clock.today():
        raise NotComplete(WRONG_DAY)
    summaries = {language: words for language, words in draft.summaries.items() if words}
    if not summaries:
        raise NotComplete(N_("Say what was answered, in one language at least."))
    if answer is None:
        answer = AppealAnswer(id=uuid.uuid4(), appeal_id=appeal.id, is_demo=is_demo, has_paper=False)
        session.add(answer)
    else:
        check_version(answer.version, seen_version)
    answer.target_id, answer.answered_on, answer.summaries = draft.target_id, draft.answered_on, summaries
    answer.source_title, answer.source_url = draft.source_title, draft.source_url
    answer.state, answer.published_by, answer.published_on = AnswerState.RECORDED, None, None
    answer.recorded_by, answer.recorded_at = actor, clock.now()
    if draft.paper is not None:
        keyring.ensure(SCOPE)
        picture = encode(read_picture(draft.paper), longest_side=PAPER_SIDE, most_bytes=PAPER_BYTES).content
        answer.paper_sealed, answer.has_paper = PAPER.seal_bytes(SCOPE, answer.id, picture), True
    session.flush()
    note(appeal, EventKind.ANSWER, actor, "recorded")
    return answer


def publish_answer(appeal: Appeal, answer: AppealAnswer, *, seen_version: int, actor: uuid.UUID | None) -> None:
    """Show an answer as the second person read it. Raises NeedsSecondPerson, Conflict."""
    check_version(answer.version, seen_version)
    if actor == answer.recorded_by and actor is not None:
        raise NeedsSecondPerson(OTHERS_PUBLISH)
    answer.state, answer.published_by, answer.published_on = AnswerState.PUBLISHED, actor, clock.today()
    session.flush()
    note(appeal, EventKind.ANSWER, actor, "published")


def take_back_answer(appeal: Appeal, answer: AppealAnswer, *, seen_version: int, actor: uuid.UUID) -> None:
    """Show it no longer; one that was not shown goes. Raises Conflict."""
    check_version(answer.version, seen_version)
    if answer.state == AnswerState.PUBLISHED:
        answer.state, answer.published_by, answer.published_on = AnswerState.RECORDED, None, None
        session.flush()
        note(appeal, EventKind.UNDONE, actor, "answer taken back")
        return
    session.delete(answer)
    session.flush()
    note(appeal, EventKind.UNDONE, actor, "answer deleted")


def open_paper(answer: AppealAnswer, *, actor: uuid.UUID) -> bytes:
    """The picture of the paper; on record. Raises NotPossible where there is none."""
    session.refresh(answer, ["paper_sealed"])
    if answer.paper_sealed is None:
        raise NotPossible(N_("There is no paper."))
    audit.record("appeal-answer.open", actor=actor, about=f"appeal-answer:{answer.id}")
    return PAPER.unseal_bytes(SCOPE, answer.id, answer.paper_sealed)


@dataclass(frozen=True, slots=True)
class GodparentDraft:
    """Who stands for whom since when, and where that can be read."""

    target_id: uuid.UUID
    prisoner_id: uuid.UUID
    since_on: date
    source_title: str
    source_url: str


def record_godparent(draft: GodparentDraft, *, actor: uuid.UUID | None, is_demo: bool = False) -> Godparent:
    """Write down that somebody stands for a prisoner. Raises NotComplete, Twice."""
    prisoner, target = session.get(Prisoner, draft.prisoner_id), session.get(Target, draft.target_id)
    if prisoner is None or not prisoner.is_public or target is None:
        raise NotComplete(N_("Choose somebody whose page is public, and an official who is written down."))
    if draft.since_on > clock.today():
        raise NotComplete(WRONG_DAY)
    if not draft.source_url:
        raise NotComplete(N_("Say where it can be read, with an address."))
    same = select(Godparent.id).where(
        Godparent.target_id == draft.target_id, Godparent.prisoner_id == draft.prisoner_id, Godparent.ended_on.is_(None)
    )
    if session.scalar(same) is not None:
        raise Twice(N_("This is written down already."))
    made = Godparent(
        id=uuid.uuid4(), target_id=draft.target_id, prisoner_id=draft.prisoner_id, since_on=draft.since_on,
        source_title=draft.source_title, source_url=draft.source_url, recorded_by=actor, recorded_at=clock.now(),
        is_demo=is_demo,
    )  # fmt: skip
    session.add(made)
    session.flush()
    audit.record("appeal-godparent.record", actor=actor, about=f"appeal-godparent:{made.id}")
    return made


def publish_godparent(found: Godparent, *, seen_version: int, actor: uuid.UUID | None) -> None:
    """Show it, as the second person read it. Raises NeedsSecondPerson, Conflict."""
    check_version(found.version, seen_version)
    if actor == found.recorded_by and actor is not None:
        raise NeedsSecondPerson(OTHERS_PUBLISH)
    found.published_by, found.published_on = actor, clock.today()
    session.flush()
    audit.record("appeal-godparent.publish", actor=actor, about=f"appeal-godparent:{found.id}")


def end_godparent(found: Godparent, *, seen_version: int, actor: uuid.UUID | None) -> None:
    """Say that it ended today; the public list names it no more. Raises Conflict."""
    check_version(found.version, seen_version)
    found.ended_on = clock.today()
    session.flush()
    audit.record("appeal-godparent.end", actor=actor, about=f"appeal-godparent:{found.id}")
