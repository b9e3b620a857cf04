"""What is known already of people that an import names, read for many at once."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from campaign.kernel.db import session
from campaign.prisoners.models import Case, Custody, Episode, Facility, Interest, LibertyStatus, Listing, Prisoner


@dataclass(slots=True)
class Known:
    """One person with what an import may add to."""

    prisoner: Prisoner
    listings: list[Listing] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    episodes: list[Episode] = field(default_factory=list)
    stay: Custody | None = None
    status: LibertyStatus | None = None


def read_known(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Known]:
    """Everybody of `ids` who exists."""
    wanted = set(ids)
    if not wanted:
        return {}
    people = select(Prisoner).where(Prisoner.id.in_(wanted))
    people = people.options(selectinload(Prisoner.texts), selectinload(Prisoner.interests))
    known = {each.id: Known(each) for each in session.scalars(people.execution_options(populate_existing=True))}
    for listing in session.scalars(select(Listing).where(Listing.prisoner_id.in_(wanted))):
        known[listing.prisoner_id].listings.append(listing)
    for case in session.scalars(select(Case).where(Case.prisoner_id.in_(wanted)).order_by(Case.created_at)):
        known[case.prisoner_id].cases.append(case)
    for episode in session.scalars(select(Episode).where(Episode.prisoner_id.in_(wanted))):
        known[episode.prisoner_id].episodes.append(episode)
    stays = select(Custody).where(Custody.prisoner_id.in_(wanted), Custody.until_on.is_(None))
    for stay in session.scalars(stays.options(selectinload(Custody.facility).selectinload(Facility.addresses))):
        known[stay.prisoner_id].stay = stay
    statuses = select(LibertyStatus).where(LibertyStatus.prisoner_id.in_(wanted), LibertyStatus.until_on.is_(None))
    for status in session.scalars(statuses):
        known[status.prisoner_id].status = status
    return known


def vocabulary() -> dict[str, str]:
    """Every way to name an interest, lower-case, with the slug it stands for now."""
    words: Sequence[Interest] = session.scalars(select(Interest)).all()
    slugs = {each.id: each.slug for each in words}
    names: dict[str, str] = {}
    for each in words:
        slug = slugs.get(each.merged_into_id, each.slug) if each.merged_into_id else each.slug
        for name in (each.slug, *each.labels.values()):
            names[" ".join(str(name).lower().split())] = slug
    return names
