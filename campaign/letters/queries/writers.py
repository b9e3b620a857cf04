"""Who wrote to a prisoner: as they told, as a promise kept with their prisoner, or by a letter that went through us."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import Select, select, union_all

from campaign.letters.models import GONE_OUT, Letter, LetterThread
from campaign.penpals.models import Assignment
from campaign.people.models import Interaction, InteractionKind, Volunteer


def people_who_wrote(since: date | None) -> Select[uuid.UUID]:
    """Their records: since a day, or ever."""
    every = days_of_writing().subquery()
    statement = select(every.c.id)
    return statement if since is None else statement.where(every.c.day >= since)


def days_of_writing() -> Select[Any, Any]:
    """People and the days on which they wrote, a row a letter as far as that is known."""
    told = select(Interaction.person_id.label("id"), Interaction.happened_on.label("day")).where(
        Interaction.kind == InteractionKind.WROTE
    )
    kept = (
        select(Volunteer.person_id.label("id"), Assignment.last_letter_on.label("day"))
        .join(Assignment, Assignment.volunteer_id == Volunteer.id)
        .where(Assignment.last_letter_on.is_not(None), Volunteer.person_id.is_not(None))
    )
    sent = (
        select(Volunteer.person_id.label("id"), Letter.dispatched_on.label("day"))
        .join(LetterThread, LetterThread.volunteer_id == Volunteer.id)
        .join(Letter, Letter.thread_id == LetterThread.id)
        .where(Letter.state.in_(GONE_OUT), Volunteer.person_id.is_not(None))
    )
    every = union_all(told, kept, sent).subquery()
    return select(every.c.id, every.c.day)


def days_of_letters() -> Select[Any, Any]:
    """People and the days on which they did something about a letter: handed one in, or told that one was written."""
    written = days_of_writing().subquery()
    handed_in = (
        select(Volunteer.person_id, Letter.submitted_on)
        .join(LetterThread, LetterThread.volunteer_id == Volunteer.id)
        .join(Letter, Letter.thread_id == LetterThread.id)
        .where(Letter.submitted_on.is_not(None), Volunteer.person_id.is_not(None))
    )
    every = union_all(select(written.c[0], written.c[1]), handed_in).subquery()
    return select(every.c[0], every.c[1])
