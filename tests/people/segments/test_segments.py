"""Who is in a segment: each kind of step and condition against the database, and why somebody is in or out."""

import uuid
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from campaign.kernel import clock
from campaign.kernel.actors import Actor, Role
from campaign.kernel.db import TooSlow, read_only, session, transaction
from campaign.kernel.errors import Conflict, Forbidden, NotFound
from campaign.kernel.registry_people import segment_conditions
from campaign.people.models import CountState, Person, Segment, SegmentCount, SegmentMember
from campaign.people.queries import segments as queries
from campaign.people.queries.segment_query import compile_tree
from campaign.people.queries.segment_tree import Chosen, LimitBy, Match, Step, StepKind, Tree, read_tree
from campaign.people.service.details import ensure_tag, put_tag
from campaign.people.service.segments import count, edit
from campaign.people.service.segments.freeze import (
    NoPurpose,
    forget_old,
    freeze,
    move_members,
    put_members_back,
)
from campaign.people.service.segments.why import explain
from campaign.people.service.volunteers import add_volunteer
from tests.people.segments.made import (
    add,
    asked,
    limit,
    lives,
    reader,
    segment,
    somebody,
    speaks,
    subtract,
)
from tests.support import accounts, pens
from workers.run_jobs import run_due_jobs


def members(*steps: Step) -> set[uuid.UUID]:
    return set(session.scalars(compile_tree(Tree(steps), segment_conditions).members()))


def figures(of: Segment, audience: str = "") -> list[tuple[int | None, int]]:
    run_due_jobs()
    session.expire_all()
    row = queries.find_count(of.id, audience)
    assert row is not None
    assert row.state == CountState.DONE, row.error
    return [(each["own"], each["after"]) for each in row.steps]


def test_steps_add_take_away_and_limit_in_their_order(app: Flask) -> None:
    german, both, nowhere = somebody("DE", days_ago=3), somebody("DE", "ru", days_ago=2), somebody(None)
    assert members(add(lives("DE"))) == {german, both}
    assert members(add(lives("DE"), speaks("ru"))) == {both}
    assert members(add(lives("-"), speaks("ru"), match=Match.ANY)) == {both, nowhere}
    assert members(add(lives("DE", is_not=True))) == {nowhere}
    assert members(add(lives("DE")), subtract(speaks("ru"))) == {german}
    assert members(add(lives("DE")), subtract(speaks("ru")), add(speaks("ru"))) == {german, both}
    assert members(add(Chosen("everybody")), limit(1)) == {nowhere}
    assert members(add(Chosen("everybody")), limit(1), subtract(lives("-"))) == set()


def test_limits_keep_the_newest_the_longest_not_asked_or_by_a_seed(app: Flask) -> None:
    old, asked_long_ago = somebody(days_ago=9), somebody(days_ago=5, asked=40)
    asked_lately = somebody(days_ago=1, asked=2)
    everybody = add(Chosen("everybody"))
    assert members(everybody, limit(1)) == {asked_lately}
    assert members(everybody, limit(2, LimitBy.LONGEST_NOT_ASKED)) == {old, asked_long_ago}
    drawn = {seed: frozenset(members(everybody, limit(1, LimitBy.RANDOM, seed))) for seed in range(12)}
    assert drawn == {seed: frozenset(members(everybody, limit(1, LimitBy.RANDOM, seed))) for seed in range(12)}
    assert len(set(drawn.values())) > 1


def test_not_asked_in_so_many_days_means_who_never_was_too(app: Flask) -> None:
    never, long_ago, _lately = somebody(), somebody(asked=15), somebody(asked=14)
    assert members(add(asked(14, is_not=True))) == {never, long_ago}


def test_every_condition_answers(app: Flask) -> None:
    """Each compiles and runs with every first option, as it is and turned around: together everybody, once."""
    who = somebody("DE", "de")
    group = pens.group()
    with transaction():
        tag = ensure_tag("choir")
        put_tag([who], tag.id)
    everybody = set(session.scalars(select(Person.id)))
    tried = 0
    for condition in segment_conditions:
        values = {}
        for field in condition.fields:
            options = field.options() if field.options is not None else [("7", "")]
            values[field.name] = options[0][0] if options else ""
            values[field.name] = {"yes_no": "yes", "day": "2026-01-01"}.get(field.kind, values[field.name])
        if "" in values.values():
            continue
        tried += 1
        yes = members(add(Chosen(condition.name, values)))
        no = members(add(Chosen(condition.name, values, is_not=True)))
        assert (yes | no, yes & no) == (everybody, set()), condition.name
    assert tried > 14
    assert members(add(Chosen("tag", {"tag": str(tag.id)}))) == {who}
    assert members(add(Chosen("group", {"group": str(group.id)}))) == set()


def test_it_is_counted_in_the_background_once(app: Flask) -> None:
    somebody("DE"), somebody("DE", "ru"), somebody("FR")
    made = segment(add(lives("DE")), subtract(speaks("ru")), limit(5), actor=reader())
    row = queries.find_count(made.id, "")
    assert row is not None
    assert (row.state, row.total) == (CountState.WAITING, None)
    assert figures(made) == [(2, 2), (1, 1), (None, 1)]
    row = session.scalars(select(SegmentCount)).one()
    assert row.took_ms is not None
    assert row.tree == made.tree
    was = row.counted_at
    with transaction():
        count.count_now(row.id)
    assert session.scalars(select(SegmentCount.counted_at)).one() == was


def test_what_contradicts_itself_gives_nobody(app: Flask) -> None:
    somebody("DE")
    made = segment(add(lives("DE"), lives("FR")), actor=reader())
    assert figures(made) == [(0, 0)]


def test_what_can_no_longer_be_counted_says_so(app: Flask) -> None:
    actor = reader()
    with transaction():
        tag = ensure_tag("choir")
    made = segment(add(Chosen("tag", {"tag": str(tag.id)})), actor=actor)
    with transaction():
        session.delete(tag)
    run_due_jobs()
    session.expire_all()
    row = session.scalars(select(SegmentCount)).one()
    assert (row.state, row.error) == (CountState.FAILED, count.REFUSED)
    with transaction():
        count.ask_for_count(made, actor)
    assert session.scalars(select(SegmentCount.state)).one() == CountState.WAITING


def test_counting_writes_nothing_and_ends(app: Flask) -> None:
    with pytest.raises(TooSlow), read_only(0.01) as connection:
        connection.execute(select(func.pg_sleep(5)))
    with pytest.raises(Exception, match="read-only"), read_only(5) as connection:
        connection.execute(delete(Person))


def test_a_role_for_groups_counts_their_people_alone(app: Flask) -> None:
    group = pens.group()
    own = accounts.person(Role.VOLUNTEER)
    with transaction():
        who = add_volunteer(own.id, own.username)
    pens.member(group, who)
    somebody("DE")
    narrowed = reader(Role.COORDINATOR, group=group.id)
    made = segment(add(Chosen("everybody")), actor=narrowed, is_shared=True)
    assert figures(made, str(group.id)) == [(1, 1)]
    whole = reader()
    with transaction():
        count.ask_for_count(edit.seen_segment(made.id, whole), whole)
    assert figures(made) == [(2, 2)]
    with transaction():
        used = freeze(made.id, "a call", actor=narrowed)
    assert queries.list_members(used.id) == [who.person_id]


def test_why_somebody_is_in_or_out(app: Flask) -> None:
    german, russian = somebody("DE", days_ago=1), somebody("DE", "ru", days_ago=4)
    made = segment(add(lives("DE")), subtract(speaks("ru"), lives("FR", is_not=True)), actor=reader())
    stands = explain(made, german, "")
    assert [(each.is_meant, each.is_in, list(each.held)) for each in stands] == [
        (True, True, [True]), (False, True, [False, True]),
    ]  # fmt: skip
    assert [each.has_decided for each in explain(made, russian, "")] == [True, True]
    limited = segment(add(lives("DE")), limit(1), actor=reader())
    assert [(each.is_in, each.place) for each in explain(limited, russian, "")] == [(True, None), (False, 2)]


def test_using_it_writes_down_who_was_in(app: Flask) -> None:
    first, second = somebody("DE"), somebody("DE")
    actor = reader()
    made = segment(add(lives("DE")), actor=actor)
    with transaction():
        used = freeze(made.id, "spring mailing", actor=actor)
    assert (used.total, used.tree) == (2, made.tree)
    later = somebody("DE")
    assert set(queries.list_members(used.id)) == {first, second}
    assert len(queries.list_members(used.id, most=1)) == 1
    assert later not in queries.list_members(used.id, after=min(first, second))
    with pytest.raises(NoPurpose), transaction():
        freeze(made.id, " ", actor=actor)
    with transaction():
        assert forget_old(clock.today()) == 0
        assert forget_old(clock.today() + timedelta(days=181)) == 1
    assert session.scalar(select(func.count()).select_from(SegmentMember)) == 0


def test_merging_moves_who_was_in_and_back(app: Flask) -> None:
    winner, loser, actor = somebody("DE"), somebody("FR"), reader()
    both = segment(add(Chosen("everybody")), actor=actor)
    one = segment(add(lives("FR")), actor=actor)
    with transaction():
        uses = [freeze(each.id, "call", actor=actor).id for each in (both, one)]

    def inside() -> set[tuple[uuid.UUID, uuid.UUID]]:
        return {(each.freeze_id, each.person_id) for each in session.scalars(select(SegmentMember))}

    before = inside()
    with transaction():
        memory = move_members(winner, loser)
    assert inside() == {(use, winner) for use in uses}
    with transaction():
        put_members_back(winner, loser, memory)
    session.expunge_all()
    assert inside() == before


def test_steps_change_one_after_the_other_and_the_last_change_comes_back(app: Flask) -> None:
    actor = reader()
    made = segment(add(lives("DE")), actor=actor)

    def steps() -> list[Step]:
        session.expire_all()
        return list(read_tree(made.tree).steps)

    with transaction():
        edit.add_step(made.id, StepKind.SUBTRACT, ("spoken", {"language": "ru"}, False), seen_version=1, actor=actor)
    with pytest.raises(Conflict), transaction():
        edit.drop_step(made.id, 0, seen_version=1, actor=actor)
    with transaction():
        edit.set_limit(made.id, 40, LimitBy.RANDOM, at=None, seen_version=2, actor=actor)
    seed = steps()[2].seed
    with transaction():
        edit.set_limit(made.id, 50, LimitBy.RANDOM, at=2, seen_version=3, actor=actor)
    assert (steps()[2].amount, steps()[2].seed) == (50, seed)
    with transaction():
        edit.move_step(made.id, 0, 1, seen_version=4, actor=actor)
    assert [each.kind for each in steps()] == [StepKind.SUBTRACT, StepKind.ADD, StepKind.LIMIT]
    with transaction():
        edit.take_back(made.id, seen_version=5, actor=actor)
    assert [each.kind for each in steps()] == [StepKind.ADD, StepKind.SUBTRACT, StepKind.LIMIT]
    with transaction():
        edit.drop_condition(made.id, 1, 0, seen_version=6, actor=actor)
    assert [each.kind for each in steps()] == [StepKind.ADD, StepKind.LIMIT]


def test_whose_segment_is_whose(app: Flask) -> None:
    owner, other, narrowed = reader(), reader(), reader(Role.COORDINATOR, group=pens.group().id)
    own, shared = segment(actor=owner).id, segment(actor=owner, is_shared=True).id
    for stranger in (other, narrowed):
        with pytest.raises(NotFound):
            edit.seen_segment(own, stranger)
        assert edit.seen_segment(shared, stranger).id == shared
    with transaction():
        edit.name_segment(shared, "Another", is_shared=True, seen_version=1, actor=other)
    with pytest.raises(Forbidden), transaction():
        edit.put_away(shared, actor=narrowed)
    admin: Actor = accounts.person(Role.ADMIN).signed_in()
    with pytest.raises(NotFound):
        edit.seen_segment(shared, admin)
    with transaction():
        copy = edit.copy_segment(shared, "Mine", actor=narrowed)
    assert (copy.owner_id, copy.is_shared) == (narrowed.id, False)
    with transaction():
        edit.put_away(shared, actor=other)
    assert [each.id for each in queries.list_segments(owner.id)] == [own]
    with transaction():
        edit.bring_back(shared, actor=other)
    assert len(queries.list_segments(owner.id)) == 2
