"""What every template may use: assets by content, dates and numbers in the reader's language, Markdown made safe."""

import hashlib
import re
import time
from collections.abc import Callable, Hashable
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import nh3
from babel.numbers import format_decimal
from flask import Flask, current_app, request, url_for
from flask_babel import format_date, format_percent
from flask_login import current_user
from markdown_it import MarkdownIt
from markupsafe import Markup

from campaign.kernel.differences import compare
from campaign.kernel.money import Money
from campaign.kernel.registry import StaffLink, staff_links
from campaign.web.arrivals import arrived_field, with_arrival
from campaign.web.here import here
from campaign.web.i18n import alternates, current_language, day_of, translator
from campaign.web.left_out import without_left_out
from campaign.web.paging import url_with
from campaign.web.place import Place, current_place
from campaign.web.served import is_served
from campaign.web.settings import settings

_markdown = MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False})
MOST_KEPT = 500
_CYRILLIC = re.compile("[А-Яа-яЁё]{3}")
ALLOWED_TAGS = {"p", "br", "em", "strong", "ul", "ol", "li", "a", "h2", "h3", "h4", "blockquote", "code", "hr"}


def markdown(text: str) -> Markup:
    """Editors' Markdown as safe HTML: headings from level 2, links without referrer, nothing that loads anything, and
    nothing that would endanger this visitor (left_out.py)."""
    html = _markdown.render(text).replace("<h1>", "<h2>").replace("</h1>", "</h2>")
    clean = nh3.clean(
        html,
        tags=ALLOWED_TAGS,
        attributes={"a": {"href", "title"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )
    return Markup(without_left_out(clean))  # noqa: S704 - nh3 has just cleaned it


def link_to(path: str) -> str:
    """The address of one of our pages in the reader's language; empty where no such page exists in this installation.

    So a page can name what one can do here and link only to what is there.
    """
    return (request.script_root or "") + path if is_served(current_app.url_map, path) else ""


def has_page(endpoint: str) -> bool:
    """Whether a view of that name exists."""
    return endpoint in current_app.view_functions


def opens(endpoint: str) -> bool:
    """Whether a view exists and opens for whoever is signed in, by roles held everywhere: no link leads to a refusal.

    For views behind `requires`; what a role for one subject opens depends on the subject.
    """
    view = current_app.view_functions.get(endpoint)
    roles = getattr(view, "required_roles", ())
    return view is not None and current_user.is_authenticated and (not roles or current_user.has_role(*roles))


def my_staff_links() -> list[StaffLink]:
    """The staff pages that the signed-in person may open, in the order of work."""
    mine = [link for link in staff_links if has_page(link.endpoint) and link.opens_for(current_user)]
    return sorted(mine, key=lambda link: link.rank)


def staff_link_here() -> str:
    """The endpoint of the navigation's line under which the page at hand lies: the one whose address is nearest to it.

    Empty for the dashboard, under which everything lies.
    """
    roots = {url_for(link.endpoint).removeprefix(request.script_root): link for link in my_staff_links() if link.rank}
    above = [root for root in roots if request.path == root or request.path.startswith(f"{root}/")]
    return roots[max(above, key=len)].endpoint if above else ""


def _number(value: int | float | Decimal) -> str:
    return _number_in(current_language(), value)


@lru_cache(maxsize=4096, typed=True)
def _number_in(language: str, value: int | float | Decimal) -> str:
    return str(format_decimal(value, locale=language))


@lru_cache(maxsize=256)
def _fingerprint(path: Path, changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


@lru_cache(maxsize=256)
def _version_at(path: str, _second: int) -> str:
    """The fingerprint of a file, looked at once a second: a page has ten of them."""
    return _fingerprint(Path(path), Path(path).stat().st_mtime_ns)


def as_written(text: str) -> str | Markup:
    """A name that is told as it is written in Russian, marked so that a voice reads it in Russian."""
    if current_language() == "ru" or _CYRILLIC.search(text) is None:
        return text
    return Markup('<span lang="ru">{}</span>').format(text)


_kept: dict[Hashable, Markup] = {}


def kept(name: str, *depends_on: Hashable, caller: Callable[[], Markup]) -> Markup:
    """A part of a layout that is made once and stays: `{% call kept('name', …) %}…{% endcall %}`.

    It may hold what the language and the beginning of our addresses decide, and `depends_on`, and nothing else; what a
    stranger can choose freely is no such value.
    """
    key = (name, current_language(), request.script_root, *depends_on)
    made = _kept.get(key)
    if made is None:
        made = caller()
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[key] = made
    return made


def init_templating(app: Flask) -> None:
    """Bind globals and filters."""
    _kept.clear()

    def asset(name: str) -> str:
        """The address of a static file; it changes with the content, so caches may keep it for a year."""
        version = _version_at(f"{app.static_folder}/{name}", int(time.monotonic()))
        prefix = request.script_root.removesuffix(f"/{current_language()}")
        return f"{prefix}{app.static_url_path}/{name}?v={version}"

    @app.context_processor
    def shared() -> dict[str, Any]:
        return {
            "alternates": alternates,
            "asset": asset,
            "is_demo": settings().demo,
            "onion_url": settings().onion_url,
            "public_url": settings().public_url,
            "place": current_place(),
            "Place": Place,
            "_": translator(),
            "actor": current_user,
        }

    # Components are imported without a page's context, so what they use must be global.
    app.jinja_env.globals.update(
        arrived_field=arrived_field,
        compare=compare,
        current_language=current_language,
        current_place=current_place,
        has_page=has_page,
        here=here,
        opens=opens,
        kept=kept,
        link_to=link_to,
        my_staff_links=my_staff_links,
        staff_link_here=staff_link_here,
        url_with=url_with,
        with_arrival=with_arrival,
    )

    app.jinja_env.filters.update(
        as_written=as_written,
        markdown=markdown,
        number=_number,
        percent=format_percent,
        day=day_of,
        weekday=lambda value: format_date(value, "EEEE, d. MMMM" if current_language() == "de" else "EEEE, d MMMM"),
        month=lambda value: format_date(value, "LLLL yyyy"),
        money=lambda value: value.format(current_language()) if isinstance(value, Money) else value,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
