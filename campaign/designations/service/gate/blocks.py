"""A page is read block by block, and what a block holds is remembered: most of a page stood on the one before it.

No name and no address reaches from one block of text into the next, so a page holds what its blocks hold.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from campaign.designations.service.gate.clean import clean_whole, is_complete, is_quiet
from campaign.designations.service.gate.matcher import Gate
from campaign.kernel.places import Place
from campaign.kernel.registry import Cleaned, LeftOut

_ENDS = "</(?:li|p|h[1-6]|option|time|section|div)>"
_END = re.compile(_ENDS)
_END_KEPT = re.compile(f"({_ENDS})")
# Ends a block, and any tag that was left open by the one before it, with or without a quotation mark: each block is
# read as if it stood alone.
_APART = '"</p>"</p>'
# A script that is empty but for its address hides nothing.
_MAY_HIDE = re.compile(r"<!--|<(?:script|style|textarea)\b(?![^<>]*></script>)", re.I)
MOST_QUIET = 20_000
MOST_LOUD = 2_000
LONGEST = 4_000


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the blocks seen lately hold for visitors of one place, in one language."""

    quiet: set[str] = field(default_factory=set)
    """Nothing that these must not be led to."""
    loud: dict[str, Cleaned | None] = field(default_factory=dict)
    """What is left of it; None where that cannot be told of the block alone, as of a link that ends in the next one."""


def clean_html(gate: Gate, markup: str, place: Place, words: LeftOut) -> Cleaned:
    """HTML without what this visitor must not be led to: the same as `clean_whole` makes of it, and sooner."""
    if place is Place.ELSEWHERE or gate.is_empty:
        return Cleaned(markup)
    seen: _Seen = gate.seen.setdefault((place, words), _Seen())
    rest = set(_END.split(markup)) - seen.quiet
    rest -= _learn(gate, rest - seen.loud.keys(), seen, place, words)
    if not rest:
        return Cleaned(markup)
    loud = {each: seen.loud.get(each) for each in rest}
    if not all(loud.values()):
        return clean_whole(gate, markup, place, words)
    return _put_together(loud, _END_KEPT.split(markup))


def _learn(gate: Gate, new: set[str], seen: _Seen, place: Place, words: LeftOut) -> set[str]:
    """Remember blocks that were not seen before; gives the quiet ones of them."""
    quiet = _quiet_ones(gate, new, place)
    if len(seen.loud) > MOST_LOUD:
        seen.loud.clear()
    for each in new - quiet:
        seen.loud[each] = clean_whole(gate, each, place, words) if is_complete(each) else None
    if len(seen.quiet) > MOST_QUIET:
        seen.quiet.clear()
    seen.quiet.update(each for each in quiet if len(each) < LONGEST)
    return quiet


def _quiet_ones(gate: Gate, blocks: set[str], place: Place) -> set[str]:
    """Those that hold nothing. They are read all at once, which on nearly every page is the end of it; but for those
    that may hide what stands after them."""
    alone = {each for each in blocks if _MAY_HIDE.search(each)}
    together = blocks - alone
    if together and not is_quiet(gate, _APART.join(together), place):
        alone, together = blocks, set()
    return together | {each for each in alone if is_quiet(gate, each, place)}


def _put_together(loud: dict[str, Cleaned | None], blocks: Sequence[str]) -> Cleaned:
    parts, names, links = [], 0, 0
    for block in blocks:
        cleaned = loud.get(block)
        parts.append(block if cleaned is None else cleaned.text)
        if cleaned is not None:
            names, links = names + cleaned.names, links + cleaned.links
    return Cleaned("".join(parts), names, links)
