"""What a rendered mailing needs to know beside its text: where links lead, what fields say, what is not public now."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from campaign.kernel.errors import N_
from campaign.kernel.places import Place
from campaign.kernel.registry import LeftOut, text_gates
from campaign.kernel.registry_mail import BlockCard
from campaign.kernel.text import one_line
from campaign.mailings.service.links import Cards
from campaign.mailings.service.text.links import own_path
from campaign.mailings.service.text.parts import Field, Used, ref_of
from campaign.people.models import Topic

GONE = N_("[What stood here is not public any more.]")
WHY = {
    Topic.NEWS: N_("You get this because you agreed to news from us."),
    Topic.EVENTS: N_("You get this because you agreed to hear about events."),
    Topic.ASKS: N_("You get this because you agreed to be asked for help."),
    Topic.PETITION: N_("You get this because you signed a petition and asked for its news."),
}
STOP = N_("Stop these mails")
CHOOSE = N_("Choose what we write to you about and how often")
HELLO, DEAR = N_("Hello,"), N_("Dear %(name)s,")
GREETING, NAMED_GREETING = "greeting", "named_greeting"
"""The slot, and under which name its words for somebody with a name are kept beside its fallback."""
LONGEST_DATA = 300
_BRACKETS = re.compile(r"\[(?=\[)")


@dataclass(slots=True)
class Frame:
    """One language and one subject of a mailing."""

    language: str
    code: str
    """What stands behind ?m= in links to our own pages."""
    base: str
    """The beginning of our addresses in this language."""
    hosts: frozenset[str]
    """Ours."""
    cards: Cards
    words: Mapping[str, str]
    """Our own words in the language of the mail, by the message."""
    left_out: LeftOut
    petition: str = ""
    """The title of the petition whose signers are written to."""
    organisation: Sequence[str] = ()
    fallbacks: dict[str, str] = field(default_factory=dict)

    def address_of(self, target: str) -> str | None:
        """Where a link leads; None where what it leads to is not public now."""
        ref = ref_of(target)
        if ref is not None:
            card = self.card_of(ref.kind, ref.slug)
            return self.alias_of(card) if card is not None else None
        path = own_path(target, self.hosts)
        return target if path is None else f"{self.base}{path}?m={self.code}"

    def alias_of(self, card: BlockCard) -> str:
        """The opaque address of what a card shows."""
        return f"{self.base}/l/{card.alias}?m={self.code}"

    def card_of(self, kind: str, slug: str) -> BlockCard | None:
        """What the public may see of it now."""
        card = self.cards.get((kind, slug))
        return card if card is not None and card.alias else None

    def slot_of(self, used: Used) -> str:
        """What stands in the place of a field: a slot, or what is the same for everybody."""
        if used.field is Field.NAME:
            known = [name for name, word in self.fallbacks.items() if name.startswith("name") and word == used.fallback]
            slot = known[0] if known else f"name{len(self.fallbacks)}"
            self.fallbacks[slot] = used.fallback
            return f"[[{slot}]]"
        if used.field is Field.GREETING:
            self.fallbacks[GREETING], self.fallbacks[NAMED_GREETING] = self.words[HELLO], self.words[DEAR]
            return f"[[{GREETING}]]"
        if used.field is Field.PETITION:
            return tame(self.petition or used.fallback)
        return "[[unsubscribe]]" if used.field is Field.UNSUBSCRIBE else f"{self.base}/preferences"

    def without_dangers(self, text: str, *, is_html: bool) -> str:
        """The text without names and addresses of designated organisations: nobody knows where a mail is read, so it is
        as for a reader in Russia (SAFETY.md 17)."""
        for gate in text_gates:
            clean = gate.html if is_html else gate.plain
            text = clean(text, Place.RUSSIA, self.left_out).text
        return text


def tame(text: str) -> str:
    """Data as one line that can make no slot."""
    return part_brackets(one_line(text, LONGEST_DATA))


def fill_marks(text: str, used: Sequence[Used], frame: Frame, *, is_html: bool) -> str:
    """The text with slots in the place of its marks, and no other slot: whatever else would read as one is parted."""
    slots = {}
    for each in used:
        slot = frame.slot_of(each)
        if slot.startswith("[["):
            slots[each.mark] = slot
        else:
            text = text.replace(each.mark, escape(slot) if is_html else slot)
    text = part_brackets(text)
    for mark, slot in slots.items():
        text = text.replace(mark, slot)
    return text


def part_brackets(text: str) -> str:
    """The text without `[[`, however many brackets stand in a row."""
    return _BRACKETS.sub("[ ", text)
