"""What becomes of somebody's needs when their consent ends, their page goes, or all that is known of them."""

import uuid

from campaign.kernel.errors import N_
from campaign.kernel.registry import PersonEraser, consent_endings, page_withdrawals, person_erasers
from campaign.needs.service import needs
from campaign.prisoners.models import ConsentKind

ERASER = PersonEraser(
    N_("Needs; their figures stay, without words and without whose they were: %(count)s"),
    needs.count_of_person, needs.forget_person,
)  # fmt: skip


def consent_ended(prisoner_id: uuid.UUID, kind: str, actor: uuid.UUID | None) -> None:
    """Without the consent to a fund the public sees nothing of what they need."""
    if kind == ConsentKind.FUND:
        needs.hide_of_person(prisoner_id, actor)


def page_withdrawn(prisoner_id: uuid.UUID, actor: uuid.UUID | None) -> None:
    """What they need is hidden with the page."""
    needs.hide_of_person(prisoner_id, actor)


def register() -> None:
    """Fill the registries."""
    consent_endings.register("needs", consent_ended)
    page_withdrawals.register("needs", page_withdrawn)
    person_erasers.register("needs", ERASER)
