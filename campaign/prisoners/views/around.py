"""What stands around the list and is the same on every page and for every search of it: the filters and the map.

Both are counts over everybody, which hold for as long as the directory in memory does, and both are long: so their
HTML is kept with it.
"""

from dataclasses import dataclass, replace

from flask import render_template, request
from markupsafe import Markup

from campaign.prisoners.queries.public_directory import Directory
from campaign.prisoners.views.filters import Filter, filters_for
from campaign.prisoners.views.tiles import map_of
from campaign.prisoners.views.wish import Wish
from campaign.web.i18n import current_language
from campaign.web.place import current_place


@dataclass(frozen=True, slots=True)
class Around:
    """The filters that are set, all filters as HTML, and the map as HTML."""

    chosen: list[Filter]
    choices: Markup
    tiles: Markup


def around_list(people: Directory, wish: Wish) -> Around:
    """The filters and the map for one wish, whatever its search and page."""
    same = replace(wish, q="", page=1)
    key = (current_language(), request.script_root, current_place(), same)
    return people.once(key, lambda: _around(people, same))


def _around(people: Directory, wish: Wish) -> Around:
    filters = filters_for(people, wish)
    return Around(
        [each for each in filters if each.chosen],
        Markup(render_template("prisoners/_filters.html", filters=filters)),  # noqa: S704 - a template of ours
        Markup(render_template("prisoners/_map.html", tiles=map_of(people, wish))),  # noqa: S704
    )
