"""A page of the site as a page of a mirror: links made relative, forms told where they work, no script.

The markup is our own templates' and that of cleaned Markdown, so every attribute stands in double quotation marks.
"""

import base64
import html
import posixpath
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, fields

from campaign.mirror.addresses import Addresses, Kind, Target

_REST = r"[^<>\"]*+(?:\"[^\"]*+\"[^<>\"]*+)*+>"
_FORM = re.compile(rf"<form\b({_REST})(.*?)</form>", re.S)
_SCRIPT = re.compile(rf"<script\b{_REST}.*?</script>\s*", re.S)
_TAG = re.compile(rf"<(?:a|link|img|source|area|image|use)(?=[\s/>]){_REST}|</a>")
_ATTRIBUTE = re.compile(r'\b(href|src|srcset)="([^"]*)"')
_IS_ANCHOR = re.compile(r"<a[\s>]")
_NAME = re.compile(r"<([a-z]+)")
_HREF = re.compile(r'\bhref="([^"]*)"')
_ACTION = re.compile(r'\baction="([^"]*)"')
_METHOD_POST = re.compile(r'\bmethod="post"', re.I)
_SHOWN = frozenset({"img", "source", "image", "use", "link"})
_HEAD_END, _SKIP = "</head>", re.compile(r'<a class="skip"[^>]*>.*?</a>', re.S)
# Of these <link>s only the first two are needed to show a page.
_LINK_ASSET = re.compile(r'\brel="(?:stylesheet|icon)"')
_LINK_PAGE = re.compile(r'\brel="alternate" hreflang=')
MOST_KEPT = 20_000
CSS_URL = re.compile(rb"url\(\"(?!data:)([^\")]+)\"\)")


@dataclass(frozen=True, slots=True)
class Notices:
    """What stands on a mirror's pages and on no other, in one language; {live} and {path} are put in for each."""

    banner: str
    """The word at the head of each page that this is a copy; {about} is the link to what it is."""
    sign: str
    search: str
    place: str
    form: str
    head: str
    """Goes into the head: {css} is the mirror's own sheet."""

    def at(self, live: str, path: str) -> "Notices":
        """The same for one page: where it is on the live site, and its path there."""
        put = {"{live}": html.escape(live), "{path}": html.escape(path)}
        texts = {each.name: getattr(self, each.name) for each in fields(self)}
        for token, value in put.items():
            texts = {name: text.replace(token, value) for name, text in texts.items()}
        return Notices(**texts)


@dataclass(frozen=True, slots=True)
class _Tag:
    """A tag as it is written, what ends it, and what it leads to."""

    new: str
    end: str = ""
    pages: tuple[Target, ...] = ()
    assets: tuple[Target, ...] = ()


@dataclass(slots=True)
class Rewritten:
    """A page as it is written, and what it leads to."""

    content: str
    pages: set[Target] = field(default_factory=set)
    assets: set[Target] = field(default_factory=set)


class Rewriter:
    """Rewrites pages of one mirror."""

    def __init__(self, addresses: Addresses, notices: Mapping[str, Notices], absent: Collection[str] = ()) -> None:
        self._addresses, self._notices = addresses, notices
        self._absent = absent
        """Addresses that were asked for and are not there: links to them lead to the live site."""
        self._made: dict[tuple[str, str], _Tag] = {}

    def page(self, markup: str, *, at: Target, language: str) -> Rewritten:
        """Rewrite the page at one address."""
        done = Rewritten("")
        notices = self._notices[language].at(self._addresses.live(at.url), at.url)
        home = "../" * at.file.count("/")
        markup = _SCRIPT.sub("", markup)
        markup = _FORM.sub(lambda found: _instead(found, notices), markup)
        closing: list[str] = []
        parts, position = [], 0
        for found in _TAG.finditer(markup):
            parts.append(markup[position : found.start()])
            position = found.end()
            tag = found.group()
            if tag == "</a>":
                parts.append(closing.pop() if closing else tag)
                continue
            made = self._tag(tag, at, home)
            done.pages.update(made.pages)
            done.assets.update(made.assets)
            if _IS_ANCHOR.match(tag):
                closing.append(made.end)
            parts.append(made.new)
        parts.append(markup[position:])
        content = "".join(parts)
        sheet = f"{home}static/css/mirror.css"
        content = content.replace(_HEAD_END, notices.head.replace("{css}", sheet) + _HEAD_END, 1)
        about = _relative(self._about(language), home)
        banner = notices.banner.replace("{about}", about)
        done.content = _SKIP.sub(lambda found: found.group() + banner, content, count=1)
        return done

    def _about(self, language: str) -> str:
        return f"{'' if language == 'en' else language + '/'}about-this-copy/index.html"

    def _tag(self, tag: str, at: Target, home: str) -> _Tag:
        """The tag as it is written. Most tags of a page stand on every other one, so they are kept."""
        if '="?' in tag:
            # Its meaning depends on the page.
            return self._make_tag(tag, at, home)
        made = self._made.get((tag, home))
        if made is None:
            if len(self._made) >= MOST_KEPT:
                self._made.clear()
            made = self._made[tag, home] = self._make_tag(tag, at, home)
        return made

    def _make_tag(self, tag: str, at: Target, home: str) -> _Tag:
        name = _NAME.match(tag)
        kind = name.group(1) if name else ""
        if kind == "link":
            return self._link(tag, at, home)
        if kind in _SHOWN:
            return self._shown(tag, at, home)
        href = _HREF.search(tag)
        if href is None or "data-live" in tag:
            return _Tag(tag, "</a>")
        target = self._target(html.unescape(href.group(1)), at)
        if target.kind is Kind.PAGE:
            new = tag.replace(href.group(), f'href="{_relative(target.file, home, target.fragment)}"')
            return _Tag(new, "</a>", pages=(Target(target.kind, target.url, target.file),))
        if target.kind is Kind.LIVE:
            live = html.escape(self._addresses.live(target.url, target.fragment))
            return _Tag(tag.replace(href.group(), f'href="{live}" rel="external" data-live'), "</a>")
        if target.kind is Kind.ELSEWHERE:
            # An address is a fact, and is kept as one; a mirror leads nowhere but home.
            shown = html.escape(re.sub(r"^https?://|/$", "", target.url))
            return _Tag('<span class="unlinked">', f'</span> <span class="address-of">({shown})</span>')
        return _Tag(tag, "</a>")

    def _link(self, tag: str, at: Target, home: str) -> _Tag:
        if _LINK_ASSET.search(tag):
            return self._shown(tag, at, home)
        href = _HREF.search(tag)
        target = self._target(html.unescape(href.group(1)), at) if href else Target(Kind.OTHER)
        if href and target.kind is Kind.PAGE and _LINK_PAGE.search(tag):
            new = tag.replace(href.group(), f'href="{_relative(target.file, home)}"')
            return _Tag(new, pages=(Target(target.kind, target.url, target.file),))
        return _Tag("")

    def _shown(self, tag: str, at: Target, home: str) -> _Tag:
        assets: list[Target] = []

        def put(found: re.Match[str]) -> str:
            name, value = found.groups()
            entries = [each.strip() for each in html.unescape(value).split(",")] if name == "srcset" else [value]
            return f'{name}="{", ".join(self._asset(each, at, home, assets) for each in entries)}"'

        return _Tag(_ATTRIBUTE.sub(put, tag), assets=tuple(assets))

    def _asset(self, entry: str, at: Target, home: str, assets: list[Target]) -> str:
        address, _space, size = html.unescape(entry).partition(" ")
        target = self._addresses.target(address, at=at.url, is_asset=True)
        if target.kind is not Kind.ASSET:
            return html.escape(entry) if target.kind is Kind.OTHER else ""
        assets.append(Target(target.kind, target.url, target.file))
        return _relative(target.file, home) + (f" {size}" if size else "")

    def _target(self, href: str, at: Target) -> Target:
        target = self._addresses.target(href, at=at.url)
        if target.kind is Kind.PAGE and target.url in self._absent:
            return Target(Kind.LIVE, target.url, fragment=target.fragment)
        return target


def sheet(content: bytes, file: str, read: Callable[[str], bytes | None]) -> bytes:
    """A style sheet with the drawings that it shows written into it: from a disk, browsers refuse to load masks.

    `read` gives what stands at an address of the site, None where nothing does.
    """

    def put(found: re.Match[bytes]) -> bytes:
        address = "/" + posixpath.normpath(posixpath.join(posixpath.dirname(file), found.group(1).decode()))
        drawing = read(address) if address.endswith(".svg") else None
        if drawing is None:
            return found.group()
        return b'url("data:image/svg+xml;base64,' + base64.b64encode(drawing) + b'")'

    return CSS_URL.sub(put, content)


def _relative(file: str, home: str, fragment: str = "") -> str:
    return html.escape(f"{home}{file}{'#' + fragment if fragment else ''}")


def _instead(found: re.Match[str], notices: Notices) -> str:
    """What stands in the place of a form."""
    attributes = found.group(1)
    action = _ACTION.search(attributes)
    where = html.unescape(action.group(1)) if action else ""
    if where.endswith("/place"):
        return notices.place
    if not _METHOD_POST.search(attributes):
        return notices.search
    return notices.sign if where.endswith("/sign") else notices.form
