"""Reads of the runs of the matching: which there are, what they propose, who stays without."""

import uuid
from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, Text, cast, func, or_, select
from sqlalchemy.orm import selectinload

from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.penpals.matching.problem import Condition, decisive
from campaign.penpals.matching.reasons import Reason
from campaign.penpals.models import (
    LIVE,
    Assignment,
    Group,
    GroupState,
    MatchLevel,
    MatchProposal,
    MatchRun,
    MatchUnplaced,
    ProposalState,
    RunState,
    WriterProfile,
)
from campaign.people.models import AT_WORK, Volunteer
from campaign.prisoners.models import Prisoner

MOST_PARTNERS = 20
LANGUAGES = MatchProposal.reasons[Reason.SHARED_LANGUAGES.value]["languages"]


def find_run(run_id: uuid.UUID, *, locked: bool = False) -> MatchRun | None:
    """A run as it stands now."""
    # FOR NO KEY UPDATE: assignments that point at the run are made meanwhile, and nobody waits for them.
    lock = {"key_share": True} if locked else None
    return session.get(MatchRun, run_id, with_for_update=lock, populate_existing=True)


def get_run(run_id: uuid.UUID, *, locked: bool = False) -> MatchRun:
    """The same. Raises NotFound."""
    run = find_run(run_id, locked=locked)
    if run is None:
        raise NotFound
    return run


def get_proposal(run_id: uuid.UUID, proposal_id: uuid.UUID, *, locked: bool = False) -> MatchProposal:
    """One line of a run. Raises NotFound."""
    row = session.get(MatchProposal, proposal_id, with_for_update=locked or None, populate_existing=True)
    if row is None or row.run_id != run_id:
        raise NotFound
    return row


def runs() -> Select[MatchRun]:
    """Every run, the newest first."""
    return select(MatchRun).order_by(MatchRun.asked_at.desc(), MatchRun.id)


def count_lines(run_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Counter[str]]:
    """How many lines of each run stand in each state."""
    rows = session.execute(
        select(MatchProposal.run_id, MatchProposal.state, func.count())
        .where(MatchProposal.run_id.in_(run_ids))
        .group_by(MatchProposal.run_id, MatchProposal.state)
    )
    counts: dict[uuid.UUID, Counter[str]] = {run_id: Counter() for run_id in run_ids}
    for run_id, state, amount in rows:
        counts[run_id][state] = amount
    return counts


def count_pinned(run_id: uuid.UUID) -> int:
    """How many open lines are pinned: those that another run keeps."""
    statement = select(func.count()).where(
        MatchProposal.run_id == run_id, MatchProposal.is_pinned, MatchProposal.state == ProposalState.OPEN
    )
    return session.scalar(statement) or 0


def count_undecided_runs() -> int:
    """Runs that are ready and have lines on which nobody has decided."""
    undecided = select(MatchProposal.id).where(
        MatchProposal.run_id == MatchRun.id, MatchProposal.state == ProposalState.OPEN
    )
    statement = select(func.count()).select_from(MatchRun).where(MatchRun.state == RunState.READY, undecided.exists())
    return session.scalar(statement) or 0


def lines(
    run_id: uuid.UUID, *, state: str = "", only: str = "", language: str = "", group: uuid.UUID | None = None,
    words: str = "", sort: str = "", proposal: uuid.UUID | None = None,
) -> Select[*tuple[Any, ...]]:  # fmt: skip
    """The lines of a run as rows (MatchProposal, Prisoner, Volunteer or None, Group or None).

    `only`: "pinned" or "added". `words`: part of a name or pseudonym. `sort`: "rank", "prisoner" or "writer", with -
    before it for descending.
    """
    statement = (
        select(MatchProposal, Prisoner, Volunteer, Group)
        .join(Prisoner, Prisoner.id == MatchProposal.prisoner_id)
        .outerjoin(Volunteer, Volunteer.id == MatchProposal.volunteer_id)
        .outerjoin(Group, Group.id == MatchProposal.group_id)
        .options(selectinload(Prisoner.texts))
        .where(MatchProposal.run_id == run_id)
    )
    if proposal is not None:
        statement = statement.where(MatchProposal.id == proposal)
    if state in set(ProposalState):
        statement = statement.where(MatchProposal.state == state)
    if only in {"pinned", "added"}:
        statement = statement.where(MatchProposal.is_pinned if only == "pinned" else MatchProposal.is_added)
    if language:
        statement = statement.where(LANGUAGES.contains([language]))
    if group is not None:
        statement = statement.where(MatchProposal.group_id == group)
    if words:
        pattern = f"%{_plain(words)}%"
        named = (Prisoner.last_latin, Prisoner.first_latin, Prisoner.last_ru, Prisoner.first_ru, Volunteer.pseudonym)
        statement = statement.where(or_(*(column.ilike(pattern) for column in named), _named(pattern)))
    columns: dict[str, Any] = {
        "rank": MatchProposal.rank,
        "prisoner": func.lower(func.coalesce(func.nullif(Prisoner.last_latin, ""), Prisoner.last_ru)),
        "writer": func.lower(func.coalesce(Volunteer.pseudonym, Group.slug)),
    }
    column = columns.get(sort.removeprefix("-"), MatchProposal.rank)
    return statement.order_by(column.desc() if sort.startswith("-") else column, MatchProposal.rank, MatchProposal.id)


def get_line(run_id: uuid.UUID, proposal_id: uuid.UUID) -> Row[*tuple[Any, ...]]:
    """One line with whom it is about. Raises NotFound."""
    row = session.execute(lines(run_id, proposal=proposal_id)).first()
    if row is None:
        raise NotFound
    return row


def list_languages(run_id: uuid.UUID) -> Sequence[str]:
    """The languages in which the pairs of a run would write."""
    each = func.jsonb_array_elements_text(LANGUAGES).label("language")
    return session.scalars(select(each).where(MatchProposal.run_id == run_id).distinct().order_by(each)).all()


def list_groups(run_id: uuid.UUID) -> Sequence[Group]:
    """The groups that a run names."""
    named = select(MatchProposal.group_id).where(MatchProposal.run_id == run_id)
    return session.scalars(select(Group).where(Group.id.in_(named)).order_by(Group.slug)).all()


def unplaced(run_id: uuid.UUID) -> Select[*tuple[Any, ...]]:
    """Who stays below the floor, the most in need first, as rows (MatchUnplaced, Prisoner)."""
    return (
        select(MatchUnplaced, Prisoner)
        .join(Prisoner, Prisoner.id == MatchUnplaced.prisoner_id)
        .options(selectinload(Prisoner.texts))
        .where(MatchUnplaced.run_id == run_id)
        .order_by(MatchUnplaced.shortfall.desc(), MatchUnplaced.prisoner_id)
    )


def count_blame(run_id: uuid.UUID) -> list[tuple[Condition | None, int]]:
    """Of how many people each condition is the one to blame, the commonest first."""
    rows = session.scalars(select(MatchUnplaced.blame).where(MatchUnplaced.run_id == run_id))
    return Counter(decisive(blame) for blame in rows).most_common()


def search_writers(words: str) -> Sequence[Row[*tuple[Any, ...]]]:
    """Writers at work by a part of their pseudonym, as rows (Volunteer, WriterProfile, places they hold)."""
    statement = (
        select(Volunteer, WriterProfile, _places(Assignment.volunteer_id == Volunteer.id))
        .join(WriterProfile, WriterProfile.volunteer_id == Volunteer.id)
        .where(Volunteer.state.in_(AT_WORK), Volunteer.pseudonym.ilike(f"%{_plain(words)}%"))
        .order_by(func.lower(Volunteer.pseudonym), Volunteer.id)
        .limit(MOST_PARTNERS)
    )
    return session.execute(statement).all()


def search_groups(words: str) -> Sequence[Row[*tuple[Any, ...]]]:
    """Open groups by a part of their name in any language, as rows (Group, places they hold)."""
    held = _places(Assignment.group_id == Group.id, Assignment.volunteer_id.is_(None))
    statement = select(Group, held).where(Group.state == GroupState.OPEN, _named(f"%{_plain(words)}%"))
    return session.execute(statement.order_by(Group.slug).limit(MOST_PARTNERS)).all()


def count_open_of(run_id: uuid.UUID, besides: uuid.UUID, *conditions: ColumnElement[bool]) -> int:
    """How many open lines of a run there are of this kind, besides one."""
    statement = select(func.count()).where(
        MatchProposal.run_id == run_id, MatchProposal.id != besides, MatchProposal.state == ProposalState.OPEN,
        *conditions,
    )  # fmt: skip
    return session.scalar(statement) or 0


def _places(*conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).select_from(Assignment).where(Assignment.state.in_(LIVE), *conditions).scalar_subquery()


def list_open(run_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """The open lines of a run, in their order."""
    statement = select(MatchProposal.id).where(
        MatchProposal.run_id == run_id, MatchProposal.state == ProposalState.OPEN
    )  # fmt: skip
    return session.scalars(statement.order_by(MatchProposal.rank)).all()


def list_next_open(run_id: uuid.UUID, after: int, most: int) -> Sequence[uuid.UUID]:
    """The first open lines behind a rank."""
    statement = (
        select(MatchProposal.id)
        .where(
            MatchProposal.run_id == run_id, MatchProposal.state == ProposalState.OPEN, MatchProposal.rank > after
        )
        .order_by(MatchProposal.rank, MatchProposal.id)
        .limit(most)
    )  # fmt: skip
    return session.scalars(statement).all()


def _named(pattern: str) -> Any:
    return cast(Group.names, Text).ilike(pattern) | Group.slug.ilike(pattern)


def _plain(words: str) -> str:
    """Words as they stand, not as a pattern."""
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def name_recipients(ids: Sequence[uuid.UUID], language: str) -> dict[str, str]:
    """Names of prisoners by their id as text."""
    return {str(each.id): each.name_in(language) for each in session.scalars(_people(ids))}


def name_helpers(level: str, ids: Sequence[uuid.UUID], language: str) -> dict[str, str]:
    """Pseudonyms of writers, or names of groups, by their id as text."""
    if level == MatchLevel.GROUPS:
        return {str(each.id): each.name_in(language) for each in session.scalars(_groups(ids))}
    return {str(each.id): each.pseudonym for each in session.scalars(_volunteers(ids))}


def _people(ids: Sequence[uuid.UUID]) -> Select[Prisoner]:
    return select(Prisoner).where(Prisoner.id.in_(ids))


def _groups(ids: Sequence[uuid.UUID]) -> Select[Group]:
    return select(Group).where(Group.id.in_(ids))


def _volunteers(ids: Sequence[uuid.UUID]) -> Select[Volunteer]:
    return select(Volunteer).where(Volunteer.id.in_(ids))
