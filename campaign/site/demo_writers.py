"""Six hundred made-up writers and twelve groups for the demo. Nobody can sign in as them: they have no passphrase.

One sign-in is real: volunteer-1 writes too, and leads a group, so that a writer's own pages can be looked at.
"""

import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert

from campaign.accounts.models import EMAIL, SCOPE, Account, AccountState, Origin, RoleGrant, username_key
from campaign.accounts.queries import find_account_by_name
from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.crypto.blind import blind_index
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.penpals.models import (
    Group,
    GroupKind,
    GroupMember,
    MemberRole,
    WriterChannel,
    WriterMode,
    WriterPlace,
    WriterProfile,
)
from campaign.penpals.policy import Avoidable
from campaign.people.models import Volunteer, VolunteerEvent, VolunteerState
from campaign.site.demo_prisoners import INTERESTS

WRITERS = 600
GROUPS = 12
SIGNED_IN = "volunteer-1"
GRANT_DAYS = 90
ADJECTIVES = (
    "Quiet", "Blue", "Early", "Patient", "Northern", "Little", "Clear", "Warm", "Distant", "Honest", "Silver", "Green",
    "Steady", "Gentle", "Bright", "Slow", "Amber", "Plain", "Second", "Tall", "Winter", "Open", "Mild", "Woollen",
    "Round",
)  # fmt: skip
NOUNS = (
    "Maple", "Kettle", "Harbour", "Lantern", "Sparrow", "Ladder", "Window", "Thimble", "Orchard", "Tram", "Pencil",
    "Island", "Teapot", "Meadow", "Button", "Rowan", "Bridge", "Cloud", "Linden", "Stamp", "Violin", "Hedgehog",
    "Snowdrop", "Envelope",
)  # fmt: skip
STATES = (
    (VolunteerState.ACTIVE, 78), (VolunteerState.PROBATION, 9), (VolunteerState.PAUSED, 5), (VolunteerState.APPLIED, 3),
    (VolunteerState.SCREENING, 3), (VolunteerState.INACTIVE, 2),
)  # fmt: skip
LANGUAGES = ((["ru"], 70), (["ru", "en"], 18), (["en"], 6), (["de", "ru"], 4), (["de"], 2))
PLACES = (
    ("Riga", "Рига", "Riga"), ("Tbilisi", "Тбилиси", "Tiflis"), ("Berlin", "Берлин", "Berlin"),
    ("Vilnius", "Вильнюс", "Wilna"),
)  # fmt: skip
NAMES = (
    ("Thursday Letters", "Письма по четвергам", "Donnerstagsbriefe"),
    ("Paper Boats", "Бумажные кораблики", "Papierboote"),
    ("The Long Table", "Длинный стол", "Der lange Tisch"), ("Rowan Berries", "Рябина", "Vogelbeeren"),
    ("Second Stamp", "Вторая марка", "Zweite Marke"), ("Night Trams", "Ночные трамваи", "Nachtstraßenbahnen"),
    ("Blue Ink", "Синие чернила", "Blaue Tinte"), ("Slow Post", "Медленная почта", "Langsame Post"),
)  # fmt: skip


@dataclass(slots=True)
class Writers:
    """Who was made, as the letters need them."""

    profiles: dict[uuid.UUID, Mapping[str, Any]] = field(default_factory=dict)
    """Of those who may be given somebody, in the order they were made."""
    members: dict[uuid.UUID, list[uuid.UUID]] = field(default_factory=dict)
    """Of each group, those who write, its leads first."""
    signed_in: uuid.UUID | None = None
    """The volunteer behind the one sign-in."""


def make_writers(chance: random.Random) -> Writers:
    """Accounts without a passphrase, volunteers, profiles and groups, in the open transaction."""
    made, rows = Writers(), _Rows()
    keyring.ensure(SCOPE)
    for number in range(WRITERS):
        _writer(rows, made, chance, number)
    for table, values in rows.in_order():
        session.execute(insert(table), values)
    for number in range(GROUPS):
        _group(made, chance, number)
    session.flush()
    return made


@dataclass(slots=True)
class _Rows:
    """What is written in one statement a table, since one a person would take half a minute."""

    accounts: list[dict[str, Any]] = field(default_factory=list)
    grants: list[dict[str, Any]] = field(default_factory=list)
    volunteers: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    profiles: list[dict[str, Any]] = field(default_factory=list)

    def in_order(self) -> list[tuple[Any, list[dict[str, Any]]]]:
        """Each table with its rows, those first that others point at."""
        return [
            (Account, self.accounts), (RoleGrant, self.grants), (Volunteer, self.volunteers),
            (VolunteerEvent, self.events), (WriterProfile, self.profiles),
        ]  # fmt: skip


def _writer(rows: _Rows, made: Writers, chance: random.Random, number: int) -> None:
    """One writer; the first is the one who can sign in."""
    is_real = number == 0
    adjective, noun = ADJECTIVES[number % len(ADJECTIVES)], NOUNS[number // len(ADJECTIVES)]
    applied = clock.today() - timedelta(days=chance.randrange(20, 700))
    account = (
        _account_of_sign_in() if is_real else _account(rows, f"made-up-{adjective}-{noun}".lower(), number, applied)
    )
    volunteer = uuid.UUID(int=chance.getrandbits(128), version=4)
    state = VolunteerState.ACTIVE if is_real else _drawn(chance, STATES)
    since = applied + timedelta(days=10)
    if state in {VolunteerState.APPLIED, VolunteerState.SCREENING}:
        # Whoever waited longer would be deleted by itself within hours.
        since = applied = clock.today() - timedelta(days=chance.randrange(1, 30))
    seen = clock.today() - timedelta(days=chance.randrange(1, 60))
    rows.volunteers.append({
        "id": volunteer, "account_id": account, "pseudonym": f"{adjective} {noun} (made up)", "state": state,
        "trust": 1 if is_real else chance.choices((0, 1, 2), (60, 30, 10))[0], "is_demo": True, "applied_on": applied,
        "state_since_on": since, "seen_on": max(since, seen), "version": 1,
    })  # fmt: skip
    step = {"volunteer_id": volunteer, "actor_id": None, "reason": ""}
    rows.events.append({**step, "was": "", "now": VolunteerState.APPLIED, "happened_on": applied})
    if state is not VolunteerState.APPLIED:
        rows.events.append({**step, "was": VolunteerState.APPLIED, "now": state, "happened_on": since})
    profile = _profile(chance, volunteer, applied, is_real=is_real)
    rows.profiles.append(profile)
    if is_real:
        made.signed_in = volunteer
    if state in {VolunteerState.ACTIVE, VolunteerState.PROBATION}:
        made.profiles[volunteer] = profile


def _account_of_sign_in() -> uuid.UUID:
    account = find_account_by_name(SIGNED_IN)
    if account is None:
        raise LookupError(f"the demo account {SIGNED_IN} is missing")
    return account.id


def _account(rows: _Rows, username: str, number: int, created_on: date) -> uuid.UUID:
    """An account that nobody can open: it has neither passphrase nor passkey.

    Two of three have an address, so that mails can be seen to go; the others find everything on their pages alone.
    """
    identity, has_address = uuid.uuid4(), number % 3 != 0
    address = f"writer-{number}@example.org"
    rows.accounts.append({
        "id": identity, "username": username, "username_key": username_key(username), "passphrase_hash": None,
        "passphrase_is_long": False, "email_sealed": EMAIL.seal(SCOPE, identity, address) if has_address else None,
        "email_index": blind_index(SCOPE, address) if has_address else None,
        "language": "ru" if number % 2 else "en", "is_demo": True, "created_on": created_on,
        "state": AccountState.ACTIVE,
    })  # fmt: skip
    today = clock.today()
    rows.grants.append({
        "id": uuid.uuid4(), "account_id": identity, "role": Role.VOLUNTEER, "scope_kind": None, "scope_id": None,
        "origin": Origin.DEMO, "granted_by": None, "approved_by": None, "granted_on": today,
        "expires_on": today + timedelta(days=GRANT_DAYS), "revoked_on": None,
    })  # fmt: skip
    return identity


def _profile(chance: random.Random, volunteer: uuid.UUID, applied: date, *, is_real: bool) -> dict[str, Any]:
    lives = chance.choices((WriterPlace.OUTSIDE, WriterPlace.RUSSIA), (65, 35))[0]
    cards = [WriterChannel.E_LETTER_CARD] if lives == WriterPlace.RUSSIA else []
    hand = [WriterChannel.HANDWRITING] if chance.random() < 0.3 else []
    avoids = [chance.choice(list(Avoidable)).value] if chance.random() < 0.15 else []
    return {
        "volunteer_id": volunteer,
        "mode": WriterMode.PENPAL if is_real else _drawn(
            chance, ((WriterMode.PENPAL, 50), (WriterMode.GROUP, 35), (WriterMode.ONE_LETTER, 15))
        ),
        "lives": WriterPlace.OUTSIDE if is_real else lives,
        "languages": ["ru", "en"] if is_real else list(_drawn(chance, LANGUAGES)),
        "channels": [each.value for each in [WriterChannel.PRINT_AND_POST, *([] if is_real else cards + hand)]],
        "promise_days": 30 if is_real else chance.choice((14, 21, 30, 30, 45, 60)),
        "capacity": 3 if is_real else chance.choice((1, 1, 2, 2, 3)),
        "topics": chance.sample(INTERESTS, chance.randrange(1, 5)), "avoids": [] if is_real else avoids,
        "risk_text": "2026-11", "risk_read_on": applied, "changed_on": applied, "version": 1,
    }  # fmt: skip


def _group(made: Writers, chance: random.Random, number: int) -> None:
    """One group with two or three leads, a moderator and ten to twenty writers."""
    kind, names = _named(number)
    languages = ["ru", "en"] if number % 4 == 3 else ["ru"]
    since = clock.today() - timedelta(days=chance.randrange(200, 600))
    group = Group(
        id=uuid.uuid4(), slug="made-up-" + names[0].lower().replace(" ", "-"), kind=kind,
        names=dict(zip(("en", "ru", "de"), names, strict=True)), about=_about(), is_public=number != 11,
        languages=languages, channels=[WriterChannel.PRINT_AND_POST.value, WriterChannel.E_LETTER_CARD.value],
        capacity=chance.randrange(3, 7), turn_days=(21, 30, 45)[number % 3], is_demo=True, created_on=since,
    )  # fmt: skip
    session.add(group)
    session.flush()
    able = [each for each, profile in made.profiles.items() if set(profile["languages"]) & set(languages)]
    chosen = chance.sample([each for each in able if each != made.signed_in], chance.randrange(13, 24))
    if number == 0 and made.signed_in is not None:
        chosen.insert(0, made.signed_in)
    leads = 3 if number % 3 == 0 else 2
    roles = [MemberRole.LEAD] * leads + [MemberRole.MODERATOR] + [MemberRole.WRITER] * len(chosen)
    session.execute(insert(GroupMember), [
        {"id": uuid.uuid4(), "group_id": group.id, "volunteer_id": each, "role": role, "left_on": None,
         "joined_on": since + timedelta(days=0 if role == MemberRole.LEAD else chance.randrange(150))}
        for each, role in zip(chosen, roles, strict=False)
    ])  # fmt: skip
    made.members[group.id] = chosen


def _named(number: int) -> tuple[GroupKind, tuple[str, str, str]]:
    """Eight groups of pen-pals, three of a region, one for evenings."""
    if number < len(NAMES):
        return GroupKind.PENPAL, NAMES[number]
    place = PLACES[number - len(NAMES)]
    if number == GROUPS - 1:
        evening = ("Letter evenings in {}", "Вечера писем: {}", "Briefabende in {}")
        return GroupKind.EVENT, _filled(evening, place)
    return GroupKind.REGIONAL, _filled(("Writers in {}", "Пишут из города: {}", "Schreibende in {}"), place)


def _filled(words: tuple[str, str, str], place: tuple[str, str, str]) -> tuple[str, str, str]:
    english, russian, german = (text.format(name) for text, name in zip(words, place, strict=True))
    return english, russian, german


def _about() -> dict[str, str]:
    return {
        "en": "A made-up group of the demo. We take turns, and nobody waits for a letter because one of us is away.",
        "ru": "Вымышленная группа для знакомства. Мы пишем по очереди, и никто не ждёт письма из-за того, что "
              "кто-то из нас в отъезде.",
        "de": "Eine erfundene Gruppe der Demo. Wir wechseln uns ab, und niemand wartet auf einen Brief, weil eine von "
              "uns verreist ist.",
    }  # fmt: skip


def _drawn(chance: random.Random, weighted: tuple[tuple[Any, int], ...]) -> Any:
    return chance.choices([each for each, _weight in weighted], [weight for _each, weight in weighted])[0]
