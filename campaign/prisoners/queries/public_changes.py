"""What has changed for public people, as the feed and their pages tell it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select

from campaign.kernel.db import session
from campaign.prisoners.models import Prisoner, PrisonerState, PublicChange
from campaign.prisoners.queries.public_cards import names_for

IN_FEED = 50


@dataclass(frozen=True, slots=True)
class ToldChange:
    """One change, told since `shown_from`; one that proved wrong stays, and says so."""

    id: uuid.UUID
    slug: str
    name: str
    kind: str
    happened_on: date
    precision: str
    shown_from: datetime
    corrected_on: date | None


def list_told_changes(now: datetime, language: str) -> Sequence[ToldChange]:
    """The newest changes of people whose page is public, newest first; who withdrew is not among them."""
    statement = (
        select(
            PublicChange.id, Prisoner.slug, PublicChange.kind, PublicChange.happened_on,
            PublicChange.happened_precision, PublicChange.shown_from, PublicChange.corrected_on, Prisoner.first_ru,
            Prisoner.last_ru, Prisoner.first_latin, Prisoner.last_latin,
        )
        .join(Prisoner, Prisoner.id == PublicChange.prisoner_id)
        .where(Prisoner.state == PrisonerState.PUBLISHED, PublicChange.shown_from <= now)
        .order_by(PublicChange.shown_from.desc(), PublicChange.id)
        .limit(IN_FEED)
    )  # fmt: skip
    return [_told(row, language) for row in session.execute(statement)]


def _told(row: Row[*tuple[Any, ...]], language: str) -> ToldChange:
    return ToldChange(
        row.id, row.slug, names_for(language, row)[0], row.kind, row.happened_on, row.happened_precision,
        row.shown_from, row.corrected_on,
    )  # fmt: skip
