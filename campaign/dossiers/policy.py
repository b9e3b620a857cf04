"""Who may do what with dossiers, as pure predicates (docs/adr, "Dossiers")."""

from campaign.dossiers.models import SANCTIONS, Dossier
from campaign.kernel.actors import Actor, Role
from campaign.kernel.places import Place

WORKERS = (Role.ORGANISER, Role.DATA_EDITOR)
"""Who write, read and release dossiers: data editors keep the facts with their sources, organisers answer for what
leaves the house. Nobody else reads what families told; admins run the place without."""


def can_work(actor: Actor) -> bool:
    """See dossiers and work on them."""
    return actor.has_role(*WORKERS)


def can_see_sanctions(place: Place) -> bool:
    """See anything of sanctions: whoever said that they are outside Russia, and nobody by default (SAFETY.md 17)."""
    return place is Place.ELSEWHERE


def can_see(dossier: Dossier, place: Place) -> bool:
    """See this one from where one is."""
    return dossier.body not in SANCTIONS or can_see_sanctions(place)
