"""Demo people: the founding cases as they are publicly known, and made-up people in every situation."""

from collections import Counter
from datetime import date

import pytest
from sqlalchemy import select

from campaign.accounts.service.demo import make_demo_accounts
from campaign.designations.service import load_register
from campaign.kernel.db import session, transaction
from campaign.petitions.models import PetitionPrisoner
from campaign.prisoners.models import (
    Case,
    Custody,
    Episode,
    Facility,
    Fact,
    Liberty,
    LibertyStatus,
    Prisoner,
    PrisonerState,
)
from campaign.site.demo_prisoners import PEOPLE, load_prisoners
from tests.support import make


@pytest.fixture
def demo(app):
    petition = make.petition()
    with transaction():
        load_register()
        make_demo_accounts(is_demo=True)
        load_prisoners([petition])
    session.expire_all()
    return petition


def find(last_latin):
    return session.scalar(select(Prisoner).where(Prisoner.last_latin == last_latin))


@pytest.mark.slow
def test_everybody_is_there_in_varied_situations(demo):
    founding = session.scalars(select(Prisoner).where(Prisoner.is_public_figure)).all()
    assert {each.last_latin for each in founding} == {
        "Navalny", "Kara-Murza", "Yashin", "Kobzev", "Liptser", "Sergunin",
    }  # fmt: skip
    states = Counter(session.scalars(select(Prisoner.state).where(~Prisoner.is_public_figure)))
    assert states[PrisonerState.PUBLISHED] > 50
    assert states[PrisonerState.REVIEW] == 2
    assert states[PrisonerState.DRAFT] == 2
    assert states.total() == PEOPLE
    current = set(session.scalars(select(LibertyStatus.status).where(LibertyStatus.until_on.is_(None))))
    assert current >= {
        Liberty.PRETRIAL_CUSTODY, Liberty.SERVING_COLONY, Liberty.HOUSE_ARREST, Liberty.IN_TRANSIT, Liberty.RELEASED,
        Liberty.WHEREABOUTS_UNKNOWN, Liberty.EXCHANGED, Liberty.DIED,
    }  # fmt: skip
    assert len(session.scalars(select(Facility)).all()) == 12
    assert all("вымышлен" in each.name_ru for each in session.scalars(select(Facility)))


@pytest.mark.slow
def test_the_founding_cases_say_what_is_publicly_known(demo):
    ends = {each.prisoner_id: (each.ended_on, each.end_reason) for each in session.scalars(select(Episode))}
    arrest = session.scalar(select(Episode).where(Episode.prisoner_id == find("Navalny").id))
    assert arrest.arrested_on == date(2021, 1, 18)
    assert ends[find("Navalny").id] == (date(2024, 2, 16), "death")
    assert ends[find("Kara-Murza").id] == (date(2024, 8, 1), "exchange")
    assert ends[find("Yashin").id] == (date(2024, 8, 1), "exchange")
    terms = {}
    for name in ("Kara-Murza", "Yashin", "Kobzev", "Liptser", "Sergunin"):
        [case] = session.scalars(select(Case).where(Case.prisoner_id == find(name).id)).all()
        terms[name] = [(each.decided_on, each.term_months) for each in case.sentences]
    assert terms == {
        "Kara-Murza": [(date(2023, 4, 17), 300)], "Yashin": [(date(2022, 12, 9), 102)],
        "Kobzev": [(date(2025, 1, 17), 66)], "Liptser": [(date(2025, 1, 17), 60)],
        "Sergunin": [(date(2025, 1, 17), 42)],
    }  # fmt: skip
    stay = session.scalar(select(Custody).where(Custody.prisoner_id == find("Kobzev").id))
    assert (stay.facility_id, stay.verified_on) == (None, date(2025, 1, 17))


@pytest.mark.slow
def test_nothing_about_a_real_person_is_without_a_source(demo):
    for person in session.scalars(select(Prisoner).where(Prisoner.is_public_figure)):
        sources = session.scalars(select(Fact.source_url).where(Fact.prisoner_id == person.id)).all()
        assert sources
        assert all(url.startswith("https://") for url in sources)
        assert {text.language for text in person.texts} == {"en", "ru", "de"}
        # Birthdays and places of custody were not looked up, so they are not claimed.
        assert person.born_on is None


@pytest.mark.slow
def test_a_petition_is_for_one_of_the_made_up_people(demo):
    [link] = session.scalars(select(PetitionPrisoner)).all()
    assert (link.petition_id, link.prisoner_id) == (demo.id, find("Vetrova").id)
