"""Whom a petition is for."""

import uuid

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from campaign.kernel.db import after_commit, session
from campaign.kernel.errors import N_
from campaign.kernel.registry import PersonEraser
from campaign.petitions.models import EventKind, Petition, PetitionPrisoner, PetitionState
from campaign.petitions.queries import forget_spoken_for
from campaign.petitions.service.record import note
from campaign.petitions.service.states import NotPossible
from campaign.prisoners.models import Prisoner


def add_person(petition: Petition, prisoner: Prisoner, *, actor: uuid.UUID) -> bool:
    """Say that a petition is for somebody; gives whether that is new. Raises NotPossible for an archived one."""
    _check_kept(petition)
    linked = insert(PetitionPrisoner).values(petition_id=petition.id, prisoner_id=prisoner.id)
    is_new = session.execute(linked.on_conflict_do_nothing().returning(PetitionPrisoner.petition_id)).first()
    if is_new is not None:
        after_commit(forget_spoken_for)
        note(petition, EventKind.EDITED, actor, "person added")
    return is_new is not None


def remove_person(petition: Petition, prisoner_id: uuid.UUID, *, actor: uuid.UUID) -> bool:
    """Say that a petition is not for somebody; gives whether it was. Raises NotPossible for an archived one."""
    _check_kept(petition)
    removed = (
        delete(PetitionPrisoner)
        .where(PetitionPrisoner.petition_id == petition.id, PetitionPrisoner.prisoner_id == prisoner_id)
        .returning(PetitionPrisoner.petition_id)
    )
    was_linked = session.execute(removed).first() is not None
    if was_linked:
        note(petition, EventKind.EDITED, actor, "person removed")
    return was_linked


def _check_kept(petition: Petition) -> None:
    if petition.state == PetitionState.ARCHIVED:
        raise NotPossible(N_("An archived petition stays as it is."))


def _count_links(prisoner_id: uuid.UUID) -> int:
    mine = PetitionPrisoner.prisoner_id == prisoner_id
    return session.scalar(select(func.count()).select_from(PetitionPrisoner).where(mine)) or 0


def _erase_links(prisoner_id: uuid.UUID) -> int:
    gone = delete(PetitionPrisoner).where(PetitionPrisoner.prisoner_id == prisoner_id)
    return len(session.execute(gone.returning(PetitionPrisoner.petition_id)).all())


LINKS = PersonEraser(N_("Petitions that are for this person no more: %(count)s"), _count_links, _erase_links)
