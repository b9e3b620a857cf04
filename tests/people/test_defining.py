"""Fields and tags as staff define them."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.people.models import FieldKind, PersonField, PersonFieldValue, PersonTag, Tag
from campaign.people.service.defining import define_field
from campaign.people.service.details import Value, ensure_tag, put_tag, set_value
from tests.people.pages import ACTOR, send, staff, written_down
from tests.support.pages import PageClient, parse

FIELDS, TAGS = "/staff/people/fields", "/staff/people/tags"


@pytest.fixture
def organiser(app: Flask) -> PageClient:
    return staff(app, Role.ORGANISER)


def choice() -> PersonField:
    with transaction():
        return define_field(FieldKind.CHOICE, {"en": "Size"}, ["Small", "Large"], actor=ACTOR)


def test_a_field_is_defined_called_otherwise_and_keeps_its_kind(organiser: PageClient) -> None:
    assert send(organiser, FIELDS, "", **{"label-en": "Size"}).status_code == 422
    assert send(organiser, FIELDS, "", kind="choice", **{"label-en": "Size"}).status_code == 422
    assert send(organiser, FIELDS, "", kind="number").status_code == 422
    made = send(organiser, FIELDS, "", kind="choice", options="Small\nLarge\n", **{"label-ru": "Размер"})
    assert made.status_code == 303
    field = session.scalars(select(PersonField)).one()
    assert (field.kind, field.options, field.labels) == ("choice", ["Small", "Large"], {"ru": "Размер"})
    assert "Размер" in organiser.get(FIELDS).text
    assert "Size" not in organiser.get(f"{FIELDS}/{field.id}").text


def test_records_follow_when_options_exchange_their_names(organiser: PageClient) -> None:
    field, person = choice(), written_down()
    with transaction():
        set_value(person.id, field, Value(word="Small"))
    page = f"{FIELDS}/{field.id}"
    answer = send(
        organiser, page, "", was=["Small", "Large", ""], now=["Large", "Small", "Huge"], place=["2", "1", ""],
        version=str(field.version), **{"label-en": "Size"},
    )  # fmt: skip
    assert answer.status_code == 303
    assert session.scalars(select(PersonField.options)).one() == ["Small", "Large", "Huge"]
    assert session.scalars(select(PersonFieldValue.word)).one() == "Large"


def test_an_option_that_records_hold_is_not_taken_out(organiser: PageClient) -> None:
    field, person = choice(), written_down()
    with transaction():
        set_value(person.id, field, Value(word="Small"))
    page, version = f"{FIELDS}/{field.id}", str(field.version)
    values = {"was": ["Small", "Large"], "now": ["", "Large"], "place": ["1", "2"], "label-en": "Size"}
    assert send(organiser, page, "", version=version, **values).status_code == 409
    assert send(organiser, page, "", version="99", **{**values, "now": ["Small", ""]}).status_code == 409
    assert send(organiser, page, "", version=version, **{**values, "now": ["Small", ""]}).status_code == 303
    assert session.scalars(select(PersonField.options)).one() == ["Small"]


def test_a_field_in_use_is_put_away_and_one_without_anything_deleted(organiser: PageClient) -> None:
    field, person = choice(), written_down()
    with transaction():
        set_value(person.id, field, Value(word="Small"))
    assert send(organiser, FIELDS, f"/{field.id}/delete").status_code == 409
    assert send(organiser, FIELDS, f"/{field.id}/away").status_code == 303
    assert "Size" not in organiser.get(f"/staff/people/{person.id}").text
    assert send(organiser, FIELDS, f"/{field.id}/back").status_code == 303
    assert "Size" in organiser.get(f"/staff/people/{person.id}").text
    with transaction():
        set_value(person.id, session.get_one(PersonField, field.id), Value())
    assert send(organiser, FIELDS, f"/{field.id}/delete").status_code == 303
    assert session.scalar(select(PersonField)) is None


def test_fields_change_places(organiser: PageClient) -> None:
    with transaction():
        first = define_field(FieldKind.TEXT, {"en": "First"}, [], actor=ACTOR)
        second = define_field(FieldKind.TEXT, {"en": "Second"}, [], actor=ACTOR)
    assert send(organiser, FIELDS, f"/{second.id}/up").status_code == 303
    order = select(PersonField.id).order_by(PersonField.position)
    assert session.scalars(order).all() == [second.id, first.id]
    assert send(organiser, FIELDS, f"/{second.id}/up").status_code == 303
    assert session.scalars(order).all() == [second.id, first.id]


def test_tags_are_called_otherwise_merged_and_deleted_with_their_number(organiser: PageClient) -> None:
    one, two = written_down("One"), written_down("Two")
    with transaction():
        driver, cars = ensure_tag("Driver"), ensure_tag("Cars")
        put_tag([one.id, two.id], driver.id)
        put_tag([two.id], cars.id)
    assert send(organiser, TAGS, f"/{cars.id}/rename", name="driver").status_code == 409
    assert send(organiser, TAGS, f"/{cars.id}/rename", name="Has a car").status_code == 303
    assert send(organiser, TAGS, f"/{driver.id}/merge", into=str(driver.id)).status_code == 422
    assert send(organiser, TAGS, f"/{driver.id}/merge", into="").status_code == 422
    assert send(organiser, TAGS, f"/{driver.id}/merge", into=str(cars.id)).status_code == 303
    assert session.scalars(select(Tag.name)).all() == ["Has a car"]
    assert session.scalar(select(func.count()).select_from(PersonTag)) == 2
    assert send(organiser, TAGS, f"/{cars.id}/delete", seen="1").status_code == 409
    assert send(organiser, TAGS, f"/{cars.id}/delete", seen="2").status_code == 303
    assert session.scalar(select(Tag)) is None


def test_definitions_are_not_for_whoever_has_a_group_alone(app: Flask) -> None:
    from tests.support import pens

    client = staff(app, Role.COORDINATOR, group=pens.group().id)
    assert client.get(FIELDS).status_code == 403
    assert client.get(TAGS).status_code == 403


def test_empty_pages_say_so(organiser: PageClient) -> None:
    for page in (FIELDS, TAGS):
        assert "There are none yet." in "".join(parse(organiser.get(page).text).itertext())
