"""What every page about somebody's situation shows of it now, and the words for that."""

import uuid
from typing import Any

from campaign.kernel import clock
from campaign.prisoners.forms import situation_words as words
from campaign.prisoners.forms.place import place_label
from campaign.prisoners.queries import changes, situation

ACTS_SHOWN = 5


def known_now(prisoner_id: uuid.UUID) -> dict[str, Any]:
    """What _now.html shows: status, place and arrest."""
    return {
        "words": words,
        "place_label": place_label,
        "stay": situation.find_current_stay(prisoner_id),
        "status": situation.find_current_status(prisoner_id),
        "episode": situation.find_open_episode(prisoner_id),
        "is_stale": lambda stay: situation.is_stale(stay, clock.today()),
    }


def known_lately(prisoner_id: uuid.UUID) -> dict[str, Any]:
    """The same with the last acts, for the section of a person's staff page."""
    acts = changes.list_changes(prisoner_id)[:ACTS_SHOWN]
    return {**known_now(prisoner_id), "acts": acts, "places": changes.names_of_places(acts)}
