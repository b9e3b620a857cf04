"""What a run reads from the database."""

import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.penpals.matching.conditions import NEEDS, REACHABLE, REFUSED
from campaign.penpals.matching.digest import input_digest
from campaign.penpals.matching.problem import Level, Running
from campaign.penpals.matching.solve import solve
from campaign.penpals.models import (
    Assignment,
    AssignmentState,
    GroupMember,
    MatchLevel,
    MemberRole,
    PairBlock,
    PrisonerCare,
    WriterChannel,
    WriterMode,
    WriterPlace,
)
from campaign.penpals.policy import AVOIDABLE
from campaign.penpals.queries.addressees import LETTER_CHANNELS
from campaign.penpals.queries.matching_input import read_problem
from campaign.penpals.smoothing import OccasionKind
from campaign.people.models import VolunteerState
from campaign.prisoners.models import Precision, Prisoner, Publicity, StrangersPolicy
from campaign.prisoners.queries.reach import Reach
from tests.support import pens

pytestmark = pytest.mark.usefixtures("app")


def assign(prisoner: uuid.UUID, volunteer: uuid.UUID | None, group: uuid.UUID | None = None, **changes: object) -> None:
    today = clock.today()
    with transaction():
        session.add(
            Assignment(
                id=uuid.uuid4(), prisoner_id=prisoner, volunteer_id=volunteer, group_id=group,
                promise_days=30 if volunteer else None, created_on=today, state=AssignmentState.ACTIVE, **changes,
            )
        )  # fmt: skip


def join(
    group: uuid.UUID, volunteer: uuid.UUID, role: MemberRole = MemberRole.WRITER, left: date | None = None
) -> None:
    with transaction():
        session.add(
            GroupMember(
                id=uuid.uuid4(), group_id=group, volunteer_id=volunteer, role=role, joined_on=date(2025, 1, 1),
                left_on=left,
            )
        )  # fmt: skip


def test_the_words_of_the_conditions_are_those_of_the_tables():
    assert Reach.OPEN.value == REACHABLE
    assert StrangersPolicy.REFUSED.value == REFUSED
    assert set(NEEDS) == {each.value for each in LETTER_CHANNELS}
    assert {word for words in NEEDS.values() for word in words} == set(WriterChannel)
    assert [each.value for each in Level] == [each.value for each in MatchLevel]


def test_a_writer_and_a_prisoner_are_read_and_matched():
    giver = pens.writer(topics=["chess"], avoids=[min(AVOIDABLE)], lives=WriterPlace.RUSSIA, trust=1)
    taker = pens.addressee()
    problem = read_problem(Level.WRITERS, clock.today())
    [helper] = problem.helpers
    assert (helper.id, helper.topics, helper.is_in_russia, helper.trust) == (giver.id, ("chess",), True, 1)
    assert (helper.is_ready, helper.takes_alone) == (True, True)
    [recipient] = problem.recipients
    assert (recipient.id, recipient.reach, recipient.waiting_days > 0) == (taker.id, "open", True)
    [pair] = solve(problem).pairs
    assert (pair.helper_id, pair.recipient_id) == (giver.id, taker.id)


@pytest.mark.parametrize(
    ("state", "changes"),
    [
        (VolunteerState.SCREENING, {}),
        (VolunteerState.PAUSED, {}),
        (VolunteerState.ACTIVE, {"mode": WriterMode.ONE_LETTER}),
        (VolunteerState.ACTIVE, {"paused_until": date(2999, 1, 1)}),
    ],
)
def test_who_takes_nobody_is_read_as_not_ready(state, changes):
    pens.writer(state, **changes)
    assert [each.is_ready for each in read_problem(Level.WRITERS, clock.today()).helpers] == [False]


def test_what_runs_holds_places_and_its_letter_is_counted_once_it_was_written():
    first, second, taker = pens.writer(), pens.writer(), pens.addressee()
    assign(taker.id, first.id, last_letter_on=clock.today() - timedelta(days=3))
    assign(taker.id, second.id, last_letter_on=clock.today() - timedelta(days=91))
    problem = read_problem(Level.WRITERS, clock.today())
    assert [each.live for each in problem.helpers] == [1, 1]
    assert problem.recipients[0].helpers == 2
    assert set(problem.running) == {Running(first.id, taker.id, True), Running(second.id, taker.id, False)}


def test_groups_speak_with_their_least_trusted_member_and_observers_do_not_count():
    group = pens.group(capacity=3)
    for trust, lives in ((2, WriterPlace.OUTSIDE), (1, WriterPlace.RUSSIA)):
        join(group.id, pens.writer(trust=trust, lives=lives).id)
    join(group.id, pens.writer(trust=0).id, MemberRole.OBSERVER)
    join(group.id, pens.writer(trust=0).id, left=date(2025, 6, 1))
    empty = pens.group()
    taker, held = pens.addressee(), pens.addressee()
    assign(held.id, None, group.id)
    problem = read_problem(Level.GROUPS, clock.today())
    found = {each.id: each for each in problem.helpers}
    assert (found[group.id].trust, found[group.id].is_in_russia, found[group.id].live) == (1, True, 1)
    assert found[empty.id].is_ready is False
    assert {each.id: (each.most_helpers, each.helpers) for each in problem.recipients} == {
        taker.id: (1, 0), held.id: (1, 1),
    }  # fmt: skip
    assert [(each.helper_id, each.recipient_id) for each in solve(problem).pairs] == [(group.id, taker.id)]


def test_a_prisoner_of_a_group_is_given_to_its_members_only():
    group, taker = pens.group(), pens.addressee()
    member, stranger = pens.writer(mode=WriterMode.GROUP), pens.writer()
    join(group.id, member.id)
    assign(taker.id, None, group.id)
    outcome = solve(read_problem(Level.WRITERS, clock.today()))
    assert [(each.helper_id, each.group_id) for each in outcome.pairs] == [(member.id, group.id)]
    assert stranger.id not in {each.helper_id for each in outcome.pairs}


def test_blocks_pins_and_care_are_read():
    giver, taker = pens.writer(), pens.addressee()
    with transaction():
        session.add(
            PairBlock(
                id=uuid.uuid4(), prisoner_id=taker.id, volunteer_id=giver.id, reason="asked for",
                blocked_on=clock.today(),
            )
        )  # fmt: skip
        session.add(
            PrisonerCare(
                prisoner_id=taker.id, trust_needed=2, is_risky_in_russia=True, most_writers=1, changed_on=clock.today()
            )
        )  # fmt: skip
    problem = read_problem(Level.WRITERS, clock.today(), pins=[(giver.id, taker.id)])
    assert problem.blocked == problem.pins == ((giver.id, taker.id),)
    [recipient] = problem.recipients
    assert (recipient.trust_needed, recipient.is_risky_in_russia, recipient.most_helpers) == (2, True, 1)
    assert read_problem(Level.GROUPS, clock.today()).blocked == ()


def test_days_that_are_public_are_read_and_those_of_limited_publicity_are_not():
    day = clock.today() + timedelta(days=15)
    born = {"born_on": day.replace(year=1980), "born_precision": Precision.DAY}
    known, year_only, limited = pens.addressee(), pens.addressee(), pens.addressee()
    pens.addressee()
    for person, changes in (
        (known, born), (year_only, {**born, "born_precision": Precision.YEAR}),
        (limited, {**born, "publicity": Publicity.LIMITED}),
    ):  # fmt: skip
        with transaction():
            session.execute(update(Prisoner).where(Prisoner.id == person.id).values(**changes))
    for level in Level:
        near = {each.id: each.near for each in read_problem(level, clock.today()).recipients if each.near}
        assert near == {known.id: (OccasionKind.BIRTHDAY, 15, 3.0)}


def test_the_digest_is_the_same_for_the_same_input_and_no_other():
    giver = pens.writer()
    pens.addressee()
    first = input_digest(read_problem(Level.WRITERS, clock.today()))
    assert first == input_digest(read_problem(Level.WRITERS, clock.today()))
    assert first != input_digest(read_problem(Level.WRITERS, clock.today(), pins=[(giver.id, giver.id)]))
    pens.writer()
    assert first != input_digest(read_problem(Level.WRITERS, clock.today()))


def test_an_empty_database_is_an_empty_problem():
    for level in Level:
        problem = read_problem(level, clock.today())
        assert (problem.helpers, problem.recipients) == ((), ())
        assert solve(problem).pairs == ()
