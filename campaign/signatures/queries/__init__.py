"""Reads of signatures."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import undefer

from campaign.kernel.crypto.errors import CryptoError
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.petitions.models import Petition, petition_scope
from campaign.signatures.models import (
    NAME,
    DeliveryPack,
    PublicName,
    Signature,
    SignatureDay,
    SignatureState,
    SignatureTotal,
    Visibility,
)

SMALLEST_CELL = 5
MOST_NAMES = 200


@dataclass(frozen=True, slots=True)
class CountryCount:
    """A cell of the public table by country."""

    country: str
    count: int


def list_shown_names(petition_id: uuid.UUID, limit: int = MOST_NAMES) -> list[str]:
    """Names and initials of those who chose to be shown, by alphabet and never by time (SAFETY.md 18)."""
    statement = (
        select(Signature)
        .where(
            Signature.petition_id == petition_id,
            Signature.state == SignatureState.CONFIRMED,
            Signature.visibility != Visibility.COUNT,
        )
        .order_by(Signature.bucket, Signature.id)
        .limit(limit)
    )
    names = list(filter(None, map(name_of, session.scalars(statement))))
    kept = select(PublicName.name).where(PublicName.petition_id == petition_id).order_by(PublicName.id).limit(limit)
    return sorted([*names, *session.scalars(kept)], key=str.casefold)


def count_by_country(petition_id: uuid.UUID) -> tuple[Sequence[CountryCount], int]:
    """Confirmed signatures by country, largest first, without cells under five; and how many are in no cell."""
    total = func.sum(SignatureDay.count)
    rows = session.execute(
        select(SignatureDay.country, total)
        .where(SignatureDay.petition_id == petition_id)
        .group_by(SignatureDay.country)
    ).all()
    shown = [CountryCount(country, int(count)) for country, count in rows if country and count >= SMALLEST_CELL]
    rest = sum(int(count) for _, count in rows) - sum(cell.count for cell in shown)
    return sorted(shown, key=lambda cell: (-cell.count, cell.country)), rest


def count_by_day(petition_id: uuid.UUID) -> Sequence[tuple[date, int]]:
    """Confirmed signatures by day, oldest first; days without any are left out."""
    statement = (
        select(SignatureDay.day, func.sum(SignatureDay.count))
        .where(SignatureDay.petition_id == petition_id)
        .group_by(SignatureDay.day)
        .order_by(SignatureDay.day)
    )
    return [(day, int(count)) for day, count in session.execute(statement)]


def count_totals(petition_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Rolled-up totals of several petitions, for lists; a few seconds behind `count_confirmed`."""
    statement = select(SignatureTotal.petition_id, SignatureTotal.count).where(
        SignatureTotal.petition_id.in_(petition_ids)
    )
    return {petition_id: int(total) for petition_id, total in session.execute(statement)}


def order_by_total(statement: Select[Petition]) -> Select[Petition]:
    """A list of petitions, most signed first."""
    return statement.outerjoin(SignatureTotal, SignatureTotal.petition_id == Petition.id).order_by(
        func.coalesce(SignatureTotal.count, 0).desc()
    )


def count_shown_names(petition_id: uuid.UUID) -> int:
    """How many chose to be shown by name or initials."""
    living = (
        select(func.count())
        .select_from(Signature)
        .where(
            Signature.petition_id == petition_id,
            Signature.state == SignatureState.CONFIRMED,
            Signature.visibility != Visibility.COUNT,
            Signature.name_sealed.is_not(None),
        )
    )
    kept = select(func.count()).select_from(PublicName).where(PublicName.petition_id == petition_id)
    return (session.scalar(living) or 0) + (session.scalar(kept) or 0)


def list_all_shown_names(petition_id: uuid.UUID) -> list[str]:
    """Every name and initials that are shown in public, by alphabet, read column by column since there may be many."""
    scope = petition_scope(petition_id)
    living = select(Signature.id, Signature.name_sealed).where(
        Signature.petition_id == petition_id,
        Signature.state == SignatureState.CONFIRMED,
        Signature.visibility != Visibility.COUNT,
        Signature.name_sealed.is_not(None),
    )
    names = list(session.scalars(select(PublicName.name).where(PublicName.petition_id == petition_id)))
    for identity, sealed in session.execute(living.execution_options(yield_per=2000)):
        try:
            names.append(NAME.unseal(scope, identity, sealed or b""))
        except CryptoError:
            continue  # the key is destroyed: nobody can read it, and what was to stay is in PublicName
    return sorted(filter(None, names), key=str.casefold)


def list_packs(petition_id: uuid.UUID) -> Sequence[DeliveryPack]:
    """The delivery packs of a petition, newest first, without their bytes."""
    statement = select(DeliveryPack).where(DeliveryPack.petition_id == petition_id)
    return session.scalars(statement.order_by(DeliveryPack.asked_at.desc())).all()


def get_pack(petition_id: uuid.UUID, pack_id: uuid.UUID) -> DeliveryPack:
    """One pack with its bytes; raises NotFound."""
    pack = session.get(DeliveryPack, pack_id, options=[undefer(DeliveryPack.content)])
    if pack is None or pack.petition_id != petition_id:
        raise NotFound
    return pack


def name_of(signature: Signature) -> str:
    """The name to show; nothing once the petition's key is destroyed, since nobody can read it then."""
    if signature.name_sealed is None:
        return ""
    try:
        return NAME.unseal(petition_scope(signature.petition_id), signature.id, signature.name_sealed)
    except CryptoError:
        return ""
