"""By which mailing somebody came to our pages, and what its readers did there, as numbers.

A link in a mailing carries a code, `?m=`, the same for everybody who gets it (SAFETY.md 22). Pages hand it on in their
forms; what waits for a button in a mail keeps it until then and no longer. Here features below mailings say what was
done, and mailings listen.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import SQLAlchemyError

from campaign.kernel.db import session
from campaign.kernel.kept import Kept
from campaign.kernel.registry import Registry

PARAMETER = "m"
"""Of the address and of the form."""
SHAPE_SQL = "arrived_by ~ '^[a-z]{8}b?$'"
"""For the checks of tables that keep a code."""
_SHAPE = re.compile(r"[a-z]{8}b?")
KNOWN_SECONDS, ASK_AGAIN_SECONDS = 30.0, 2.0
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ActionListener:
    """Who counts what was done."""

    codes: Callable[[], frozenset[str]]
    """The codes that can still bring somebody; asked now and then, outside any transaction."""
    note: Callable[[str, str, int], None]
    """With a code, a kind and how many, in the open transaction; a code that nobody has counts for nothing."""


@dataclass(frozen=True, slots=True)
class ActionKind:
    """One thing that readers do."""

    label: str
    """Marked with N_: "Signatures confirmed"."""
    rank: int
    is_done: bool = True
    """Whether it is something done to its end, and not what nobody confirmed."""


action_listeners: Registry[ActionListener] = Registry("listener to actions")
action_kinds: Registry[ActionKind] = Registry("kind of action")


def done_kinds() -> list[str]:
    """The kinds of what was done to its end, in their order."""
    done = [(kind.rank, name) for name, kind in action_kinds.items() if kind.is_done]
    return [name for _rank, name in sorted(done)]


def read_code(text: str) -> str | None:
    """A code as it may stand in an address, or None; whether any mailing has it is not asked."""
    return text if _SHAPE.fullmatch(text) else None


class KnownCodes:
    """The codes of present mailings, in memory: an address with a made-up one costs no statement."""

    def __init__(self) -> None:
        self._kept = Kept(self._ask, KNOWN_SECONDS)
        self._asked_at = -ASK_AGAIN_SECONDS

    def __contains__(self, code: str) -> bool:
        try:
            if code in self._kept.current():
                return True
            # A mailing that began a moment ago is asked for at once, and made-up codes ask twice in four seconds.
            if time.monotonic() - self._asked_at < ASK_AGAIN_SECONDS:
                return False
            self._kept.forget()
            return code in self._kept.current()
        except SQLAlchemyError:
            # Without the database the page is shown without its code, from memory.
            return False

    def forget(self) -> None:
        """Ask again at the next question, in this process."""
        self._kept.forget()
        self._asked_at = -ASK_AGAIN_SECONDS

    def _ask(self) -> frozenset[str]:
        self._asked_at = time.monotonic()
        return frozenset().union(*(each.codes() for each in action_listeners))


known_codes = KnownCodes()


def note_action(code: str | None, kind: str, amount: int = 1) -> None:
    """Count what somebody did who came by a code, as the last step of what they did; None: they came by themselves.

    In the open transaction, so that it counts exactly when the deed does; never breaks it, whatever goes wrong.
    """
    if code is None:
        return
    for listener in action_listeners:
        try:
            with session.begin_nested():
                listener.note(code, kind, amount)
        except SQLAlchemyError as problem:
            log.warning("action.not_counted", kind=kind, error=type(problem).__name__)
