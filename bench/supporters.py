"""Made-up people as organisers know them, to measure with: sealed as the services seal, written by COPY."""

import hashlib
import uuid
from datetime import date, timedelta

import psycopg
from flask import Flask

from bench.made_up import FIRST, LAST, MIDDLE
from bench.stage import Stage
from campaign.kernel.crypto.blind import blind_index
from campaign.kernel.crypto.keyring import keyring
from campaign.people.models import IDENTITY, NAME, SCOPE

COUNTRIES = ("DE", "DE", "DE", "GE", "FR", "PL", "US", "GB", None)
LANGUAGES = ("ru", "ru", "ru", "en", "de")
LATIN_FIRST = ("Peter", "Anna", "Oleg", "Maria", "Ivan", "Vera", "Leo", "Zoe", "Luca", "Irina", "Mark", "Nina", "Jonas")
LATIN_LAST = ("Invented", "Niemand", "Beispiel", "Nobody", "Papier", "Fictional", "Inventado", "Musterfrau")
TAGS = 12
FIRST_DAY = date(2024, 1, 1)


def name_of(number: int) -> str:
    """One name: two of three in Cyrillic, tens of thousands of different ones."""
    middle = MIDDLE[number % 10] + MIDDLE[number // 10 % 10] + MIDDLE[number // 100 % 10]
    if number % 3:
        last = LAST[number // 7 % len(LAST)]
        return f"{FIRST[number % len(FIRST)]} {last[:3]}{middle}{last[3:]}"
    return f"{LATIN_FIRST[number % len(LATIN_FIRST)]} {LATIN_LAST[number // 5 % len(LATIN_LAST)]}{number // 50 % 997}"


def address_of(number: int) -> str:
    """One e-mail address."""
    return f"person-{number}@people.example"


def id_of(number: int) -> uuid.UUID:
    """One person's id; in another order than their names and days."""
    return uuid.uuid5(uuid.NAMESPACE_OID, f"bench-{number}")


def tag_id(number: int) -> uuid.UUID:
    """One tag's id."""
    return uuid.UUID(hashlib.md5(f"tag{number}".encode(), usedforsecurity=False).hexdigest())


def fill(on: Stage, app: Flask, count: int) -> None:
    """Write `count` people with addresses, tags, consents, values of fields and lines of their timelines."""
    with app.app_context():
        keyring.ensure(SCOPE)
        with on.connect() as connection:
            connection.execute("SET statement_timeout = 0")
            _write_people(connection, count)
            _write_identities(connection, count)
            for statement in _DETAILS:
                connection.execute(statement)  # type: ignore[call-overload]
            connection.execute("VACUUM ANALYZE")


def _write_people(connection: psycopg.Connection[tuple[object, ...]], count: int) -> None:
    columns = "id, name_sealed, language, country, spoken, skills, availability, kept_for, source, since_on"
    with connection.cursor() as cursor, cursor.copy(f"COPY person ({columns}) FROM STDIN") as copy:
        for number in range(count):
            person = id_of(number)
            copy.write_row((
                person, NAME.seal(SCOPE, person, name_of(number)), LANGUAGES[number % len(LANGUAGES)],
                COUNTRIES[number % len(COUNTRIES)], '["ru"]' if number % 2 else '["en", "de"]',
                '["law"]' if number % 9 == 0 else "[]", '["evenings"]' if number % 4 == 0 else "[]",
                "staff" if number % 5 else "consent", "a list", FIRST_DAY + timedelta(number * 13 % 700),
            ))  # fmt: skip


def _write_identities(connection: psycopg.Connection[tuple[object, ...]], count: int) -> None:
    columns = "id, person_id, kind, value_sealed, value_index"
    with connection.cursor() as cursor, cursor.copy(f"COPY person_identity ({columns}) FROM STDIN") as copy:
        for number in range(count):
            row, address = uuid.uuid4(), address_of(number)
            sealed = IDENTITY.seal(SCOPE, row, address)
            copy.write_row((row, id_of(number), "email", sealed, blind_index(SCOPE, address)))


_NUMBERED = "(SELECT id, row_number() OVER (ORDER BY id)::int AS n FROM person) AS people"
_DETAILS = (
    "INSERT INTO tag SELECT md5('tag' || n)::uuid, 'tag ' || n, false, current_date"
    f" FROM generate_series(1, {TAGS}) AS n",
    f"INSERT INTO person_tag SELECT id, md5('tag' || k)::uuid, current_date FROM {_NUMBERED},"
    f" generate_series(1, {TAGS}) AS k WHERE (n * 7 + k) % 9 = 0",
    "INSERT INTO consent SELECT gen_random_uuid(), id, purpose, NULL, '1', current_date - 100,"
    " CASE WHEN n % 11 = 0 THEN current_date - 10 END FROM "
    f"{_NUMBERED}, unnest(ARRAY['news', 'events']) AS purpose WHERE n % 3 > 0 OR purpose = 'news'",
    "INSERT INTO person_field (id, slug, kind, labels, options, position, is_demo, created_on, version) VALUES"
    " (md5('f1')::uuid, 'shift', 'choice', '{\"en\": \"Shift\"}', '[\"early\", \"late\"]', 1, false, current_date, 1),"
    " (md5('f2')::uuid, 'size', 'number', '{\"en\": \"Size\"}', '[]', 2, false, current_date, 1),"
    " (md5('f3')::uuid, 'car', 'yes_no', '{\"en\": \"Car\"}', '[]', 3, false, current_date, 1)",
    "INSERT INTO person_field_value (id, person_id, field_id, word) SELECT gen_random_uuid(), id, md5('f1')::uuid,"
    f" CASE WHEN n % 2 = 0 THEN 'early' ELSE 'late' END FROM {_NUMBERED} WHERE n % 4 = 0",
    "INSERT INTO person_field_value (id, person_id, field_id, number) SELECT gen_random_uuid(), id, md5('f2')::uuid,"
    f" n % 50 FROM {_NUMBERED} WHERE n % 5 = 0",
    "INSERT INTO interaction (person_id, kind, happened_on, word, amount) SELECT id, 'called',"
    f" current_date - (n * 31 + k * 97) % 700, '', 0 FROM {_NUMBERED}, generate_series(1, 3) AS k WHERE n % 2 = 0",
)  # fmt: skip
