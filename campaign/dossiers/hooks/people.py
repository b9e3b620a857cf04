"""What becomes of somebody's dossiers when something happens to them, a consent ends, or all that is known goes."""

import uuid

from campaign.dossiers.service import consent, keeping
from campaign.dossiers.service.consequences import LOOK_AGAIN
from campaign.kernel.errors import N_
from campaign.kernel.registry import PersonEraser, consent_endings, consequences, person_erasers
from campaign.prisoners.models import ConsentKind

ERASER = PersonEraser(
    N_("Dossiers with all that hangs on them: %(count)s"), keeping.count_of_person, keeping.forget_person
)  # fmt: skip


def consent_ended(prisoner_id: uuid.UUID, kind: str, actor: uuid.UUID | None) -> None:
    """Whoever does not agree to appeals any more agrees to no dossier either."""
    if kind == ConsentKind.APPEALS:
        consent.withdraw_of_person(prisoner_id, actor)


def register() -> None:
    """Fill the registries."""
    consequences.register(LOOK_AGAIN.name, LOOK_AGAIN)
    consent_endings.register("dossiers", consent_ended)
    person_erasers.register("dossiers", ERASER)
