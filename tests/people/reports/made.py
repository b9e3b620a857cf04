"""People, volunteers and what they did, for tests of reports."""

import uuid
from datetime import date

from sqlalchemy import update

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.people.models import (
    Consent,
    Interaction,
    InteractionKind,
    KeptFor,
    Person,
    Purpose,
    Volunteer,
)
from campaign.people.queries.report_reading import figures_of, find_report
from campaign.people.service.records import PersonDraft, add_person
from campaign.people.service.reports.count import ask_for_figures
from tests.support import pens
from workers.run_jobs import run_due_jobs


def somebody(
    since: date, *, country: str | None = "DE", source: str = "a stand", kept: KeptFor = KeptFor.STAFF
) -> uuid.UUID:
    """A committed record of that day."""
    with transaction():
        made = add_person(
            PersonDraft(name="Нина Небывалова", country=country, source=source), kept_for=kept, actor=None
        ).id
        session.execute(update(Person).where(Person.id == made).values(since_on=since))
    return made


def agreed(person: uuid.UUID, given: date, ended: date | None = None) -> None:
    """They asked for news, and perhaps for no more of it."""
    with transaction():
        session.add(
            Consent(
                id=uuid.uuid4(), person_id=person, purpose=Purpose.NEWS, text_version="1", given_on=given,
                ended_on=ended,
            )
        )  # fmt: skip


def did(person: uuid.UUID | None, on: date, kind: InteractionKind = InteractionKind.WROTE, amount: int = 0) -> None:
    """One line of a timeline."""
    assert person is not None
    with transaction():
        session.add(Interaction(person_id=person, kind=kind, happened_on=on, amount=amount))


def helper(began: date, *, with_record: bool = True) -> Volunteer:
    """A writer with a record who began on that day."""
    volunteer = pens.writer()
    with transaction():
        person = add_person(PersonDraft(name=volunteer.pseudonym), kept_for=KeptFor.VOLUNTEER, actor=None).id
        values = {"applied_on": began, "person_id": person if with_record else None}
        session.execute(update(Volunteer).where(Volunteer.id == volunteer.id).values(values))
        session.execute(update(Person).where(Person.id == person).values(since_on=began))
    session.expire_all()
    return session.get_one(Volunteer, volunteer.id)


def counted(audience: str = "") -> dict[str, object]:
    """The figures, after the job has run."""
    with transaction():
        ask_for_figures(audience)
    run_due_jobs()
    session.expire_all()
    found = figures_of(find_report(audience))
    assert found
    return dict(found)


def today() -> date:
    """The day of the clock."""
    return clock.today()
