"""What the database itself refuses: double assignments, a place too many, a writer who goes and leaves somebody."""

import uuid

import pytest
from sqlalchemy.exc import IntegrityError

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.penpals.models import Assignment, AssignmentState, GroupState
from campaign.penpals.queries.addressees import list_addressees
from campaign.people.models import Volunteer, VolunteerState
from tests.support import pens


def give(prisoner, *, writer=None, group=None, state=AssignmentState.ACTIVE):
    with transaction():
        made = Assignment(
            id=uuid.uuid4(), prisoner_id=prisoner.id, volunteer_id=writer.id if writer else None,
            group_id=group.id if group else None, state=state, promise_days=30 if writer else None,
            created_on=clock.today(),
        )  # fmt: skip
        session.add(made)
    return made


def test_an_addressee_carries_what_decides_by_whom_they_are_written_to(app):
    person = pens.addressee(languages_read=["ru", "tt"])
    give(person, group=(group := pens.group()))
    give(person, writer=pens.writer())
    (found,) = list_addressees(clock.today())
    assert found.id == person.id
    assert found.can_be_written_to
    assert found.languages_read == ("ru", "tt")
    assert [(way.channel, way.strangers) for way in found.ways_in] == [("post", "accepted")]
    assert (found.group_id, found.writers, found.quarters, found.most_writers) == (group.id, 1, 0, 5)


def test_nobody_is_given_twice_to_the_same_writer(app):
    person, writer = pens.addressee(), pens.writer()
    give(person, writer=writer)
    with pytest.raises(IntegrityError, match="uq_assignment_writer"):
        give(person, writer=writer)


def test_a_prisoner_is_with_one_group(app):
    person = pens.addressee()
    give(person, group=pens.group())
    with pytest.raises(IntegrityError, match="uq_assignment_group"):
        give(person, group=pens.group())


def test_a_writer_gets_nobody_beyond_their_capacity(app):
    writer = pens.writer(capacity=1)
    give(pens.addressee(), writer=writer)
    with pytest.raises(IntegrityError, match="no place left"):
        give(pens.addressee(), writer=writer)


def test_a_closed_group_gets_nobody(app):
    with pytest.raises(IntegrityError, match="the group is closed"):
        give(pens.addressee(), group=pens.group(state=GroupState.CLOSED))


def test_a_writer_who_pauses_gets_nobody(app):
    with pytest.raises(IntegrityError, match="the writer takes nobody"):
        give(pens.addressee(), writer=pens.writer(VolunteerState.PAUSED))


def test_who_leaves_is_first_relieved_of_everybody(app):
    writer = pens.writer()
    given = give(pens.addressee(), writer=writer)
    with pytest.raises(IntegrityError, match="still written to"), transaction():
        found = session.get_one(Volunteer, writer.id)
        found.state, found.account_id = VolunteerState.LEFT, None
    with transaction():
        ended = session.get_one(Assignment, given.id)
        ended.state, ended.ended_on, ended.end_reason = AssignmentState.ENDED, clock.today(), "writer_left"
    with transaction():
        found = session.get_one(Volunteer, writer.id)
        found.state, found.account_id = VolunteerState.LEFT, None
    assert session.get_one(Volunteer, writer.id).state == VolunteerState.LEFT
