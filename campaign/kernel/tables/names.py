"""A name in one cell, parted into last name, first name and patronymic, with how sure that is."""

import re
import unicodedata
from dataclasses import dataclass, replace
from pathlib import Path

_FIRST_NAMES = frozenset(Path(__file__).with_name("first_names.txt").read_text(encoding="utf-8").split())
"""Common ones in both alphabets, without ё: enough to tell which of two words is the first name."""
_PATRONYMIC = re.compile(r"(?:ович|евич|ич|овна|евна|ична|инична|оглы|кызы|улы|ovich|evich|ovna|evna|ichna)$", re.I)
_TURKIC_ENDING = frozenset({"оглы", "кызы", "улы", "оглу", "гызы"})
_LAST_ENDING = re.compile(
    r"(?:ов|ев|ин|ын|ский|цкий|ая|ова|ева|ина|ына|енко|чук|юк|ук|ян|дзе|швили|их|ых|ову|ой"
    r"|ov|ev|in|sky|skiy|skii|ova|eva|ina|aya|aia|enko|chuk|yan|ian|dze|shvili)$",
    re.I,
)
_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_CYRILLIC = re.compile("[а-яёіїєґ]", re.I)
_TO_CYRILLIC = str.maketrans("AaBCcEeHKkMmOoPpTXxyY", "АаВСсЕеНКкМмОоРрТХхуУ")
_TO_LATIN = str.maketrans("АаВСсЕеНКкМмОоРрТХхуУ", "AaBCcEeHKkMmOoPpTXxyY")


@dataclass(frozen=True, slots=True)
class NameParts:
    """The parts of one name; `confidence` from 0 to 1 says whether somebody should look."""

    last: str = ""
    first: str = ""
    patronymic: str = ""
    aliases: tuple[str, ...] = ()
    """What stood in brackets: a maiden name, a pen name."""
    is_latin: bool = False
    confidence: float = 0.0


def split_name(text: str) -> NameParts:
    """Part a name: "Фамилия Имя Отчество", "Иванов И.И.", "Имя Фамилия", "Иванов, Иван", and the same in Latin.

    Never fails: what cannot be parted comes back as a last name with little confidence.
    """
    plain = " ".join(unicodedata.normalize("NFC", text).replace("’", "'").split())
    aliases = tuple(alias.strip() for alias in _BRACKETS.findall(plain) if alias.strip())
    bare = " ".join(_BRACKETS.sub(" ", plain).split())
    parts = _with_comma(bare) if "," in bare else _in_a_row(bare)
    is_latin = bool(bare) and not _CYRILLIC.search(bare)
    return _cased(replace(parts, aliases=aliases, is_latin=is_latin))


def repair_lookalikes(text: str) -> str:
    """Words that mix Cyrillic and Latin letters, all in the alphabet of the majority where the others have twins."""
    return re.sub(r"[^\W\d_]+", lambda found: _repaired(found.group()), text)


def _repaired(word: str) -> str:
    cyrillic = len(_CYRILLIC.findall(word))
    latin = len(re.findall("[a-z]", word, re.I))
    if not cyrillic or not latin:
        return word
    return word.translate(_TO_CYRILLIC if cyrillic >= latin else _TO_LATIN)


def _with_comma(text: str) -> NameParts:
    last, _comma, rest = text.partition(",")
    words = rest.replace(",", " ").split()
    if not last.strip() or not words:
        return replace(_in_a_row(text.replace(",", " ")), confidence=0.4)
    initials = _initials_of(words)
    if initials is not None:
        return NameParts(last.strip(), *initials, confidence=0.6)
    return NameParts(last.strip(), words[0], " ".join(words[1:]), confidence=0.95 if len(words) < 3 else 0.5)


def _in_a_row(text: str) -> NameParts:
    words = re.sub(r"\.(?=[^\W\d_])", ". ", text).split()
    if len(words) < 2:
        return NameParts(" ".join(words), confidence=0.4 if words else 0.0)
    for last, rest in ((words[0], words[1:]), (words[-1], words[:-1])):
        initials = _initials_of(rest)
        if initials is not None and len(last.rstrip(".")) > 1:
            return NameParts(last, *initials, confidence=0.6)
    if len(words) == 2:
        return _two(*words)
    if words[-1].lower() in _TURKIC_ENDING:
        words = [*words[:-2], " ".join(words[-2:])]
        if len(words) == 2:
            return replace(_two(*words), confidence=0.4)
    return _three(words)


def _initials_of(words: list[str]) -> tuple[str, str] | None:
    """First name and patronymic as initials, or None where a word is more than that."""
    letters = [word.rstrip(".") for word in words]
    if not 1 <= len(letters) <= 2 or any(len(letter) != 1 for letter in letters):
        return None
    made = [f"{letter.upper()}." for letter in letters]
    return made[0], made[1] if len(made) == 2 else ""


def _two(one: str, other: str) -> NameParts:
    """Two words: the known first name decides, then the ending of a last name, then capitals, then custom."""
    if _is_first(other) != _is_first(one):
        last, first = (one, other) if _is_first(other) else (other, one)
        return NameParts(last, first, confidence=0.9)
    if bool(_LAST_ENDING.search(one)) != bool(_LAST_ENDING.search(other)):
        last, first = (one, other) if _LAST_ENDING.search(one) else (other, one)
        return NameParts(last, first, confidence=0.7)
    if one.isupper() != other.isupper():
        last, first = (one, other) if one.isupper() else (other, one)
        return NameParts(last, first, confidence=0.7)
    if _CYRILLIC.search(one):
        return NameParts(one, other, confidence=0.5)
    return NameParts(other, one, confidence=0.5)


def _three(words: list[str]) -> NameParts:
    if _PATRONYMIC.search(words[-1]) and not _PATRONYMIC.search(words[-2]):
        return NameParts(" ".join(words[:-2]), words[-2], words[-1], confidence=0.95 if len(words) == 3 else 0.6)
    if len(words) == 3 and _PATRONYMIC.search(words[1]):
        # "Иван Иванович Иванов", and also "Иван Иванович Абрамович", whose last name ends like a patronymic.
        return NameParts(words[2], words[0], words[1], confidence=0.9 if _is_first(words[0]) else 0.6)
    if len(words) == 3 and _is_first(words[1]):
        return NameParts(words[0], words[1], words[2], confidence=0.6)
    return NameParts(words[0], words[1], " ".join(words[2:]), confidence=0.4)


def _is_first(word: str) -> bool:
    return word.lower().replace("ё", "е") in _FIRST_NAMES


def _cased(parts: NameParts) -> NameParts:
    """Names in capitals throughout become ordinary ones."""
    return replace(parts, last=_title(parts.last), first=_title(parts.first), patronymic=_title(parts.patronymic))


def _title(name: str) -> str:
    if not name.isupper() or len(name) < 3:
        return name
    return "-".join(" ".join(word.capitalize() for word in part.split()) for part in name.split("-"))
