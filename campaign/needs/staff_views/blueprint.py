"""What the staff views of needs share."""

import uuid
from collections.abc import Iterable
from typing import Any

from flask import Blueprint
from flask_login import current_user
from sqlalchemy import select

from campaign.kernel.db import session
from campaign.needs import policy
from campaign.needs.forms import staff_words
from campaign.needs.models import Need, NeedState
from campaign.prisoners.models import Prisoner
from campaign.web.guards import requires
from campaign.web.i18n import current_language
from campaign.web.money_rooms import tabs_of_room

bp = Blueprint("needs_staff", __name__)
for_readers = requires(*policy.READERS)
for_workers = requires(*policy.WORKERS)


def names_of_prisoners(needs: Iterable[Need]) -> dict[uuid.UUID, str]:
    """What those are called whose needs these are."""
    ids = {each.prisoner_id for each in needs if each.prisoner_id is not None}
    found = session.scalars(select(Prisoner).where(Prisoner.id.in_(ids))) if ids else ()
    return {each.id: each.name_in(current_language()) for each in found}


def shared_words() -> dict[str, Any]:
    """What the templates call things, and what whoever looks may do."""
    return {
        "words": staff_words, "states": NeedState, "may_work": policy.can_work(current_user),
        "tabs_of_room": tabs_of_room(), "language": current_language(),
    }  # fmt: skip
