"""Everything that is kept about somebody as a writer, for themselves."""

from typing import Any

from campaign.accounts.models import Account
from campaign.accounts.service.emails import email_of
from campaign.penpals.models import WriterProfile
from campaign.penpals.queries import writers as queries
from campaign.people.models import Volunteer

_PROFILE = (
    "mode", "lives", "languages", "channels", "promise_days", "capacity", "topics", "avoids", "risk_text",
    "risk_read_on", "paused_until", "changed_on",
)  # fmt: skip
_VOLUNTEER = ("pseudonym", "state", "trust", "applied_on", "state_since_on", "seen_on")
_ASSIGNMENT = (
    "state", "health", "promise_days", "offered_on", "answer_by", "accepted_on", "last_letter_on", "next_letter_on",
    "paused_until", "ended_on", "end_reason", "created_on",
)  # fmt: skip


def of(account: Account) -> dict[str, Any]:
    """The copy, as JSON values; days as in 2026-11-23. Somebody who never offered anything gets their account alone."""
    copy: dict[str, Any] = {
        "account": {
            "username": account.username,
            "language": account.language,
            "email": email_of(account),
            "created_on": account.created_on.isoformat(),
        }
    }
    found = queries.find_own(account.id)
    return copy | _writing(*found) if found is not None else copy


def _writing(volunteer: Volunteer, profile: WriterProfile | None) -> dict[str, Any]:
    return {
        "volunteer": _columns(volunteer, _VOLUNTEER),
        "way": [
            {"from": each.was, "to": each.now, "on": each.happened_on.isoformat(), "reason": each.reason}
            for each in queries.list_way(volunteer.id)
        ],
        "offer": _columns(profile, _PROFILE) if profile is not None else None,
        "writes_to": [
            {"prisoner": prisoner.slug, **_columns(each, _ASSIGNMENT)}
            for each, prisoner in queries.list_assignments(volunteer.id, live=False)
        ],
        "groups": [
            {"group": group.slug, **_columns(member, ("role", "joined_on", "left_on"))}
            for member, group in queries.list_memberships(volunteer.id, current=False)
        ],
    }


def _columns(row: object, names: tuple[str, ...]) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in names}
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in values.items()}
