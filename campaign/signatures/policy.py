"""Who may do what with a petition's signatures."""

import uuid

from campaign.kernel.actors import Actor, Role
from campaign.signatures.models.staff import SignatureExport

WATCHERS = (Role.ADMIN, Role.ORGANISER, Role.MODERATOR)
KEEPERS = (Role.ADMIN, Role.ORGANISER)


def can_see_totals(actor: Actor, petition: uuid.UUID) -> bool:
    """Who sees counts by day, country, safety level and mail provider."""
    return actor.has_role_in("petition", petition, *WATCHERS)


def can_moderate(actor: Actor, petition: uuid.UUID) -> bool:
    """Who releases and discards what is quarantined, and sets signatures aside."""
    return actor.has_role_in("petition", petition, *WATCHERS)


def can_look_up(actor: Actor, petition: uuid.UUID) -> bool:
    """Who may ask whether one address signed; not a moderator, whose work needs no address."""
    return actor.has_role_in("petition", petition, *KEEPERS)


def can_export(actor: Actor, petition: uuid.UUID) -> bool:
    """Who asks for exports and decides on those of others."""
    return actor.has_role_in("petition", petition, *KEEPERS)


def can_decide_export(actor: Actor, export: SignatureExport) -> bool:
    """Asker is not approver (SAFETY.md 13)."""
    return can_export(actor, export.petition_id) and actor.id != export.asked_by


def can_download(actor: Actor, export: SignatureExport) -> bool:
    """Who asked, and nobody else."""
    return can_export(actor, export.petition_id) and actor.id == export.asked_by
