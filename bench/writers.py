"""Made-up writers, groups and prisoners to match, written by SQL: what each can and wants differs as in life."""

from bench import made_up
from bench.stage import Stage

WRITERS_A_GROUP = 500
TOPICS = 40


def fill(on: Stage, writers: int, prisoners: int) -> None:
    """Write prisoners to most of whom a letter can go, and writers with sparse abilities, a part of them in groups."""
    made_up.fill(on, prisoners)
    groups = max(2, writers // WRITERS_A_GROUP)
    with on.connect() as connection:
        connection.execute("SET statement_timeout = 0")
        for statement in (*_PRISONERS, *_WRITERS):
            connection.execute(statement.replace(":writers", str(writers)).replace(":groups", str(groups)))
        connection.execute("VACUUM ANALYZE")


def _one_of(salt: str, values: str, key: str = "n") -> str:
    """SQL for one element of an array, the same for the same number."""
    return f"({values})[abs(hashtext('{salt}' || {key})) % cardinality({values}) + 1]"


def _chance(salt: str, of_hundred: int, key: str = "n") -> str:
    return f"abs(hashtext('{salt}' || {key})) % 100 < {of_hundred}"


_READS = """ARRAY['["ru"]', '["ru"]', '["ru"]', '["ru"]', '["ru", "en"]', '["uk", "ru"]', '["en"]', '[]']::jsonb[]"""
_SPEAKS = """ARRAY['["ru"]', '["ru", "en"]', '["ru", "de"]', '["en"]', '["ru", "uk"]', '["ru", "en", "de"]']::jsonb[]"""
_USES = """ARRAY['["print_and_post"]', '["e_letter_card"]', '["handwriting"]', '["print_and_post", "handwriting"]',
    '["e_letter_card", "print_and_post"]']::jsonb[]"""
_AVOIDS = """ARRAY['[]', '[]', '[]', '["minors"]', '["violence_charges"]', '["terrorism_charges", "violence_charges"]',
    '["treason_charges"]']::jsonb[]"""
_PRISONERS = (
    "UPDATE custody SET certainty = 'confirmed', evidence = 'lawyer', verified_on = current_date,"
    " facility_id = coalesce(facility_id, md5('facility0')::uuid)",
    "INSERT INTO custody (id, prisoner_id, facility_id, certainty, evidence, from_on, verified_on)"
    " SELECT gen_random_uuid(), id, md5('facility1')::uuid, 'confirmed', 'lawyer', current_date - 200, current_date"
    " FROM prisoner WHERE NOT EXISTS (SELECT FROM custody WHERE prisoner_id = prisoner.id)",
    f"UPDATE liberty_status SET status = CASE WHEN {_chance('way', 8, 'prisoner_id')} THEN 'in_transit'"
    " ELSE 'serving_colony' END",
    f"UPDATE prisoner SET languages_read = {_one_of('reads', _READS, 'id')}",
    f"UPDATE facility_channel SET languages = '[]' WHERE {_chance('censor', 30, 'facility_id || channel')}",
    f"UPDATE facility_channel SET strangers = 'unknown' WHERE {_chance('ask', 40, 'facility_id || channel')}",
    f"UPDATE facility_channel SET strangers = 'refused' WHERE {_chance('no', 12, 'facility_id || channel')}",
    f"DELETE FROM facility_channel WHERE channel = 'f_pismo' AND {_chance('none', 40, 'facility_id')}",
    f"""INSERT INTO prisoner_care (prisoner_id, trust_needed, is_risky_in_russia, most_writers, is_broadcast_welcome,
        changed_on, version)
    SELECT id, {_one_of("trust", "ARRAY[0, 0, 0, 0, 1, 2]", "id")}, {_chance("risk", 15, "id")}, 5, true,
        current_date, 1 FROM prisoner""",
    f"""INSERT INTO interest (id, slug, labels) SELECT md5('topic' || n)::uuid, 'made-up-' || n,
        jsonb_build_object('en', 'Made up ' || n, 'ru', 'Вымышлено ' || n) FROM generate_series(1, {TOPICS}) AS n""",
    f"""INSERT INTO prisoner_interest (prisoner_id, interest_id)
    SELECT DISTINCT id, md5('topic' || abs(hashtext('likes' || k || id)) % {TOPICS} + 1)::uuid
    FROM prisoner, generate_series(1, 4) AS k WHERE abs(hashtext('many' || id)) % 5 >= k""",
)
_WRITERS = (
    """INSERT INTO account (id, username, username_key, passphrase_is_long, language, is_demo, created_on, state)
    SELECT md5('account' || n)::uuid, 'made-up-' || n, 'made-up-' || n, false, 'ru', false, current_date, 'active'
    FROM generate_series(1, :writers) AS n""",
    f"""INSERT INTO volunteer (id, account_id, pseudonym, state, trust, is_demo, applied_on, state_since_on, version)
    SELECT md5('writer' || n)::uuid, md5('account' || n)::uuid, 'Made up ' || n,
        {_one_of("state", "ARRAY['active', 'active', 'active', 'active', 'probation', 'paused', 'screening']")},
        {_one_of("trusted", "ARRAY[0, 0, 0, 0, 1, 1, 2]")}, false, current_date, current_date, 1
    FROM generate_series(1, :writers) AS n""",
    f"""INSERT INTO writer_profile (volunteer_id, mode, lives, languages, channels, promise_days, capacity, topics,
        avoids, risk_text, risk_read_on, changed_on, version)
    SELECT md5('writer' || n)::uuid, {_one_of("mode", "ARRAY['penpal', 'penpal', 'group', 'one_letter']")},
        {_one_of("lives", "ARRAY['russia', 'outside', 'outside']")}, {_one_of("speaks", _SPEAKS)},
        {_one_of("uses", _USES)}, {_one_of("promise", "ARRAY[7, 14, 14, 30, 30, 30, 60, 90]")},
        abs(hashtext('capacity' || n)) % 4 + 1,
        (SELECT coalesce(jsonb_agg(DISTINCT 'made-up-' || abs(hashtext('topic' || k || '-' || n)) % {TOPICS} + 1), '[]')
            FROM generate_series(1, 5) AS k WHERE abs(hashtext('topics' || n)) % 6 >= k),
        {_one_of("avoids", _AVOIDS)}, '2026-11', current_date, current_date, 1
    FROM generate_series(1, :writers) AS n""",
    """INSERT INTO pen_group (id, slug, kind, state, names, about, is_public, languages, channels, capacity, turn_days,
        is_demo, created_on, version)
    SELECT md5('group' || n)::uuid, 'made-up-' || n, 'penpal', 'open', '{"en": "Made up"}', '{}', false, '["ru"]',
        '["print_and_post"]', 200, 30, false, current_date, 1
    FROM generate_series(1, :groups) AS n""",
    f"""INSERT INTO group_member (id, group_id, volunteer_id, role, joined_on, reads_after)
    SELECT gen_random_uuid(), md5('group' || abs(hashtext('in' || n)) % :groups + 1)::uuid, md5('writer' || n)::uuid,
        'writer', current_date, 0 FROM generate_series(1, :writers) AS n WHERE {_chance("member", 40)}""",
    f"""INSERT INTO assignment (id, prisoner_id, group_id, state, health, created_on, version)
    SELECT gen_random_uuid(), id, md5('group' || abs(hashtext('of' || id)) % :groups + 1)::uuid, 'active', 'fine',
        current_date, 1 FROM prisoner WHERE {_chance("grouped", 30, "id")}
        AND abs(hashtext('some' || id)) % 1000 < :groups * 100""",
    f"""INSERT INTO assignment (id, prisoner_id, volunteer_id, promise_days, state, health, last_letter_on, created_on,
        version)
    SELECT DISTINCT ON (person.id) gen_random_uuid(), person.id, volunteer.id, 30, 'active', 'fine',
        CASE WHEN {_chance("wrote", 50, "person.id")} THEN current_date - 20 END, current_date, 1
    FROM (SELECT id, abs(hashtext('with' || id)) % :writers + 1 AS n FROM prisoner) AS person
    JOIN volunteer ON volunteer.id = md5('writer' || person.n)::uuid AND volunteer.state IN ('active', 'probation')
    WHERE {_chance("runs", 25, "person.id")}
        AND (SELECT count(*) FROM prisoner AS other
            WHERE abs(hashtext('with' || other.id)) % :writers + 1 = person.n) = 1""",
    """INSERT INTO pair_block (id, prisoner_id, volunteer_id, reason, blocked_on)
    SELECT gen_random_uuid(), id, md5('writer' || abs(hashtext('never' || id)) % :writers + 1)::uuid, 'made up',
        current_date FROM prisoner""",
)
