"""The filters of the list mean as a segment whom they mean in the list."""

import uuid
from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.registry_people import segment_conditions
from campaign.people.models import FieldKind, IdentityKind, Person, PersonField, Purpose
from campaign.people.queries.segment_query import compile_tree
from campaign.people.queries.wanted import NONE, Wanted, WantedField, conditions_of
from campaign.people.service.consents import record_consent
from campaign.people.service.details import Value, ensure_tag, put_tag, set_value
from campaign.people.service.identities import add_identity, read_identity
from campaign.people.service.segments.from_list import tree_of
from tests.people.segments.made import somebody

TAG, NUMBER, DAY, WORD, FLAG = (uuid.UUID(int=each) for each in range(1, 6))


@pytest.fixture
def people(app: Flask) -> None:
    """Some of whom each filter says yes of one and no of another."""
    one, _two, three = somebody("DE", "ru", days_ago=2), somebody(None, "de", days_ago=9), somebody("FR", days_ago=30)
    kinds = {NUMBER: FieldKind.NUMBER, DAY: FieldKind.DATE, WORD: FieldKind.CHOICE, FLAG: FieldKind.YES_NO}
    held = {
        NUMBER: Value(number=Decimal(4)),
        DAY: Value(day=date(2026, 5, 1)),
        WORD: Value(word="a"),
        FLAG: Value(flag=True),
    }
    with transaction():
        add_identity(one, read_identity(IdentityKind.EMAIL, "nina@example.org"), actor=None)
        add_identity(three, read_identity(IdentityKind.MESSENGER, "@nina_nebyvalova"), actor=None)
        record_consent(
            "nina@example.org", purpose=Purpose.NEWS, subject=None, text_version="1", language="en", country=None
        )
        session.get_one(Person, one).active_on = clock.today()
        tag = ensure_tag("choir")
        put_tag([one], tag.id)
        for field, kind in kinds.items():
            made = PersonField(
                id=field, slug=kind.replace("_", "-"), kind=kind, labels={"en": kind}, created_on=clock.today(),
                options=["a", "b"] if kind is FieldKind.CHOICE else [],
            )  # fmt: skip
            session.add(made)
            session.flush()
            set_value(one, made, held[field])


def wants() -> list[Wanted]:
    today = clock.today()
    fields = [
        WantedField(NUMBER, FieldKind.NUMBER, "any", Decimal(4)),
        WantedField(NUMBER, FieldKind.NUMBER, "any", None, Decimal(3)),
        WantedField(NUMBER, FieldKind.NUMBER, "any"), WantedField(DAY, FieldKind.DATE, "any", None, date(2026, 5, 1)),
        WantedField(DAY, FieldKind.DATE, "any", date(2026, 5, 2)), WantedField(WORD, FieldKind.CHOICE, "a"),
        WantedField(WORD, FieldKind.CHOICE, NONE), WantedField(FLAG, FieldKind.YES_NO, "yes"),
        WantedField(FLAG, FieldKind.YES_NO, "no"),
    ]  # fmt: skip
    return [
        Wanted(), Wanted(country="DE"), Wanted(country=NONE), Wanted(language="en", spoken="ru"),
        Wanted(since_from=today - timedelta(days=9)), Wanted(since_to=today - timedelta(days=9)),
        Wanted(consent=Purpose.NEWS), Wanted(consent=NONE), Wanted(without_consent=Purpose.NEWS),
        Wanted(active_from=today), Wanted(active_to=today - timedelta(days=1)),
        Wanted(reached="email"), Wanted(reached=NONE), Wanted(not_reached="email"), Wanted(kept_for="staff"),
        *(Wanted(fields=(each,)) for each in fields),
    ]  # fmt: skip


@pytest.mark.usefixtures("people")
def test_both_mean_the_same_people() -> None:
    tag = ensure_tag("choir").id
    for wanted in [*wants(), Wanted(tags=(tag,)), Wanted(without_tags=(tag,), country="FR")]:
        listed = set(session.scalars(select(Person.id).where(*conditions_of(wanted))))
        meant = set(session.scalars(compile_tree(tree_of(wanted), segment_conditions).members()))
        assert meant == listed, wanted
