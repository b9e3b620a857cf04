"""Who may do what with letters. Pure. Admins read no word of a letter (SAFETY.md 11)."""

import uuid
from collections.abc import Collection

from campaign.kernel.actors import Actor, Role

MODERATORS = (Role.MODERATOR, Role.COORDINATOR)
"""Read what others wrote before it leaves, and decide."""
REPLY_WORKERS = (Role.COORDINATOR,)
"""Log envelopes, scan, match and pass on."""
REPLY_READERS = (Role.COORDINATOR, Role.MODERATOR)
"""Read an answer in order to screen it."""
WORDS_PUBLISHERS = REPLY_READERS
"""Propose words of an answer for the public, approve what somebody else proposed, and take words back."""
INCIDENT_READERS = (Role.COORDINATOR, Role.ADMIN)
"""See that there are incidents; what one says is for those who work on it."""


def can_work_on_replies(actor: Actor) -> bool:
    """Everything from the envelope to the writer."""
    return actor.has_role(*REPLY_WORKERS)


def can_publish_words(actor: Actor) -> bool:
    """Propose words for the public and take them back."""
    return actor.has_role(*WORDS_PUBLISHERS)


def can_approve_words(actor: Actor, asked_by: uuid.UUID | None) -> bool:
    """Show what was proposed: two persons stand behind what is shown."""
    return can_publish_words(actor) and actor.id != asked_by


def can_take_incident(actor: Actor) -> bool:
    """Become one of those who work on an incident, and so read it; that is on record."""
    return actor.has_role(*REPLY_WORKERS)


def can_read_incident(actor: Actor, handlers: Collection[uuid.UUID]) -> bool:
    """Read what an incident says: coordinators who opened it or work on it, and nobody else."""
    return can_take_incident(actor) and actor.id in handlers
