"""Petitions as documents."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ARRAY, Select, Text, and_, cast, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import selectinload

from campaign.api.queries.reader import Document, Reader, day
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.petitions.models import (
    PUBLIC_STATES,
    Audience,
    Petition,
    PetitionPicture,
    PetitionPrisoner,
    PetitionState,
    PetitionText,
    PetitionUpdate,
)
from campaign.petitions.policy import COLLECTING, is_hidden_in
from campaign.petitions.queries import find_picture, get_public_petition, get_public_terms, totals_of
from campaign.prisoners.models import Prisoner, PrisonerState
from campaign.signatures.queries import count_by_country
from campaign.signatures.service.count import as_of, count_confirmed

PER_PAGE = 50
STATES = {"collecting": COLLECTING, "ended": PUBLIC_STATES - COLLECTING}
Position = tuple[date, str]
"""The day on which a petition opened, and its slug."""


def list_petitions(reader: Reader, state: str | None, after: Position | None) -> tuple[list[Document], Position | None]:
    """One page of petitions, those that opened last first; and where the next one begins, None after the last."""
    found = session.scalars(_listed(reader, state, after)).all()
    shown, totals = found[:PER_PAGE], totals_of(found[:PER_PAGE])
    items = [reader.cleaned(_short(each, totals[each.id], reader)) for each in shown]
    last = shown[-1] if len(found) > PER_PAGE else None
    return items, (last.opened_on, last.slug) if last is not None and last.opened_on is not None else None


def get_petition_document(slug: str, reader: Reader) -> Document:
    """All that the page of a petition tells; raises NotFound, also for what these readers must not be shown."""
    petition = get_public_petition(slug)
    if is_hidden_in(reader.place, petition.audience):
        raise NotFound
    text = petition.text_in(reader.language)
    countries, elsewhere = count_by_country(petition.id)
    around = _around(petition)
    return reader.cleaned(
        {
            **_short(petition, count_confirmed(petition.id), reader),
            "body": text.body,
            "languages": sorted(each.language for each in petition.texts),
            "people": around.people,
            "countries": [{"country": each.country, "count": each.count} for each in countries],
            "other_countries": elsewhere,
            "picture": _picture(petition, reader) if around.has_picture else None,
            "updates": [_update(each, reader) for each in _updates(petition)] if around.has_updates else [],
        }
    )


def get_count(slug: str, reader: Reader) -> Document:
    """The live number of one petition; raises NotFound as the whole of it does."""
    petition, _state, audience = get_public_terms(slug)
    if is_hidden_in(reader.place, audience):
        raise NotFound
    return {"count": count_confirmed(petition), "as_of": as_of().isoformat().replace("+00:00", "Z")}


def list_all_slugs(reader: Reader) -> Sequence[str]:
    """Every petition that these readers may be shown, for a copy of all of them."""
    statement = _shown(reader).with_only_columns(Petition.slug).order_by(Petition.slug)
    return session.scalars(statement).all()


def _shown(reader: Reader) -> Select[Petition]:
    statement = select(Petition).where(Petition.state.in_(PUBLIC_STATES), Petition.opened_on.is_not(None))
    return statement if reader.is_outside else statement.where(Petition.audience == Audience.ANYWHERE)


def _listed(reader: Reader, state: str | None, after: Position | None) -> Select[Petition]:
    statement = _shown(reader).options(selectinload(Petition.texts).load_only(
        PetitionText.language, PetitionText.title, PetitionText.summary, PetitionText.addressee
    ))  # fmt: skip
    if state is not None:
        statement = statement.where(Petition.state.in_(STATES[state]))
    if after is not None:
        opened_on, slug = after
        same_day = and_(Petition.opened_on == opened_on, Petition.slug > slug)
        statement = statement.where(or_(Petition.opened_on < opened_on, same_day))
    return statement.order_by(Petition.opened_on.desc(), Petition.slug).limit(PER_PAGE + 1)


def _short(petition: Petition, signatures: int, reader: Reader) -> Document:
    text = petition.text_in(reader.language)
    return {
        "slug": petition.slug,
        "url": reader.page(f"/petitions/{petition.slug}"),
        "language": text.language,
        "title": text.title,
        "summary": text.summary,
        "addressee": text.addressee,
        "state": petition.state,
        "takes_signatures": petition.state == PetitionState.OPEN,
        "outside_russia_only": petition.audience == Audience.OUTSIDE_RUSSIA,
        "signatures": signatures,
        "goal": petition.goal,
        "opened_on": day(petition.opened_on),
        "closed_on": day(petition.closed_on),
    }


def _around(petition: Petition) -> Any:
    """Whom it is for, as far as the public may see them, and what else there is to read: most have nothing more."""
    people = (
        select(func.coalesce(func.array_agg(aggregate_order_by(Prisoner.slug, Prisoner.slug)), cast([], ARRAY(Text))))
        .join(PetitionPrisoner, PetitionPrisoner.prisoner_id == Prisoner.id)
        .where(PetitionPrisoner.petition_id == petition.id, Prisoner.state == PrisonerState.PUBLISHED)
    )
    picture = select(PetitionPicture.petition_id).where(PetitionPicture.petition_id == petition.id)
    updates = select(PetitionUpdate.id).where(
        PetitionUpdate.petition_id == petition.id, PetitionUpdate.published_on.is_not(None)
    )
    return session.execute(
        select(
            people.scalar_subquery().label("people"), picture.exists().label("has_picture"),
            updates.exists().label("has_updates"),
        )
    ).one()  # fmt: skip


def _updates(petition: Petition) -> Sequence[PetitionUpdate]:
    statement = select(PetitionUpdate).where(
        PetitionUpdate.petition_id == petition.id, PetitionUpdate.published_on.is_not(None)
    )
    return session.scalars(
        statement.order_by(PetitionUpdate.published_on.desc(), PetitionUpdate.created_at.desc())
    ).all()


def _update(update: PetitionUpdate, reader: Reader) -> Document:
    text = update.text_in(reader.language)
    return {
        "title": text.title, "body": text.body, "language": text.language, "published_on": day(update.published_on)
    }  # fmt: skip


def _picture(petition: Petition, reader: Reader) -> Document | None:
    picture = find_picture(petition.id)
    wide = next((each for each in picture.renditions if each.name == "wide"), None) if picture is not None else None
    if picture is None or wide is None:
        return None
    return {
        "url": reader.file(f"/petitions/{petition.slug}/picture/{wide.name}?v={wide.digest}"),
        "width": wide.width, "height": wide.height, "alt": picture.description_in(reader.language),
        "licence": picture.licence, "credit": picture.credit,
    }  # fmt: skip
