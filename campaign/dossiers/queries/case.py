"""What of a prisoner's case a dossier begins from, read in one go. Acts of officials are for staff alone."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, select

from campaign.kernel.db import session
from campaign.prisoners.models import Case, Custody, Episode, Fact, LibertyStatus, Official, Prisoner
from campaign.prisoners.queries import get_prisoner
from campaign.prisoners.queries.cases import list_cases
from campaign.prisoners.queries.officials import ActInCase, get_official, list_acts_in
from campaign.prisoners.queries.situation import find_current_status, list_episodes, list_stays


@dataclass(frozen=True, slots=True)
class KnownSource:
    """A public source of the case: its title, and the day on which somebody last read it."""

    title: str
    url: str
    retrieved_on: date


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """A prisoner with all that is known of arrests, stays, prosecutions and who acted in them."""

    prisoner: Prisoner
    status: LibertyStatus | None
    episodes: Sequence[Episode]
    stays: Sequence[Custody]
    cases: Sequence[Case]
    acts: Sequence[ActInCase] = field(default=())
    official: Official | None = None

    @property
    def episode(self) -> Episode | None:
        """The imprisonment that goes on, else the last one."""
        return next((each for each in self.episodes if each.ended_on is None), None) or next(iter(self.episodes), None)


def read_case(prisoner_id: uuid.UUID, official_id: uuid.UUID | None = None) -> CaseFacts:
    """All of it; with an official, their acts alone. Raises NotFound."""
    prisoner, cases = get_prisoner(prisoner_id), list_cases(prisoner_id)
    return CaseFacts(
        prisoner, find_current_status(prisoner_id), list_episodes(prisoner_id), list_stays(prisoner_id), cases,
        list_acts(prisoner_id, official_id), get_official(official_id) if official_id else None,
    )  # fmt: skip


def list_acts(prisoner_id: uuid.UUID, official_id: uuid.UUID | None = None) -> list[ActInCase]:
    """What officials, or one of them, did in the cases of a prisoner, oldest first."""
    found = [act for case in list_cases(prisoner_id) for act in list_acts_in(case.id)]
    mine = [each for each in found if official_id is None or each.official.id == official_id]
    return sorted(mine, key=lambda each: (each.act.acted_on or date.max, str(each.act.id)))


def list_known_sources(prisoner_id: uuid.UUID) -> list[KnownSource]:
    """Every address that facts of the case were taken from, each once with its last reading, by title."""
    last = func.max(Fact.retrieved_on)
    statement = (
        select(Fact.source_url, func.max(Fact.source_title), last)
        .where(Fact.prisoner_id == prisoner_id, Fact.source_url != "")
        .group_by(Fact.source_url)
    )
    found = [KnownSource(title or url, url, day) for url, title, day in session.execute(statement)]
    return sorted(found, key=lambda each: (each.title.casefold(), each.url))
