"""Renders a mailing once for a language and a subject. What the public may not see any more is left out at that moment:
what a mail names is looked up each time, and a text that was kept is one made of the very same."""

import time
from collections.abc import Hashable
from functools import lru_cache

from flask_babel import force_locale
from flask_babel import gettext as _

from campaign.kernel.db import session
from campaign.kernel.mail.message import Text
from campaign.kernel.registry_mail import mail_blocks
from campaign.kernel.text import one_line
from campaign.mailings.documents.frame import (
    CHOOSE,
    DEAR,
    GONE,
    GREETING,
    HELLO,
    NAMED_GREETING,
    STOP,
    WHY,
    Frame,
    tame,
)
from campaign.mailings.documents.html import html_of
from campaign.mailings.documents.plain import plain_of
from campaign.mailings.models import Mailing, MailingText, Variant
from campaign.mailings.service.links import Cards, find_cards, link_code
from campaign.mailings.service.text.parts import Parsed
from campaign.mailings.service.text.read import read_plain, read_text
from campaign.people.models import Topic
from campaign.petitions.models import Petition
from campaign.web.left_out import words_left_out
from campaign.web.mailing import unsubscribe_slots, with_unsubscribe
from campaign.web.settings import absolute_url, own_hosts, settings

LONGEST_NAME = 80
MOST_KEPT = 100
KEPT_SECONDS = 60
"""As long as a change of the register of designations may take to reach a mail."""
_kept: dict[Hashable, Text] = {}
# What a text is made of depends on the text alone, and a batch of mails asks each time.
_read_text, _read_plain = lru_cache(MOST_KEPT)(read_text), lru_cache(MOST_KEPT)(read_plain)


def render_mailing(mailing: Mailing, text: MailingText, variant: str) -> Text:
    """The mail with slots, the same for everybody who gets this language and subject.

    Filled with `person_slots`. Asks the database what the public may see of its blocks, a few statements a call.
    """
    parsed, by_hand = _parse(text)
    refs = parsed.refs + (by_hand.refs if by_hand is not parsed else [])
    cards, petition = find_cards(refs, text.language), _title_of(mailing, text.language)
    key = (
        mailing.id, mailing.version, text.language, text.subject, text.subject_b, text.body, text.plain, variant,
        petition, tuple(cards.items()), int(time.monotonic() / KEPT_SECONDS),
    )  # fmt: skip
    if key not in _kept:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        with force_locale(text.language):
            _kept[key] = _render(mailing, text, variant, _frame(mailing, text.language, variant, cards, petition))
    return _kept[key]


def person_slots(text: Text, *, name: str, token: str, language: str) -> dict[str, str]:
    """What fills a rendered mailing for one person: by what name they are called (empty: not known), and the link with
    which they end these mails. A name is one line; it is data wherever it lands."""
    name = one_line(name, LONGEST_NAME)
    slots = {slot: name or word for slot, word in text.fallbacks.items() if slot not in {GREETING, NAMED_GREETING}}
    if name and GREETING in text.fallbacks:
        slots[GREETING] = text.fallbacks[NAMED_GREETING].replace("%(name)s", name)
    elif GREETING in text.fallbacks:
        slots[GREETING] = text.fallbacks[GREETING]
    return slots | unsubscribe_slots(token, language)


def subject_of(text: MailingText, variant: str) -> str:
    """The subject that this half of the readers gets."""
    return text.subject_b if variant == Variant.B and text.subject_b else text.subject


def _parse(text: MailingText) -> tuple[Parsed, Parsed]:
    """The body, and the plain text by hand or the body again."""
    parsed = _read_text(text.body)
    return parsed, _read_plain(text.plain) if text.plain else parsed


def _render(mailing: Mailing, text: MailingText, variant: str, frame: Frame) -> Text:
    why, subject = WHY[Topic(mailing.topic)], subject_of(text, variant)
    parsed, by_hand = _parse(text)
    html = html_of(parsed, frame, subject=subject, why=why)
    plain = plain_of(by_hand, frame, why=why, by_hand=by_hand is not parsed)
    return with_unsubscribe(Text(subject=subject, body=plain, html=html, fallbacks=frame.fallbacks))


def _frame(mailing: Mailing, language: str, variant: str, cards: Cards, petition: str) -> Frame:
    ours = [GONE, STOP, CHOOSE, HELLO, DEAR, *WHY.values(), *(block.button for block in mail_blocks)]
    config = settings()
    return Frame(
        language=language, code=link_code(mailing, variant), base=absolute_url("", language),
        hosts=own_hosts(), cards=cards,
        words={message: str(_(message)) for message in ours}, left_out=words_left_out(), petition=petition,
        organisation=[tame(line) for line in config.organisation.split("|") if line.strip()],
    )  # fmt: skip


def _title_of(mailing: Mailing, language: str) -> str:
    petition = session.get(Petition, mailing.petition_id) if mailing.petition_id is not None else None
    return petition.text_in(language).title if petition is not None else ""


SAMPLE_NAMES = {"en": "Anna Example", "ru": "Анна Примерова", "de": "Anna Beispiel"}


def sample_slots(text: Text, *, language: str, name: str | None = None) -> dict[str, str]:
    """What fills it for a preview or a test: a made-up name unless another is given, and a link that ends nothing."""
    called = SAMPLE_NAMES.get(language, SAMPLE_NAMES["en"]) if name is None else name
    slots = person_slots(text, name=called, token="", language=language)
    return slots | {"unsubscribe": absolute_url("/preferences", language)}
