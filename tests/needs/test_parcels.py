"""Slots for parcels: as many as the regime allows, none to two, free again when nothing is sent."""

import threading
import uuid
from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict, NotFound
from campaign.needs.models import (
    Conditions,
    ParcelKind,
    ParcelRegime,
    ParcelSlot,
    ParcelUnit,
    Period,
    SlotState,
)
from campaign.needs.queries.parcels import parcels_of, regime_of
from campaign.needs.queries.quotas import find_quota, quotas
from campaign.needs.service import parcels
from campaign.needs.service import quotas as quota_service
from campaign.needs.service.parcels import BadSlot, NoSlot
from campaign.needs.service.quotas import BadQuota, QuotaDraft
from campaign.prisoners.models import Certainty, Evidence, FacilityKind, Gender, Liberty
from campaign.prisoners.service import custody, liberty
from campaign.prisoners.service.custody import StayDraft
from tests.needs import made
from tests.needs.made import AUTHOR
from tests.prisoners.changes import make_change, released
from tests.support import make

NOON = "2026-06-15 12:00:00+00:00"
TODAY = date(2026, 6, 15)


@pytest.fixture(autouse=True)
def june(app):
    with time_machine.travel(NOON, tick=False):
        yield


def held(kind: FacilityKind = FacilityKind.IK_STRICT, **person: object) -> uuid.UUID:
    """Somebody held in a place of that kind."""
    who, since = make.prisoner(**person).id, date(2026, 1, 10)
    place = make.facility(f"ИК-{uuid.uuid4().int % 1000}", kind=kind)
    with transaction():
        liberty.open_episode(who, since, Liberty.SERVING_COLONY, make.SOURCE, actor=None)
        draft = StayDraft(Certainty.CONFIRMED, since, place.id, Evidence.LAWYER)
        custody.record_stay(who, draft, make.SOURCE, actor=None)
    return who


def reserve(who: uuid.UUID, kind: ParcelKind = ParcelKind.PARCEL, **more: object) -> ParcelSlot:
    with transaction():
        return parcels.reserve(who, kind, actor=AUTHOR, **more)


def left(who: uuid.UUID) -> dict[ParcelKind, int | None]:
    session.expire_all()
    return {each.kind: each.left for each in parcels_of(who).counted}


def test_the_place_tells_by_which_rule_and_a_slot_is_one_of_so_many():
    who = held()
    assert left(who) == {ParcelKind.PARCEL: 4, ParcelKind.PACKET: 4}
    slots = [reserve(who) for _each in range(4)]
    assert left(who) == {ParcelKind.PARCEL: 0, ParcelKind.PACKET: 4}
    assert slots[0].reserved_until == TODAY + timedelta(days=parcels.DAYS)
    with pytest.raises(NoSlot):
        reserve(who)
    with transaction():
        for _twice in range(2):
            parcels.use(who, slots[0].id, actor=AUTHOR)
            parcels.release(who, slots[1].id, actor=AUTHOR)
    assert left(who)[ParcelKind.PARCEL] == 1
    with pytest.raises(Conflict), transaction():
        parcels.use(who, slots[1].id, actor=AUTHOR)
    with transaction():
        parcels.release(who, slots[0].id, actor=AUTHOR)
    assert left(who)[ParcelKind.PARCEL] == 2


def test_a_reservation_whose_day_has_passed_is_free_even_before_anything_sweeps():
    who = held()
    slots = [reserve(who, until=TODAY + timedelta(days=2)) for _each in range(4)]
    with time_machine.travel("2026-06-17 12:00:00+00:00"):
        assert left(who)[ParcelKind.PARCEL] == 0
    with time_machine.travel("2026-06-18 12:00:00+00:00"):
        assert left(who)[ParcelKind.PARCEL] == 4
        with pytest.raises(Conflict), transaction():
            parcels.use(who, slots[0].id, actor=AUTHOR)
        reserve(who)
        assert left(who)[ParcelKind.PARCEL] == 3
    other = held()
    reserve(other, until=TODAY)
    with time_machine.travel("2026-06-18 12:00:00+00:00"), transaction():
        assert parcels.lapse_due(clock.today()) == 1
        assert parcels.lapse_due(clock.today()) == 0
    assert session.scalar(select(func.count()).where(ParcelSlot.state == SlotState.LAPSED)) == 5
    assert session.scalar(select(func.count()).select_from(ParcelUnit)) == 1


def test_on_remand_kilograms_of_a_month_are_counted():
    who = held(FacilityKind.SIZO)
    slot = reserve(who, ParcelKind.WEIGHT, kilograms=12)
    assert (slot.kilograms, slot.period_until) == (12, date(2026, 6, 30))
    reserve(who, ParcelKind.WEIGHT, kilograms=10)
    with transaction():
        parcels.release(who, slot.id, actor=AUTHOR)
    # What was given back lies before what is promised still, and may be taken in one piece all the same.
    reserve(who, ParcelKind.WEIGHT, kilograms=20)
    assert left(who) == {ParcelKind.WEIGHT: 0}
    for kind, kilograms in ((ParcelKind.WEIGHT, 1), (ParcelKind.WEIGHT, 0), (ParcelKind.PARCEL, None)):
        with pytest.raises((NoSlot, BadSlot)):
            reserve(who, kind, kilograms=kilograms)
    with time_machine.travel("2026-07-01 12:00:00+00:00"):
        assert left(who) == {ParcelKind.WEIGHT: 30}


def test_what_is_not_known_is_not_promised():
    nowhere, special = make.prisoner().id, held(FacilityKind.IK_SPECIAL)
    assert (parcels_of(nowhere).regime, parcels_of(special).quota) == (None, None)
    for who in (nowhere, special):
        with pytest.raises(BadSlot, match="not known"):
            reserve(who)
    with transaction():
        parcels.note_standing(nowhere, Conditions.LIGHTER, ParcelRegime.GENERAL, actor=AUTHOR)
    assert left(nowhere)[ParcelKind.PARCEL] == 12
    with pytest.raises(NotFound):
        reserve(uuid.uuid4())
    with pytest.raises(NotFound):
        reserve(nowhere, need_id=made.need().id)
    for until in (TODAY - timedelta(days=1), TODAY + timedelta(days=90)):
        with pytest.raises(BadSlot):
            reserve(nowhere, until=until)


def test_women_have_no_limit_in_a_colony_and_one_on_remand():
    colony, remand = held(gender=Gender.FEMALE), held(FacilityKind.SIZO, gender=Gender.FEMALE)
    assert (regime_of(colony), regime_of(remand)) == (ParcelRegime.WOMEN, ParcelRegime.REMAND)
    assert left(colony) == {ParcelKind.PARCEL: None, ParcelKind.PACKET: None}
    for _each in range(30):
        reserve(colony)


def test_a_year_begins_anew_and_no_slot_is_kept_beyond_it():
    who = held()
    with time_machine.travel("2026-12-28 12:00:00+00:00"):
        assert reserve(who).reserved_until == date(2026, 12, 31)
    with time_machine.travel("2027-01-01 12:00:00+00:00"):
        assert left(who)[ParcelKind.PARCEL] == 4


def test_nothing_is_promised_to_who_is_free():
    who = held()
    make_change(who, released(TODAY))
    assert parcels_of(who).is_free
    with pytest.raises(BadSlot, match="not held"):
        reserve(who)


@pytest.mark.slow
def test_many_who_ask_at_once_get_no_more_than_there_is(app):
    who, start, outcomes = held(), threading.Barrier(6), []

    def work() -> None:
        with app.app_context():
            start.wait()
            try:
                reserve(who)
                outcomes.append("kept")
            except NoSlot:
                outcomes.append("none left")
            session.remove()

    threads = [threading.Thread(target=work) for _each in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(outcomes) == ["kept"] * 4 + ["none left"] * 2


def test_the_database_itself_gives_no_unit_to_two_and_none_beyond_the_quota():
    who = held()
    first, second = reserve(who), reserve(who)
    unit = session.scalars(select(ParcelUnit).where(ParcelUnit.slot_id == first.id)).one()
    values = {"prisoner_id": who, "kind": "parcel", "period_from": unit.period_from, "out_of": 4}
    for number in (unit.number, 5):
        with pytest.raises(IntegrityError), transaction():
            session.execute(insert(ParcelUnit).values(**values, number=number, slot_id=second.id))


def test_staff_write_a_quota_in_the_place_of_what_came_with_the_programme():
    brought = find_quota(ParcelRegime.STRICT, Conditions.ORDINARY)
    assert (brought.parcels, brought.is_ours, brought.is_sourced) == (4, False, True)
    assert not find_quota(ParcelRegime.REMAND, Conditions.STRICT).is_sourced
    assert find_quota(ParcelRegime.SPECIAL, Conditions.ORDINARY) is None
    ours = QuotaDraft(Period.YEAR, False, 5, 5, None, TODAY, "A decree", "https://example.org/decree")
    for parcel_count in (5, 6):
        with transaction():
            quota_service.write_quota(
                ParcelRegime.STRICT, Conditions.ORDINARY,
                QuotaDraft(Period.YEAR, False, parcel_count, 5, None, TODAY, "A decree"), actor=AUTHOR,
            )  # fmt: skip
    found = quotas()[ParcelRegime.STRICT, Conditions.ORDINARY]
    assert (found.parcels, found.is_ours, found.source_title) == (6, True, "A decree")
    for wrong in (
        {"is_unlimited": True}, {"kilograms": 3}, {"parcels": None}, {"checked_on": TODAY + timedelta(days=1)},
    ):  # fmt: skip
        values = {name: getattr(ours, name) for name in ours.__slots__} | wrong
        with pytest.raises(BadQuota), transaction():
            quota_service.write_quota(
                ParcelRegime.STRICT, Conditions.ORDINARY, QuotaDraft(**values), actor=AUTHOR
            )  # fmt: skip


def test_slots_go_two_years_after_their_period():
    who = held()
    reserve(who)
    with time_machine.travel("2028-12-29 12:00:00+00:00"), transaction():
        assert parcels.forget_old(clock.today()) == 0
    with time_machine.travel("2028-12-31 12:00:00+00:00"), transaction():
        assert parcels.forget_old(clock.today()) == 1
    assert session.scalar(select(func.count()).select_from(ParcelUnit)) == 0
