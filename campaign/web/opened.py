"""What lies open to whoever is signed in: sealed things that they pressed a button to read (docs/adr/0012).

The look itself is in the audit trail, written by that POST. Here the signed cookie of the session remembers it for a
while, so that a GET can show what is open and write nothing. Who signs out, or in anew, has nothing open.
"""

import uuid
from collections.abc import Callable
from datetime import timedelta

from flask import flash
from flask import session as cookie
from flask_babel import gettext as _

from campaign.kernel import clock
from campaign.kernel.alarms import AlarmKind, raise_alarm
from campaign.kernel.allowance import DECRYPTING, take
from campaign.kernel.db import transaction

LASTS = timedelta(minutes=20)
"""As long as a moderator holds a letter."""
MOST = 8
"""A cookie holds no more than four thousand characters; whatever was opened first is closed first."""
_OPENED = "opened"


def note_opened(about: str) -> None:
    """It lies open from now on. Only in a POST that has put the look on record."""
    others = {name: at for name, at in _known().items() if name != about}
    newest = sorted(others.items(), key=lambda each: each[1])[-(MOST - 1) :]
    cookie[_OPENED] = {**dict(newest), about: int(clock.now().timestamp())}


def open_on_record(about: str, look: Callable[[], object], actor: uuid.UUID, *, amount: int = 1) -> bool:
    """Let it lie open: `look` puts that on record, and so many records are taken from the hour's allowance first.

    False, with a word to whoever asked and an alarm, where the allowance does not cover it; nothing lies open then.
    Behind `fresh` (SAFETY.md 12 and 14), in a view that has no transaction of its own.
    """
    with transaction():
        may = take(DECRYPTING, actor, amount)
        if may:
            look()
        else:
            raise_alarm(AlarmKind.BUDGET_SPENT, about=f"account:{actor}")
    if may:
        note_opened(about)
    else:
        flash(_("Within one hour one person may see so many records and no more. Try again later."))
    return may


def is_opened(about: str) -> bool:
    """Whether it lies open."""
    return about in _known()


def _known() -> dict[str, int]:
    kept = cookie.get(_OPENED)
    since = (clock.now() - LASTS).timestamp()
    return {name: at for name, at in kept.items() if at > since} if isinstance(kept, dict) else {}
