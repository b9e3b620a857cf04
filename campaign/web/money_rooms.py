"""The tabs above the staff pages about money, of every feature that has one."""

from collections.abc import Sequence

from flask import request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from campaign.kernel.registry_money import money_rooms


def tabs_of_room() -> Sequence[tuple[str, str, bool]]:
    """Address, words and whether it is this page: of the rooms that open for whoever looks, lower rank first."""
    rooms = sorted((each for each in money_rooms if each.opens_for(current_user)), key=lambda each: each.rank)
    return [(url_for(each.endpoint), _(each.label), request.endpoint == each.endpoint) for each in rooms]
