"""Three thousand made-up people with two years of history for the demo, so that every list and picture speaks.

Drawn from a fixed seed. Nobody in them exists; the addresses end in a domain that RFC 2606 keeps for examples.
"""

import random
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

from iuliia import GOST_52535
from sqlalchemy import insert, select, update
from sqlalchemy.orm import DeclarativeBase

from campaign.kernel import clock
from campaign.kernel.crypto.blind import blind_index
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.people.models import (
    FIELD_TEXT,
    IDENTITY,
    NAME,
    NOTE,
    SCOPE,
    Availability,
    Consent,
    FieldKind,
    Interaction,
    InteractionKind,
    KeptFor,
    Person,
    PersonField,
    PersonFieldValue,
    PersonIdentity,
    PersonNote,
    PersonTag,
    Purpose,
    Skill,
    Tag,
    Volunteer,
)

TOTAL, DOUBLES, DAYS = 3_000, 60, 730
PART = 1_000
FIRST_RU = (
    "Анна", "Мария", "Ольга", "Елена", "Вера", "Нина", "Лидия", "Ирина", "Дарья", "Полина", "Павел", "Олег", "Иван",
    "Сергей", "Никита", "Юрий", "Фёдор", "Лев", "Глеб", "Матвей",
)  # fmt: skip
# Surnames in two parts, so that there are thousands of names.
LAST_RU = (
    ("Бело", "Сине", "Тихо", "Ново", "Ясно", "Добро", "Много", "Злато", "Перво", "Остро", "Лесо", "Водо", "Снего"),
    ("книжн", "бумажн", "облачн", "сказочн", "песенн", "садов", "сонн", "чернильн", "мостов", "трамвайн", "яблочн"),
)  # fmt: skip
FIRST = (
    "Jonas", "Ruth", "Hanna", "Elif", "Tomasz", "Karim", "Zoe", "Marta", "Liam", "Greta", "Nino", "Luca", "Ines",
    "Piotr", "Sophie", "Emil",
)  # fmt: skip
LAST = (
    ("Paper", "Cloud", "Lantern", "Kettle", "Meadow", "Thimble", "Harbour", "Rowan", "Pencil", "Tram", "Violin"),
    ("Example", "Made-Up", "Nobody", "Beispiel", "Niemand", "Imagined", "Erfunden", "Fictional", "Inventado", "Muster"),
)  # fmt: skip
COUNTRIES = ("DE", "GE", "LT", "GB", "FR", "PL", "AM", "US", "NL", "CZ", "LV", "IL", "KZ", "RS", "AT", None)
WEIGHTS = (28, 9, 8, 7, 6, 6, 5, 5, 4, 4, 3, 3, 2, 2, 2, 6)
TAGS = ("letter evening", "speaks at schools", "printer at home", "Berlin", "Tbilisi", "Vilnius", "press", "choir")
SOURCES = ("letter evening, spring", "information stand", "list of a partner choir", "university talk")
NOTES = (
    "Prefers to be called in the evening.", "Would like to write to somebody who likes chess.",
    "Can host up to twelve people.", "Met at the book fair; wants to help with translations.",
    "Предпочитает писать по-русски.", "Может передать открытки через знакомых.",
)  # fmt: skip


def load_people() -> None:
    """Make them, in the open transaction; volunteers who are there already get a record of their own."""
    keyring.ensure(SCOPE)
    chance = random.Random(16_02_2024)  # noqa: S311 - the same demo every time is the point
    _write_down_volunteers()
    tags, fields = _make_tags(), _make_fields()
    names = _Names(chance)
    people = [_Made(chance, number, names) for number in range(TOTAL - DOUBLES)]
    people += [each.again(chance, TOTAL + number) for number, each in enumerate(chance.sample(people, DOUBLES))]
    _insert(Person, (each.row() for each in people))
    _insert(PersonIdentity, (row for each in people for row in each.identities()))
    _insert(Consent, (row for each in people for row in each.consents()))
    _insert(PersonTag, (row for each in people for row in each.tags(tags)))
    _insert(PersonFieldValue, (row for each in people for row in each.values(fields)))
    _insert(PersonNote, (row for each in people for row in each.notes()))
    _insert(Interaction, (row for each in people for row in each.history()))


class _Made:
    """One person who does not exist: when they came, what they are like, and what they did since."""

    def __init__(self, chance: random.Random, number: int, names: "_Names | None" = None) -> None:
        self.chance, self.number = chance, number
        self.id = uuid.UUID(bytes=chance.randbytes(16), version=4)
        self.speaks_russian = chance.random() < 0.6
        self.name = names.one(in_russian=self.speaks_russian) if names else ""
        self.country = chance.choices(COUNTRIES, WEIGHTS)[0]
        # More came of late than at the beginning.
        self.days_ago = int(DAYS * (1 - chance.random() ** 0.6))
        # How much of an activist: most sign once and read, few do nearly everything.
        self.zeal = chance.random() ** 3
        self.is_noted = chance.random() < 0.25
        self.has_phone = self.is_noted and chance.random() < 0.4

    def again(self, chance: random.Random, number: int) -> "_Made":
        """The same person written down a second time: in the other alphabet, with a slip, or turned around."""
        other = _Made(chance, number)
        first, _space, last = self.name.partition(" ")
        slip = f"{first} {last[:3]}{last[4:5]}{last[3:4]}{last[5:]}"
        other.name = chance.choice((GOST_52535.translate(self.name), slip, f"{last} {first}"))
        other.country, other.speaks_russian, other.is_noted = self.country, self.speaks_russian, True
        return other

    @property
    def since(self) -> date:
        """The day of the record."""
        return clock.today() - timedelta(days=self.days_ago)

    def row(self) -> dict[str, Any]:
        """The record itself."""
        chance = self.chance
        is_helper = self.zeal > 0.25
        spoken = (["ru"] if self.speaks_russian else []) + (["de"] if self.country in {"DE", "AT"} else [])
        return {
            "id": self.id, "name_sealed": NAME.seal(SCOPE, self.id, self.name), "country": self.country,
            "language": "ru" if self.speaks_russian else "de" if self.country in {"DE", "AT"} else "en",
            "spoken": spoken or ["en"],
            "skills": sorted(chance.sample(list(Skill), chance.randint(1, 3))) if is_helper else [],
            "availability": sorted(chance.sample(list(Availability), chance.randint(1, 2))) if is_helper else [],
            "tasks_a_week": chance.choice((1, 1, 2, 3)) if is_helper else None,
            "kept_for": KeptFor.STAFF if self.is_noted else KeptFor.CONSENT,
            "source": chance.choice(SOURCES) if self.is_noted else "petition", "since_on": self.since, "is_demo": True,
        }  # fmt: skip

    def identities(self) -> Iterator[dict[str, Any]]:
        """An address that no mail reaches, and a telephone number of some, from a range kept for films."""
        yield self._identity("email", f"person-{self.number}@people.example", f"person-{self.number}@people.example")
        if self.has_phone:
            number = f"+4930230{self.number:05d}"
            yield self._identity("phone", number, f"phone:{number}")

    def _identity(self, kind: str, value: str, compared: str) -> dict[str, Any]:
        row = uuid.UUID(bytes=self.chance.randbytes(16), version=4)
        return {
            "id": row, "person_id": self.id, "kind": kind, "value_sealed": IDENTITY.seal(SCOPE, row, value),
            "value_index": blind_index(SCOPE, compared),
        }  # fmt: skip

    def consents(self) -> Iterator[dict[str, Any]]:
        """News for most, some ended since; calls for those with a number."""
        purposes = [Purpose.NEWS] if not self.is_noted or self.chance.random() < 0.7 else []
        if self.has_phone:
            purposes.append(Purpose.CALLS)
        if self.zeal > 0.2:
            purposes.append(Purpose.EVENTS)
        for purpose in purposes:
            is_over = self.is_noted and self.days_ago > 120 and self.chance.random() < 0.15
            yield {
                "id": uuid.UUID(bytes=self.chance.randbytes(16), version=4), "person_id": self.id, "purpose": purpose,
                "subject": None, "text_version": "2024-11", "given_on": self.since,
                "ended_on": self._day(90) if is_over else None,
            }  # fmt: skip

    def tags(self, tags: Sequence[uuid.UUID]) -> Iterator[dict[str, Any]]:
        """None to two."""
        for tag in self.chance.sample(tags, self.chance.choices((0, 1, 2), (55, 33, 12))[0]):
            yield {"person_id": self.id, "tag_id": tag, "given_on": self._day(0)}

    def values(self, fields: Mapping[str, uuid.UUID]) -> Iterator[dict[str, Any]]:
        """What the fields of our own hold of those who help."""
        if self.zeal < 0.25:
            return
        chance = self.chance
        yield self._value(fields["heard-through"], word=chance.choice(HEARD))
        if chance.random() < 0.5:
            yield self._value(fields["training"], day=self._day(0))
        if chance.random() < 0.4:
            yield self._value(fields["guests"], number=Decimal(chance.randint(4, 20)))
        if chance.random() < 0.5:
            yield self._value(fields["drives"], flag=chance.random() < 0.4)
        if chance.random() < 0.2:
            yield self._value(fields["nearby"], text=chance.choice(("by tram 5", "near the old harbour", "у вокзала")))

    def _value(self, field: uuid.UUID, *, text: str | None = None, **held: Any) -> dict[str, Any]:
        row = uuid.UUID(bytes=self.chance.randbytes(16), version=4)
        empty: dict[str, Any] = {"number": None, "day": None, "word": None, "flag": None}
        sealed = None if text is None else FIELD_TEXT.seal(SCOPE, row, text)
        return {"id": row, "person_id": self.id, "field_id": field, "text_sealed": sealed} | empty | held

    def notes(self) -> Iterator[dict[str, Any]]:
        """One of some."""
        if self.is_noted and self.chance.random() < 0.3:
            row = uuid.UUID(bytes=self.chance.randbytes(16), version=4)
            body = NOTE.seal(SCOPE, row, self.chance.choice(NOTES))
            yield {
                "id": row, "person_id": self.id, "body_sealed": body, "written_by": None, "written_on": self._day(0)
            }  # fmt: skip

    def history(self) -> Iterator[dict[str, Any]]:
        """What happened since they came: more with those who do more, and less in the summers."""
        for _each in range(int(self.zeal * min(self.days_ago, 400) / 18)):
            day = self._day(0)
            if day.month in {7, 8} and self.chance.random() < 0.6:
                continue
            kind = self.chance.choices(list(_KINDS), list(_KINDS.values()))[0]
            yield {
                "person_id": self.id, "kind": kind, "happened_on": day,
                "word": self.chance.choice(_WORDS.get(kind, ("",))), "subject_id": None, "actor_id": None,
                "amount": self.chance.choice((30, 45, 60, 90, 120)) if kind is InteractionKind.GAVE_TIME else 0,
            }  # fmt: skip

    def _day(self, after: int) -> date:
        return self.since + timedelta(days=self.chance.randint(min(after, self.days_ago), self.days_ago))


_KINDS = {
    InteractionKind.WROTE: 34, InteractionKind.CAME: 18, InteractionKind.GAVE_TIME: 16, InteractionKind.CALLED: 9,
    InteractionKind.SHARED: 9, InteractionKind.ASKED: 9, InteractionKind.MET: 3, InteractionKind.MESSAGED: 2,
}  # fmt: skip
_WORDS = {
    InteractionKind.CALLED: ("yes", "no", "no_answer", "again"),
    InteractionKind.ASKED: ("write_one_letter", "join_group", "lead"),
}
HEARD = ("a friend", "a petition", "a letter evening", "the press")


class _Names:
    """Every name once: in a demo where many are called alike, every second pair would look like one person."""

    def __init__(self, chance: random.Random) -> None:
        self._russian = [
            f"{first} {before}{stem}{'ая' if first in FIRST_RU[:10] else 'ый'}"
            for first, before, stem in product(FIRST_RU, *LAST_RU)
        ]
        self._others = [f"{first} {before}-{after}" for first, before, after in product(FIRST, *LAST)]
        chance.shuffle(self._russian)
        chance.shuffle(self._others)

    def one(self, *, in_russian: bool) -> str:
        """One that nobody has yet."""
        return (self._russian if in_russian else self._others).pop()


def _write_down_volunteers() -> None:
    """The demo's writers were made in one statement each; each gets a record as everybody who signs up does."""
    found = session.execute(
        select(Volunteer.id, Volunteer.pseudonym, Volunteer.applied_on).where(
            Volunteer.person_id.is_(None), Volunteer.account_id.is_not(None), Volunteer.is_demo
        )
    ).all()
    _insert(
        Person,
        (
            {
                "id": each.id, "name_sealed": NAME.seal(SCOPE, each.id, each.pseudonym), "language": "ru",
                "since_on": each.applied_on, "kept_for": KeptFor.VOLUNTEER, "source": "volunteer", "is_demo": True,
            }
            for each in found
        ),
    )  # fmt: skip
    mine = update(Volunteer).where(Volunteer.id.in_([each.id for each in found]))
    session.execute(mine.values(person_id=Volunteer.id), execution_options={"synchronize_session": False})


def _make_tags() -> list[uuid.UUID]:
    rows = [{"id": uuid.uuid4(), "name": name, "is_demo": True, "created_on": clock.today()} for name in TAGS]
    session.execute(insert(Tag), rows)
    return [row["id"] for row in rows]  # type: ignore[misc]


def _make_fields() -> dict[str, uuid.UUID]:
    kinds: dict[str, tuple[FieldKind, str, str, list[str]]] = {
        "heard-through": (FieldKind.CHOICE, "Heard of us through", "Откуда узнали о нас", list(HEARD)),
        "training": (FieldKind.DATE, "Last training", "Последний тренинг", []),
        "guests": (FieldKind.NUMBER, "Can host so many guests", "Может принять гостей", []),
        "drives": (FieldKind.YES_NO, "Drives a car", "Водит машину", []),
        "nearby": (FieldKind.TEXT, "How to get there", "Как добраться", []),
    }
    ids = {slug: uuid.uuid4() for slug in kinds}
    session.add_all(
        PersonField(
            id=ids[slug], slug=slug, kind=kind, labels={"en": english, "ru": russian}, options=options, position=place,
            is_demo=True, created_on=clock.today(),
        )
        for place, (slug, (kind, english, russian, options)) in enumerate(kinds.items())
    )  # fmt: skip
    session.flush()
    return ids


def _insert(table: type[DeclarativeBase], rows: Iterable[dict[str, Any]]) -> None:
    """In parts, so that no statement grows beyond measure."""
    listed = list(rows)
    for start in range(0, len(listed), PART):
        session.execute(insert(table), listed[start : start + PART])
