"""Assignments for staff: who writes to somebody, as a section of the person's page."""

import uuid

from flask_login import current_user

from campaign.kernel.registry import PersonPanel, prisoner_panels
from campaign.penpals import policy
from campaign.penpals.forms.assignment_words import HEALTH_WORDS, STATE_WORDS
from campaign.penpals.models import AssignmentState
from campaign.penpals.queries import assignments as queries
from campaign.web.i18n import current_language

ASKED = frozenset({AssignmentState.PROPOSED, AssignmentState.OFFERED})


def writers_panel(prisoner_id: uuid.UUID) -> PersonPanel | None:
    """Groups and writers with how they keep to it; for coordinators alone, of their groups where the role is narrowed.

    Two statements, however many write.
    """
    within = current_user.subjects_of(policy.SCOPE, *policy.COORDINATORS)
    rows = [] if within == frozenset() else queries.list_of_prisoner(prisoner_id)
    if within is not None:
        rows = [row for row in rows if row[0].group_id in within]
        if not rows:
            return None
    return PersonPanel(
        "penpals/staff/assignments/_panel.html",
        {
            "rows": rows,
            "asked": sum(row[0].state in ASKED for row in rows),
            "sees_everybody": within is None,
            "blocks": queries.count_blocks(prisoner_id) if within is None else 0,
            "may_offer": within is None or any(row[1] is None for row in rows),
            "language": current_language(),
            "state_words": STATE_WORDS,
            "health_words": HEALTH_WORDS,
        },
        rank=34,
    )


def register() -> None:
    """Fill the registry."""
    prisoner_panels.register("writers", writers_panel)
