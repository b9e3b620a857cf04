"""Accepting lines: what changed meanwhile stops a line and no other, and two coordinators at once give nobody twice."""

import uuid
from datetime import date
from threading import Barrier, Thread

import pytest
from sqlalchemy import text

from campaign.kernel import clock, jobs
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict
from campaign.penpals.forms.matching_words import OVERTAKEN_WORDS
from campaign.penpals.jobs import AcceptProposals
from campaign.penpals.models import (
    LIVE,
    Assignment,
    Group,
    GroupMember,
    GroupState,
    MatchLevel,
    ProposalState,
    RunState,
    WriterProfile,
)
from campaign.penpals.queries.matching import get_run
from campaign.penpals.queries.standing import Overtaken
from campaign.penpals.service.matching import accept, ask
from campaign.people.models import Volunteer, VolunteerState
from campaign.prisoners.models import ChangeKind, Custody, Liberty, LibertyStatus, Prisoner, PrisonerState, StatusChange
from tests.support import accounts, matching, pens
from workers.run_jobs import run_due_jobs


@pytest.fixture
def actor(app):
    return accounts.person().id


def change(table, identity, **values):
    with transaction():
        row = session.get(table, identity)
        for name, value in values.items():
            setattr(row, name, value)


def one_by_one(run_id, actor):
    for line in matching.lines(run_id):
        with transaction():
            accept.accept(run_id, line.id, actor=actor)


def ticked(run_id, actor):
    ids = [line.id for line in matching.lines(run_id)]
    with transaction():
        accept.accept_chosen(run_id, ids, actor=actor)


def in_the_background(run_id, actor):
    with transaction():
        accept.ask_to_accept_all(run_id, actor=actor)
    run_due_jobs()


@pytest.fixture(params=[one_by_one, ticked, in_the_background])
def accept_all(request):
    """Every way to accept all lines; gives state and note of each."""

    def do(run_id, actor):
        request.param(run_id, actor)
        return [(line.state, line.note) for line in matching.lines(run_id)]

    return do


def given():
    session.remove()
    return session.query(Assignment).filter(Assignment.state.in_(LIVE)).all()


def end_stay(person):
    change(Custody, session.query(Custody).filter_by(prisoner_id=person.id).one().id, until_on=clock.today())


def free(person, status):
    current = session.query(LibertyStatus).filter_by(prisoner_id=person.id).one()
    change(LibertyStatus, current.id, until_on=date(2026, 1, 1))
    with transaction():
        session.add(
            LibertyStatus(
                id=uuid.uuid4(), prisoner_id=person.id, episode_id=current.episode_id, status=status,
                since_on=date(2026, 1, 1),
            )
        )  # fmt: skip


def transfer(person):
    with transaction():
        session.add(
            StatusChange(
                id=uuid.uuid4(), prisoner_id=person.id, kind=ChangeKind.TRANSFERRED, happened_on=clock.today(),
                details={}, before={}, source_title="A letter", made_at=clock.now(), released_at=clock.now(),
            )
        )  # fmt: skip


@pytest.mark.parametrize(
    ("what", "note"),
    [
        (lambda _writer, person: free(person, Liberty.RELEASED), Overtaken.RELEASED),
        (lambda _writer, person: free(person, Liberty.DIED), Overtaken.DIED),
        (lambda _writer, person: free(person, Liberty.IN_TRANSIT), Overtaken.MOVED),
        (lambda _writer, person: end_stay(person), Overtaken.MOVED),
        (lambda _writer, person: change(Prisoner, person.id, state=PrisonerState.HIDDEN), Overtaken.PAGE_WITHDRAWN),
        (lambda writer, _person: change(Volunteer, writer.id, state=VolunteerState.PAUSED), Overtaken.WRITER_PAUSED),
        (lambda writer, _person: change(Volunteer, writer.id, state=VolunteerState.INACTIVE),
         Overtaken.WRITER_NOT_AT_WORK),
        (lambda writer, _person: change(Volunteer, writer.id, state=VolunteerState.LEFT, account_id=None),
         Overtaken.WRITER_LEFT),
        (lambda writer, _person: change(WriterProfile, writer.id, capacity=0), Overtaken.WRITER_FULL),
        (lambda writer, _person: change(WriterProfile, writer.id, paused_until=date(2999, 1, 1)),
         Overtaken.WRITER_PAUSED),
        (lambda _writer, person: transfer(person), Overtaken.TRANSFERRED),
    ],
)  # fmt: skip
def test_what_changed_since_stops_its_line_and_no_other(app, actor, accept_all, what, note):
    writer, person, other = pens.writer(), pens.addressee(), pens.addressee()
    made = matching.ready([(writer.id, person.id), (pens.writer().id, other.id)])
    what(writer, person)
    assert accept_all(made, actor) == [(ProposalState.OVERTAKEN, note), (ProposalState.ACCEPTED, "")]
    assert [each.prisoner_id for each in given()] == [other.id]
    assert get_run(made).state == RunState.CLOSED


def test_a_group_that_closed_or_is_full_stops_its_line(app, actor, accept_all):
    closed, full, good = pens.group(), pens.group(capacity=0), pens.group()
    people = [pens.addressee() for _each in range(3)]
    made = matching.ready(
        [(group.id, person.id) for group, person in zip((closed, full, good), people, strict=True)], MatchLevel.GROUPS
    )
    change(Group, closed.id, state=GroupState.CLOSED)
    states = accept_all(made, actor)
    assert [note for _state, note in states] == [Overtaken.GROUP_CLOSED, Overtaken.GROUP_FULL, ""]
    assert [(each.group_id, each.prisoner_id) for each in given()] == [(good.id, people[2].id)]


def test_a_writer_or_a_person_who_left_the_group_stops_the_line(app, actor, accept_all):
    """Three writers of a group and three of its people; one writer leaves, one person goes to nobody."""
    group, writers = pens.group(), [pens.writer() for _each in range(3)]
    members = [pens.member(group, writer) for writer in writers]
    people = [pens.addressee() for _each in range(3)]
    accept_all(matching.ready([(group.id, person.id) for person in people], MatchLevel.GROUPS), actor)
    pairs = [(writer.id, person.id) for writer, person in zip(writers, people, strict=True)]
    made = matching.ready(pairs, group=group.id)
    change(GroupMember, members[0].id, left_on=clock.today())
    of_group = session.query(Assignment).filter_by(prisoner_id=people[1].id).one()
    change(Assignment, of_group.id, state="ended", ended_on=clock.today(), end_reason="other")
    states = accept_all(made, actor)
    assert [note for _state, note in states] == [Overtaken.LEFT_GROUP, Overtaken.LEFT_GROUP, ""]
    assert {each.prisoner_id for each in given() if each.volunteer_id} == {people[2].id}


def test_another_run_was_quicker(app, actor, accept_all):
    writer, person = pens.writer(), pens.addressee()
    first, second = (matching.ready([(writer.id, person.id)]) for _each in range(2))
    assert accept_all(first, actor) == [(ProposalState.ACCEPTED, "")]
    assert accept_all(second, actor) == [(ProposalState.OVERTAKEN, Overtaken.ALREADY_WRITES)]
    assert len(given()) == 1


def test_a_line_that_is_decided_stays_as_it_is(app, actor):
    made = matching.ready([(pens.writer().id, pens.addressee().id), (pens.writer().id, pens.addressee().id)])
    line = matching.lines(made)[0].id
    for _press in range(2):
        with transaction():
            assert accept.accept(made, line, actor=actor) is ProposalState.ACCEPTED
    assert len(given()) == 1


def test_nothing_is_accepted_of_a_closed_run(app, actor):
    made = matching.ready([(pens.writer().id, pens.addressee().id)])
    with transaction():
        ask.close_run(made, actor=actor)
    with pytest.raises(Conflict, match="closed"), transaction():
        accept.accept(made, matching.lines(made)[0].id, actor=actor)
    assert given() == []


def together(app, *works):
    """Run each in a thread with a connection of its own, all at the same moment."""
    barrier, problems = Barrier(len(works)), []

    def run(work):
        with app.app_context():
            barrier.wait()
            try:
                work()
            except Exception as problem:
                problems.append(problem)
            finally:
                session.remove()

    threads = [Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


def test_two_coordinators_accept_the_same_lines_at_once(app, actor):
    other = accounts.person().id
    made = matching.ready([(pens.writer().id, pens.addressee().id) for _each in range(4)])
    ids = [line.id for line in matching.lines(made)]

    def work(who, order):
        for line_id in order:
            try:
                with transaction():
                    accept.accept(made, line_id, actor=who)
            except Conflict:
                continue

    together(app, lambda: work(actor, ids), lambda: work(other, reversed(ids)))
    assert {line.state for line in matching.lines(made)} == {ProposalState.ACCEPTED}
    assert len(given()) == 4


def test_two_coordinators_accept_overlapping_proposals_at_once(app, actor):
    """One writer with one place, whom two proposals give to two people; and one person whom both give to a group."""
    other, writer = accounts.person().id, pens.writer(capacity=1)
    first, second = (matching.ready([(writer.id, pens.addressee().id)]) for _each in range(2))
    person = pens.addressee()
    third, fourth = (matching.ready([(pens.group().id, person.id)], MatchLevel.GROUPS) for _each in range(2))
    lines = {run_id: matching.lines(run_id)[0].id for run_id in (first, second, third, fourth)}

    def take(run_id, who):
        with transaction():
            accept.accept(run_id, lines[run_id], actor=who)

    together(app, lambda: take(first, actor), lambda: take(second, other))
    together(app, lambda: take(third, actor), lambda: take(fourth, other))
    for pair in ((first, second), (third, fourth)):
        states = sorted(matching.lines(run_id)[0].state for run_id in pair)
        assert states == [ProposalState.ACCEPTED, ProposalState.OVERTAKEN]
        (note,) = {matching.lines(run_id)[0].note for run_id in pair} - {""}
        assert note
    assert len([each for each in given() if each.volunteer_id == writer.id]) == 1
    assert len([each for each in given() if each.prisoner_id == person.id]) == 1


def test_all_lines_are_accepted_by_a_chain_of_jobs_that_survives_being_killed(app, actor, run_work, monkeypatch):
    monkeypatch.setattr(accept, "AT_ONCE", 1)
    made = matching.ready([(pens.writer().id, pens.addressee().id) for _each in range(3)])
    with transaction():
        assert accept.ask_to_accept_all(made, actor=actor) == 3
    with pytest.raises(Conflict, match="already"), transaction():
        accept.ask_to_accept_all(made, actor=actor)
    job = AcceptProposals(str(made), str(actor), 0)
    with pytest.raises(KeyboardInterrupt), transaction():
        accept.accept_next(job)
        raise KeyboardInterrupt
    assert given() == []
    with transaction():
        accept.accept_next(job)
    with transaction():
        accept.accept_next(job)
    assert len(given()) == 2
    run_work()
    assert len(given()) == 3
    found = get_run(made)
    assert (found.state, found.stage, found.done, found.total) == (RunState.CLOSED, "", 0, 0)
    assert not jobs.has_due()


def test_accepting_all_can_be_stopped(app, actor, run_work, monkeypatch):
    monkeypatch.setattr(accept, "AT_ONCE", 1)
    made = matching.ready([(pens.writer().id, pens.addressee().id) for _each in range(3)])
    with transaction():
        accept.ask_to_accept_all(made, actor=actor)
    with transaction():
        accept.accept_next(AcceptProposals(str(made), str(actor), 0))
    with transaction():
        accept.stop_accepting(made, actor=actor)
    run_work()
    assert [line.state for line in matching.lines(made)] == ["accepted", "open", "open"]
    assert (get_run(made).state, get_run(made).stage) == (RunState.READY, "")


def test_two_who_accept_everything_of_opposite_proposals_at_once_never_wait_in_a_circle(app, actor):
    other, writers = accounts.person().id, [pens.writer() for _ in range(6)]
    people = [pens.addressee() for _ in range(6)]
    pairs = [(writer.id, person.id) for writer, person in zip(writers, people, strict=True)]
    crossed = [(writer.id, person.id) for writer, person in zip(writers, [*people[1:], people[0]], strict=True)]
    for _round in range(3):
        first, second, third = matching.ready(pairs), matching.ready(pairs[::-1]), matching.ready(crossed[::-1])
        together(
            app, lambda run=first: ticked(run, actor), lambda run=second: ticked(run, other),
            lambda run=third: one_by_one(run, other),
        )  # fmt: skip
        live = [(each.volunteer_id, each.prisoner_id) for each in given()]
        assert len(live) == len(set(live)) == 12
        assert {(line.state, line.note) for run in (first, second) for line in matching.lines(run)} <= {
            ("accepted", ""), ("overtaken", Overtaken.ALREADY_WRITES), ("overtaken", Overtaken.WRITER_FULL),
        }  # fmt: skip


def test_stopping_does_not_wait_for_the_lines_at_hand(app, actor):
    made = matching.ready([(pens.writer().id, pens.addressee().id)])
    with transaction():
        accept.ask_to_accept_all(made, actor=actor)

    def stop():
        with app.app_context(), transaction():
            session.execute(text("SET LOCAL lock_timeout = '2s'"))
            accept.stop_accepting(made, actor=actor)

    ids = [line.id for line in matching.lines(made)]
    with transaction():
        accept._accept_several(get_run(made), ids, actor)
        thread = Thread(target=stop)
        thread.start()
        thread.join()
    assert (get_run(made).stage, matching.lines(made)[0].state) == ("", ProposalState.ACCEPTED)


def test_many_lines_take_few_statements(app, actor, statements):
    made = matching.ready([(pens.writer().id, pens.addressee().id) for _each in range(12)])
    with transaction():
        accept.ask_to_accept_all(made, actor=actor)
    with statements() as seen:
        run_due_jobs()
    assert len(given()) == 12
    assert len(seen) < 40 + 18 * 12
    assert len([each for each in seen if "pg_advisory_xact_lock" in each]) == 1


def test_what_nobody_foresaw_stops_its_line_and_no_other(app, actor, monkeypatch, accept_all):
    made = matching.ready([(pens.writer().id, pens.addressee().id) for _each in range(3)])
    second = matching.lines(made)[1].id
    give = accept.give

    def broken(line, *, actor):
        if line.id == second:
            session.execute(text("INSERT INTO pair_block (id) VALUES (gen_random_uuid())"))
        return give(line, actor=actor)

    monkeypatch.setattr(accept, "give", broken)
    states = accept_all(made, actor)
    assert [state for state, _note in states] == ["accepted", "overtaken", "accepted"]
    assert "could not be accepted" in states[1][1]


def test_every_word_of_what_overtakes_is_told():
    assert set(OVERTAKEN_WORDS) == set(Overtaken) - {Overtaken.NOTHING}
