"""What becomes of somebody's funds when their page goes, or all that is known of them."""

import uuid

from campaign.funds.service import funds
from campaign.kernel.errors import N_
from campaign.kernel.registry import PersonEraser, page_withdrawals, person_erasers

ERASER = PersonEraser(
    N_("Funds that say whose they are; their figures stay, without a name: %(count)s"),
    funds.count_of_person, funds.forget_person,
)  # fmt: skip


def page_withdrawn(prisoner_id: uuid.UUID, actor: uuid.UUID | None) -> None:
    """Their funds are hidden with the page."""
    funds.take_off_page(prisoner_id, actor)


def register() -> None:
    """Fill the registries."""
    page_withdrawals.register("funds", page_withdrawn)
    person_erasers.register("funds", ERASER)
