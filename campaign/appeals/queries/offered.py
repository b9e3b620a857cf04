"""For whom there are appeals: asked by every person's page."""

import uuid

from sqlalchemy import select

from campaign.appeals.models import AppealPrisoner
from campaign.kernel.db import session
from campaign.kernel.kept import Kept

# As long as a page is kept (web/page_cache.py).
REREAD_AFTER = 10.0
_spoken_for = Kept(lambda: frozenset(session.scalars(select(AppealPrisoner.prisoner_id).distinct())), REREAD_AFTER)


def is_spoken_for(prisoner_id: uuid.UUID) -> bool:
    """Whether there is any appeal for somebody, in whatever state."""
    return prisoner_id in _spoken_for.current()


def forget_spoken_for() -> None:
    """Read anew for whom there are appeals: at once here, within REREAD_AFTER seconds in other processes."""
    _spoken_for.forget()
