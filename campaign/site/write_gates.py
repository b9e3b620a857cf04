"""What stands between a visitor and somebody they want to write to, for all pages on which one can."""

import uuid

from flask import g, url_for
from flask_login import current_user

from campaign.kernel import clock
from campaign.kernel.limits import Buckets
from campaign.letters.queries.own import find_thread
from campaign.letters.service.drafts import may_start
from campaign.penpals.queries.field import field, forget_field
from campaign.penpals.queries.own_draw import OwnDraw, find_own_draw
from campaign.prisoners.queries.public_person import PersonPage
from campaign.prisoners.queries.reach import Reach
from campaign.site.prisoner_letters import letters_to
from campaign.web.i18n import current_language
from campaign.web.network import client_network
from campaign.web.place import Place, current_place
from campaign.web.settings import settings


def find_why_not(person: PersonPage, own: OwnDraw | None) -> str:
    """Why this visitor cannot write to this person: a word of Reach, or risky, careful, minor, blocked or writes.

    Empty where they can. Of where the person is no more is told than their own page tells.
    """
    letters = letters_to(person, clock.today(), current_language())
    if letters.reach is not Reach.OPEN or letters.consent:
        return letters.consent or letters.reach.value
    candidate = field().by_id.get(person.row.id)
    if candidate is None:
        forget_field()
        candidate = field().by_id.get(person.row.id)
    if candidate is None:
        return Reach.UNKNOWN.value
    if candidate.is_risky and (current_place() is Place.RUSSIA or (own is not None and own.is_in_russia)):
        return "risky"
    if candidate.trust_needed > (own.trust if own is not None else 0):
        return "careful"
    return _why_not_these_two(person.row.id, own) if own is not None else ""


def own_draw() -> OwnDraw | None:
    """The writer who is signed in, read once a request."""
    if "own_draw" not in g:
        g.own_draw = find_own_draw(current_user.id, clock.now()) if current_user.is_authenticated else None
    found: OwnDraw | None = g.own_draw
    return found


def letters_with(person_id: uuid.UUID, own: OwnDraw) -> str:
    """Where a writer goes on who writes to this person already: their letters, or else the list of their people."""
    thread = find_thread(person_id, own.writer.id)
    if thread is not None:
        return url_for("own_letters.show_thread", thread_id=thread.id)
    is_given = may_start(person_id, own.writer.id)
    return url_for("own_letters.list_own" if is_given else "own_assignments.list_own")


def may(buckets: Buckets) -> bool:
    """Whether this visitor's network has one left; over Tor there is no rule by address (SAFETY.md 21)."""
    network = client_network()
    return not settings().rate_limits or network is None or buckets.take(network)


def _why_not_these_two(person_id: uuid.UUID, own: OwnDraw) -> str:
    if person_id in own.blocked:
        return "blocked"
    return "writes" if person_id in own.writes_to else ""
