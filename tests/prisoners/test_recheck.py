"""The work list: stale, contradictory, missing; each line leads to where it is settled."""

import re
import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.prisoners.models import (
    Certainty,
    ConsentEvidence,
    ConsentGiver,
    ConsentKind,
    Custody,
    Evidence,
    Facility,
    FacilityAddress,
    FacilityKind,
    Fact,
    Hearing,
    LettersPolicy,
    Liberty,
    LibertyStatus,
    Prisoner,
    PrisonerState,
    Sentence,
)
from campaign.prisoners.queries import get_prisoner
from campaign.prisoners.queries.recheck import GROUP_OF, Doubt, Group, count_doubts, doubts
from campaign.prisoners.service.cases import CaseDraft, ChargeDraft, add_case, add_charge
from campaign.prisoners.service.consent import ConsentDraft, record_consent
from campaign.prisoners.service.custody import StayDraft, record_stay
from campaign.prisoners.service.facts import verify_fact
from campaign.prisoners.service.liberty import open_episode
from tests.petitions.pages import send, text_of
from tests.support import make

PAGE = "/staff/prisoners/recheck"
ARREST = date(2025, 1, 10)


def found(doubt):
    """Whom or what this doubt is about."""
    rows = session.execute(doubts(clock.today(), doubt=doubt)).all()
    return {row.prisoner_id or row.facility_id for row in rows}


def held(person, place, *, checked=0, status=Liberty.PRETRIAL_CUSTODY, since=ARREST):
    """Somebody arrested, in a place that was looked up so many days ago."""
    with transaction():
        open_episode(person.id, since, status, make.SOURCE, actor=None)
        draft = StayDraft(
            Certainty.CONFIRMED, since, place.id, Evidence.LAWYER, verified_on=clock.today() - timedelta(days=checked)
        )
        return record_stay(person.id, draft, make.SOURCE, actor=None)


@pytest.mark.parametrize(
    ("kind", "days", "is_stale"),
    [(FacilityKind.SIZO, 60, False), (FacilityKind.SIZO, 61, True), (FacilityKind.IK_GENERAL, 61, False),
     (FacilityKind.IK_GENERAL, 180, False), (FacilityKind.IK_GENERAL, 181, True)],
)  # fmt: skip
def test_a_stay_is_believed_sixty_days_in_a_remand_prison_and_half_a_year_elsewhere(app, kind, days, is_stale):
    person = make.prisoner()
    held(person, make.facility(kind=kind), checked=days)
    assert (person.id in found(Doubt.STALE_STAY)) is is_stale


def test_a_facility_grows_old_as_well(app):
    place = make.facility()
    assert found(Doubt.STALE_FACILITY) == set()
    with transaction():
        session.get(Facility, place.id).verified_on = clock.today() - timedelta(days=181)
    assert found(Doubt.STALE_FACILITY) == {place.id}


def test_what_cannot_be_is_found(app):
    free, child, early, late = (make.prisoner() for _each in range(4))
    held(free, make.facility("СИЗО-1"))
    held(child, make.facility("СИЗО-2"))
    held(early, make.facility("СИЗО-3"))
    with transaction():
        current = session.scalar(select(LibertyStatus).where(LibertyStatus.prisoner_id == free.id))
        current.status = Liberty.RELEASED
        session.get(Prisoner, child.id).born_on = date(2012, 1, 1)
    case, court = make.case(early), make.case(late)
    with transaction():
        session.add(sentence(case, decided_on=ARREST - timedelta(days=1)))
        session.add(
            Hearing(
                id=uuid.uuid4(), case_id=court.id, held_on=clock.today() - timedelta(days=1), court="A made-up court"
            )
        )
    assert found(Doubt.FREE_IN_CUSTODY) == {free.id}
    assert found(Doubt.ARRESTED_AS_CHILD) == {child.id}
    assert found(Doubt.SENTENCE_BEFORE_ARREST) == {early.id}
    assert found(Doubt.HEARING_PAST) == {late.id}


def sentence(case, **changes):
    values = {
        "id": uuid.uuid4(), "case_id": case.id, "court": "A made-up court", "punishment": "imprisonment",
        "in_force_on": None, "expected_release_on": None, "term_months": None, "decided_on": ARREST, **changes,
    }  # fmt: skip
    return Sentence(**values)


def test_a_sentence_given_in_absence_may_come_before_the_arrest(app):
    person = make.prisoner()
    held(person, make.facility())
    with transaction():
        session.add(sentence(make_case(person), decided_on=ARREST - timedelta(days=9), in_absentia=True))
    assert found(Doubt.SENTENCE_BEFORE_ARREST) == set()


def make_case(person):
    """A case made inside the open transaction."""
    return add_case(get_prisoner(person.id), CaseDraft(names={"en": "The made-up case"}), make.SOURCE, actor=None)


def test_who_should_be_free_by_now_and_who_serves_without_a_sentence_are_found(app):
    over, unsentenced = make.prisoner(), make.prisoner()
    held(over, make.facility("ИК-1"), status=Liberty.SERVING_COLONY)
    held(unsentenced, make.facility("ИК-2"), status=Liberty.SERVING_COLONY)
    case = make.case(over)
    with transaction():
        session.add(sentence(case, expected_release_on=clock.today() - timedelta(days=1)))
    assert found(Doubt.RELEASE_PAST) == {over.id}
    assert found(Doubt.SERVING_WITHOUT_SENTENCE) == {unsentenced.id}
    with transaction():
        # An appeal that names a later day speaks last.
        session.add(sentence(case, expected_release_on=clock.today() + timedelta(days=30)))
    assert found(Doubt.RELEASE_PAST) == set()


def test_a_charge_after_the_release_is_found_until_a_new_arrest_explains_it(app):
    person = make.prisoner()
    episode = make.episode(person)
    case = make.case(person)
    with transaction():
        add_charge(case, ChargeDraft(article="282.1", part="2", from_on=date(2025, 6, 1)), make.SOURCE, actor=None)
    assert found(Doubt.CHARGE_AFTER_END) == set()
    with transaction():
        row = session.merge(episode)
        row.ended_on, row.end_reason = date(2025, 5, 1), "term_served"
    assert found(Doubt.CHARGE_AFTER_END) == {person.id}
    make.episode(person, date(2025, 6, 2))
    assert found(Doubt.CHARGE_AFTER_END) == set()


def test_what_is_missing_is_found_and_gone_once_it_is_known(app):
    bare = make.prisoner(patronymic_ru="", born_on=None)
    whole = make.prisoner(
        dative_ru="Вымышленному Петру Ильичу", is_dative_confirmed=True, letters_policy=LettersPolicy.OPEN
    )
    with transaction():
        consent = ConsentDraft(ConsentKind.PUBLICITY, ConsentGiver.SELF, clock.today(), ConsentEvidence.LETTER)
        record_consent(get_prisoner(whole.id), consent, actor=None)
        fact = session.scalar(select(Fact.id).where(Fact.prisoner_id == whole.id))
        verify_fact(fact, actor=uuid.uuid4())
    for doubt in (
        Doubt.NO_BIRTH_YEAR, Doubt.NO_PATRONYMIC, Doubt.DATIVE_UNCONFIRMED, Doubt.LETTERS_UNKNOWN, Doubt.CONSENT_OPEN,
        Doubt.NOTHING_LOOKED_UP,
    ):  # fmt: skip
        assert found(doubt) == {bare.id}, doubt
    assert found(Doubt.NO_STATUS) == {bare.id, whole.id}


def test_a_place_without_an_address_and_somebody_without_a_place_are_found(app):
    lost, placed, place = make.prisoner(), make.prisoner(), make.facility()
    held(placed, place)
    with transaction():
        open_episode(lost.id, ARREST, Liberty.PRETRIAL_CUSTODY, make.SOURCE, actor=None)
    assert found(Doubt.NO_PLACE) == {lost.id}
    assert found(Doubt.NO_ADDRESS) == set()
    with transaction():
        session.execute(FacilityAddress.__table__.delete())
    assert found(Doubt.NO_ADDRESS) == {place.id}


def test_archived_people_are_left_in_peace(app):
    person = make.prisoner(born_on=None)
    with transaction():
        session.get(Prisoner, person.id).state = PrisonerState.ARCHIVED
    assert sum(count_doubts(clock.today()).values()) == 0


def test_every_doubt_belongs_to_a_kind_and_the_counts_add_up(app):
    make.prisoner(born_on=None)
    today = clock.today()
    counts = count_doubts(today)
    assert set(counts) == set(GROUP_OF) == set(Doubt)
    for group in Group:
        rows = session.execute(doubts(today, group=group)).all()
        assert len(rows) == sum(count for doubt, count in counts.items() if GROUP_OF[doubt] is group)


def test_each_line_leads_to_a_page_where_it_is_settled(sign_in):
    person, editor = make.prisoner(born_on=None, patronymic_ru=""), sign_in(Role.DATA_EDITOR)
    held(person, make.facility(kind=FacilityKind.SIZO), checked=90)
    html = editor.get(PAGE).get_data(as_text=True)
    links = re.findall(r'<a href="([^"]+)" aria-label="Do it', html)
    assert len(links) >= 6
    for link in links:
        assert editor.get(link.partition("#")[0]).status_code == 200, link
    for group in ("stale", "contradictory", "missing", "nonsense"):
        assert editor.get(PAGE, query_string={"group": group}).status_code == 200
    assert "Nothing of this kind waits." in editor.get(PAGE, query_string={"doubt": "release_past"}).text


def stays():
    session.rollback()
    session.expire_all()
    return session.scalars(select(Custody)).all()


def test_one_source_settles_several_at_once(sign_in):
    editor, place = sign_in(Role.COORDINATOR), make.facility(kind=FacilityKind.SIZO)
    rows = [held(make.prisoner(), place, checked=90) for _each in range(3)]
    page = f"{PAGE}?group=stale"
    source = {"source_title": "A call of the made-up lawyer", "retrieved_on": clock.today().isoformat()}
    refused = send(editor, page, page, **{**source, "source_title": ""}, stay=[str(rows[0].id)])
    assert refused.status_code == 422
    assert re.search(rf'value="{rows[0].id}"[^>]* checked', refused.get_data(as_text=True))
    nothing = send(editor, page, page, **source)
    assert "Tick what you have looked up." in text_of(nothing.get_data(as_text=True))
    done = send(editor, page, page, **source, stay=[str(row.id) for row in rows[:2]] + ["nonsense"])
    assert done.status_code == 303
    assert "group=stale" in done.location
    assert "Noted: 2 still hold." in text_of(editor.get(done.location).get_data(as_text=True))
    assert [stay.verified_on == clock.today() for stay in sorted(stays(), key=lambda stay: stay.verified_on)] == [
        False, True, True,
    ]  # fmt: skip
    assert session.scalar(select(Fact.source_title).where(Fact.field == "verified_on").order_by(Fact.id.desc())) == (
        "A call of the made-up lawyer"
    )


def test_readers_see_the_list_and_confirm_nothing(sign_in):
    reader = sign_in(Role.ORGANISER)
    row = held(make.prisoner(), make.facility(kind=FacilityKind.SIZO), checked=90)
    html = reader.get(PAGE).get_data(as_text=True)
    assert "Do it" not in html
    assert 'type="checkbox"' not in html
    token = re.search(r'name="csrf_token" value="([^"]+)"', html).group(1)
    assert reader.post(PAGE, data={"csrf_token": token, "stay": str(row.id)}).status_code == 403


def test_the_dashboard_says_how_many_places_wait(sign_in):
    held(make.prisoner(), make.facility(kind=FacilityKind.SIZO), checked=90)
    shown = text_of(sign_in(Role.DATA_EDITOR).get("/staff").get_data(as_text=True))
    assert "Places of custody wait to be looked up again" in shown
