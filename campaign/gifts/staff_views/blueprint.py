"""What the staff views of gifts and pledges share."""

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.funds.forms.words import account_words
from campaign.gifts import policy
from campaign.gifts.forms import staff_words, words
from campaign.gifts.models import GiftState, ImportState, InstalmentState, PledgeState, Schedule
from campaign.gifts.service import donors
from campaign.kernel.crypto.errors import CryptoError
from campaign.kernel.errors import NotFound
from campaign.kernel.money import Money
from campaign.kernel.text import id_in
from campaign.web.guards import requires
from campaign.web.i18n import current_language
from campaign.web.money_rooms import tabs_of_room
from campaign.web.opened import is_opened, note_opened
from campaign.web.steps import actor_id, step

gifts_bp = Blueprint("gifts_staff", __name__)
pledges_bp = Blueprint("pledges_staff", __name__)
for_readers = requires(*policy.READERS)
for_keepers = requires(*policy.KEEPERS)
LONGEST_SEARCH = 60


def shared_words() -> dict[str, Any]:
    """What the templates call things, and what whoever looks may do."""
    return {
        "words": words, "staff_words": staff_words, "states": GiftState, "pledge_states": PledgeState,
        "parts": InstalmentState, "schedules": Schedule, "import_states": ImportState, "accounts": account_words(),
        "may_keep": policy.can_keep(current_user), "tabs_of_room": tabs_of_room(), "money": Money,
        "language": current_language(),
    }  # fmt: skip


def opened(donor_id: uuid.UUID | None) -> donors.Opened | None:
    """Who gave, while it lies open for whoever looks."""
    if donor_id is None or not is_opened(_about(donor_id)):
        return None
    try:
        return donors.open_donor(donor_id)
    except CryptoError:
        return None


def look_or_erase(
    donor_id: uuid.UUID | None, how: str, back: str, again: Callable[[str], str]
) -> ResponseReturnValue:  # fmt: skip
    """A look at a donor, on record; or the end of what is known of them."""
    if donor_id is None:
        raise NotFound
    if how == "erase":
        return step(
            lambda: donors.erase(donor_id, actor=actor_id()),
            _("Erased. The amounts stay, without anybody."),
            back,
            again,
        )
    answer = step(
        lambda: donors.look_at(donor_id, actor=actor_id()),
        _("It lies open for twenty minutes; the look is on record."), back, again,
    )  # fmt: skip
    if not isinstance(answer, tuple):
        note_opened(_about(donor_id))
    return answer


def uuid_of(name: str) -> uuid.UUID | None:
    """A parameter of the address that is an id."""
    return id_in(request.args.get(name, ""))


def day_of(name: str) -> date | None:
    """A parameter of the address that is a day."""
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _about(donor_id: uuid.UUID) -> str:
    return f"donor:{donor_id}"
