"""People in prison as a list of documents."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Integer, and_, bindparam, select, true

from campaign.api.queries.reader import Document, Reader, day
from campaign.kernel.db import session
from campaign.kernel.reads import Read
from campaign.prisoners.models import (
    Attention,
    Custody,
    Facility,
    LibertyStatus,
    Prisoner,
    PrisonerState,
    PrisonerText,
    Publicity,
)
from campaign.prisoners.queries.public_cards import preferring
from campaign.prisoners.queries.public_entries import attention_bucket

PER_PAGE = 50


def list_people(reader: Reader, after: int) -> tuple[list[Document], int | None]:
    """One page of everybody whose page is public, in the order in which they were written down; and the number after
    which the next one begins, None after the last."""
    rows = _people(reader.language).rows(after=after, most=PER_PAGE + 1)
    shown = rows[:PER_PAGE]
    items = [_short(row, reader) for row in shown]
    return reader.cleaned({"items": items})["items"], shown[-1].number if len(rows) > PER_PAGE else None


def list_all_slugs() -> Sequence[str]:
    """Everybody whose page is public, for a copy of all of them."""
    statement = select(Prisoner.slug).where(Prisoner.state == PrisonerState.PUBLISHED)
    return session.scalars(statement.order_by(Prisoner.slug)).all()


def attention_of(publicity: str, quarters: int | None) -> str | None:
    """How much somebody is written to; nothing of whoever wants a page without figures."""
    return None if publicity == Publicity.LIMITED else attention_bucket(quarters or 0)


@cache
def _people(language: str) -> Read:
    text = (
        select(PrisonerText.occupation, PrisonerText.summary, PrisonerText.language)
        .where(PrisonerText.prisoner_id == Prisoner.id)
        .order_by(preferring(PrisonerText.language, language))
        .limit(1)
        .lateral("told")
    )
    return Read(
        select(
            Prisoner.number, Prisoner.slug, Prisoner.last_ru, Prisoner.first_ru, Prisoner.patronymic_ru,
            Prisoner.last_latin, Prisoner.first_latin, Prisoner.publicity, Prisoner.changed_on, text.c.occupation,
            text.c.summary, text.c.language, LibertyStatus.status, LibertyStatus.since_on, Facility.region,
            Attention.quarters,
        )
        .select_from(Prisoner)
        .outerjoin(text, true())
        .outerjoin(LibertyStatus, and_(LibertyStatus.prisoner_id == Prisoner.id, LibertyStatus.until_on.is_(None)))
        .outerjoin(Custody, and_(Custody.prisoner_id == Prisoner.id, Custody.until_on.is_(None)))
        .outerjoin(Facility, Facility.id == Custody.facility_id)
        .outerjoin(Attention, Attention.prisoner_id == Prisoner.id)
        .where(Prisoner.number > bindparam("after", type_=Integer), Prisoner.state == PrisonerState.PUBLISHED)
        .order_by(Prisoner.number)
        .limit(bindparam("most", type_=Integer))
    )  # fmt: skip


def _short(row: Any, reader: Reader) -> Document:
    return {
        "slug": row.slug,
        "url": reader.page(f"/prisoners/{row.slug}"),
        **names_of(row),
        "language": row.language,
        "occupation": row.occupation or "",
        "summary": row.summary or "",
        "status": row.status,
        "status_since": day(row.since_on),
        "region": row.region,
        "attention": attention_of(row.publicity, row.quarters),
        "changed_on": day(row.changed_on),
    }


def names_of(row: Any) -> Document:
    """A name in both alphabets; empty where there is none."""
    return {
        "name": f"{row.first_latin} {row.last_latin}".strip(),
        "name_ru": " ".join(filter(None, (row.last_ru, row.first_ru, row.patronymic_ru))),
    }
