"""What features tell of the ladder: which steps there are, who took them and when, and who is better left in peace."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select

from campaign.kernel.registry import Registry


@dataclass(frozen=True, slots=True)
class LadderStep:
    """One rung: what somebody can do for the first time, and be asked for once they stand on the rung below."""

    name: str
    """A word of the asks that are kept; it never changes."""
    rank: int
    """From 1, without gaps; below the first stand those who only heard of us."""
    did: str
    """Marked with N_: what is said of somebody who did it."""
    ask: str
    """Marked with N_: what they are asked to do."""
    mail: str
    """Marked with N_, in every language of the site: the sentence of a mail that asks for it; it names no prisoner."""
    path: str
    """The public page on which it is done, without prefix of a language."""
    done: Callable[[], Select[uuid.UUID, date]]
    """A SELECT of people and the days on which they did it: any number of rows a person, no person and no day NULL."""


@dataclass(frozen=True, slots=True)
class AskHold:
    """Something a feature knows for which a person is asked for nothing new now."""

    name: str
    words: str
    """Marked with N_: "has paused writing"."""
    people: Callable[[], Select[uuid.UUID]]
    """A SELECT of the people of whom it is so today; no id NULL."""


ladder_steps: Registry[LadderStep] = Registry("step of the ladder")
ask_holds: Registry[AskHold] = Registry("reason not to ask")


def list_steps() -> list[LadderStep]:
    """All steps from the lowest to the highest."""
    return sorted(ladder_steps, key=lambda step: step.rank)
