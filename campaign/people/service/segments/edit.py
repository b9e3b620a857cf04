"""Making a segment and changing its steps: each change is saved at once, and the last one can be taken back."""

import secrets
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace

from sqlalchemy import select

from campaign.kernel import audit, clock
from campaign.kernel.actors import Actor
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError, Forbidden, NotFound
from campaign.kernel.registry_people import segment_conditions
from campaign.kernel.text import one_line
from campaign.kernel.versions import check_version
from campaign.people import policy
from campaign.people.models import LONGEST_SEGMENT_TITLE, Segment
from campaign.people.queries.segment_tree import (
    MOST_CONDITIONS,
    MOST_STEPS,
    Chosen,
    LimitBy,
    Match,
    Step,
    StepKind,
    Tree,
    read_tree,
    tidy_values,
    write_tree,
)
from campaign.people.service.automations.using import count_on, turn_off_those_using
from campaign.people.service.segments.count import ask_for_count

Change = Callable[[list[Step]], None]


class BadTitle(DomainError):
    """A segment needs a title."""


class NoRoom(DomainError):
    """There are too many steps, or conditions in one."""


def make_segment(title: str, tree: Tree, *, is_shared: bool, actor: Actor, is_demo: bool = False) -> Segment:
    """A new segment of one's own. Raises BadTitle, Forbidden."""
    if not policy.can_see_somebody(actor):
        raise Forbidden
    segment = Segment(
        id=uuid.uuid4(), owner_id=actor.id, title=_title(title), is_shared=is_shared, tree=write_tree(tree),
        is_demo=is_demo, created_on=clock.today(), changed_on=clock.today(),
    )  # fmt: skip
    session.add(segment)
    session.flush()
    audit.record("segment.make", actor=actor.id, about=f"segment:{segment.id}")
    if tree.steps:
        ask_for_count(segment, actor)
    return segment


def copy_segment(segment_id: uuid.UUID, title: str, *, actor: Actor) -> Segment:
    """The same steps as a segment of one's own, of which nobody else knows yet. Raises NotFound, BadTitle."""
    of = seen_segment(segment_id, actor)
    return make_segment(title, read_tree(of.tree), is_shared=False, actor=actor)


def seen_segment(segment_id: uuid.UUID, actor: Actor) -> Segment:
    """A segment that `actor` may see; raises NotFound for another's as for none."""
    found = session.get(Segment, segment_id)
    if found is None or not policy.can_see_segment(actor, found):
        raise NotFound
    return found


def name_segment(segment_id: uuid.UUID, title: str, *, is_shared: bool, seen_version: int, actor: Actor) -> None:
    """Give it a title, and share it or keep it. Raises NotFound, Forbidden, Conflict, BadTitle."""
    segment = _lock(segment_id, actor)
    check_version(segment.version, seen_version)
    was_shared, segment.title, segment.is_shared = segment.is_shared, _title(title), is_shared
    session.flush()
    if was_shared != is_shared:
        act = "segment.share" if is_shared else "segment.keep"
        audit.record(act, actor=actor.id, about=f"segment:{segment.id}")


class InUse(Conflict):
    """Rules of automations ask for it."""


def put_away(segment_id: uuid.UUID, *, seen_rules: int = 0, actor: Actor) -> None:
    """Put it into the archive; twice is the same. Raises NotFound, Forbidden; InUse where more rules than the
    `seen_rules` would go off by it."""
    segment = _lock(segment_id, actor)
    if segment.archived_on is None:
        if count_on(segment.id) > seen_rules:
            raise InUse(N_("Automations use this segment. Look at which, and say that they may go off."))
        segment.archived_on = clock.today()
        session.flush()
        audit.record("segment.archive", actor=actor.id, about=f"segment:{segment.id}")
        turn_off_those_using(segment.id, actor=actor.id)


def bring_back(segment_id: uuid.UUID, *, actor: Actor) -> None:
    """Take it out of the archive; twice is the same. Raises NotFound, Forbidden."""
    segment = _lock(segment_id, actor)
    if segment.archived_on is not None:
        segment.archived_on = None
        session.flush()
        audit.record("segment.restore", actor=actor.id, about=f"segment:{segment.id}")


def take_back(segment_id: uuid.UUID, *, seen_version: int, actor: Actor) -> None:
    """Let the steps be as before the last change; once more brings the change back. Raises Conflict where none was."""
    segment = _lock(segment_id, actor)
    check_version(segment.version, seen_version)
    if segment.previous is None:
        raise Conflict(N_("Nothing has been changed yet."))
    segment.tree, segment.previous = segment.previous, segment.tree
    _changed(segment, actor)


def add_step(
    segment_id: uuid.UUID, kind: StepKind, chosen: tuple[str, Mapping[str, str], bool], *, seen_version: int,
    actor: Actor,
) -> None:  # fmt: skip
    """Put a step with one condition (name, values, turned around) at the end. Raises BadValue, NoRoom, Conflict."""
    step = Step(kind, conditions=(_chosen(*chosen),))
    _change(segment_id, lambda steps: _append(steps, step), seen_version, actor)


def set_limit(
    segment_id: uuid.UUID, amount: int, by: LimitBy, *, at: int | None, draws_anew: bool = False, seen_version: int,
    actor: Actor,
) -> None:  # fmt: skip
    """Put a limit at the end, or change the one `at` a place from 0; `draws_anew` gives it another seed."""

    def change(steps: list[Step]) -> None:
        seed = secrets.randbelow(2**31)
        if at is None:
            _append(steps, Step(StepKind.LIMIT, amount=amount, by=by, seed=seed))
            return
        was = _at(steps, at, StepKind.LIMIT)
        steps[at] = replace(was, amount=amount, by=by, seed=seed if draws_anew else was.seed)

    _change(segment_id, change, seen_version, actor)


def set_kind(segment_id: uuid.UUID, at: int, kind: StepKind, match: Match, *, seen_version: int, actor: Actor) -> None:
    """Let a step with conditions add or take away, whoever meets all or any of them."""

    def change(steps: list[Step]) -> None:
        steps[at] = replace(_with_conditions(steps, at), kind=kind, match=match)

    if kind is StepKind.LIMIT:
        raise NotFound
    _change(segment_id, change, seen_version, actor)


def move_step(segment_id: uuid.UUID, at: int, by: int, *, seen_version: int, actor: Actor) -> None:
    """Move a step up (-1) or down (1); at the end of the list it stays where it is."""

    def change(steps: list[Step]) -> None:
        step = _at(steps, at)
        to = min(max(at + by, 0), len(steps) - 1)
        steps.insert(to, steps.pop(at))
        assert steps[to] is step  # noqa: S101

    _change(segment_id, change, seen_version, actor)


def drop_step(segment_id: uuid.UUID, at: int, *, seen_version: int, actor: Actor) -> None:
    """Take a step out."""

    def change(steps: list[Step]) -> None:
        _at(steps, at)
        steps.pop(at)

    _change(segment_id, change, seen_version, actor)


def set_condition(
    segment_id: uuid.UUID, at: int, place: int | None, chosen: tuple[str, Mapping[str, str], bool], *,
    seen_version: int, actor: Actor,
) -> None:  # fmt: skip
    """Put a condition into a step, or change the one at `place` from 0. Raises BadValue, NoRoom, Conflict."""
    made = _chosen(*chosen)

    def change(steps: list[Step]) -> None:
        conditions = list(_with_conditions(steps, at).conditions)
        if place is None:
            if len(conditions) >= MOST_CONDITIONS:
                raise NoRoom(N_("A step has at most 20 conditions."))
            conditions.append(made)
        elif 0 <= place < len(conditions):
            conditions[place] = made
        else:
            raise NotFound
        steps[at] = replace(steps[at], conditions=tuple(conditions))

    _change(segment_id, change, seen_version, actor)


def drop_condition(segment_id: uuid.UUID, at: int, place: int, *, seen_version: int, actor: Actor) -> None:
    """Take a condition out; a step goes with its last one."""

    def change(steps: list[Step]) -> None:
        conditions = list(_with_conditions(steps, at).conditions)
        if not 0 <= place < len(conditions):
            raise NotFound
        conditions.pop(place)
        if conditions:
            steps[at] = replace(steps[at], conditions=tuple(conditions))
        else:
            steps.pop(at)

    _change(segment_id, change, seen_version, actor)


def _change(segment_id: uuid.UUID, change: Change, seen_version: int, actor: Actor) -> None:
    """One change of the steps under the lock of the row, from the version that was seen."""
    segment = _lock(segment_id, actor)
    check_version(segment.version, seen_version)
    steps = list(read_tree(segment.tree).steps)
    change(steps)
    tree = write_tree(Tree(tuple(steps)))
    if tree == segment.tree:
        return
    segment.previous, segment.tree = segment.tree, tree
    _changed(segment, actor)


def _changed(segment: Segment, actor: Actor) -> None:
    segment.changed_on = clock.today()
    session.flush()
    audit.record("segment.change", actor=actor.id, about=f"segment:{segment.id}")
    ask_for_count(segment, actor)


def _lock(segment_id: uuid.UUID, actor: Actor) -> Segment:
    seen_segment(segment_id, actor)
    statement = select(Segment).where(Segment.id == segment_id).with_for_update()
    segment = session.scalars(statement.execution_options(populate_existing=True)).one()
    if not policy.can_edit_segment(actor, segment):
        raise Forbidden
    return segment


def _chosen(name: str, values: Mapping[str, str], is_not: bool) -> Chosen:
    if name not in segment_conditions:
        raise NotFound
    return Chosen(name, tidy_values(segment_conditions[name], values), is_not)


def _append(steps: list[Step], step: Step) -> None:
    if len(steps) >= MOST_STEPS:
        raise NoRoom(N_("A segment has at most 20 steps."))
    steps.append(step)


def _at(steps: list[Step], at: int, kind: StepKind | None = None) -> Step:
    if not 0 <= at < len(steps) or (kind is not None and steps[at].kind is not kind):
        raise NotFound
    return steps[at]


def _with_conditions(steps: list[Step], at: int) -> Step:
    step = _at(steps, at)
    if step.kind is StepKind.LIMIT:
        raise NotFound
    return step


def _title(text: str) -> str:
    title = one_line(text, LONGEST_SEGMENT_TITLE)
    if not title:
        raise BadTitle(N_("A segment needs a title."))
    return title
