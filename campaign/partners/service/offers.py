"""Whom a signer may let have their address, as visitors of one place are asked (SAFETY.md 17)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, select

from campaign.designations.models import Organisation
from campaign.kernel.db import session
from campaign.kernel.places import Place
from campaign.partners.models import Partner, PartnerTerms, TermsState
from campaign.partners.policy import may_offer
from campaign.partners.queries import IS_DESIGNATED


@dataclass(frozen=True, slots=True)
class Offer:
    """One box of the sign form."""

    partner: uuid.UUID
    number: int
    """The version of the sentence, which travels along when it is ticked."""
    sentence: str
    organisation: str

    @property
    def field(self) -> str:
        """What the box is called in the form."""
        return field_of(self.partner)


FIELD = "partner-"


def field_of(partner: uuid.UUID) -> str:
    """The name of a partner's box."""
    return f"{FIELD}{partner.hex}"


@dataclass(frozen=True, slots=True)
class Offers:
    """The boxes for visitors of one place, and how many are kept from those who have not said where they are."""

    boxes: Sequence[Offer]
    kept_back: int


def list_offers(petition: uuid.UUID, place: Place, language: str) -> Offers:
    """Whom a signer may let have their address, in the petition's order, as visitors of `place` may see it.

    One statement. `kept_back` counts designated ones where nothing was said, and is 0 in Russia: not even their number.
    """
    statement = (
        select(Partner.id, PartnerTerms, Organisation, IS_DESIGNATED)
        .join(PartnerTerms, and_(PartnerTerms.partner_id == Partner.id, PartnerTerms.state == TermsState.CURRENT))
        .join(Organisation, Organisation.id == Partner.organisation_id)
        .where(Partner.petition_id == petition, Partner.ended_on.is_(None))
        .order_by(Partner.position, Partner.id)
    )
    rows = session.execute(statement).all()
    boxes = [
        Offer(partner, terms.number, terms.sentence_in(language), organisation.name_in(language))
        for partner, terms, organisation, is_designated in rows
        if may_offer(place, is_designated=is_designated)
    ]
    return Offers(boxes, len(rows) - len(boxes) if place is Place.NOT_SAID else 0)
