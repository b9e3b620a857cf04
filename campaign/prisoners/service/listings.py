"""Who recognises somebody as a political prisoner: by source, with a day; never one yes or no."""

import re
import uuid
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from campaign.kernel import audit
from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.prisoners.models import Listing, ListingSource, ListingStatus, Prisoner
from campaign.prisoners.service.cases.dates import BadCase, is_future
from campaign.prisoners.service.cases.record import mark_changed
from campaign.prisoners.service.facts import Source, Subject, record_facts

URL = re.compile(r"(https?://\S{1,490})?")


class BadListing(BadCase):
    """What was given of a listing cannot be; `field` names the place."""


@dataclass(frozen=True, slots=True)
class ListingDraft:
    """What one source says about somebody."""

    source: ListingSource
    status: ListingStatus = ListingStatus.RECOGNISED
    since_on: date | None = None
    url: str = ""


def add_listing(prisoner: Prisoner, draft: ListingDraft, source: Source, *, actor: uuid.UUID | None) -> Listing:
    """Write down what one source says; one that said something else before is changed, with its history. Flushed.

    Raises BadListing.
    """
    values = _checked(draft)
    statement = select(Listing).where(Listing.prisoner_id == prisoner.id, Listing.source == values["source"])
    listing = session.scalar(statement.with_for_update())
    before = _facts_of(listing) if listing is not None else {}
    if listing is None:
        listing = Listing(id=uuid.uuid4(), prisoner_id=prisoner.id)
        session.add(listing)
    for name, value in values.items():
        setattr(listing, name, value)
    session.flush()
    subject = Subject("prisoner_listing", listing.id, prisoner=prisoner.id)
    if record_facts(subject, before, _facts_of(listing), source, actor=actor):
        mark_changed(prisoner.id)
        audit.record("listing.recorded", actor=actor, about=f"prisoner:{prisoner.id}")
    return listing


def _facts_of(listing: Listing) -> dict[str, Any]:
    return {name: getattr(listing, name) for name in ("source", "status", "since_on", "url")}


def _checked(draft: ListingDraft) -> dict[str, Any]:
    if is_future(draft.since_on):
        raise BadListing("since_on", N_("This day lies in the future."))
    if URL.fullmatch(draft.url.strip()) is None:
        raise BadListing("url", N_("An address begins with https://."))
    values = asdict(draft)
    values["source"], values["status"] = ListingSource(draft.source).value, ListingStatus(draft.status).value
    values["url"] = draft.url.strip()
    return values
