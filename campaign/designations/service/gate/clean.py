"""Takes out of a text what this visitor must not be led to: links unless they are elsewhere, in Russia names too."""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from urllib.parse import unquote

from campaign.designations.service.gate.matcher import Gate, Kind, Span
from campaign.kernel.places import Place
from campaign.kernel.registry import Cleaned, LeftOut

# Comments and whole elements whose text nobody reads, or that hold what a visitor typed; then tags, with ">" in values.
# Every stretch is bounded or taken once and for all, so that no text makes the search go over it again and again.
_TAG = r"<(?=[a-z/!]){name}[^<>\"]*+(?:\"[^\"]*+\"[^<>\"]*+)*+>"
_MARKUP = re.compile(
    r"(<!--.{0,2000}?-->|"
    + _TAG.format(name=r"(script|style|textarea)\b")
    + r".{0,50000}?</\2\s*>|"
    + _TAG.format(name="")
    + ")",
    re.S | re.I,
)
_GROUPS = _MARKUP.groups + 1
_NAME_OF_TAG = re.compile(r"</?([a-z][a-z0-9]*)", re.I)
_HREF = re.compile(r"\b(?:href|cite)=\"([^\"]*)\"", re.I)
_SPOKEN = re.compile(r"\b(title|alt|aria-label|content|label)=\"([^\"]*)\"", re.I)
_HIDING = frozenset({"script", "style", "textarea"})
_INLINE = frozenset({"a", "em", "strong", "b", "i", "span", "code", "mark", "del", "ins", "small", "abbr", "wbr", "u"})
# The same over many tags at once; they begin with what is rare, which makes them five times as quick. An address that
# begins with one slash stays on this site.
_ALL_HREFS = re.compile(r"=\"(?:(?<=\bhref=\")|(?<=\bcite=\"))(?!/[^/&\"])([^\"]*)\"", re.I)
_ALL_SPOKEN = re.compile(r"=\"(?:(?<=\btitle=\")|(?<=\balt=\")|(?<=\bcontent=\")|(?<=\blabel=\"))([^\"]*)\"", re.I)
_IS_ELSEWHERE = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:|//)", re.I)
_PUNYCODE = re.compile(r"xn--[a-z0-9-]+", re.I)


@dataclass(slots=True)
class _Piece:
    """A tag, or a stretch of text between two; `start` is the place of its text in all of the text."""

    raw: str
    is_text: bool
    text: str = ""
    start: int = 0


@dataclass(frozen=True, slots=True)
class _Apart:
    """HTML taken apart: text, tag, text and so on; `gaps` is what a tag is among the text."""

    raw: Sequence[str]
    texts: Sequence[str]
    tags: Sequence[str]
    gaps: Sequence[str]
    whole: str

    @classmethod
    def of(cls, markup: str) -> "_Apart":
        parts = _MARKUP.split(markup)
        raw, tags = parts[::_GROUPS], parts[1::_GROUPS]
        texts = [html.unescape(each) if "&" in each else each for each in raw]
        gaps = [_gap(tag) for tag in tags]
        return cls(raw, texts, tags, gaps, "".join(chain.from_iterable(zip(texts, [*gaps, ""], strict=True))))

    @property
    def is_cut(self) -> bool:
        """Whether a tag begins or ends outside of this piece; in a text the sign is never written as it is."""
        return any("<" in each for each in self.raw)


def clean_text(gate: Gate, text: str, place: Place, words: LeftOut) -> Cleaned:
    """Plain text without what this visitor must not be led to."""
    if place is Place.ELSEWHERE:
        return Cleaned(text)
    spans = [span for span in gate.find(text) if _is_hidden(span, place)]
    return Cleaned(
        "".join(_parts(text, 0, spans, words)), sum(span.kind is Kind.NAME for span in spans),
        sum(span.kind is Kind.ADDRESS for span in spans),
    )  # fmt: skip


def clean_whole(gate: Gate, markup: str, place: Place, words: LeftOut) -> Cleaned:
    """HTML without what this visitor must not be led to; a link is taken off its words, which stay where they may.

    Names are found across tags too. What is in forms' text areas, comments and scripts is left as it is.
    """
    apart = _Apart.of(markup)
    spans = _hidden(gate, apart, place)
    if not spans and not _may_hide(gate, apart.tags, place):
        return Cleaned(markup)
    pieces = list(_pieces(apart))
    links = _unlink(gate, pieces)
    spoken = sum(_clean_attributes(gate, piece, place, words) for piece in pieces if not piece.is_text)
    _rewrite(pieces, spans, words)
    names = sum(span.kind is Kind.NAME for span in spans)
    return Cleaned("".join(piece.raw for piece in pieces), names + spoken, links + len(spans) - names)


def is_quiet(gate: Gate, markup: str, place: Place) -> bool:
    """Whether a piece of HTML, wherever it was cut out, holds nothing that this visitor must not be led to.

    Where it begins or ends within a tag it counts as holding something.
    """
    apart = _Apart.of(markup)
    return not apart.is_cut and not _hidden(gate, apart, place) and not _may_hide(gate, apart.tags, place)


def is_complete(markup: str) -> bool:
    """Whether a piece of HTML can be cleaned alone: no tag is cut, each link ends in it, nothing in it is hidden."""
    apart = _Apart.of(markup)
    depth = 0
    for tag in apart.tags:
        name = _NAME_OF_TAG.match(tag)
        if name is None or name.group(1).lower() in _HIDING:
            return False
        if name.group(1).lower() == "a":
            depth += -1 if tag.startswith("</") else 1
            if depth not in {0, 1}:
                return False
    return not apart.is_cut and depth == 0


def _hidden(gate: Gate, apart: _Apart, place: Place) -> list[Span]:
    return [span for span in gate.find(apart.whole) if _is_hidden(span, place)]


def _is_hidden(span: Span, place: Place) -> bool:
    return span.kind is Kind.ADDRESS or place is Place.RUSSIA


@lru_cache(maxsize=8192)
def _gap(tag: str) -> str:
    """A block parts words, by a character that no name may hold; an inline tag stands within them."""
    name = _NAME_OF_TAG.match(tag)
    return "" if name is not None and name.group(1).lower() in _INLINE else "\x00"


def _may_hide(gate: Gate, tags: Sequence[str], place: Place) -> bool:
    """Whether some tag may have to change: never no where one has to, so that a page without any is done with.

    They are joined by a quotation mark, which ends a value that one left open; as each ends with ">", none can take in
    what the next one begins with.
    """
    together = '"'.join(tags)
    # Read at once; none reaches into the next over a character that no address may hold.
    if _leads_there(gate, *_ALL_HREFS.findall(together)):
        return True
    spoken = "\x00".join(map(html.unescape, _ALL_SPOKEN.findall(together)))
    return any(_is_hidden(span, place) for span in gate.find(spoken))


def _pieces(apart: _Apart) -> Iterator[_Piece]:
    position = 0
    for at, text in enumerate(apart.texts):
        if apart.raw[at]:
            yield _Piece(apart.raw[at], is_text=True, text=text, start=position)
        position += len(text)
        if at < len(apart.tags):
            yield _Piece(apart.tags[at], is_text=False, text=apart.gaps[at], start=position)
            position += len(apart.gaps[at])


def _unlink(gate: Gate, pieces: list[_Piece]) -> int:
    """Empty the tags of links that lead to a designated organisation; gives how many."""
    links, is_within = 0, False
    for piece in pieces:
        if piece.is_text:
            continue
        tag = piece.raw[:3].lower()
        if tag[:2] == "<a" and not tag[2:].isalpha():
            target = _HREF.search(piece.raw)
            is_within = target is not None and _leads_there(gate, target.group(1))
            links += is_within
            piece.raw = "" if is_within else piece.raw
        elif is_within and piece.raw.lower().startswith("</a"):
            piece.raw, is_within = "", False
        elif tag.startswith("<") and (cited := _HREF.search(piece.raw)) and _leads_there(gate, cited.group(1)):
            piece.raw = piece.raw.replace(cited.group(), "")
            links += 1
    return links


def _leads_there(gate: Gate, *hrefs: str) -> bool:
    """Whether any of these links leads to a designated organisation."""
    urls = "\x00".join(url for url in map(html.unescape, hrefs) if _IS_ELSEWHERE.match(url))
    return bool(urls) and gate.leads_there(_PUNYCODE.sub(_from_punycode, unquote(unquote(urls))))


def _from_punycode(match: re.Match[str]) -> str:
    try:
        return match.group().encode("ascii").decode("idna")
    except UnicodeError:
        return match.group()


def _clean_attributes(gate: Gate, piece: _Piece, place: Place, words: LeftOut) -> int:
    """Clean what a reader is told by attributes; gives how many places."""
    hidden = 0

    def clean(match: re.Match[str]) -> str:
        nonlocal hidden
        cleaned = clean_text(gate, html.unescape(match.group(2)), place, words)
        if not cleaned.names and not cleaned.links:
            return match.group()
        hidden += cleaned.names + cleaned.links
        return f'{match.group(1)}="{html.escape(cleaned.text)}"'

    if '="' in piece.raw and not piece.raw.startswith("<!--"):
        piece.raw = _SPOKEN.sub(clean, piece.raw)
    return hidden


def _rewrite(pieces: list[_Piece], spans: list[Span], words: LeftOut) -> None:
    """Replace the spans in the texts they lie in; one that crosses tags is told of where it begins."""
    first = 0
    for piece in pieces:
        end = piece.start + len(piece.text)
        while first < len(spans) and spans[first].end <= piece.start:
            first += 1
        last = first
        while last < len(spans) and spans[last].start < end:
            last += 1
        if piece.is_text and first < last:
            piece.raw = "".join(_parts(piece.text, piece.start, spans[first:last], words, escape=True))


def _parts(text: str, offset: int, spans: list[Span], words: LeftOut, *, escape: bool = False) -> Iterator[str]:
    position = 0
    for span in spans:
        start, end = max(span.start - offset, 0), min(span.end - offset, len(text))
        kept = text[position:start]
        yield html.escape(kept, quote=False) if escape else kept
        if span.start >= offset:
            yield words.name if span.kind is Kind.NAME else words.address
        position = end
    kept = text[position:]
    yield html.escape(kept, quote=False) if escape else kept
