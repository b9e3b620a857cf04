"""The list of everybody whose page is public, with search, filters and a map."""

from collections.abc import Sequence
from dataclasses import replace
from math import ceil

from flask import abort, g, redirect, render_template
from flask.typing import ResponseReturnValue

from campaign.kernel.limits import Buckets, Rate
from campaign.kernel.switches import Switch, is_on
from campaign.prisoners.queries.public_cards import list_cards
from campaign.prisoners.queries.public_directory import Directory, directory
from campaign.prisoners.queries.public_entries import Entry
from campaign.prisoners.service.names import fold
from campaign.prisoners.views.around import around_list
from campaign.prisoners.views.blueprint import bp
from campaign.prisoners.views.faces import drawn_faces
from campaign.prisoners.views.wish import Wish, is_canonical, read_wish
from campaign.web.headers import public_page
from campaign.web.i18n import current_language
from campaign.web.network import client_network
from campaign.web.paging import Page
from campaign.web.place import Place, current_place
from campaign.web.settings import settings

PER_PAGE = 24
# Not None: what a public page must not say passes the same gates (web/left_out.py).
NOT_KEPT = "no-store"
# Pages made for one visitor: a search, or filters that hardly anybody else combines. A person reads what they asked
# for, which takes longer than two seconds; a script that walks through all of it does not.
made_to_order = Buckets(Rate(burst=30, seconds=2))


@bp.get("")
@public_page(survives_outage=False)
def list_prisoners() -> ResponseReturnValue:
    """People in prison, those first to whom a letter is owed most.

    Everything asked for stands in the address. A search is never kept in the page cache, nor is a rare combination of
    filters; both are counted per network (SAFETY.md 21).
    """
    people = directory()
    wish = read_wish(people, with_listings=current_place() is not Place.RUSSIA)
    if not is_canonical(wish.pairs()):
        return redirect(wish.url(page=wish.page))
    searches = bool(wish.q) and is_on(Switch.SEARCH)
    if not wish.is_common:
        g.cache_control = NOT_KEPT
        _count_one()
    best_first = people.named(fold(wish.q)) if searches else None
    page = _page(people, wish, best_first)
    if page.number != wish.page:
        return redirect(wish.url(page=page.number))
    cards = list_cards([each.id for each in page.items], current_language())
    # Without those who withdrew since the directory was read.
    page = replace(page, total=page.total - len(page.items) + len(cards))
    return render_template(
        "prisoners/list.html",
        page=page,
        faces=drawn_faces(page.items, cards),
        wish=wish,
        around=around_list(people, wish),
        total=len(people.entries),
        locked_up=people.locked_up(),
        is_search_off=bool(wish.q) and not searches,
    )


def _count_one() -> None:
    """Take one page made to order from this network's bucket; none is left: 429."""
    network = client_network()
    if settings().rate_limits and network is not None and not made_to_order.take(network):
        abort(429)


def _page(people: Directory, wish: Wish, best_first: Sequence[Entry] | None) -> Page[Entry]:
    """One page of those who fit; a page past the end is the last one. A search is in its own order unless told."""
    matching = people.matching(wish.choices)
    hits = []
    if best_first is not None:
        hits = [entry for entry in best_first if matching >> people.position[entry.id] & 1]
        matching = sum(1 << people.position[entry.id] for entry in hits)
    total = matching.bit_count()
    number = min(wish.page, max(1, ceil(total / PER_PAGE)))
    first = (number - 1) * PER_PAGE
    if best_first is not None and not wish.sort:
        return Page(hits[first : first + PER_PAGE], number, PER_PAGE, total)
    sort = "name-ru" if wish.sort == "name" and current_language() == "ru" else wish.sort
    return Page(people.in_order(matching, sort, first, PER_PAGE), number, PER_PAGE, total)
