"""Cells into values: gender, countries, regions, languages and other words, in Russian and English."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from babel import Locale
from rapidfuzz import fuzz, process

from campaign.kernel.errors import N_
from campaign.kernel.tables.cells import BadCell, shortened
from campaign.prisoners.models import Gender, LettersPolicy, Liberty, ListingSource, ReplyMeans
from campaign.prisoners.regions import regions

EMPTY = frozenset({"", "-", "–", "—", "?", "нет", "нет данных", "н/д", "неизвестно", "unknown", "n/a", "none", "null"})
CLOSE = 88
_SEPARATORS = re.compile(r"[,;/|\n]+")
_LANGUAGES = ("en", "ru", "de", "uk")

_GENDERS = {
    Gender.FEMALE: "ж жен женский женщина f female w woman женск",
    Gender.MALE: "м муж мужской мужчина m male man мужск",
    Gender.UNKNOWN: "",
}
_LETTERS = {
    LettersPolicy.OPEN: "да можно все открыто yes everybody anyone",
    LettersPolicy.FAMILY_ONLY: "семья родственники family",
    LettersPolicy.NONE: "нельзя никто nobody no",
    LettersPolicy.UNKNOWN: "",
}
_REPLIES = {
    ReplyMeans.PAPER_AND_STAMPS: "бумага марки paper stamps",
    ReplyMeans.REPLY_FORM: "бланк form",
    ReplyMeans.NONE: "никак no",
    ReplyMeans.UNKNOWN: "",
}
_SOURCES = {
    ListingSource.MEMORIAL: "мемориал memorial пзк memopzk",
    ListingSource.MEMORIAL_RELIGIOUS: "",
    ListingSource.MEMORIAL_PROBABLE: "",
    ListingSource.OVD_INFO: "овд-инфо овд ovd ovdinfo ovd-info",
    ListingSource.AMNESTY_POC: "amnesty амнести эмнести",
    ListingSource.CRIMEAN_SOLIDARITY: "",
    ListingSource.JW_ORG: "jw jw.org",
    ListingSource.REGIONAL_GROUP: "",
    ListingSource.OTHER: "другое other",
}
_PHRASES = {
    "мемориал религия": ListingSource.MEMORIAL_RELIGIOUS, "crimean solidarity": ListingSource.CRIMEAN_SOLIDARITY,
    "крымская солидарность": ListingSource.CRIMEAN_SOLIDARITY, "amnesty international": ListingSource.AMNESTY_POC,
    "домашний арест": Liberty.HOUSE_ARREST, "запрет определённых действий": Liberty.BAN_OF_ACTIONS,
    "подписка о невыезде": Liberty.RECOGNISANCE, "под стражей": Liberty.PRETRIAL_CUSTODY,
    "house arrest": Liberty.HOUSE_ARREST, "in transit": Liberty.IN_TRANSIT, "на этапе": Liberty.IN_TRANSIT,
    "отбывает наказание": Liberty.SERVING_COLONY, "в розыске": Liberty.ABROAD_WANTED,
}  # fmt: skip
_STATUSES = {
    **dict.fromkeys(Liberty, ""),
    Liberty.PRETRIAL_CUSTODY: "сизо арест custody pretrial",
    Liberty.SERVING_COLONY: "колония colony ик",
    Liberty.SERVING_PRISON: "тюрьма prison",
    Liberty.IN_TRANSIT: "этап transit",
    Liberty.WHEREABOUTS_UNKNOWN: "уточняется",
    Liberty.BAIL: "залог bail",
    Liberty.RELEASED: "освобожден освобождена released free свободен свободна",
    Liberty.EXCHANGED: "обменян обменяна exchanged",
    Liberty.DIED: "умер умерла погиб died dead",
}  # fmt: skip


def is_empty(text: str) -> bool:
    """Whether a cell says nothing: blank, a dash, "н/д"."""
    return text.strip().lower() in EMPTY


def read_gender(text: str) -> str:
    """Raises BadCell."""
    return _word(text, _GENDERS, N_("Not a gender: %(text)s. Left out."))


def read_letters_policy(text: str) -> str:
    """Raises BadCell."""
    return _word(text, _LETTERS, N_("Not one of open, family_only, none, unknown: %(text)s. Left out."))


def read_reply_means(text: str) -> str:
    """Raises BadCell."""
    return _word(text, _REPLIES, N_("Not one of paper_and_stamps, reply_form, none, unknown: %(text)s. Left out."))


def read_listing(text: str) -> str:
    """Raises BadCell."""
    return _word(text, _SOURCES, N_("This source of recognition is not known: %(text)s. Left out."))


def read_status(text: str) -> str:
    """Raises BadCell."""
    return _word(text, _STATUSES, N_("This status is not known: %(text)s. Left out."))


def read_list(text: str) -> list[str]:
    """What line breaks separate, or where there are none commas, semicolons and slashes; each once."""
    parts = text.split("\n") if "\n" in text else _SEPARATORS.split(text)
    return list(dict.fromkeys(part.strip() for part in parts if not is_empty(part)))


def read_countries(text: str) -> list[str]:
    """Countries as codes of two letters. Raises BadCell."""
    return _each(text, _countries(), N_("This country is not known: %(text)s. Left out."))


def read_languages(text: str) -> list[str]:
    """Languages as codes of two letters. Raises BadCell."""
    return _each(text, _languages(), N_("This language is not known: %(text)s. Left out."))


def read_region(text: str) -> str:
    """The code of a region, by its code or its name in one of three languages, nearly right. Raises BadCell."""
    known = _regions()
    plain = _plain_region(text)
    if plain in known:
        return known[plain]
    close = process.extractOne(plain, known.keys(), scorer=fuzz.ratio, score_cutoff=CLOSE)
    if close is None:
        raise BadCell(N_("There is no such region: %(text)s. Left out."), text=shortened(text))
    return known[close[0]]


def find_region(text: str) -> str | None:
    """The region that a longer text names, as "УФСИН по Кировской области" does."""
    plain = f" {_stemmed(text)} "
    return next((code for name, code in _region_stems().items() if f" {name} " in plain), None)


def read_url(text: str) -> str:
    """A web address. Raises BadCell."""
    address = text.strip()
    if re.fullmatch(r"(?:www\.|[\w-]+\.)[\w.-]+\.?\w{2,}(/\S*)?", address) and not address.startswith("http"):
        address = f"https://{address}"
    if not re.fullmatch(r"https?://\S{3,490}", address):
        raise BadCell(N_("Not a web address: %(text)s. Left out."), text=shortened(text))
    return address


def read_index(text: str) -> str:
    """A postal index of six digits, with or without a space. Raises BadCell."""
    digits = re.sub(r"[\s\u2009-]", "", text)
    if not re.fullmatch("[0-9]{6}", digits):
        raise BadCell(N_("A postal index has six digits: %(text)s. Left out."), text=shortened(text))
    return digits


def _word(text: str, words: Mapping[Any, str], refusal: str) -> str:
    plain = _plain(text)
    if plain in _PHRASES and _PHRASES[plain] in words:
        return str(_PHRASES[plain])
    for value, synonyms in words.items():
        if plain in {str(value), str(value).replace("_", " ")} or plain.rstrip(".") in synonyms.split():
            return str(value)
    raise BadCell(refusal, text=shortened(text))


def _each(text: str, known: Mapping[str, str], refusal: str) -> list[str]:
    codes = []
    for part in read_list(text):
        code = known.get(_plain(part))
        if code is None:
            raise BadCell(refusal, text=shortened(part))
        codes.append(code)
    return list(dict.fromkeys(codes))


def _plain(text: str) -> str:
    return " ".join(text.lower().replace("ё", "е").split())


@cache
def _countries() -> dict[str, str]:
    names = _names((2, Locale(language).territories) for language in _LANGUAGES)
    return names | {"рф": "RU", "россия": "RU", "российское": "RU", "russian": "RU", "российская федерация": "RU",
                    "украинское": "UA", "белоруссия": "BY", "сша": "US", "usa": "US", "uk": "GB"}  # fmt: skip


@cache
def _languages() -> dict[str, str]:
    return _names((2, Locale(language).languages) for language in _LANGUAGES)


def _names(maps: Iterable[tuple[int, Mapping[str, str]]]) -> dict[str, str]:
    """Names and codes themselves to codes of the given length."""
    names: dict[str, str] = {}
    for length, known in maps:
        for code, name in known.items():
            if len(code) == length and code.isalpha():
                names.setdefault(_plain(name), code)
                names.setdefault(code.lower(), code)
    return names


_KIND = re.compile(
    r"\b(?:область|обл|край|республика|респ|автономный округ|ао|город|г|oblast|region|krai|republic)\b\.?"
)


def _plain_region(text: str) -> str:
    return " ".join(_KIND.sub(" ", _plain(text)).split()) or _plain(text)


@cache
def _regions() -> dict[str, str]:
    known: dict[str, str] = {}
    for code, region in regions().items():
        known[code.lower()] = code
        for _language, name in region.names:
            known.setdefault(_plain_region(name), code)
    return known


@cache
def _region_stems() -> dict[str, str]:
    names = {_stemmed(region.name_in("ru")): code for code, region in regions().items()}
    return dict(sorted(names.items(), key=lambda item: -len(item[0])))


def _stemmed(text: str) -> str:
    """Words without their endings, so that cases meet: "Кировской области" is "Кировская область"."""
    return " ".join(word[: max(4, len(word) - 3)] for word in re.findall(r"\w+", _plain(text)))
