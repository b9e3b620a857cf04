"""The demo's people: enough of them that lists and pictures speak, and nobody who could exist."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.people.models import IDENTITY, SCOPE, Consent, Interaction, Person, PersonIdentity, PersonNote, Volunteer
from campaign.people.service import volunteers
from campaign.people.service.records import name_of
from campaign.site.demo_people import TOTAL, load_people
from tests.support import accounts


def test_three_thousand_people_have_two_years_behind_them(app: Flask) -> None:
    account = accounts.person()
    with transaction():
        volunteers.add_volunteer(account.id, "Volunteer")
        load_people()
    made = session.scalars(select(Person).where(Person.is_demo)).all()
    assert len(made) == TOTAL
    oldest = min(each.since_on for each in made)
    assert timedelta(days=600) < clock.today() - oldest < timedelta(days=740)
    assert all(name_of(each) for each in made[:200])
    assert {each.language for each in made} == {"en", "ru", "de"}
    for identity in session.scalars(select(PersonIdentity).limit(300)):
        value = IDENTITY.unseal(SCOPE, identity.id, identity.value_sealed)
        assert value.endswith("@people.example") or value.startswith("+4930230")
    for table, least in ((Consent, 2_500), (Interaction, 5_000), (PersonNote, 100)):
        assert (session.scalar(select(func.count()).select_from(table)) or 0) >= least, table.__tablename__
    assert session.scalar(select(func.max(Interaction.happened_on))) <= clock.today()
    assert session.scalar(select(func.count()).select_from(Volunteer).where(Volunteer.person_id.is_(None))) == 0
