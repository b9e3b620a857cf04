"""What pen-pals hold of somebody who writes: given out to them, and what of it they can have erased at once."""

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select

from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.kernel.registry_people import PersonalData, personal_data
from campaign.penpals.forms import assignment_words, writers
from campaign.penpals.forms.group_words import ROLE_WORDS, TURN_WORDS
from campaign.penpals.models import (
    GroupMessage,
    GroupTurn,
    PairBlock,
    Reservation,
    WriterProfile,
)
from campaign.penpals.models.groups import MESSAGE, SCOPE
from campaign.penpals.queries import writers as queries
from campaign.people.models import Volunteer
from campaign.people.queries.person_page import find_volunteer_of
from campaign.prisoners.models import Prisoner
from campaign.web.i18n import current_language

WORDS: Mapping[str, Any] = {
    "pseudonym": N_("Name"), "state": N_("State"), "trust": N_("How well you are known, 0 to 2"),
    "applied_on": N_("Offered your help"), "seen_on": N_("Last here"), "profile": N_("What you offer"),
    "way": N_("Your way so far"), "groups": N_("Groups"), "assignments": N_("To whom you write, and wrote"),
    "promises": N_("Letters promised"), "turns": N_("Turns in groups"), "messages": N_("What you wrote to your groups"),
    "kept_apart": N_("To whom you are not given"), "day": N_("Day"), "now": N_("State"), "reason": N_("Reason"),
    "group": N_("Group"), "role": N_("Role"), "joined_on": N_("Joined"), "left_on": N_("Left"), "to": N_("To"),
    "since": N_("Since"), "ended_on": N_("Ended"), "due_on": N_("Due"), "text": N_("Text"), "code": N_("Code"),
    "mode": N_("Would like to"), "lives": N_("Lives"), "languages": N_("Languages"), "channels": N_("Can send"),
    "promise_days": N_("Days between letters"), "capacity": N_("To how many"), "topics": N_("Topics"),
    "avoids": N_("Rather not to"), "paused_until": N_("Rests until"), "made_on": N_("Day"),
    "waiting": N_("waits for the mail's button"), "live": N_("promised"), "released": N_("given back"),
    "scheduled": N_("to come"),
    **{
        word.value: called
        for words in (
            TURN_WORDS, assignment_words.STATE_WORDS, writers.STATE_WORDS, ROLE_WORDS, writers.MODE_NAMES,
            writers.PLACE_WORDS, writers.CHANNEL_WORDS, writers.AVOID_WORDS,
        )
        for word, called in words.items()
    },
}  # fmt: skip
"""Where two lists share a word ("active"), that of the volunteer's state stands: it fits both."""


def export(person_id: uuid.UUID) -> dict[str, Any]:
    """All that a volunteer's row leads to, with their own words; of others only whom they write to."""
    volunteer = find_volunteer_of(person_id)
    if volunteer is None:
        return {}
    return {
        "pseudonym": volunteer.pseudonym, "state": volunteer.state, "trust": volunteer.trust,
        "applied_on": volunteer.applied_on, "seen_on": volunteer.seen_on, "profile": _profile(volunteer.id),
        "way": [
            {"day": each.happened_on, "now": each.now, "reason": each.reason} for each in queries.list_way(volunteer.id)
        ],
        **_beside_others(volunteer),
    }  # fmt: skip


def erase(person_id: uuid.UUID) -> int:
    """Their own words in groups. The rest goes when they leave, or under no name 180 days later (writers' rules)."""
    volunteer = find_volunteer_of(person_id)
    if volunteer is None:
        return 0
    mine = delete(GroupMessage).where(GroupMessage.author_id == volunteer.id).returning(GroupMessage.id)
    return len(session.scalars(mine).all())


def _profile(volunteer_id: uuid.UUID) -> list[dict[str, Any]]:
    profile = session.get(WriterProfile, volunteer_id)
    if profile is None:
        return []
    names = ("mode", "lives", "languages", "channels", "promise_days", "capacity", "topics", "avoids", "paused_until")
    return [{name: getattr(profile, name) for name in names}]


def _beside_others(volunteer: Volunteer) -> dict[str, Any]:
    language = current_language()
    return {
        "groups": [
            {
                "group": group.name_in(language), "role": member.role, "joined_on": member.joined_on,
                "left_on": member.left_on,
            }
            for member, group in queries.list_memberships(volunteer.id, current=False)
        ],
        "assignments": [
            {
                "to": prisoner.name_in(language), "state": each.state, "since": each.accepted_on or each.created_on,
                "ended_on": each.ended_on,
            }
            for each, prisoner in queries.list_assignments(volunteer.id, live=False)
        ],
        "promises": [
            {"to": prisoner.name_in(language), "made_on": each.made_on, "code": each.code, "state": each.state}
            for each, prisoner in _with_prisoner(Reservation, volunteer.id)
        ],
        "turns": [
            {"due_on": each.due_on, "state": each.state}
            for each in session.scalars(select(GroupTurn).where(GroupTurn.volunteer_id == volunteer.id))
        ],
        "messages": [
            {"day": each.written_on, "text": MESSAGE.unseal(SCOPE, each.public_id, each.body_sealed)}
            for each in session.scalars(select(GroupMessage).where(GroupMessage.author_id == volunteer.id))
        ],
        "kept_apart": [
            {"to": prisoner.name_in(language), "day": each.blocked_on, "reason": each.reason}
            for each, prisoner in _with_prisoner(PairBlock, volunteer.id)
        ],
    }  # fmt: skip


def _with_prisoner(kind: Any, volunteer_id: uuid.UUID) -> list[tuple[Any, Prisoner]]:
    statement = select(kind, Prisoner).join(Prisoner, Prisoner.id == kind.prisoner_id)
    rows = session.execute(statement.where(kind.volunteer_id == volunteer_id).order_by(kind.id))
    return [(row, prisoner) for row, prisoner in rows]


DATA = PersonalData(N_("As a volunteer: your offer, your groups, to whom you write"), export, erase, WORDS)


def register() -> None:
    """Fill the registries."""
    personal_data.register("penpals", DATA)
