"""What an older database gets wrong about signatures, set right after a restore."""

from datetime import date

from sqlalchemy import select, update

from campaign.kernel import clock
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.petitions.models import Petition, PetitionState, petition_scope
from campaign.petitions.service import change_state
from campaign.signatures.models import Signature, SignatureState
from campaign.signatures.service.expire import destroy_keys

REASON = "its keys were destroyed"


def set_right() -> None:
    """Destroyed keys stay destroyed, in keyring and database alike, and nobody is reminded twice; safe to repeat."""
    _end_petitions_without_keys()
    _destroy_keys_that_came_back()
    _count_all_as_reminded(clock.today())


def _end_petitions_without_keys() -> None:
    """The backup is from before the keys were destroyed: nothing of these petitions can be read or signed any more."""
    destroyed = keyring.destroyed("petition:")
    petitions = session.scalars(select(Petition).where(Petition.keys_destroyed_on.is_(None))).all()
    for petition in petitions:
        day = destroyed.get(petition.scope)
        if day is None:
            continue
        if petition.state in {PetitionState.OPEN, PetitionState.PAUSED}:
            change_state(petition, PetitionState.CLOSED, actor=None, reason=REASON)
        destroy_keys(petition, day)


def _destroy_keys_that_came_back() -> None:
    """The keyring is a copy from before the keys were destroyed, and the database knows of it."""
    alive = set(keyring.scopes("petition:"))
    for petition in session.scalars(select(Petition.id).where(Petition.keys_destroyed_on.is_not(None))):
        if petition_scope(petition) in alive:
            keyring.destroy(petition_scope(petition))


def _count_all_as_reminded(today: date) -> None:
    """Who was reminded since the backup is not known any more; one reminder too few harms nobody."""
    waiting = (Signature.state == SignatureState.PENDING) & Signature.reminded_on.is_(None)
    session.execute(update(Signature).where(waiting).values(reminded_on=today))
