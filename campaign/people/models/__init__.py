"""Tables of people."""

from campaign.people.models.details import (
    FIELD_TEXT,
    LONGEST_FIELD_TEXT,
    LONGEST_NOTE,
    LONGEST_TAG,
    NOTE,
    FieldKind,
    Interaction,
    InteractionKind,
    PersonField,
    PersonFieldValue,
    PersonNote,
    PersonTag,
    Tag,
)
from campaign.people.models.person import (
    IDENTITY,
    MOST_TASKS_A_WEEK,
    NAME,
    SCOPE,
    Availability,
    Consent,
    IdentityKind,
    KeptFor,
    Person,
    PersonGone,
    PersonIdentity,
    Purpose,
    Skill,
)
from campaign.people.models.volunteer import AT_WORK, MOST_TRUST, Volunteer, VolunteerEvent, VolunteerState

__all__ = [
    "AT_WORK", "FIELD_TEXT", "IDENTITY", "LONGEST_FIELD_TEXT", "LONGEST_NOTE", "LONGEST_TAG", "MOST_TASKS_A_WEEK",
    "MOST_TRUST", "NAME", "NOTE", "SCOPE", "Availability", "Consent", "FieldKind", "IdentityKind", "Interaction",
    "InteractionKind", "KeptFor", "Person", "PersonField", "PersonFieldValue", "PersonGone", "PersonIdentity",
    "PersonNote", "PersonTag", "Purpose", "Skill", "Tag", "Volunteer", "VolunteerEvent", "VolunteerState",
]  # fmt: skip
