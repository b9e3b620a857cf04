"""Attention for staff: a line of the navigation, one of the dashboard, a section of a person's page."""

import uuid
from collections.abc import Sequence

from flask import url_for
from flask_babel import ngettext
from flask_login import current_user

from campaign.kernel import clock
from campaign.kernel.actors import Actor
from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.kernel.registry import Need, PersonPanel, StaffLink, dashboard_needs, prisoner_panels, staff_links
from campaign.penpals import policy
from campaign.penpals.forms.attention import COUNTED_WORDS, SOURCE_WORDS, TRUST_WORDS, letters_word
from campaign.penpals.queries import attention as queries
from campaign.penpals.queries.attention_list import count_below
from campaign.penpals.service.care import find_care
from campaign.prisoners.models import Attention

LINK = StaffLink("attention_staff.show_attention", N_("Attention"), frozenset(policy.READERS), 20)
SHOWN = 30


def list_needs(actor: Actor) -> Sequence[Need]:
    """How many people get fewer letters than everybody should; nothing where there are none."""
    if not actor.has_role(*policy.READERS):
        return []
    count = count_below(queries.setting())
    words = ngettext("person is below the floor of letters", "people are below the floor of letters", count)
    return [Need(words, count, url_for("attention_staff.show_attention", _anchor="below-title"))] if count else []


def attention_panel(prisoner_id: uuid.UUID) -> PersonPanel | None:
    """What was counted for somebody and who may write to them; nothing for others than coordinators and admins."""
    if not current_user.has_role(*policy.READERS):
        return None
    kept, now = session.get(Attention, prisoner_id), clock.now()
    entries = queries.list_entries(prisoner_id, SHOWN)
    return PersonPanel(
        "penpals/staff/attention/_panel.html",
        {
            "quarters": kept.quarters if kept else 0,
            "last_letter_on": kept.last_letter_on if kept else None,
            "waiting_since_on": kept.waiting_since_on if kept else None,
            "entries": [(each, queries.weight_of(each, now)) for each in entries],
            "amount": queries.count_entries(prisoner_id),
            "setting": queries.setting(),
            "care": find_care(prisoner_id),
            "letters_word": letters_word,
            "trust_words": TRUST_WORDS,
            "source_words": SOURCE_WORDS,
            "counted_words": COUNTED_WORDS,
        },
        rank=35,
    )


def register() -> None:
    """Fill the registries."""
    staff_links.register("attention", LINK)
    dashboard_needs.register("attention", list_needs)
    prisoner_panels.register("attention", attention_panel)
