"""What the pages of the matching say by name: interests, languages, and pins that could not be kept."""

import uuid
from collections.abc import Mapping, Sequence

from campaign.penpals.forms.matching_words import condition_words
from campaign.penpals.models import MatchRun
from campaign.penpals.queries.matching import name_helpers, name_recipients
from campaign.prisoners.queries.people_list import list_interests
from campaign.web.i18n import current_language


def interest_words() -> Mapping[str, str]:
    """Every interest by its slug."""
    return {each.slug: each.label_in(current_language()) for each in list_interests()}


def broken_lines(run: MatchRun) -> Sequence[tuple[str, str, str, str]]:
    """Pins and running pairs that a condition rules out now: kind, person, writer or group, and the condition."""
    broken = run.figures.get("broken", ())
    language = current_language()
    people = name_recipients([uuid.UUID(each["recipient"]) for each in broken], language)
    helpers = name_helpers(run.level, [uuid.UUID(each["helper"]) for each in broken], language)
    return [
        (
            each["kind"], people.get(each["recipient"], "…"), helpers.get(each["helper"], "…"),
            condition_words(each["condition"]),
        )
        for each in broken
    ]  # fmt: skip
