"""What of the register is stale, contradicts itself or is missing: a row a doubt, a statement a kind of doubt."""

import uuid
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    Uuid,
    and_,
    cast,
    exists,
    func,
    literal,
    null,
    select,
    union_all,
)

from campaign.kernel.db import session
from campaign.prisoners.models import (
    LOCATED,
    OVER,
    Case,
    Charge,
    Custody,
    Episode,
    Facility,
    FacilityAddress,
    Fact,
    Hearing,
    LettersPolicy,
    Liberty,
    LibertyStatus,
    Prisoner,
    PrisonerConsent,
    PrisonerState,
    Publicity,
    Sentence,
)
from campaign.prisoners.queries.facilities import is_stale as facility_is_stale
from campaign.prisoners.queries.people_list import stay_is_stale

SERVING = (
    Liberty.SERVING_COLONY, Liberty.SERVING_PRISON, Liberty.SERVING_SETTLEMENT, Liberty.FORCED_LABOUR_CENTRE,
)  # fmt: skip
AT_HOME = (Liberty.HOUSE_ARREST, Liberty.BAN_OF_ACTIONS, Liberty.RECOGNISANCE, Liberty.BAIL)
YOUNGEST = 14
"""The age from which the criminal code knows responsibility: an arrest before it is a slip in one of two days."""


class Group(StrEnum):
    """Kinds of doubt."""

    STALE = "stale"
    CONTRADICTORY = "contradictory"
    MISSING = "missing"


class Doubt(StrEnum):
    """One thing to be looked at."""

    STALE_STAY = "stale_stay"
    STALE_FACILITY = "stale_facility"
    FREE_IN_CUSTODY = "free_in_custody"
    SERVING_WITHOUT_SENTENCE = "serving_without_sentence"
    CHARGE_AFTER_END = "charge_after_end"
    SENTENCE_BEFORE_ARREST = "sentence_before_arrest"
    HEARING_PAST = "hearing_past"
    RELEASE_PAST = "release_past"
    ARRESTED_AS_CHILD = "arrested_as_child"
    NO_STATUS = "no_status"
    NO_PLACE = "no_place"
    NO_ADDRESS = "no_address"
    NO_BIRTH_YEAR = "no_birth_year"
    NO_PATRONYMIC = "no_patronymic"
    DATIVE_UNCONFIRMED = "dative_unconfirmed"
    LETTERS_UNKNOWN = "letters_unknown"
    CONSENT_OPEN = "consent_open"
    NOTHING_LOOKED_UP = "nothing_looked_up"


Finder = Callable[[date], Select[Any]]


def doubts(today: date, *, group: str = "", doubt: str = "") -> Select[Any]:
    """Rows of (doubt, prisoner, facility, subject, since), those first that have waited longest; `group` and `doubt`
    narrow it, anything else counts as none. What belongs to archived people is left out."""
    found = union_all(*(FINDERS[each](today) for each in chosen(group, doubt))).subquery("doubts")
    rank = func.array_position([each.value for each in Doubt], found.c.doubt)
    order = (found.c.since.asc().nulls_last(), rank, found.c.prisoner_id, found.c.subject_id)
    return select(found).order_by(*order)


def count_doubts(today: date) -> dict[Doubt, int]:
    """How many there are of each; none is left out."""
    found = union_all(*(FINDERS[each](today) for each in Doubt)).subquery("doubts")
    counts = session.execute(select(found.c.doubt, func.count()).group_by(found.c.doubt)).all()
    return {**dict.fromkeys(Doubt, 0), **{Doubt(doubt): count for doubt, count in counts}}


def count_stale_stays(today: date) -> int:
    """How many people's present stay waits to be looked up again."""
    return session.scalar(select(func.count()).select_from(_stale_stay(today).subquery())) or 0


def list_people(ids: set[uuid.UUID]) -> Mapping[uuid.UUID, Prisoner]:
    """The people of a page of doubts."""
    return {each.id: each for each in session.scalars(select(Prisoner).where(Prisoner.id.in_(ids)))}


def list_places(ids: set[uuid.UUID]) -> Mapping[uuid.UUID, Facility]:
    """The facilities of a page of doubts."""
    return {each.id: each for each in session.scalars(select(Facility).where(Facility.id.in_(ids)))}


def chosen(group: str, doubt: str) -> list[Doubt]:
    """The doubts that a list so narrowed holds."""
    if doubt in set(Doubt):
        return [Doubt(doubt)]
    return [each for each in Doubt if group not in set(Group) or GROUP_OF[each] == group]


def _row(
    doubt: Doubt, *, prisoner: Any = None, facility: Any = None, subject: Any = None, since: Any = None
) -> Select[Any]:
    """The columns of one doubt, the same for all, so that they can be put below one another."""
    return select(
        literal(doubt.value).label("doubt"),
        cast(null() if prisoner is None else prisoner, Uuid).label("prisoner_id"),
        cast(null() if facility is None else facility, Uuid).label("facility_id"),
        cast(null() if subject is None else subject, Uuid).label("subject_id"),
        cast(null() if since is None else since, Date).label("since"),
    )


def _is_kept() -> ColumnElement[bool]:
    return Prisoner.state != PrisonerState.ARCHIVED


def _status_in(*words: str) -> ColumnElement[bool]:
    current = and_(LibertyStatus.prisoner_id == Prisoner.id, LibertyStatus.until_on.is_(None))
    return exists().where(current, LibertyStatus.status.in_(words)).correlate(Prisoner)


def _is_held() -> ColumnElement[bool]:
    """Neither free nor dead nor at home, as far as is known."""
    return _status_in(*(set(Liberty) - set(OVER) - set(AT_HOME)))


def _stale_stay(today: date) -> Select[Any]:
    row = _row(Doubt.STALE_STAY, prisoner=Custody.prisoner_id, subject=Custody.id, since=Custody.verified_on)
    return (
        row.select_from(Custody)
        .join(Prisoner, Prisoner.id == Custody.prisoner_id)
        .outerjoin(Facility, Facility.id == Custody.facility_id)
        .where(stay_is_stale(today), _is_kept())
    )


def _stale_facility(today: date) -> Select[Any]:
    row = _row(Doubt.STALE_FACILITY, facility=Facility.id, subject=Facility.id, since=Facility.verified_on)
    return row.where(facility_is_stale(today), Facility.is_active)


def _free_in_custody(_today: date) -> Select[Any]:
    row = _row(Doubt.FREE_IN_CUSTODY, prisoner=Prisoner.id, subject=Custody.id, since=Custody.from_on)
    return (
        row.select_from(Custody)
        .join(Prisoner, Prisoner.id == Custody.prisoner_id)
        .where(Custody.until_on.is_(None), _status_in(*OVER), _is_kept())
    )


def _serving_without_sentence(_today: date) -> Select[Any]:
    sentenced = exists().where(Case.prisoner_id == Prisoner.id, Sentence.case_id == Case.id).correlate(Prisoner)
    row = _row(Doubt.SERVING_WITHOUT_SENTENCE, prisoner=Prisoner.id)
    return row.where(_status_in(*SERVING), ~sentenced, _is_kept())


def _charge_after_end(_today: date) -> Select[Any]:
    """A charge that begins after the last imprisonment ended, while none goes on."""
    last = (
        select(func.max(Episode.ended_on))
        .where(Episode.prisoner_id == Prisoner.id)
        .having(func.bool_and(Episode.ended_on.is_not(None)))
        .correlate(Prisoner)
        .scalar_subquery()
    )
    row = _row(Doubt.CHARGE_AFTER_END, prisoner=Prisoner.id, subject=Case.id, since=func.min(Charge.from_on))
    return (
        row.select_from(Charge)
        .join(Case, Case.id == Charge.case_id)
        .join(Prisoner, Prisoner.id == Case.prisoner_id)
        .where(Charge.from_on > last, _is_kept())
        .group_by(Prisoner.id, Case.id)
    )


def _sentence_before_arrest(_today: date) -> Select[Any]:
    first = (
        select(func.min(Episode.arrested_on))
        .where(Episode.prisoner_id == Prisoner.id)
        .correlate(Prisoner)
        .scalar_subquery()
    )
    row = _row(Doubt.SENTENCE_BEFORE_ARREST, prisoner=Prisoner.id, subject=Case.id, since=func.min(Sentence.decided_on))
    return (
        row.select_from(Sentence)
        .join(Case, Case.id == Sentence.case_id)
        .join(Prisoner, Prisoner.id == Case.prisoner_id)
        .where(Sentence.decided_on < first, Sentence.in_absentia.is_(False), _is_kept())
        .group_by(Prisoner.id, Case.id)
    )


def _hearing_past(today: date) -> Select[Any]:
    row = _row(Doubt.HEARING_PAST, prisoner=Prisoner.id, subject=Case.id, since=func.min(Hearing.held_on))
    return (
        row.select_from(Hearing)
        .join(Case, Case.id == Hearing.case_id)
        .join(Prisoner, Prisoner.id == Case.prisoner_id)
        .where(Hearing.state == "set", Hearing.held_on < today, _is_kept())
        .group_by(Prisoner.id, Case.id)
    )


def _release_past(today: date) -> Select[Any]:
    """Somebody held longer than the latest day of release that any sentence names."""
    latest = func.max(Sentence.expected_release_on)
    row = _row(Doubt.RELEASE_PAST, prisoner=Prisoner.id, since=latest)
    return (
        row.select_from(Sentence)
        .join(Case, Case.id == Sentence.case_id)
        .join(Prisoner, Prisoner.id == Case.prisoner_id)
        .where(_is_held(), _is_kept())
        .group_by(Prisoner.id)
        .having(latest < today)
    )


def _arrested_as_child(_today: date) -> Select[Any]:
    years = func.make_interval(YOUNGEST)
    row = _row(Doubt.ARRESTED_AS_CHILD, prisoner=Prisoner.id, since=func.min(Episode.arrested_on))
    return (
        row.select_from(Episode)
        .join(Prisoner, Prisoner.id == Episode.prisoner_id)
        .where(Episode.arrested_on < Prisoner.born_on + years, _is_kept())
        .group_by(Prisoner.id)
    )


def _no_status(_today: date) -> Select[Any]:
    known = exists().where(LibertyStatus.prisoner_id == Prisoner.id).correlate(Prisoner)
    return _row(Doubt.NO_STATUS, prisoner=Prisoner.id).where(~known, _is_kept())


def _no_place(_today: date) -> Select[Any]:
    stays = exists().where(Custody.prisoner_id == Prisoner.id, Custody.until_on.is_(None)).correlate(Prisoner)
    return _row(Doubt.NO_PLACE, prisoner=Prisoner.id).where(_is_held(), ~stays, _is_kept())


def _no_address(_today: date) -> Select[Any]:
    """One row a facility that holds somebody: no letter goes there."""
    current = and_(FacilityAddress.facility_id == Facility.id, FacilityAddress.until_on.is_(None))
    has_address = exists().where(current).correlate(Facility)
    holds = (
        exists()
        .where(Custody.facility_id == Facility.id, Custody.until_on.is_(None), Custody.certainty.in_(LOCATED))
        .correlate(Facility)
    )
    row = _row(Doubt.NO_ADDRESS, facility=Facility.id, subject=Facility.id)
    return row.where(~has_address, holds)


def _no_birth_year(_today: date) -> Select[Any]:
    row = _row(Doubt.NO_BIRTH_YEAR, prisoner=Prisoner.id)
    return row.where(Prisoner.born_on.is_(None), ~_status_in(*OVER), _is_kept())


def _no_patronymic(_today: date) -> Select[Any]:
    is_open = and_(Prisoner.patronymic_ru == "", Prisoner.has_no_patronymic.is_(False))
    row = _row(Doubt.NO_PATRONYMIC, prisoner=Prisoner.id)
    return row.where(is_open, ~_status_in(*OVER), _is_kept())


def _dative_unconfirmed(_today: date) -> Select[Any]:
    row = _row(Doubt.DATIVE_UNCONFIRMED, prisoner=Prisoner.id)
    is_open = Prisoner.is_dative_confirmed.is_(False)
    return row.where(is_open, ~_status_in(*OVER), _is_kept())


def _letters_unknown(_today: date) -> Select[Any]:
    row = _row(Doubt.LETTERS_UNKNOWN, prisoner=Prisoner.id)
    return row.where(Prisoner.letters_policy == LettersPolicy.UNKNOWN, ~_status_in(*OVER), _is_kept())


def _consent_open(_today: date) -> Select[Any]:
    """Neither public nor refused: nobody has been asked yet, as far as is recorded."""
    asked = exists().where(PrisonerConsent.prisoner_id == Prisoner.id).correlate(Prisoner)
    is_open = and_(Prisoner.publicity == Publicity.PRIVATE, Prisoner.is_public_figure.is_(False))
    return _row(Doubt.CONSENT_OPEN, prisoner=Prisoner.id).where(is_open, ~asked, _is_kept())


def _nothing_looked_up(_today: date) -> Select[Any]:
    looked_up = exists().where(Fact.prisoner_id == Prisoner.id, Fact.verified_on.is_not(None)).correlate(Prisoner)
    return _row(Doubt.NOTHING_LOOKED_UP, prisoner=Prisoner.id).where(~looked_up, _is_kept())


FINDERS: dict[Doubt, Finder] = {
    Doubt.STALE_STAY: _stale_stay,
    Doubt.STALE_FACILITY: _stale_facility,
    Doubt.FREE_IN_CUSTODY: _free_in_custody,
    Doubt.SERVING_WITHOUT_SENTENCE: _serving_without_sentence,
    Doubt.CHARGE_AFTER_END: _charge_after_end,
    Doubt.SENTENCE_BEFORE_ARREST: _sentence_before_arrest,
    Doubt.HEARING_PAST: _hearing_past,
    Doubt.RELEASE_PAST: _release_past,
    Doubt.ARRESTED_AS_CHILD: _arrested_as_child,
    Doubt.NO_STATUS: _no_status,
    Doubt.NO_PLACE: _no_place,
    Doubt.NO_ADDRESS: _no_address,
    Doubt.NO_BIRTH_YEAR: _no_birth_year,
    Doubt.NO_PATRONYMIC: _no_patronymic,
    Doubt.DATIVE_UNCONFIRMED: _dative_unconfirmed,
    Doubt.LETTERS_UNKNOWN: _letters_unknown,
    Doubt.CONSENT_OPEN: _consent_open,
    Doubt.NOTHING_LOOKED_UP: _nothing_looked_up,
}
GROUP_OF: dict[Doubt, Group] = {
    **dict.fromkeys(Doubt, Group.MISSING),
    **dict.fromkeys((Doubt.STALE_STAY, Doubt.STALE_FACILITY), Group.STALE),
    **dict.fromkeys(
        (
            Doubt.FREE_IN_CUSTODY, Doubt.SERVING_WITHOUT_SENTENCE, Doubt.CHARGE_AFTER_END,
            Doubt.SENTENCE_BEFORE_ARREST, Doubt.HEARING_PAST, Doubt.RELEASE_PAST, Doubt.ARRESTED_AS_CHILD,
        ),
        Group.CONTRADICTORY,
    ),
}  # fmt: skip
