"""An address at which a person gets no mail any more, or no longer wants any."""

from sqlalchemy import select, update

from campaign.kernel import audit, clock
from campaign.kernel.crypto.errors import CryptoError
from campaign.kernel.db import session
from campaign.people.models import Consent, IdentityKind, PersonIdentity, Purpose
from campaign.people.queries import address_index
from campaign.people.service.consents import forget_without_reason


def note_bounce(address: str) -> bool:
    """Mark that mail to an address of somebody came back for good today; False when it is nobody's."""
    identity = _identity_at(address)
    if identity is None:
        return False
    identity.bounced_on = clock.today()
    return True


def end_for_complaint(address: str) -> int:
    """End what the owner of an address agreed to but being called: they called our mail spam. Gives how many ended."""
    identity = _identity_at(address)
    if identity is None:
        return 0
    owner = identity.person_id
    current = (Consent.person_id == owner, Consent.purpose != Purpose.CALLS, Consent.ended_on.is_(None))
    ended = session.scalars(
        update(Consent).where(*current).values(ended_on=clock.today()).returning(Consent.purpose)
    ).all()
    for purpose in sorted(ended):
        audit.record("person.consent", actor=None, about=f"person:{owner}", reason=f"- {purpose}: complaint")
    forget_without_reason([owner])
    return len(ended)


def _identity_at(address: str) -> PersonIdentity | None:
    try:
        index = address_index(address)
    except CryptoError:
        return None  # nobody was ever written down, or all were wiped
    mine = select(PersonIdentity).where(PersonIdentity.kind == IdentityKind.EMAIL, PersonIdentity.value_index == index)
    return session.scalar(mine.with_for_update())
