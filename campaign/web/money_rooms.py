"""The way between the staff pages about money, of every feature that has one: groups, and the rooms of this one."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from campaign.kernel.registry_money import MoneyGroup, money_rooms

Way = Sequence[tuple[str, str, bool]]
"""Address, words, and whether one is there."""
GROUP_WORDS = {
    MoneyGroup.TODAY: _l("Today"), MoneyGroup.FUNDS: _l("Funds"), MoneyGroup.COMING_IN: _l("Coming in"),
    MoneyGroup.GOING_OUT: _l("Going out"), MoneyGroup.BOOKS: _l("The books"), MoneyGroup.SETTINGS: _l("Settings"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tabs:
    """What opens for whoever looks. A row with a single entry leads nowhere else and is left out."""

    groups: Way
    rooms: Way


def tabs_of_room() -> Tabs:
    """Groups in their order, each leading to the first of its rooms, and the rooms of the group one is in."""
    rooms = sorted((each for each in money_rooms if each.opens_for(current_user)), key=lambda each: each.rank)
    here = next((each.group for each in rooms if each.endpoint == request.endpoint), None)
    groups = [
        (url_for(first.endpoint), str(GROUP_WORDS[group]), group == here)
        for group in MoneyGroup
        if (first := next((each for each in rooms if each.group == group), None)) is not None
    ]
    beside = [
        (url_for(each.endpoint), _(each.label), each.endpoint == request.endpoint)
        for each in rooms if each.group == here
    ]  # fmt: skip
    return Tabs(groups if len(groups) > 1 else (), beside if len(beside) > 1 else ())
