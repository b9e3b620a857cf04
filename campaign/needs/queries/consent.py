"""Of whom the public may see what they need."""

import uuid

from sqlalchemy import Select, select

from campaign.kernel.db import session
from campaign.prisoners.models import ConsentKind, Prisoner, PrisonerConsent, PrisonerState


def agreeing() -> Select[uuid.UUID]:
    """Prisoners with a public page whose consent to a fund holds."""
    return (
        select(PrisonerConsent.prisoner_id)
        .join(Prisoner, Prisoner.id == PrisonerConsent.prisoner_id)
        .where(
            PrisonerConsent.kind == ConsentKind.FUND, PrisonerConsent.revoked_on.is_(None),
            Prisoner.state == PrisonerState.PUBLISHED,
        )
    )  # fmt: skip


def may_be_shown(prisoner_id: uuid.UUID) -> bool:
    """Whether somebody is among them."""
    return session.scalar(agreeing().where(PrisonerConsent.prisoner_id == prisoner_id)) is not None
