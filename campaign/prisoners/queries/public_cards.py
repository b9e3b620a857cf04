"""What a list shows of a person: one row each, read in one statement for a whole page."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Uuid, and_, any_, bindparam, case, select, true
from sqlalchemy.orm import InstrumentedAttribute

from campaign.kernel.reads import Read
from campaign.prisoners.models import (
    PortraitDescription,
    PortraitRendition,
    PortraitSize,
    Prisoner,
    PrisonerState,
    PrisonerText,
)


@dataclass(frozen=True, slots=True)
class Portrait:
    """A picture's address parts and what it shows."""

    size: str
    digest: str
    width: int
    height: int
    alt: str


@dataclass(frozen=True, slots=True)
class Card:
    """One person in a list."""

    id: uuid.UUID
    slug: str
    name: str
    """In the alphabet of the reader's language."""
    other_name: str
    """In the other alphabet; empty where there is none."""
    occupation: str
    summary: str
    text_language: str
    portrait: Portrait | None


def list_cards(ids: Sequence[uuid.UUID], language: str) -> list[Card]:
    """The cards of those of `ids` whose page is public now, in that order; texts in `language`, else in English, else
    in whichever there is."""
    if not ids:
        return []
    found = {row.id: _card(row, language) for row in _cards(language).rows(ids=list(ids))}
    return [found[each] for each in ids if each in found]


@cache
def _cards(language: str) -> Read:
    text = (
        select(PrisonerText.occupation, PrisonerText.summary, PrisonerText.language)
        .where(PrisonerText.prisoner_id == Prisoner.id)
        .order_by(preferring(PrisonerText.language, language))
        .limit(1)
        .lateral("told")
    )
    alt = (
        select(PortraitDescription.alt)
        .where(PortraitDescription.prisoner_id == Prisoner.id)
        .order_by(preferring(PortraitDescription.language, language))
        .limit(1)
        .scalar_subquery()
    )
    is_small = and_(PortraitRendition.prisoner_id == Prisoner.id, PortraitRendition.name == PortraitSize.SMALL)
    return Read(
        select(
            Prisoner.id, Prisoner.slug, Prisoner.first_ru, Prisoner.last_ru, Prisoner.first_latin, Prisoner.last_latin,
            text.c.occupation, text.c.summary, text.c.language, PortraitRendition.digest, PortraitRendition.width,
            PortraitRendition.height, alt.label("alt"),
        )
        .select_from(Prisoner)
        .outerjoin(text, true())
        .outerjoin(PortraitRendition, is_small)
        .where(Prisoner.id == any_(bindparam("ids", type_=ARRAY(Uuid))), Prisoner.state == PrisonerState.PUBLISHED)
    )  # fmt: skip


def preferring(column: InstrumentedAttribute[str], language: str) -> ColumnElement[int]:
    """Orders versions of a text: `language` first, then English, then the others."""
    return case((column == language, 0), (column == "en", 1), else_=2)


def names_for(language: str, row: Any) -> tuple[str, str]:
    """First and last name in the alphabet of `language`, and in the other one where that differs."""
    russian = f"{row.first_ru} {row.last_ru}".strip()
    latin = f"{row.first_latin} {row.last_latin}".strip()
    one, other = (russian, latin) if language == "ru" else (latin, russian)
    return one or other, other if one and one != other else ""


def _card(row: Any, language: str) -> Card:
    name, other_name = names_for(language, row)
    portrait = None
    if row.digest:
        portrait = Portrait(PortraitSize.SMALL, row.digest, row.width, row.height, row.alt or "")
    return Card(
        row.id, row.slug, name, other_name, row.occupation or "", row.summary or "", row.language or "", portrait
    )
