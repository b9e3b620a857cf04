"""Reads of petitions."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Integer, Select, bindparam, cast, func, select, true
from sqlalchemy.orm import selectinload, undefer

from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.kernel.kept import Kept
from campaign.kernel.registry import petition_orders, petition_totals
from campaign.petitions.models import (
    PUBLIC_STATES,
    AddresseeAnswer,
    Audience,
    ChangeState,
    HandIn,
    Petition,
    PetitionEvent,
    PetitionNote,
    PetitionPicture,
    PetitionPrisoner,
    PetitionState,
    PetitionText,
    PetitionUpdate,
    PictureRendition,
    Rendition,
    WordingChange,
)
from campaign.prisoners.models import Prisoner, PrisonerState

Within = frozenset[uuid.UUID] | None
"""The petitions to which a reader's roles are narrowed; None when they are held for all."""

Part = TypeVar("Part", PetitionUpdate, HandIn, AddresseeAnswer, WordingChange)
# As long as a page is kept (web/page_cache.py).
REREAD_AFTER = 10.0
COLLECTING = frozenset({PetitionState.OPEN, PetitionState.PAUSED})


def get_public_petition(slug: str) -> Petition:
    """A petition that the public may see, with its texts; raises NotFound for every other slug."""
    statement = (
        select(Petition)
        .options(selectinload(Petition.texts))
        .where(Petition.slug == slug, Petition.state.in_(PUBLIC_STATES))
    )
    petition = session.scalar(statement) if _looks_like_slug(slug) else None
    if petition is None:
        raise NotFound
    return petition


def get_public_terms(slug: str) -> tuple[uuid.UUID, PetitionState, Audience]:
    """Id, state and audience of a petition that the public may see; raises NotFound as `get_public_petition` does."""
    statement = select(Petition.id, Petition.state, Petition.audience).where(
        Petition.slug == slug, Petition.state.in_(PUBLIC_STATES)
    )
    row = session.execute(statement).one_or_none() if _looks_like_slug(slug) else None
    if row is None:
        raise NotFound
    return row.id, PetitionState(row.state), Audience(row.audience)


def get_petition(petition_id: uuid.UUID) -> Petition:
    """A petition in any state, with its texts; raises NotFound."""
    petition = session.get(Petition, petition_id, options=[selectinload(Petition.texts)])
    if petition is None:
        raise NotFound
    return petition


def public_petitions(*, with_outside_only: bool, past: bool = False, most_signed: bool = False) -> Select[Petition]:
    """Petitions the public may see, for one page of a list: those collecting now, or those that ended.

    `with_outside_only`: also those meant for people outside Russia; never for a visitor who is there (SAFETY.md 17).
    `most_signed`: largest first, as the feature that counts them orders; else newest first.
    """
    states = PUBLIC_STATES - COLLECTING if past else COLLECTING
    statement = select(Petition).options(selectinload(Petition.texts)).where(Petition.state.in_(states))
    if not with_outside_only:
        statement = statement.where(Petition.audience == Audience.ANYWHERE)
    if most_signed:
        for order in petition_orders:
            statement = order(statement)
    return statement.order_by(Petition.opened_on.desc(), Petition.slug)


def list_public_petitions(*, with_outside_only: bool, limit: int) -> Sequence[Petition]:
    """The newest petitions that collect signatures now, at most `limit`."""
    return session.scalars(public_petitions(with_outside_only=with_outside_only).limit(limit)).all()


def list_open_for(prisoner_id: uuid.UUID, *, with_outside_only: bool, limit: int) -> Sequence[Petition]:
    """The newest petitions for one prisoner that collect signatures now, at most `limit`."""
    if prisoner_id not in _spoken_for.current():
        # For most people there is none, and even to ask whether there is takes a tenth of their page.
        return []
    values = {"prisoner": prisoner_id, "most": limit}
    return session.scalars(_open_for(with_outside_only=with_outside_only), values).all()


# Those for whom there is any petition, in whatever state.
_spoken_for = Kept(lambda: frozenset(session.scalars(select(PetitionPrisoner.prisoner_id).distinct())), REREAD_AFTER)


def forget_spoken_for() -> None:
    """Read anew for whom there are petitions: at once here, within REREAD_AFTER seconds in other processes."""
    _spoken_for.forget()


@cache
def _open_for(*, with_outside_only: bool) -> Select[Petition]:
    """Made once: every page of a person asks it, and making it takes longer than answering it."""
    theirs = select(PetitionPrisoner.petition_id).where(PetitionPrisoner.prisoner_id == bindparam("prisoner"))
    statement = public_petitions(with_outside_only=with_outside_only)
    return statement.where(Petition.id.in_(theirs)).limit(bindparam("most", type_=Integer))


def totals_of(petitions: Sequence[Petition]) -> dict[uuid.UUID, int]:
    """Confirmed signatures of each, as the feature that counts them says; 0 where none was counted."""
    ids = [petition.id for petition in petitions]
    totals = dict.fromkeys(ids, 0)
    for count in petition_totals:
        totals.update(count(ids))
    return totals


@dataclass(frozen=True, slots=True)
class PageParts:
    """What a petition's public page shows beside its text."""

    picture: PetitionPicture | None
    updates: Sequence[PetitionUpdate]
    hand_ins: Sequence[HandIn]
    answers: Sequence[AddresseeAnswer]
    changes: Sequence[WordingChange]
    people: Sequence[Prisoner]
    """Whom it is for, as far as the public may see them."""
    notes: Sequence["NoteOf"]

    def changes_of(self, language: str) -> list[WordingChange]:
        """Those that touched a wording which could be read in `language` before."""
        return [
            change
            for change in self.changes
            if any(each.language == language and not each.is_addition for each in change.texts)
        ]


def page_parts(petition: Petition) -> PageParts:
    """Picture, published updates (newest first), hand-ins, public answers, and changes of what the petition said."""
    updates = (
        select(PetitionUpdate)
        .where(PetitionUpdate.petition_id == petition.id, PetitionUpdate.published_on.is_not(None))
        .order_by(PetitionUpdate.published_on.desc(), PetitionUpdate.created_at.desc())
    )
    answers = list_answers(petition.id) if petition.state not in COLLECTING else []
    return PageParts(
        find_picture(petition.id),
        session.scalars(updates).all(),
        list_hand_ins(petition.id) if petition.state not in COLLECTING else [],
        [answer for answer in answers if answer.is_public],
        list_published_changes(petition.id),
        [person for person in list_people(petition.id) if person.is_public],
        list_notes(petition.id),
    )


@dataclass(frozen=True, slots=True)
class NoteOf:
    """What happened to somebody a petition is for; the person only where the public may see them."""

    note: PetitionNote
    prisoner: Prisoner | None


def list_notes(petition_id: uuid.UUID) -> list[NoteOf]:
    """The notes on a petition's page, the newest first."""
    statement = (
        select(PetitionNote, Prisoner)
        .outerjoin(Prisoner, (Prisoner.id == PetitionNote.prisoner_id) & (Prisoner.state == PrisonerState.PUBLISHED))
        .where(PetitionNote.petition_id == petition_id)
        .order_by(PetitionNote.happened_on.desc(), PetitionNote.id)
    )
    return [NoteOf(note, prisoner) for note, prisoner in session.execute(statement)]


def list_people(petition_id: uuid.UUID) -> Sequence[Prisoner]:
    """Whom a petition is for, in any state, by name; for staff."""
    statement = (
        select(Prisoner)
        .join(PetitionPrisoner, PetitionPrisoner.prisoner_id == Prisoner.id)
        .where(PetitionPrisoner.petition_id == petition_id)
    )
    return session.scalars(statement.order_by(Prisoner.last_latin, Prisoner.first_latin, Prisoner.id)).all()


def list_petitions_of(
    prisoner_id: uuid.UUID, *, with_outside_only: bool, states: frozenset[PetitionState] = PUBLIC_STATES
) -> Sequence[Petition]:
    """Petitions for this person with their texts, those that collect first, then the newest.

    `with_outside_only` as in `public_petitions`: never for a visitor who is in Russia (SAFETY.md 17).
    """
    statement = (
        select(Petition)
        .join(PetitionPrisoner, PetitionPrisoner.petition_id == Petition.id)
        .where(PetitionPrisoner.prisoner_id == prisoner_id, Petition.state.in_(states))
        .options(selectinload(Petition.texts))
    )
    if not with_outside_only:
        statement = statement.where(Petition.audience == Audience.ANYWHERE)
    collecting_first = Petition.state.in_(COLLECTING).desc()
    return session.scalars(statement.order_by(collecting_first, Petition.opened_on.desc(), Petition.slug)).all()


def find_picture(petition_id: uuid.UUID) -> PetitionPicture | None:
    """A petition's picture without its bytes."""
    return session.get(PetitionPicture, petition_id)


def find_pictures(petitions: Sequence[Petition]) -> dict[uuid.UUID, PetitionPicture]:
    """Those of several petitions that have one."""
    statement = select(PetitionPicture).where(PetitionPicture.petition_id.in_([each.id for each in petitions]))
    return {
        picture.petition_id: picture
        for picture in session.scalars(statement.options(selectinload(PetitionPicture.descriptions)))
    }


def get_rendition(petition_id: uuid.UUID, name: str) -> PictureRendition:
    """One size of the picture with its bytes; raises NotFound."""
    if name not in set(Rendition):
        raise NotFound
    rendition = session.get(PictureRendition, (petition_id, name), options=[undefer(PictureRendition.content)])
    if rendition is None:
        raise NotFound
    return rendition


def list_updates(petition_id: uuid.UUID) -> Sequence[PetitionUpdate]:
    """Every update, drafts too, newest first."""
    statement = select(PetitionUpdate).where(PetitionUpdate.petition_id == petition_id)
    return session.scalars(statement.order_by(PetitionUpdate.created_at.desc())).all()


def find_waiting_change(petition_id: uuid.UUID) -> WordingChange | None:
    """The change of the wording that waits for a second person, or None."""
    statement = select(WordingChange).where(
        WordingChange.petition_id == petition_id, WordingChange.state == ChangeState.WAITING
    )
    return session.scalar(statement)


def list_changes(petition_id: uuid.UUID) -> Sequence[WordingChange]:
    """Every change of the wording that was decided on, newest first."""
    statement = select(WordingChange).where(
        WordingChange.petition_id == petition_id, WordingChange.state != ChangeState.WAITING
    )
    return session.scalars(statement.order_by(WordingChange.decided_at.desc())).all()


def list_published_changes(petition_id: uuid.UUID) -> Sequence[WordingChange]:
    """Every change of the wording that the public saw, newest first."""
    return [change for change in list_changes(petition_id) if change.state == ChangeState.APPROVED]


def days_of_change(petition_id: uuid.UUID) -> Sequence[date]:
    """The days on which a wording that people sign was changed, oldest first."""
    changes = [each for each in list_published_changes(petition_id) if each.changes_what_was_signed]
    return sorted({each.published_on for each in changes if each.published_on is not None})


def find_change_since(petition_id: uuid.UUID, day: date) -> WordingChange | None:
    """The newest change of what people sign, made on `day` or later: a signature of that day may be under either."""
    later = [each for each in list_published_changes(petition_id) if each.published_on and each.published_on >= day]
    return next((change for change in later if change.changes_what_was_signed), None)


def list_approvable_changes(actor: uuid.UUID, within: Within) -> Sequence[Petition]:
    """The petitions with a change that waits for this person as the second one, oldest first."""
    statement = (
        select(Petition)
        .join(WordingChange, WordingChange.petition_id == Petition.id)
        .options(selectinload(Petition.texts))
        .where(WordingChange.state == ChangeState.WAITING, WordingChange.asked_by != actor)
        .where(Petition.state.in_(COLLECTING), _among(within))
        .order_by(WordingChange.asked_at)
    )
    return session.scalars(statement).all()


def list_hand_ins(petition_id: uuid.UUID) -> Sequence[HandIn]:
    """Every hand-in, oldest first."""
    statement = select(HandIn).where(HandIn.petition_id == petition_id)
    return session.scalars(statement.order_by(HandIn.handed_on, HandIn.recorded_at)).all()


def list_answers(petition_id: uuid.UUID) -> Sequence[AddresseeAnswer]:
    """Every answer, oldest first."""
    statement = select(AddresseeAnswer).where(AddresseeAnswer.petition_id == petition_id)
    return session.scalars(statement.order_by(AddresseeAnswer.answered_on, AddresseeAnswer.recorded_at)).all()


def staff_petitions(*, within: Within, state: str = "", search: str = "", sort: str = "") -> Select[Petition]:
    """Petitions in any state for the staff list: by state, by words of the title in any language, sorted.

    `within`: those that the reader works on, None for all.

    `sort`: "title", "state" or "opened", with - before it for descending; anything else is what changed last first.
    """
    title = select(func.min(PetitionText.title)).where(PetitionText.petition_id == Petition.id).scalar_subquery()
    columns: dict[str, Any] = {"title": func.lower(title), "state": Petition.state, "opened": Petition.opened_on}
    changed = func.coalesce(Petition.edited_at, Petition.created_at).desc()
    statement = select(Petition).options(selectinload(Petition.texts))
    column = columns.get(sort.removeprefix("-"))
    if column is not None:
        statement = statement.order_by((column.desc() if sort.startswith("-") else column.asc()).nulls_last())
    statement = statement.where(_among(within))
    if state in set(PetitionState):
        statement = statement.where(Petition.state == state)
    if search:
        # icontains escapes % and _, so that a search for them finds them.
        found = select(PetitionText.id).where(
            PetitionText.petition_id == Petition.id, PetitionText.title.icontains(search, autoescape=True)
        )
        statement = statement.where(found.exists() | Petition.slug.icontains(search, autoescape=True))
    return statement.order_by(changed, Petition.id)


def list_events(petition_id: uuid.UUID) -> Sequence[PetitionEvent]:
    """What happened to a petition, newest first."""
    statement = select(PetitionEvent).where(PetitionEvent.petition_id == petition_id)
    return session.scalars(statement.order_by(PetitionEvent.at.desc(), PetitionEvent.id.desc())).all()


def count_reviewable(actor: uuid.UUID, within: Within) -> int:
    """How many wait for this person as the second one."""
    return _count(
        Petition.state == PetitionState.REVIEW,
        Petition.author_id.is_distinct_from(actor),
        Petition.submitter_id.is_distinct_from(actor),
        _among(within),
    )


def count_sent_back(actor: uuid.UUID, within: Within) -> int:
    """How many drafts of this person were reviewed once and sent back."""
    return _count(
        Petition.state == PetitionState.DRAFT,
        Petition.author_id == actor,
        Petition.submitter_id.is_not(None),
        _among(within),
    )


def count_undelivered(within: Within) -> int:
    """How many are closed and not yet handed in."""
    return _count(Petition.state == PetitionState.CLOSED, _among(within))


def count_keys_ending(today: date, within_days: int, within: Within) -> int:
    """How many closed petitions lose their keys within so many days."""
    ends_on = Petition.closed_on + cast(Petition.keys_days, Integer)
    return _count(Petition.keys_destroyed_on.is_(None), ends_on <= today + timedelta(days=within_days), _among(within))


def list_titles(language: str, ids: frozenset[uuid.UUID] | None = None) -> Sequence[tuple[uuid.UUID, str]]:
    """Id and title of the petitions with these ids, without `ids` of all that are not archived; by title."""
    chosen = Petition.state != PetitionState.ARCHIVED if ids is None else Petition.id.in_(ids)
    found = session.scalars(select(Petition).options(selectinload(Petition.texts)).where(chosen))
    return sorted(((each.id, each.text_in(language).title) for each in found), key=lambda pair: pair[1].casefold())


def _among(within: Within) -> ColumnElement[bool]:
    return true() if within is None else Petition.id.in_(within)


def _count(*conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(Petition).where(*conditions)) or 0


def get_part(kind: type[Part], petition_id: uuid.UUID, part_id: uuid.UUID) -> Part:
    """An update, a hand-in, an answer or a change of this very petition; raises NotFound."""
    part = session.get(kind, part_id)
    if part is None or part.petition_id != petition_id:
        raise NotFound
    return part


def _looks_like_slug(slug: str) -> bool:
    # PostgreSQL refuses NUL in text with an error of its own; no slug has one.
    return len(slug) <= 80 and slug.isascii() and slug.replace("-", "").isalnum()
