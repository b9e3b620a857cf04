"""What becomes of each part of a person's record when two are merged."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.merging import moving
from campaign.kernel.registry_people import MergedRow, MergeRule

NULL = "null"
# Of two that hold today the one with the later day goes: what was agreed first still stands.
_DROP_LATER = text(
    "DELETE FROM consent AS later USING consent AS first"
    " WHERE later.person_id IN (:winner, :loser) AND first.person_id IN (:winner, :loser)"
    " AND first.person_id <> later.person_id AND first.ended_on IS NULL AND later.ended_on IS NULL"
    " AND first.purpose = later.purpose AND first.subject IS NOT DISTINCT FROM later.subject"
    " AND (first.given_on < later.given_on OR first.given_on = later.given_on AND later.person_id = :loser)"
)
# That two are not the same person holds of what the loser becomes a part of as well.
_PASS_DISMISSED = text(
    "INSERT INTO duplicate_suggestion AS known"
    " (id, one_id, other_id, score, reasons, state, likeness, run_id, decided_by, decided_on)"
    " SELECT gen_random_uuid(), least(:winner, third.id), greatest(:winner, third.id), score, reasons, state, '',"
    "  run_id, decided_by, decided_on"
    " FROM duplicate_suggestion JOIN LATERAL (SELECT CASE WHEN one_id = :loser THEN other_id ELSE one_id END AS id)"
    "  AS third ON third.id <> :winner"
    " WHERE state = 'dismissed' AND :loser IN (one_id, other_id)"
    " ON CONFLICT (one_id, other_id) DO UPDATE SET state = EXCLUDED.state, likeness = '',"
    "  decided_by = EXCLUDED.decided_by, decided_on = EXCLUDED.decided_on WHERE known.state <> EXCLUDED.state"
)
_DROP_PAIRS = text("DELETE FROM duplicate_suggestion WHERE :loser IN (one_id, other_id)")


def _drop_later(winner: uuid.UUID, loser: uuid.UUID) -> None:
    session.execute(_DROP_LATER, {"winner": winner, "loser": loser})


def _still_agreed(row: MergedRow, after: Sequence[MergedRow], now: Sequence[MergedRow]) -> MergedRow:
    """A consent that was dropped comes back ended where the one that stood for both was ended since."""
    if row["ended_on"] != NULL:
        return row

    def is_same(other: MergedRow) -> bool:
        return all(other[name] == row[name] for name in ("purpose", "subject"))

    stood = next((each["id"] for each in after if is_same(each) and each["ended_on"] == NULL), None)
    kept = next((each for each in now if each["id"] == stood), None)
    today = f'"{clock.today().isoformat()}"'
    return {**row, "ended_on": today if kept is None else kept["ended_on"]}


def _pass_dismissed(winner: uuid.UUID, loser: uuid.UUID) -> list[dict[str, Any]]:
    session.execute(_PASS_DISMISSED, {"winner": winner, "loser": loser})
    session.execute(_DROP_PAIRS, {"loser": loser})
    return []


def _nothing(_winner: uuid.UUID, _loser: uuid.UUID) -> list[dict[str, Any]]:
    return []


RULES: Mapping[str, MergeRule] = {
    "identities": moving("person_identity"),
    "consents": moving("consent", first=_drop_later, mend=_still_agreed),
    "tags": moving("person_tag", unless_same=("tag_id",)),
    "field-values": moving("person_field_value", unless_same=("field_id",)),
    "notes": moving("person_note"),
    "interactions": moving("interaction"),
    "volunteers": moving("volunteer"),
    "merges": moving("person_merge", "winner_id"),
    "doubles": MergeRule("duplicate_suggestion", "one_id", _pass_dismissed),
    # The rule above does both ends of a pair.
    "doubles-other": MergeRule("duplicate_suggestion", "other_id", _nothing),
}
