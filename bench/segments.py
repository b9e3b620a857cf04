"""A segment of five steps counted among 200,000 people who have two years of history, against its limit.

Beside it the same for one person: why they are in, which a page asks while somebody waits.
"""

import os
import time
import uuid
from collections.abc import Callable

from bench.machine import Ticks
from bench.report import Measure
from bench.stage import Stage, stage
from campaign.kernel.db import read_only
from campaign.kernel.registry_people import segment_conditions
from campaign.people.models import Segment
from campaign.people.queries.segment_query import compile_tree
from campaign.people.queries.segment_tree import Chosen, LimitBy, Match, Step, StepKind, Tree, read_tree, write_tree
from campaign.people.service.segments.count import count_tree
from campaign.people.service.segments.why import explain

MANY, ROUNDS, MOST_SECONDS = 200_000, 5, 3
FIVE_STEPS = Tree(
    (
        Step(
            StepKind.ADD, Match.ALL,
            (Chosen("spoken", {"language": "de"}), Chosen("consent", {"purpose": "news"})),
        ),
        Step(StepKind.ADD, Match.ANY, (Chosen("came", {"days": "365"}), Chosen("skill", {"skill": "writing"}))),
        Step(StepKind.SUBTRACT, Match.ANY, (Chosen("asked", {"days": "14"}), Chosen("wrote", {"days": "60"}))),
        Step(StepKind.SUBTRACT, Match.ALL, (Chosen("reach", {"kind": "email"}, is_not=True),)),
        Step(StepKind.LIMIT, amount=1_000, by=LimitBy.LONGEST_NOT_ASKED),
    )
)  # fmt: skip
_ID = "md5('person' || n)::uuid"
_FILL = (
    f"""
INSERT INTO person (id, language, country, spoken, skills, availability, kept_for, source, since_on, is_demo,
    changed_tx, version)
SELECT {_ID}, (array['en','ru','de'])[n % 3 + 1], (array['DE','GE','LT','FR','PL',NULL])[n % 6 + 1],
    (array['["de"]','["ru"]','["en"]','["ru", "de"]'])[n % 4 + 1]::jsonb,
    (CASE WHEN n % 7 = 0 THEN '["writing"]' ELSE '[]' END)::jsonb, '[]', 'staff', 'a list',
    current_date - n % 730, false, 0, 1
FROM generate_series(1, %(count)s) AS n""",
    f"""
INSERT INTO person_identity (id, person_id, kind, value_sealed, value_index)
SELECT gen_random_uuid(), {_ID}, 'email', 'x', sha256(('mail' || n)::bytea)
FROM generate_series(1, %(count)s) AS n WHERE n % 10 < 8""",
    f"""
INSERT INTO consent (id, person_id, purpose, text_version, given_on, ended_on)
SELECT gen_random_uuid(), {_ID}, 'news', '1', current_date - 100, CASE WHEN n % 20 = 0 THEN current_date END
FROM generate_series(1, %(count)s) AS n WHERE n % 10 < 7""",
    f"""
INSERT INTO interaction (person_id, kind, happened_on, word, amount)
SELECT {_ID}, (array['wrote','came','asked','called','gave_time'])[(n + m * 3) % 5 + 1],
    current_date - ((n::bigint * 7 + m * 131) % 700)::int, '', 0
FROM generate_series(1, %(count)s) AS n, generate_series(1, 4) AS m""",
)  # fmt: skip


def fill(on: Stage, count: int) -> None:
    """Write so many people with four lines of history each."""
    with on.connect() as connection:
        connection.execute("SET statement_timeout = 0")
        for statement in _FILL:
            connection.execute(statement.replace("% ", "%% "), {"count": count})
        connection.execute("VACUUM ANALYZE")


def measure(count: int = MANY) -> list[Measure]:
    """Seconds for the count and for one person."""
    with stage() as on:
        fill(on, count)
        start = Ticks.now()
        with on.application().app_context():
            tree = write_tree(FIVE_STEPS)
            counted = _seconds(lambda: count_tree(tree, ""))
            segment = Segment(tree=tree)
            person = _somebody(segment)
            explained = _seconds(lambda: explain(segment, person, ""))
        steal = [Ticks.now().steal_since(start)]
    note = f"{count:,} people, {4 * count:,} lines of history, load {os.getloadavg()[1]:.1f}"
    return [
        Measure(
            f"{MOST_SECONDS} s / a segment of five steps, counted", round(MOST_SECONDS / counted, 1), 1.0, 1.0, "x",
            steal=steal, note=f"{counted:.2f} s; {note}",
        ),
        Measure("why somebody is in it, with a limit", round(explained, 2), unit=" s", steal=steal, note=note),
    ]  # fmt: skip


def _somebody(segment: Segment) -> uuid.UUID:
    compiled = compile_tree(read_tree(segment.tree), segment_conditions)
    with read_only(60) as connection:
        found: uuid.UUID = connection.execute(compiled.members().limit(1)).scalar_one()
        return found


def _seconds(act: Callable[[], object]) -> float:
    """The median of some rounds."""
    taken = []
    for _round in range(ROUNDS):
        began = time.monotonic()
        act()
        taken.append(time.monotonic() - began)
    return sorted(taken)[ROUNDS // 2]
