"""Facilities: written down with a source, addresses with versions, and looked up again after a while."""

import uuid
from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import select

from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict
from campaign.prisoners.models import Facility, FacilityKind, Fact
from campaign.prisoners.queries import facilities as queries
from campaign.prisoners.service import facilities as service
from tests.petitions.pages import send, text_of
from tests.support import make

LIST = "/staff/prisoners/facilities"
SOURCE = {"source_title": "The Made-up Gazette, 1 March 2026", "source_url": "", "retrieved_on": "2026-03-01"}
ADDRESS = {
    "postal_index": "610 000", "region_line": "Кировская область", "locality": "г. Вымышленск",
    "street": "ул. Небывалая, 1", "from_on": "2026-03-01", **SOURCE,
}  # fmt: skip


def draft(**changes):
    values = {"code": "ИК-99", "name_ru": "Вымышленная колония", "name_latin": "", "kind": FacilityKind.IK_GENERAL,
              "region": "RU-KIR"}  # fmt: skip
    return service.FacilityDraft(**{**values, **changes})


def stored(facility_id):
    session.rollback()
    session.expire_all()
    return queries.get_facility(facility_id)


@pytest.fixture
def editor(sign_in):
    return sign_in(Role.DATA_EDITOR)


def write(client, **changes):
    values = {"code": "ИК-99", "name_ru": "Вымышленная колония", "region": "RU-KIR", "kind": "ik_general", **SOURCE}
    return send(client, f"{LIST}/new", "", **{**values, **changes})


def test_a_facility_is_written_down_and_given_an_address(editor):
    answer = write(editor)
    assert answer.status_code == 303
    facility_id = uuid.UUID(answer.location.split("/")[-2])
    assert send(editor, f"{LIST}/{facility_id}/address", "", **ADDRESS).status_code == 303
    shown = text_of(editor.get(f"{LIST}/{facility_id}").get_data(as_text=True))
    assert "610000" in shown
    assert "The Made-up Gazette, 1 March 2026" in shown
    listed = text_of(editor.get(LIST, query_string={"q": "ik 99"}).get_data(as_text=True))
    assert "No facility fits." in listed
    listed = text_of(editor.get(LIST, query_string={"q": "ИK 99"}).get_data(as_text=True))
    assert "610000 г. Вымышленск" in listed


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name_ru": " "}, "This is needed."),
        ({"region": ""}, "Choose a region."),
        ({"source_title": ""}, "Say where this is known from"),
        ({"source_url": "javascript:alert(1)"}, "An address begins with https://."),
        ({"retrieved_on": "2999-01-01"}, "This day lies in the future."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(editor, changes, message):
    answer = write(editor, **changes)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert message in text_of(html)
    assert 'value="ИК-99"' in html
    assert session.scalar(select(Facility.id)) is None


@pytest.mark.parametrize("code", ["ИК-99", "ИK-99", "ик 99", "ИК-099"])
def test_one_place_is_not_written_down_twice(editor, code):
    facility = make.facility("ИК-99")
    answer = write(editor, code=code)
    assert answer.status_code == 422
    assert f"{LIST}/{facility.id}" in answer.get_data(as_text=True)
    assert write(editor, code=code, region="RU-ME").status_code == 303


def test_a_new_address_ends_the_one_before_and_keeps_it(app):
    facility = make.facility()
    moved_on = clock.today() + timedelta(days=3)
    with transaction():
        service.set_address(
            stored(facility.id), service.AddressDraft("610001", "Кировская область", "г. Вымышленск", "ул. Иная, 2",
                                                      moved_on), make.SOURCE, actor=None,
        )  # fmt: skip
    after = stored(facility.id)
    assert after.address.postal_index == "610001"
    assert [(each.postal_index, each.until_on) for each in after.addresses] == [
        ("610001", None), ("610000", moved_on),
    ]  # fmt: skip
    facts = session.scalars(select(Fact).where(Fact.facility_id == facility.id, Fact.field == "address.street")).all()
    assert [(fact.was, fact.now) for fact in facts] == [("ул. Небывалая, 1", "ул. Иная, 2")]


def test_the_same_address_again_is_no_new_version(editor):
    facility = make.facility()
    answer = send(editor, f"{LIST}/{facility.id}/address", "", **{**ADDRESS, "street": "ул. Небывалая, 1"})
    assert answer.status_code == 422
    assert "stored already" in text_of(answer.get_data(as_text=True))
    assert len(stored(facility.id).addresses) == 1


@pytest.mark.parametrize("index", ["61000", "6100000", "61000a", "", "６１００００"])
def test_an_index_has_six_digits(editor, index):
    facility = make.facility()
    answer = send(editor, f"{LIST}/{facility.id}/address", "", **{**ADDRESS, "postal_index": index})
    assert answer.status_code == 422
    assert "A Russian index has six digits." in text_of(answer.get_data(as_text=True))


def test_a_channel_carries_its_prices_in_kopecks(editor):
    facility = make.facility()
    page = f"{LIST}/{facility.id}/channels/f_pismo"
    prices = {"price_page": "55", "price_picture": "35,50", "currency": "rub", "characters_a_page": "2500", **SOURCE}
    assert send(editor, page, "", **prices).status_code == 303
    [channel] = stored(facility.id).channels
    assert (channel.price_page, channel.price_picture, channel.price_reply) == (5500, 3550, None)
    assert channel.checked_on == date(2026, 3, 1)
    wrong = send(editor, page, "", price_page="cheap", **SOURCE)
    assert wrong.status_code == 422
    assert 'value="cheap"' in wrong.get_data(as_text=True)
    assert "F-Pismo" in text_of(editor.get(LIST).get_data(as_text=True))
    assert "RUB\N{NO-BREAK SPACE}55.00" in editor.get(f"{LIST}/{facility.id}").get_data(as_text=True)
    assert send(editor, page, f"{page}/remove").status_code == 303
    assert stored(facility.id).channels == []


def test_an_unknown_channel_is_no_page(editor):
    assert editor.get(f"{LIST}/{make.facility().id}/channels/pigeon").status_code == 404


def test_a_rule_ends_and_stays_on_record(editor):
    facility = make.facility()
    rule = {"text_en": "No drawings.", "severity": "block", "from_on": "2026-03-01", **SOURCE}
    assert send(editor, f"{LIST}/{facility.id}/rules/new", "", **rule).status_code == 303
    [made] = stored(facility.id).rules
    end = f"{LIST}/{facility.id}/rules/{made.id}/end"
    assert send(editor, f"{LIST}/{facility.id}", end).status_code == 303
    assert stored(facility.id).rules[0].until_on == clock.today()


def test_what_was_looked_up_long_ago_waits_to_be_looked_up_again(editor):
    colony, remand = make.facility(), make.facility("СИЗО-9", kind=FacilityKind.SIZO)
    days = {FacilityKind.SIZO: 60, FacilityKind.IK_GENERAL: 180}
    for passed, waiting in ((days[FacilityKind.SIZO], set()), (61, {remand.id}), (181, {remand.id, colony.id})):
        today = clock.today() + timedelta(days=passed)
        found = session.scalars(queries.facilities(only="stale", today=today)).all()
        assert {each.id for each in found} == waiting
        assert queries.count_stale_facilities(today) == len(waiting)
    with time_machine.travel(clock.now() + timedelta(days=61), tick=False), transaction():
        service.verify_facility(stored(remand.id), actor=uuid.uuid4())
        assert queries.count_stale_facilities(clock.today()) == 0


def test_the_second_of_two_editors_overwrites_nothing(app):
    facility = make.facility()
    with transaction():
        service.edit_facility(stored(facility.id), draft(code="ИК-98"), make.SOURCE, seen_version=1, actor=None)
    with pytest.raises(Conflict), transaction():
        service.edit_facility(stored(facility.id), draft(code="ИК-97"), make.SOURCE, seen_version=1, actor=None)
    assert stored(facility.id).code == "ИК-98"


def test_the_second_editor_sees_what_is_stored_beside_what_they_typed(editor):
    facility = make.facility()
    page = f"{LIST}/{facility.id}/edit"
    answer = send(editor, page, "", name_ru="Моё название", version="99", **SOURCE)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert 'value="Моё название"' in html
    assert facility.name_ru in text_of(html)
    assert send(editor, page, "", name_ru="Моё название", **SOURCE).status_code == 303


def test_readers_read_and_do_not_write(sign_in):
    facility = make.facility()
    reader = sign_in(Role.ORGANISER)
    assert reader.get(LIST).status_code == 200
    assert reader.get(f"{LIST}/{facility.id}").status_code == 200
    for path in ("/new", f"/{facility.id}/edit", f"/{facility.id}/address", f"/{facility.id}/channels/post"):
        assert reader.get(LIST + path).status_code == 403
    assert sign_in(Role.VOLUNTEER).get(LIST).status_code == 403


def test_a_picker_finds_by_code_and_by_words(app):
    facility = make.facility("Т-2")
    assert [each.id for each in queries.find_facilities("Т2", "nothing like it")] == [facility.id]
    assert [each.id for each in queries.find_facilities("", "вымышленная")] == [facility.id]
    assert queries.find_facilities("", "nowhere") == []
