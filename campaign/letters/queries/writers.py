"""Who wrote to a prisoner: as they told, as a promise kept with their prisoner, or by a letter that went through us."""

import uuid
from datetime import date

from sqlalchemy import Select, select, union_all

from campaign.letters.models import GONE_OUT, Letter, LetterThread
from campaign.penpals.models import Assignment
from campaign.people.models import Interaction, InteractionKind, Volunteer


def people_who_wrote(since: date | None) -> Select[uuid.UUID]:
    """Their records: since a day, or ever."""
    told = select(Interaction.person_id.label("id")).where(Interaction.kind == InteractionKind.WROTE)
    kept = (
        select(Volunteer.person_id.label("id"))
        .join(Assignment, Assignment.volunteer_id == Volunteer.id)
        .where(Assignment.last_letter_on.is_not(None), Volunteer.person_id.is_not(None))
    )
    sent = (
        select(Volunteer.person_id.label("id"))
        .join(LetterThread, LetterThread.volunteer_id == Volunteer.id)
        .join(Letter, Letter.thread_id == LetterThread.id)
        .where(Letter.state.in_(GONE_OUT), Volunteer.person_id.is_not(None))
    )
    if since is not None:
        told = told.where(Interaction.happened_on >= since)
        kept = kept.where(Assignment.last_letter_on >= since)
        sent = sent.where(Letter.dispatched_on >= since)
    every = union_all(told, kept, sent).subquery()
    return select(every.c.id)
