"""Who may do what with partners, and to whom a partner is offered."""

from campaign.kernel.actors import Actor, Role
from campaign.kernel.places import Place
from campaign.partners.models import Partner, PartnerExport, PartnerTerms

KEEPERS = (Role.ADMIN, Role.ORGANISER)
SCOPE = "petition"


def may_offer(place: Place, *, is_designated: bool) -> bool:
    """Whether a visitor of `place` is offered the opt-in: of a designated organisation only outside Russia."""
    return place is Place.ELSEWHERE or not is_designated


def may_pass_on(country: str | None, *, is_designated: bool, from_outside: bool) -> bool:
    """Whether a tick becomes an opt-in: nothing goes to a designated organisation but from outside Russia."""
    return not is_designated or (from_outside and country != "RU")


def can_decide_terms(actor: Actor, partner: Partner, terms: PartnerTerms) -> bool:
    """Whoever proposed a key does not approve it (SAFETY.md 13)."""
    return actor.has_role_in(SCOPE, partner.petition_id, *KEEPERS) and actor.id != terms.asked_by


def can_decide_export(actor: Actor, partner: Partner, export: PartnerExport) -> bool:
    """Asker is not approver."""
    return actor.has_role_in(SCOPE, partner.petition_id, *KEEPERS) and actor.id != export.asked_by


def can_download(actor: Actor, partner: Partner, export: PartnerExport) -> bool:
    """Who asked, and nobody else."""
    return actor.has_role_in(SCOPE, partner.petition_id, *KEEPERS) and actor.id == export.asked_by
