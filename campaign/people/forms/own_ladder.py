"""Where one person stands on the ladder, as a page shows it: to staff, and to themselves."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from campaign.kernel.db import session
from campaign.kernel.registry_ladder import list_steps
from campaign.people.forms import ladder_words as words
from campaign.people.models import Ask, AskRest
from campaign.people.queries.ladder import find_standing, list_asks, list_done
from campaign.people.service.ladder.answers import can_be_taken_back

MOST_ASKS = 10


@dataclass(frozen=True, slots=True)
class AskLine:
    """One ask in words."""

    ask: Ask
    step: str
    way: str
    answer: str
    can_be_taken_back: bool


@dataclass(frozen=True, slots=True)
class LadderOf:
    """One person's place, what they could be asked for next and why not now, and what they were asked for."""

    rung: str
    since: date | None
    done: Sequence[tuple[str, date]]
    step: str
    """The name of the next step; empty at the top."""
    next: str
    why_not: str
    """Empty: they may be asked now."""
    until: date | None
    asks: Sequence[AskLine]
    rest: AskRest | None


def ladder_of(person_id: uuid.UUID) -> LadderOf | None:
    """All of it; None for whoever is gone."""
    standing, done = find_standing(person_id), list_done(person_id)
    if standing is None:
        return None
    step, hold = standing.step or "", standing.hold
    return LadderOf(
        rung=words.rung_words(standing.rung), since=standing.since,
        done=[(str(_(each.did)), done[each.name]) for each in list_steps() if each.name in done],
        step=step, next=words.ask_words(step) if step else "",
        why_not="" if hold is None else words.hold_words(hold), until=standing.until,
        asks=[_line(each) for each in list_asks(person_id, limit=MOST_ASKS)], rest=session.get(AskRest, person_id),
    )  # fmt: skip


def _line(ask: Ask) -> AskLine:
    return AskLine(
        ask, words.ask_words(ask.step), str(words.WAY_WORDS[ask.way]), str(words.ANSWER_WORDS[ask.state]),
        can_be_taken_back(ask),
    )  # fmt: skip
