"""Reads of signatures."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from campaign.kernel.crypto.errors import CryptoError
from campaign.kernel.db import session
from campaign.petitions.models import petition_scope
from campaign.signatures.models import (
    NAME,
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


def name_of(signature: Signature) -> str:
    """The name to show; nothing once the petition's key is destroyed, since nobody can read it then."""
    if signature.name_sealed is None:
        return ""
    try:
        return NAME.unseal(petition_scope(signature.petition_id), signature.id, signature.name_sealed)
    except CryptoError:
        return ""
