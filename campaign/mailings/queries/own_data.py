"""Which mailings somebody gets, or got."""

import uuid
from collections.abc import Sequence
from datetime import date

from campaign.mailings.queries.got import list_got

MOST = 10_000
"""More than anybody gets before they are forgotten."""


def subjects_of(person_id: uuid.UUID) -> Sequence[tuple[date, str]]:
    """The day on which each was owed and the subject as they got it, the newest first; empty where none of its texts is
    in a language of theirs any more.
    """
    return [(got.day, got.subject) for got in list_got(person_id, most=MOST)]
