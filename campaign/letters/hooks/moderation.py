"""Letters that wait to be read and rules by place, in the staff navigation and on the dashboard."""

import uuid
from collections.abc import Sequence
from datetime import date

from flask import url_for
from flask_babel import ngettext

from campaign.kernel.actors import Actor
from campaign.kernel.errors import N_
from campaign.kernel.registry import Need, StaffLink, dashboard_needs, staff_links
from campaign.kernel.registry_digest import Waiting, digest_parts
from campaign.letters.policy import MODERATORS
from campaign.letters.queries.moderation import count_waiting
from campaign.penpals.policy import COORDINATORS, SCOPE
from campaign.web.i18n import day_of

RULES = StaffLink("letter_rules.list_places", N_("Rules for letters by place"), frozenset(COORDINATORS), 26)
QUEUE = StaffLink("moderation.list_waiting", N_("Letters to read"), frozenset(MODERATORS), 22, scope=SCOPE)


def letters_waiting(within: frozenset[uuid.UUID] | None, _today: date) -> Sequence[Waiting]:
    """For the coordinator's weekly mail."""
    return [Waiting(N_("letters that wait to be read"), count_waiting(within)[0])]


def list_needs(actor: Actor) -> Sequence[Need]:
    """Letters that wait for a moderator."""
    within = actor.subjects_of(SCOPE, *MODERATORS)
    if within == frozenset():
        return []
    count, since = count_waiting(within)
    if since is None:
        return []
    words = ngettext(
        "Letter waits to be read, the oldest since %(day)s", "Letters wait to be read, the oldest since %(day)s",
        count, day=day_of(since),
    )  # fmt: skip
    return [Need(words, count, url_for("moderation.list_waiting"))]


def register() -> None:
    """Fill the registries."""
    staff_links.register("letter_moderation", QUEUE)
    staff_links.register("letter_rules", RULES)
    digest_parts.register("letters", letters_waiting)
    dashboard_needs.register("letter_moderation", list_needs)
