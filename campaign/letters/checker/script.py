"""In which language a letter is written (L01, L15), and whether it looks like a cipher (L14)."""

import re
from collections.abc import Iterator, Sequence

from campaign.letters.checker.context import Context
from campaign.letters.checker.findings import Finding, Severity
from campaign.letters.checker.folding import cyrillic_reading
from campaign.letters.checker.reading import Reading
from campaign.letters.checker.rulebook import Rule
from campaign.letters.checker.words import Word, is_common_noun, is_known

_RUSSIAN = re.compile(r"[а-я]+")
_CYRILLIC = re.compile(r"[\u0400-\u052f]+")
_FOREIGN_LETTERS = re.compile(r"[іїєґўђјљњћџѓќѕқңәөүұһ]")
_ROMAN_NUMERAL = re.compile(r"[ivx]{1,6}")
_MORSE = re.compile(r"(?:[.·•\-–—−_]{1,6}[ /|]+){4,}[.·•\-–—−_]{1,6}")
_CODED = re.compile(r"(?<![\w/+])(?=[\w/+]*\d)(?=[\w/+]*[a-zA-Z])[A-Za-z0-9+/]{20,}={0,2}")
_BETWEEN = r"(?:[ ,;/|\-]{1,3})"
_NUMBERS = re.compile(rf"(?<![\w.,:+№])(?:\d{{1,4}}{_BETWEEN}){{4,}}\d{{1,4}}(?![\w])")
_LONG_NUMBER = re.compile(r"(?<![\w.,:+№/-])\d{7,}(?![\w])")
_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf\U0001f1e6-\U0001f1ff]")
_SPACED = re.compile(r"(?<!\w)(?:[^\W\d_][ .\-]){4,}[^\W\d_](?!\w)")
_MOST_LINES = 400
_LINK = re.compile(r"(?<!\S)\S{0,300}(?:@|://|\w\.\w)\S{0,300}")
_EXPLAINED = re.compile(r"\s*\(")


def find_other_languages(reading: Reading, rule: Rule, context: Context) -> Iterator[Finding]:
    """L01: too few Russian words, unless the place lets that language through."""
    allowed = (context.recipient.languages if context.recipient else frozenset()) - {"ru"}
    letters = _spoken(reading)
    foreign = [word for word in letters if not _is_cyrillic(word) and not _ROMAN_NUMERAL.fullmatch(word.read)]
    # Few words of another alphabet are the matter of L15; and where another language passes, a letter may be in it.
    if not allowed and len(foreign) >= rule.settings["fewest"]:
        if 1 - len(foreign) / len(letters) < rule.settings["share"]:
            yield _from_first_to_last(reading, rule, foreign)
        return
    others = _other_cyrillic(letters, rule)
    if others and not allowed:
        yield _from_first_to_last(reading, rule, others)


def _other_cyrillic(words: Sequence[Word], rule: Rule) -> Sequence[Word]:
    """Words of another language in the same alphabet: by letters that Russian has not, or by an unknown dictionary."""
    by_letter = [word for word in words if _FOREIGN_LETTERS.search(word.read)]
    if len(by_letter) >= max(rule.settings["fewest_letters"], len(words) * (1 - rule.settings["share"])):
        return by_letter
    sample = [word for word in words if len(word.read) > 1 and _RUSSIAN.fullmatch(word.read)][: rule.settings["sample"]]
    unknown = [word for word in sample if not is_known(word.read)]
    if len(sample) >= rule.settings["fewest_words"] and len(unknown) > len(sample) * rule.settings["unknown"]:
        return unknown
    return ()


def find_foreign_words(reading: Reading, rule: Rule, context: Context) -> Iterator[Finding]:
    """L15: single words of another alphabet in a Russian letter."""
    if context.recipient and context.recipient.languages - {"ru"}:
        return
    letters = _spoken(reading)
    foreign = [
        word
        for word in letters
        if not _is_cyrillic(word) and len(word.read) > 1 and not _ROMAN_NUMERAL.fullmatch(word.read)
    ]
    if len({word.read for word in foreign}) < rule.settings["fewest"] or len(foreign) * 2 > len(letters):
        return
    for word in foreign:
        yield reading.finding(rule.id, rule.severity, reading.folded.place(word.start, word.end))


def _spoken(reading: Reading) -> list[Word]:
    """Words that are neither numbers nor parts of an address, which are the matter of L16."""
    links = [found.span() for found in _LINK.finditer(reading.folded.text)]
    words = []
    at = 0
    for word in reading.words:
        while at < len(links) and links[at][1] <= word.start:
            at += 1
        in_link = at < len(links) and links[at][0] <= word.start
        if not in_link and not word.read.isnumeric():
            words.append(word)
    return words


def is_mostly_cyrillic(reading: Reading) -> bool:
    """Whether half of the words are written in Cyrillic letters."""
    return sum(map(_is_cyrillic, reading.words)) * 2 >= len(reading.words)


def _is_cyrillic(word: Word) -> bool:
    return bool(_CYRILLIC.search(word.read)) or (word.is_upper and cyrillic_reading(word.read) is not None)


def _from_first_to_last(reading: Reading, rule: Rule, words: Sequence[Word]) -> Finding:
    return reading.finding(rule.id, rule.severity, reading.folded.place(words[0].start, words[-1].end))


def find_ciphers(reading: Reading, rule: Rule, context: Context) -> Iterator[Finding]:
    """L14: what a censor cannot read as plain words."""
    text = reading.folded.text
    for expression in (_MORSE, _NUMBERS, _LONG_NUMBER, _SPACED):
        for found in expression.finditer(text):
            if expression is not _MORSE or _has_both_signs(found.group()):
                yield reading.finding(rule.id, rule.severity, reading.folded.place(*found.span()))
    for found in _CODED.finditer(reading.original):
        yield reading.finding(rule.id, rule.severity, found.span())
    yield from _find_abbreviations(reading, rule)
    yield from _find_emoji(reading, rule)
    yield from _find_acrostic(reading, rule)


def _has_both_signs(found: str) -> bool:
    return bool(re.search(r"[.·•]", found) and re.search(r"[\-–—−_]", found))


def _find_abbreviations(reading: Reading, rule: Rule) -> Iterator[Finding]:
    """Several words in capitals that everybody need not know and that are not explained in brackets."""
    known = frozenset(rule.settings["known"])
    short = [
        number
        for number, word in enumerate(reading.words)
        if word.is_upper and 2 <= len(word.read) <= rule.settings["longest"] and _RUSSIAN.fullmatch(word.read)
    ]
    # Whoever writes all of it in capitals abbreviates nothing.
    if len(short) * 2 > len(reading.words):
        return
    unexplained = [
        number
        for number in short
        if (word := reading.words[number]).read not in known
        and not is_common_noun(word.read)
        and not _EXPLAINED.match(reading.folded.text, word.end)
    ]
    if len({reading.words[number].read for number in unexplained}) >= rule.settings["abbreviations"]:
        for number in unexplained:
            yield reading.finding(rule.id, rule.severity, reading.place_of(number, number))


def _find_emoji(reading: Reading, rule: Rule) -> Iterator[Finding]:
    found = list(_EMOJI.finditer(reading.original))
    if len(found) >= rule.settings["emoji"]:
        yield reading.finding(rule.id, rule.severity, (found[0].start(), found[-1].end()))


def _find_acrostic(reading: Reading, rule: Rule) -> Iterator[Finding]:
    """Short lines whose first letters are a word."""
    run: list[tuple[int, str]] = []
    at = 0
    for line in [*reading.original.split("\n")[:_MOST_LINES], ""]:
        stripped = line.strip()
        if stripped and len(stripped) <= rule.settings["line"] and stripped[0].isalpha():
            run.append((at + line.index(stripped[0]), stripped[0].lower().replace("ё", "е")))
        else:
            yield from _spelt(reading, rule, run)
            run = []
        at += len(line) + 1


def _spelt(reading: Reading, rule: Rule, run: Sequence[tuple[int, str]]) -> Iterator[Finding]:
    letters = "".join(letter for _place, letter in run)
    for first in range(len(letters)):
        for length in range(rule.settings["acrostic"], rule.settings["longest_acrostic"] + 1):
            word = letters[first : first + length]
            if len(word) == length and is_common_noun(word):
                yield reading.finding(rule.id, Severity.WARN, (run[first][0], run[first + length - 1][0] + 1))
