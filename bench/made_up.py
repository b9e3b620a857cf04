"""Twenty thousand made-up prisoners to measure with, written by SQL in the shapes that the services leave."""

from bench.stage import Stage
from campaign.prisoners.service.names import fold, trigrams

LAST = (
    "Небывалов", "Вымышленный", "Придуманов", "Сочинский", "Примеров", "Безымянный", "Никтов", "Нигдеев", "Звездин",
    "Лунёв", "Облаков", "Дождев", "Снегин", "Ветров", "Громов", "Радугин", "Туманов", "Росин", "Инеев", "Зорин",
)  # fmt: skip
MIDDLE = ("ск", "ен", "ав", "ор", "ич", "ул", "ам", "ег", "ит", "ол")
FIRST = ("Пётр", "Анна", "Олег", "Мария", "Иван", "Вера", "Лев", "Зоя", "Глеб", "Ирина", "Марк", "Нина")
REGIONS = ("RU-KIR", "RU-MO", "RU-MOW", "RU-VLA", "RU-YAN", "RU-PER", "RU-KDA", "RU-SPE", "UA-43", "RU-OMS")
ARTICLES = ("207.3", "280.3", "275", "282.2", "205.2", "284.1", "330.1", "281", "205.5", "318", "354.1", "148")
STATUSES = ("pretrial_custody", "serving_colony", "serving_colony", "house_arrest", "in_transit", "released")
FACILITIES = 40


def name_of(number: int) -> tuple[str, str]:
    """First and last name of one person: a few thousand different last names, a dozen first names."""
    last = LAST[number % len(LAST)]
    stem = MIDDLE[number // 20 % 10] + MIDDLE[number // 200 % 10] + MIDDLE[number // 2000 % 10]
    return FIRST[number % len(FIRST)], last[:3] + stem + last[3:]


def fill(on: Stage, count: int) -> list[str]:
    """Write `count` public people with cases, stays, statuses, listings and search entries; gives their slugs."""
    with on.connect() as connection:
        connection.execute("SET statement_timeout = 0")
        connection.execute(_FACILITIES, {"count": FACILITIES, "regions": list(REGIONS)})
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE made (n int, first text, last text, folded text, grams text[])")
            with cursor.copy("COPY made (n, first, last, folded, grams) FROM STDIN") as copy:
                for number in range(count):
                    first, last = name_of(number)
                    copy.write_row((number, first, last, fold(f"{last} {first}"), trigrams([last, first])))
            values = {"articles": list(ARTICLES), "statuses": list(STATUSES), "facilities": FACILITIES}
            for statement in _PEOPLE:
                cursor.execute(statement, values)
        connection.execute("VACUUM ANALYZE")
    return [f"made-up-{number}" for number in range(count)]


_ID = "md5('person' || n)::uuid"
_CASE = "md5('case' || n)::uuid"
_FACILITY = "md5('facility' || n %% %(facilities)s)::uuid"
_FACILITIES = """
WITH made AS (
    INSERT INTO facility (id, slug, code, code_key, name_ru, name_latin, kind, region, is_demo, is_active,
        letters_note, verified_on, created_at, edited_at, version)
    SELECT md5('facility' || n)::uuid, 'made-up-' || n, 'ИК-' || n, 'ИК' || n, 'Вымышленная колония ' || n,
        'Made-up colony ' || n, 'ik_general', (%(regions)s::text[])[n %% cardinality(%(regions)s::text[]) + 1], false,
        true, '', current_date, now(), now(), 1
    FROM generate_series(0, %(count)s - 1) AS n RETURNING id
), addressed AS (
    INSERT INTO facility_address (id, facility_id, postal_index, region_line, locality, street, from_on, source_url,
        source_title, retrieved_on)
    SELECT gen_random_uuid(), id, '610000', 'Вымышленная область', 'г. Вымышленск', 'ул. Небывалая, 1', current_date,
        '', '', current_date FROM made
)
INSERT INTO facility_channel (id, facility_id, channel, is_active, characters_a_page, price_page, currency, languages,
    has_reply_form, needs_sender_identity, days, strangers, source_url, checked_on)
SELECT gen_random_uuid(), id, channel, true, 2500, 5500, 'RUB', '["ru"]', true, true, 3, 'accepted', '', current_date
FROM made, unnest(ARRAY['post', 'f_pismo']) AS channel
"""
_PEOPLE = (
    f"""
INSERT INTO prisoner (id, slug, state, is_demo, last_ru, first_ru, patronymic_ru, has_no_patronymic, dative_ru,
    is_dative_confirmed, last_latin, first_latin, aliases, born_on, born_precision, gender, citizenships,
    languages_read, letters_policy, reply_means, publicity, is_public_figure, public_figure_reason, created_at,
    edited_at, changed_on, published_on, version)
SELECT {_ID}, 'made-up-' || n, 'published', false, last, first, '', true, '', false,
    initcap(split_part(folded, ' ', 1)),
    initcap(split_part(folded, ' ', 2)), '[]', date '1950-01-01' + n * 7 %% 20000, 'day',
    CASE WHEN n %% 5 = 0 THEN 'female' ELSE 'male' END, '[]', '["ru"]',
    CASE WHEN n %% 7 = 0 THEN 'none' ELSE 'open' END, 'paper_and_stamps', 'public', true, 'made up', now(), now(),
    current_date, current_date, 1 FROM made
""",
    f"""
INSERT INTO prisoner_text (prisoner_id, language, occupation, summary, story)
SELECT {_ID}, language, 'beekeeper', 'Seven years for placard ' || n || ' in a window of a house that never stood.',
    repeat('A made-up paragraph about somebody who keeps ' || n || ' bees and never was. ', 12)
FROM made, unnest(ARRAY['en', 'ru']) AS language
""",
    "INSERT INTO prisoner_search (prisoner_id, folded, grams) SELECT " + _ID + ", folded, grams FROM made",
    f"""
INSERT INTO episode (id, prisoner_id, arrested_on, arrested_precision, ended_on, end_reason)
SELECT gen_random_uuid(), {_ID}, current_date - n %% 1500 - 300, 'day',
    CASE WHEN n %% 6 = 5 THEN current_date - 100 END, CASE WHEN n %% 6 = 5 THEN 'term_served' END FROM made
""",
    f"""
INSERT INTO liberty_status (id, prisoner_id, status, since_on)
SELECT gen_random_uuid(), {_ID}, (%(statuses)s::text[])[n %% 6 + 1], current_date - 100 FROM made
""",
    f"""
INSERT INTO custody (id, prisoner_id, facility_id, certainty, evidence, from_on, verified_on)
SELECT gen_random_uuid(), {_ID}, CASE WHEN n %% 6 = 4 THEN NULL ELSE {_FACILITY} END,
    CASE WHEN n %% 6 = 4 THEN 'in_transit' ELSE 'confirmed' END, CASE WHEN n %% 6 = 4 THEN NULL ELSE 'lawyer' END,
    current_date - 200, current_date - n %% 200 FROM made WHERE n %% 6 <> 5
""",
    f"""
INSERT INTO prisoner_case (id, prisoner_id, names, group_name, themes, stage, region, court, opened_on, created_at,
    edited_at, version)
SELECT {_CASE}, {_ID}, '{{"en": "The placard in the window"}}', '', '[]', 'sentence_in_force', 'RU-MOW',
    'Made-up court', current_date - 400, now(), now(), 1 FROM made
""",
    f"""
INSERT INTO charge (id, case_id, code, article, part, clause, from_on)
SELECT gen_random_uuid(), {_CASE}, 'UK', (%(articles)s::text[])[(n + k) %% 12 + 1], '2', '', current_date - 390
FROM made, generate_series(0, n %% 3) AS k
""",
    f"""
INSERT INTO hearing (id, case_id, held_on, starts_at, court, openness, instance, state, outcome)
SELECT gen_random_uuid(), {_CASE}, current_date - 300 + 50 * k + n %% 20, '10:00', 'Made-up court', 'open', 'first',
    CASE WHEN k < 6 THEN 'held' ELSE 'set' END, '' FROM made, generate_series(1, 6) AS k
""",
    f"""
INSERT INTO sentence (id, case_id, decided_on, court, instance, punishment, regime, term_months, in_absentia,
    expected_release_on, release_basis, note)
SELECT gen_random_uuid(), {_CASE}, current_date - 100, 'Made-up court', 'first', 'imprisonment', 'general', 66, false,
    current_date + n %% 2000, 'reckoned', '' FROM made
""",
    f"""
INSERT INTO prisoner_listing (id, prisoner_id, source, status, url)
SELECT gen_random_uuid(), {_ID}, source, 'recognised', '' FROM made, unnest(ARRAY['memorial', 'ovd_info']) AS source
WHERE n %% 3 = 0
""",
    f"""
INSERT INTO prisoner_attention (prisoner_id, quarters, last_letter_on)
SELECT {_ID}, n %% 90, CASE WHEN n %% 90 > 0 THEN current_date - n %% 80 END FROM made WHERE n %% 2 = 0
""",
    f"""
INSERT INTO fact (prisoner_id, subject_kind, subject_id, field, now, source_url, source_title, retrieved_on,
    entered_at)
SELECT {_ID}, 'prisoner', {_ID}, 'field' || k, 'x', 'https://news.example/' || k %% 5, 'Made-up paper ' || k %% 5,
    current_date - k, now() FROM made, generate_series(1, 12) AS k
""",
)
