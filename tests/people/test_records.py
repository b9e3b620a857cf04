"""A record of a person: one owner for each way to reach them, and it goes when its reason does."""

import uuid
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from campaign.kernel.addresses import BadAddress
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict
from campaign.people.models import (
    FIELD_TEXT,
    IDENTITY,
    NOTE,
    SCOPE,
    Consent,
    FieldKind,
    IdentityKind,
    Interaction,
    InteractionKind,
    KeptFor,
    Person,
    PersonField,
    PersonFieldValue,
    PersonGone,
    PersonIdentity,
    PersonTag,
    Skill,
    VolunteerState,
)
from campaign.people.queries import find_person_by_address
from campaign.people.service import details, end_consent, record_consent, records, volunteers
from campaign.people.service.identities import (
    BadIdentity,
    IdentityTaken,
    add_identity,
    read_identity,
    remove_identity,
)
from campaign.people.service.records import PersonDraft, add_person, edit_person, name_of, release_person
from tests.support import accounts

ACTOR = uuid.UUID(int=7)
ANNA = PersonDraft(name="Анна Выдуманная", language="ru", country="DE", spoken=("ru", "de"), skills=(Skill.DRIVING,))


def person(draft: PersonDraft = ANNA, **more: object) -> Person:
    with transaction():
        return add_person(draft, actor=ACTOR, **more)  # type: ignore[arg-type]


def field(kind: FieldKind, options: list[str] | None = None) -> PersonField:
    with transaction():
        made = PersonField(
            id=uuid.uuid4(), slug=f"field-{uuid.uuid4().hex[:8]}", kind=kind, labels={"en": "Invented"},
            options=options or [], created_on=date(2026, 1, 1),
        )  # fmt: skip
        session.add(made)
    return made


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("+49 170 1234567", "0049 (170) 123-45-67"),
        ("8 (912) 345-67-89", "+7 912 345 67 89"),
    ],
)
def test_a_number_is_one_however_it_is_written(app: Flask, one: str, other: str) -> None:
    region = "RU" if one.startswith("8") else "DE"
    assert (
        read_identity(IdentityKind.PHONE, one, region=region).canonical
        == read_identity(IdentityKind.PHONE, other, region=region).canonical
    )


@pytest.mark.parametrize("typed", ["", "12", "call me", "+", "+49", "\r\nBcc: x", "+7" + "9" * 40])
def test_what_is_no_number_is_refused_without_repeating_it(app: Flask, typed: str) -> None:
    with pytest.raises(BadIdentity) as refused:
        read_identity(IdentityKind.PHONE, typed)
    assert len(typed) < 4 or typed not in refused.value.message


@pytest.mark.parametrize("typed", ["@Invented_name", "https://t.me/invented_NAME", " t.me/invented_name "])
def test_a_messenger_name_is_one_however_it_is_given(app: Flask, typed: str) -> None:
    assert read_identity(IdentityKind.MESSENGER, typed).canonical == "invented_name"


@given(typed=st.text(max_size=300), kind=st.sampled_from(IdentityKind))
def test_no_text_breaks_the_reading(typed: str, kind: IdentityKind) -> None:
    try:
        read = read_identity(kind, typed, region="DE")
    except (BadIdentity, BadAddress):
        return
    assert read.value
    assert read.canonical
    assert "\n" not in read.value


def test_a_name_and_an_address_are_sealed_to_their_rows(app: Flask) -> None:
    made = person(identities=[read_identity(IdentityKind.EMAIL, "Anna@Example.org")])
    row = session.scalars(select(PersonIdentity)).one()
    stored = b"".join(filter(None, (made.name_sealed, row.value_sealed, row.value_index)))
    assert "Анна".encode() not in stored
    assert b"nna@" not in stored
    assert name_of(made) == "Анна Выдуманная"
    assert IDENTITY.unseal(SCOPE, row.id, row.value_sealed) == "Anna@example.org"
    found = find_person_by_address("anna@example.org")
    assert found is not None
    assert found.id == made.id


def test_one_way_to_reach_somebody_has_one_owner(app: Flask) -> None:
    reached = read_identity(IdentityKind.PHONE, "+49 170 1234567")
    anna, other = person(identities=[reached]), person(PersonDraft(name="Someone Else"))
    with transaction():
        again = add_identity(anna.id, reached, actor=ACTOR)
    assert session.scalars(select(PersonIdentity.id)).all() == [again]
    with pytest.raises(IdentityTaken) as taken, transaction():
        add_identity(other.id, reached, actor=ACTOR)
    assert taken.value.person_id == anna.id
    with transaction():
        assert remove_identity(anna.id, again, actor=ACTOR)
        assert not remove_identity(anna.id, again, actor=ACTOR)


def test_two_who_change_one_record_do_not_overwrite_each_other(app: Flask) -> None:
    made = person()
    seen = made.version
    with transaction():
        assert edit_person(made.id, PersonDraft(name="Анна", language="de"), seen_version=seen, actor=ACTOR)
    with pytest.raises(Conflict), transaction():
        edit_person(made.id, PersonDraft(name="Другая"), seen_version=seen, actor=ACTOR)
    assert name_of(session.get_one(Person, made.id)) == "Анна"
    with transaction():
        now = session.get_one(Person, made.id)
        same = PersonDraft(name="Анна", language="de")
        assert not edit_person(made.id, same, seen_version=now.version, actor=ACTOR)


def test_a_record_that_consent_kept_goes_with_the_last_one_and_no_other_does(app: Flask) -> None:
    subject = uuid.uuid4()
    address = "reader@example.org"
    with transaction():
        kept = record_consent(address, purpose="news", subject=subject, text_version="1", language="en", country=None)
        assert end_consent(address, purpose="news", subject=subject)
    assert session.get(Person, kept) is None
    by_staff = person(identities=[read_identity(IdentityKind.EMAIL, address)])
    with transaction():
        record_consent(address, purpose="news", subject=subject, text_version="1", language="en", country=None)
        assert end_consent(address, purpose="news", subject=subject)
    assert session.get(Person, by_staff.id) is not None


def test_who_leaves_keeps_no_record_but_for_what_they_agreed_to(app: Flask) -> None:
    for agrees in (False, True):
        account = accounts.person()
        with transaction():
            volunteer = volunteers.add_volunteer(account.id, f"Pseudonym {agrees}", language="de")
            assert volunteer.person_id is not None
            own = volunteer.person_id
            if agrees:
                session.add(
                    Consent(
                        id=uuid.uuid4(), person_id=own, purpose="news", text_version="1", given_on=date(2026, 1, 1)
                    )
                )  # fmt: skip
        kept = session.get_one(Person, own)
        assert (kept.kept_for, kept.language, name_of(kept)) == (KeptFor.VOLUNTEER, "de", f"Pseudonym {agrees}")
        with transaction():
            volunteers.move_volunteer(volunteer.id, VolunteerState.LEFT, actor=account.id)
        left = session.get(Person, own)
        assert (left is not None) is agrees
        if left is not None:
            assert (left.kept_for, name_of(left)) == (KeptFor.CONSENT, "")
        with transaction():
            release_person(own)


def test_tags_are_one_whatever_their_capital_letters(app: Flask) -> None:
    made = person()
    with transaction():
        tag = details.ensure_tag("  Berlin ")
        assert details.ensure_tag("berlin").id == tag.id
        assert details.put_tag([made.id], tag.id) == [made.id]
        assert details.put_tag([made.id], tag.id) == []
        other = details.ensure_tag("Печать")
        details.set_tags(made.id, [other.id])
    assert session.scalars(select(PersonTag.tag_id)).all() == [other.id]
    with transaction():
        assert details.take_tag([made.id], other.id) == [made.id]
    with pytest.raises(details.BadValue), transaction():
        details.ensure_tag(" \x00 ")


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (FieldKind.TEXT, details.Value(text="Слова"), details.Value(text="x" * 1001)),
        (FieldKind.NUMBER, details.Value(number=Decimal("2.5")), None),
        (FieldKind.DATE, details.Value(day=date(2026, 5, 1)), None),
        (FieldKind.CHOICE, details.Value(word="one"), details.Value(word="three")),
        (FieldKind.YES_NO, details.Value(flag=False), None),
    ],
)
def test_a_field_holds_what_its_kind_says(
    app: Flask, kind: FieldKind, good: details.Value, bad: details.Value | None
) -> None:
    made, own = person(), field(kind, ["one", "two"] if kind is FieldKind.CHOICE else None)
    with transaction():
        details.set_value(made.id, own, good)
        details.set_value(made.id, own, good)
    row = session.scalars(select(PersonFieldValue)).one()
    shown = None if row.text_sealed is None else FIELD_TEXT.unseal(SCOPE, row.id, row.text_sealed)
    assert details.Value(shown, row.number, row.day, row.word, row.flag) == good
    if bad is not None:
        with pytest.raises(details.BadValue), transaction():
            details.set_value(made.id, own, bad)
    with transaction():
        details.set_value(made.id, own, details.Value())
    assert session.scalar(select(PersonFieldValue)) is None


def test_notes_are_sealed_and_timelines_hold_no_words_of_ours(app: Flask) -> None:
    made = person()
    with transaction():
        note = details.add_note(made.id, "Лучше звонить вечером", actor=ACTOR)
        details.record_interaction(made.id, InteractionKind.GAVE_TIME, amount=90, actor=ACTOR)
    assert "вечером".encode() not in note.body_sealed
    assert NOTE.unseal(SCOPE, note.id, note.body_sealed) == "Лучше звонить вечером"
    assert session.scalars(select(Interaction.amount)).all() == [90]
    with transaction():
        assert details.delete_note(made.id, note.id, actor=ACTOR)
        assert not details.delete_note(made.id, note.id, actor=ACTOR)


def test_what_follows_the_records_misses_nothing(app: Flask) -> None:
    """An index reads what was written since the oldest transaction that still ran; deleted ones leave a trace.

    A transaction of another test may run beside this one: then a little more is read again, never less.
    """
    lowest = text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
    first = person()
    since = session.scalar(lowest)
    session.rollback()
    # Other databases of this server hold the mark back: what is read again is no harm, what is missed would be.
    second = person(PersonDraft(name="Later"))
    assert second.id in session.scalars(select(Person.id).where(Person.changed_tx >= since)).all()
    with transaction():
        edit_person(first.id, PersonDraft(name="Anew"), seen_version=first.version, actor=ACTOR)
    with transaction():
        session.delete(session.get_one(Person, second.id))
    assert session.scalars(select(Person.id).where(Person.changed_tx >= since)).all() == [first.id]
    assert session.scalars(select(PersonGone.person_id).where(PersonGone.changed_tx >= since)).all() == [second.id]


def test_a_record_as_it_stands_can_be_written_again(app: Flask) -> None:
    made = person()
    assert records.draft_of(made) == ANNA
