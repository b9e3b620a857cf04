"""Single pairs are judged as a run judges them, and an offer by hand is judged by nothing else."""

import random
import uuid
from itertools import product

import pytest

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError
from campaign.penpals.matching.between import judge_pairs
from campaign.penpals.matching.problem import Condition, Level
from campaign.penpals.matching.standing import take_stock
from campaign.penpals.matching.weights import Settings
from campaign.penpals.models import Assignment, AssignmentState, PrisonerCare, WriterMode, WriterPlace
from campaign.penpals.queries.addressees import list_addressees
from campaign.penpals.queries.matching_input import read_problem, read_some
from campaign.penpals.service import assignments
from campaign.people.models import VolunteerState
from campaign.prisoners.models import Channel, FacilityChannel, LettersPolicy, StrangersPolicy
from tests.penpals.matching import made
from tests.support import make, pens

TODAY = clock.today


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("seed", range(60))
def test_a_pair_may_be_when_a_run_could_make_it_and_is_worth_the_same(seed, level):
    chance = random.Random(seed)
    problem = made.problem(chance, chance.randint(1, 7), chance.randint(1, 7), level=level)
    stock = take_stock(made.without_pins(problem), Settings())
    of_run = {
        (helper.id, recipient.id): int(points[number])
        for at, recipient in enumerate(problem.recipients)
        for points in [stock.points(at)]
        for number, helper in enumerate(problem.helpers)
        if points[number] >= 0 and stock.room[at] > 0
    }
    judged = list(judge_pairs(problem, Settings()))
    assert {(each.helper.id, each.recipient.id): each.fit for each in judged if not each.failing} == of_run
    running = {(each.helper_id, each.recipient_id) for each in problem.running}
    assert len(judged) == len(problem.helpers) * len(problem.recipients) - len(running)


def test_every_condition_that_fails_is_named():
    giver = made.helper(languages=("de",), capacity=0, trust=0, is_in_russia=True, avoids=("minors",))
    taker = made.recipient(trust_needed=1, is_risky_in_russia=True, traits=("minors",))
    problem = made.Problem(Level.WRITERS, (giver,), (taker,), blocked=((giver.id, taker.id),))
    (between,) = judge_pairs(problem, Settings())
    assert between.failing == (
        Condition.LANGUAGE, Condition.TRUST, Condition.RISK, Condition.AVOIDED, Condition.BLOCKED, Condition.FULL,
    )  # fmt: skip


def crowd(chance: random.Random) -> None:
    """Writers, people and groups in whom every condition occurs."""
    groups = [pens.group(), pens.group()]
    pens.writer(capacity=3), pens.addressee()
    for _each in range(7):
        state = chance.choice([VolunteerState.ACTIVE] * 5 + [VolunteerState.PROBATION, VolunteerState.PAUSED])
        writer = pens.writer(
            state, trust=chance.choice([0, 1, 2]), capacity=chance.choice([0, 1, 2, 3]),
            languages=chance.choice([["ru"], ["en"], ["ru", "en"]]), avoids=chance.choice([[], [], ["military"]]),
            channels=chance.choice([["print_and_post"], ["e_letter_card"], ["print_and_post", "e_letter_card"]]),
            lives=chance.choice([WriterPlace.RUSSIA, WriterPlace.OUTSIDE]),
            mode=chance.choice([WriterMode.PENPAL] * 4 + [WriterMode.GROUP, WriterMode.ONE_LETTER]),
        )  # fmt: skip
        for group in groups:
            if chance.random() < 0.4:
                pens.member(group, writer)
    for _each in range(6):
        person = pens.addressee(place(chance), languages_read=chance.choice([[], ["ru"], ["en"], ["ru", "en"]]))
        with transaction():
            session.add(PrisonerCare(
                prisoner_id=person.id, trust_needed=chance.choice([0, 0, 1]), changed_on=TODAY(),
                is_risky_in_russia=chance.random() < 0.3, most_writers=chance.choice([1, 2, 5]),
            ))  # fmt: skip
        if chance.random() < 0.3:
            with transaction():
                assignments.give_to_group(person.id, chance.choice(groups).id, actor=None)
        if chance.random() < 0.2:
            make_closed(person)


def place(chance: random.Random):
    held_at = make.facility()
    with transaction():
        session.add(FacilityChannel(
            id=uuid.uuid4(), facility_id=held_at.id, channel=chance.choice([Channel.POST, Channel.F_PISMO]),
            is_active=chance.random() < 0.9, checked_on=TODAY(), languages=chance.choice([[], ["ru"], ["ru", "en"]]),
            strangers=chance.choice([StrangersPolicy.ACCEPTED] * 3 + [StrangersPolicy.REFUSED]),
        ))  # fmt: skip
    return held_at


def make_closed(person) -> None:
    with transaction():
        session.merge(person).letters_policy = LettersPolicy.UNKNOWN


def allowed() -> set[tuple[uuid.UUID, uuid.UUID]]:
    """Pairs that a run could make now, places included."""
    problem = read_problem(Level.WRITERS, TODAY())
    stock = take_stock(problem, Settings())
    found = set()
    for at, recipient in enumerate(problem.recipients):
        points = stock.points(at)
        found |= {
            (helper.id, recipient.id)
            for number, helper in enumerate(problem.helpers)
            if points[number] >= 0 and stock.room[at] > 0
        }
    return found


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("seed", range(6))
def test_an_offer_is_possible_exactly_where_a_run_could_propose_it(seed):
    chance = random.Random(seed)
    crowd(chance)
    problem = read_problem(Level.WRITERS, TODAY())
    everybody = list(product((each.id for each in problem.helpers), (each.id for each in problem.recipients)))
    chance.shuffle(everybody)
    offered = 0
    for writer, person in everybody:
        # Some are kept: what runs, full writers and people with enough of them are judged too.
        expected, keeps = (writer, person) in allowed(), chance.random() < 0.3
        try:
            with transaction():
                assignments.offer(person, writer, actor=None)
                if not keeps:
                    raise RolledBack
        except RolledBack:
            came = True
        except DomainError:
            came = False
        else:
            came = True
        session.expire_all()
        assert came == expected, (writer, person)
        offered += came
    assert 0 < offered < len(everybody)
    live = session.query(Assignment).filter_by(state=AssignmentState.OFFERED)
    assert all(each.group_id == of_group(each.prisoner_id) for each in live)


@pytest.mark.usefixtures("app")
def test_a_part_of_a_problem_is_read_as_the_whole():
    crowd(random.Random(11))
    whole = read_problem(Level.WRITERS, TODAY())
    people = [each for each in list_addressees(TODAY()) if each.id in {other.id for other in whole.recipients}]
    everything = read_some(people, TODAY())
    assert (everything.helpers, everything.recipients) == (whole.helpers, whole.recipients)
    assert (everything.running, everything.blocked) == (whole.running, whole.blocked)
    one = read_some(people[:1], TODAY(), writers=[whole.helpers[0].id])
    assert (one.helpers, one.recipients) == (whole.helpers[:1], whole.recipients[:1])


class RolledBack(Exception):
    """Takes an offer back that was only tried."""


def of_group(prisoner_id: uuid.UUID) -> uuid.UUID | None:
    return next(each.group_id for each in list_addressees(TODAY()) if each.id == prisoner_id)
