"""The letter as a thing: how long, how it begins, what lies in it, when it leaves (L26 to L29, L31, L32, L34)."""

import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from campaign.letters.checker.addressee import about_all
from campaign.letters.checker.context import Context, Picture
from campaign.letters.checker.findings import Finding, Severity
from campaign.letters.checker.lexical import find_words
from campaign.letters.checker.reading import Reading
from campaign.letters.checker.rulebook import Rule
from campaign.letters.checker.script import is_mostly_cyrillic
from campaign.letters.checker.words import is_given_name


def find_length(reading: Reading, rule: Rule, context: Context) -> Iterator[Finding]:
    """L26: more than a page, or more than the channel takes."""
    channel = context.channel
    page = channel.page_characters if channel else rule.settings["page"]
    length = len(reading.original)
    if length <= page:
        return
    pages = math.ceil(length / page)
    if channel and pages > channel.most_pages:
        start = page * channel.most_pages
        yield reading.finding(rule.id, Severity.WARN, (start, length), "L26.many")
    else:
        yield reading.finding(rule.id, rule.severity, (page, length))


def find_bad_pictures(rule: Rule, context: Context) -> Iterator[Finding]:
    """L27: what must be taken out of a picture, and what may stop it."""
    for picture in context.pictures:
        if picture.has_metadata or picture.format.upper() not in rule.settings["formats"]:
            yield replace(about_all(rule, "file"), severity=Severity.BLOCK)
        if _shows_too_much(picture):
            yield about_all(rule)


def _shows_too_much(picture: Picture) -> bool:
    return picture.shows_faces or picture.shows_maps or picture.shows_uniforms or picture.shows_banknotes


def find_bare_beginning(reading: Reading, rule: Rule, context: Context) -> Iterator[Finding]:
    """L28: no greeting; in a first letter also nobody introduced, nothing asked."""
    is_short = len(reading.original) < rule.settings["shortest"] or (context.letter and context.letter.is_card)
    # In another language the lists know no greeting.
    if is_short or not is_mostly_cyrillic(reading):
        return
    # The lists of the rule name what should be there: greetings, and then words by which one introduces oneself.
    there = {found.advice: found.start for found in reversed(list(find_words(reading, rule)))}
    greets = there.get("L28.greeting")
    early = greets is not None and greets < rule.settings["within"]
    if not early and not _begins_with_name(reading):
        yield about_all(rule, "greeting")
    if context.letter and context.letter.is_first:
        if "L28.introduction" not in there:
            yield about_all(rule, "introduction")
        if "?" not in reading.folded.text:
            yield about_all(rule, "question")


def _begins_with_name(reading: Reading) -> bool:
    """ "Анна, ..." or "Анна Петровна! ..."."""
    for word in reading.words[:3]:
        sign = reading.folded.text[word.end : word.end + 1]
        if not word.is_title:
            return False
        if sign in {",", "!"}:
            return is_given_name(reading.words[0].read)
    return False


def find_no_answer(rule: Rule, context: Context) -> Iterator[Finding]:
    """L29: nothing to answer with, or nowhere to."""
    letter, channel = context.letter, context.channel
    if letter is None or channel is None:
        return
    has_means = letter.wants_reply_form if channel.has_reply_form else letter.encloses_paper
    if not (has_means and (letter.has_return_address or channel.has_reply_form)):
        yield about_all(rule)


def find_translated(rule: Rule, context: Context) -> Iterator[Finding]:
    """L30: we know that a machine translated it."""
    if context.letter and context.letter.is_machine_translated:
        yield about_all(rule)


def find_copies(rule: Rule, context: Context) -> Iterator[Finding]:
    """L31: others got the same text."""
    if context.letter and context.letter.same_texts >= rule.settings["same"]:
        yield about_all(rule)


def find_late(rule: Rule, context: Context) -> Iterator[Finding]:
    """L32: the day comes before the card."""
    letter = context.letter
    if letter is None or letter.occasion_on is None or letter.leaves_on is None:
        return
    days = rule.settings["days_from_abroad" if letter.leaves_from_abroad else "days"]
    if letter.occasion_on - letter.leaves_on < timedelta(days=days):
        yield about_all(rule)


def find_blank_paper(rule: Rule, context: Context) -> Iterator[Finding]:
    """L34: more blank sheets than pass."""
    if context.letter and context.letter.blank_sheets > rule.settings["blank_sheets"]:
        yield about_all(rule)
