"""To whom a letter can go now, and all that decides by whom: one row a person, in one statement."""

import uuid
from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, Subquery, and_, func, select
from sqlalchemy.orm import aliased

from campaign.kernel.db import session
from campaign.penpals.models import LIVE, Assignment, Health, PrisonerCare
from campaign.penpals.queries.succession import HOLDS_PLACE
from campaign.people.models import MOST_TRUST
from campaign.prisoners.models import (
    Attention,
    Case,
    Channel,
    Charge,
    Custody,
    Episode,
    Facility,
    FacilityAddress,
    FacilityChannel,
    Interest,
    LibertyStatus,
    Prisoner,
    PrisonerInterest,
    PrisonerState,
)
from campaign.prisoners.queries.public_entries import article_key, is_minor
from campaign.prisoners.queries.reach import Reach, Stay, reach_of

LETTER_CHANNELS = frozenset({Channel.POST, Channel.F_PISMO, Channel.ZT})
DEFAULT_MOST_WRITERS = 5


class WayIn(NamedTuple):
    """One way for letters into the place where somebody is."""

    channel: str
    strangers: str
    """A word of StrangersPolicy."""
    languages: tuple[str, ...]
    """Those that pass its censor; empty where that is not known."""


class Addressee(NamedTuple):
    """Somebody whose page is public, as writing to them is concerned."""

    id: uuid.UUID
    slug: str
    reach: Reach
    """Only for OPEN can a letter go; matching and offers leave out everybody else."""
    publicity: str
    region: str
    is_minor: bool
    languages_read: tuple[str, ...]
    interests: tuple[str, ...]
    articles: tuple[str, ...]
    ways_in: tuple[WayIn, ...]
    quarters: int
    """Attention in the last 90 days, in quarters of a letter."""
    last_letter_on: date | None
    waiting_since: date | None
    """Since when nobody has written: the day the ledger says, else the arrest."""
    born_on: date | None
    born_precision: str | None
    trust_needed: int
    """Of needed_trust."""
    is_risky_in_russia: bool
    most_writers: int
    writers: int
    """Live assignments to single writers, those of a group included, without those that have lapsed."""
    group_id: uuid.UUID | None
    """The group that has them and has not lapsed."""

    @property
    def can_be_written_to(self) -> bool:
        """Whether a letter reaches them now."""
        return self.reach is Reach.OPEN


def needed_trust(asked: int | None, *, is_minor: bool) -> int:
    """How much trust a writer needs: what coordinators asked for (None: nobody has said anything of this person), and
    for somebody under 18 the most there is, since such a letter needs a coordinator's consent (DOMAIN.md 9, L33)."""
    if asked is not None:
        return asked
    return MOST_TRUST if is_minor else 0


def find_most_writers(prisoner_id: uuid.UUID) -> int:
    """How many writers somebody can take."""
    care = session.get(PrisonerCare, prisoner_id, populate_existing=True)
    return care.most_writers if care else DEFAULT_MOST_WRITERS


def list_addressees(today: date) -> list[Addressee]:
    """Everybody whose page is public, in the order of their ids, so that whatever is computed of it is repeatable."""
    rows = session.connection().execute(_ADDRESSEES)
    return [_addressee(row, today) for row in rows]


def find_addressee(prisoner_id: uuid.UUID, today: date) -> Addressee | None:
    """One of them, or None where there is no public page."""
    row = session.connection().execute(_ADDRESSEES.where(Prisoner.id == prisoner_id)).first()
    return None if row is None else _addressee(row, today)


def find_addressees(prisoner_ids: Collection[uuid.UUID], today: date) -> dict[uuid.UUID, Addressee]:
    """Several of them in one statement; whoever has no public page is left out."""
    rows = session.connection().execute(_ADDRESSEES.where(Prisoner.id.in_(prisoner_ids)))
    return {found.id: found for found in (_addressee(row, today) for row in rows)}


def _writers() -> Subquery:
    """How many single writers each has."""
    return (
        select(Assignment.prisoner_id, func.count().label("amount"))
        .where(Assignment.volunteer_id.is_not(None), HOLDS_PLACE)
        .group_by(Assignment.prisoner_id)
        .subquery()
    )


def _charged() -> Subquery:
    """The articles that stand against each."""
    return (
        select(Case.prisoner_id, func.array_agg(Charge.code + " " + Charge.article).label("articles"))
        .join(Charge, Charge.case_id == Case.id)
        .where(Charge.until_on.is_(None))
        .group_by(Case.prisoner_id)
        .subquery()
    )


def _interested() -> Subquery:
    """What each is interested in."""
    return (
        select(PrisonerInterest.prisoner_id, func.array_agg(Interest.slug).label("slugs"))
        .join(Interest, Interest.id == PrisonerInterest.interest_id)
        .group_by(PrisonerInterest.prisoner_id)
        .subquery()
    )


def _ways() -> Subquery:
    """The ways for letters into each place."""
    way = func.jsonb_build_array(FacilityChannel.channel, FacilityChannel.strangers, FacilityChannel.languages)
    return (
        select(FacilityChannel.facility_id, func.jsonb_agg(way).label("ways"))
        .where(FacilityChannel.is_active, FacilityChannel.channel.in_(LETTER_CHANNELS))
        .group_by(FacilityChannel.facility_id)
        .subquery()
    )


def _statement() -> Select[*tuple[Any, ...]]:
    of_group, writers, charged, interested, ways = aliased(Assignment), _writers(), _charged(), _interested(), _ways()
    arrested = (
        select(Episode.prisoner_id, func.max(Episode.arrested_on).label("day")).group_by(Episode.prisoner_id).subquery()
    )
    person = (
        Prisoner.id, Prisoner.slug, Prisoner.publicity, Prisoner.letters_policy, Prisoner.home_region,
        Prisoner.languages_read, Prisoner.born_on, Prisoner.born_precision,
    )  # fmt: skip
    held = (Custody.certainty, Custody.verified_on, Facility.kind, Facility.region, FacilityAddress.id.label("address"))
    return (
        select(
            *person, *held, LibertyStatus.status, Attention.quarters, Attention.last_letter_on,
            Attention.waiting_since_on, arrested.c.day, charged.c.articles, interested.c.slugs, ways.c.ways,
            PrisonerCare.trust_needed, PrisonerCare.is_risky_in_russia, PrisonerCare.most_writers, writers.c.amount,
            of_group.group_id,
        )
        .select_from(Prisoner)
        .outerjoin(LibertyStatus, and_(LibertyStatus.prisoner_id == Prisoner.id, LibertyStatus.until_on.is_(None)))
        .outerjoin(Custody, and_(Custody.prisoner_id == Prisoner.id, Custody.until_on.is_(None)))
        .outerjoin(Facility, Facility.id == Custody.facility_id)
        .outerjoin(
            FacilityAddress, and_(FacilityAddress.facility_id == Facility.id, FacilityAddress.until_on.is_(None))
        )
        .outerjoin(Attention, Attention.prisoner_id == Prisoner.id)
        .outerjoin(PrisonerCare, PrisonerCare.prisoner_id == Prisoner.id)
        .outerjoin(
            of_group,
            and_(
                of_group.prisoner_id == Prisoner.id, of_group.volunteer_id.is_(None), of_group.state.in_(LIVE),
                of_group.health != Health.LAPSED,
            ),
        )
        .outerjoin(arrested, arrested.c.prisoner_id == Prisoner.id)
        .outerjoin(charged, charged.c.prisoner_id == Prisoner.id)
        .outerjoin(interested, interested.c.prisoner_id == Prisoner.id)
        .outerjoin(ways, ways.c.facility_id == Facility.id)
        .outerjoin(writers, writers.c.prisoner_id == Prisoner.id)
        .where(Prisoner.state == PrisonerState.PUBLISHED)
        .order_by(Prisoner.id)
    )  # fmt: skip


_ADDRESSEES = _statement()


def _addressee(row: Row[*tuple[Any, ...]], today: date) -> Addressee:
    # Unpacked in the order of the statement, which is quicker than by name.
    (
        identity, slug, publicity, policy, home_region, languages, born_on, born_precision, certainty, verified_on,
        kind, region, address, status, quarters, last_letter_on, waiting_since, arrested_on, articles, interests, ways,
        trust, is_risky, most_writers, writers, group,
    ) = row  # fmt: skip
    stay = Stay(certainty, kind, verified_on, address is not None) if certainty else None
    is_under_age = is_minor(born_on, born_precision, today)
    return Addressee(
        identity,
        slug,
        reach_of(status=status, policy=policy, stay=stay, today=today),
        publicity,
        region or home_region or "",
        is_under_age,
        tuple(languages or ()),
        tuple(sorted(interests or ())),
        tuple(sorted({article_key(*each.split(" ", 1)) for each in articles or ()})),
        tuple(sorted(WayIn(channel, strangers, tuple(spoken or ())) for channel, strangers, spoken in ways or ())),
        quarters or 0,
        last_letter_on,
        waiting_since or arrested_on,
        born_on,
        born_precision,
        needed_trust(trust, is_minor=is_under_age),
        bool(is_risky),
        most_writers or DEFAULT_MOST_WRITERS,
        writers or 0,
        group,
    )
