"""Languages: chosen by the address alone (`/ru/…`, `/de/…`, no prefix is English), never by Accept-Language.

The prefix moves from the path to SCRIPT_NAME, so that routes are written once and url_for keeps the language.
"""

import os
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from babel import Locale
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, g, request
from flask_babel import get_domain, get_locale

from campaign.extensions import babel
from campaign.web.here import here

LANGUAGE_KEY = "unforgotten.language"
DEFAULT_LANGUAGE = "en"
LANGUAGES = {"en": "English", "ru": "Русский", "de": "Deutsch"}

# Day first is what Europe reads (Babel's English is American); without the Russian "г.", whose full stop would meet
# that of the sentence.
DAY_FORMATS = {"en": "d MMMM yyyy", "ru": "d MMMM yyyy", "de": "d. MMMM yyyy"}

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Alternate(NamedTuple):
    """The same page in another language."""

    code: str
    name: str
    url: str
    is_current: bool


class LanguagePrefix:
    """WSGI layer that turns `/ru/petitions` into `/petitions` in Russian."""

    def __init__(self, app: WsgiApp) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        code, rest = split_language(environ.get("PATH_INFO", ""))
        environ[LANGUAGE_KEY] = code
        if code != DEFAULT_LANGUAGE:
            environ["SCRIPT_NAME"] = f"{environ.get('SCRIPT_NAME', '')}/{code}"
            environ["PATH_INFO"] = rest
        return self.app(environ, start_response)


def split_language(path: str) -> tuple[str, str]:
    """The language a path asks for, and the path without it."""
    code = path[1:3]
    if code in LANGUAGES and code != DEFAULT_LANGUAGE and path[3:4] in {"", "/"}:
        return code, path[3:] or "/"
    return DEFAULT_LANGUAGE, path


def current_language() -> str:
    """The language of the page or mail being made."""
    try:
        # Where Flask-Babel keeps it: to ask it takes four times as long, and a page asks a hundred times.
        locale = getattr(g.get("_flask_babel"), "babel_locale", None) or get_locale()
    except RuntimeError:  # outside of any request, mail or command
        return DEFAULT_LANGUAGE
    return locale.language if locale is not None else DEFAULT_LANGUAGE


def day_of(value: date) -> str:
    """A day in the words of the page or mail being made."""
    return day_in(current_language(), value)


def day_in(language: str, value: date) -> str:
    """A day in the words of one language."""
    return str(format_date(value, DAY_FORMATS[language], locale=language))


def weekday_of(value: date) -> str:
    """A day with its weekday, in the words of the page or paper being made."""
    language = current_language()
    return str(format_date(value, f"EEEE, {DAY_FORMATS[language]}", locale=language))


def alternates() -> list[Alternate]:
    """This page in each language, query kept as far as the page depends on it."""
    root = request.environ.get("SCRIPT_NAME", "")
    current = request.environ.get(LANGUAGE_KEY, DEFAULT_LANGUAGE)
    base = root.removesuffix(f"/{current}") if current != DEFAULT_LANGUAGE else root
    tail = here()
    return [
        Alternate(code, name, f"{base}{'' if code == DEFAULT_LANGUAGE else '/' + code}{tail}", code == current)
        for code, name in LANGUAGES.items()
    ]


def init_languages(app: Flask, folder: Path) -> None:
    """Bind Flask-Babel and compile catalogues that changed."""
    compile_catalogues(folder)
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(folder)
    babel.init_app(app, locale_selector=_language_of_request, default_timezone="UTC")
    app.jinja_env.install_gettext_callables(_message, _counted_message, newstyle=True)  # type: ignore[attr-defined]


_catalogues: dict[str, Translations | NullTranslations] = {}


def _catalogue() -> Translations | NullTranslations:
    """The messages of the current language.

    For templates, which ask a hundred times a page; Flask-Babel would look up its domain, its context and the language
    each time.
    """
    language = current_language()
    if language not in _catalogues:
        _catalogues[language] = get_domain().get_translations()
    return _catalogues[language]


def translator() -> Callable[..., str]:
    """`gettext` for one page: the language is looked up once and not for each message."""
    find = _catalogue().ugettext

    def translate(message: str, **values: Any) -> str:
        text: str = find(message)
        return text % values if values else text

    return translate


def gettext(message: str, **values: Any) -> str:
    """Flask-Babel's `gettext` for views that say much, at a third of its cost."""
    text: str = _catalogue().ugettext(message)
    return text % values if values else text


def ngettext(one: str, many: str, num: int, **values: Any) -> str:
    """Flask-Babel's `ngettext`, as `gettext` above."""
    text: str = _catalogue().ungettext(one, many, num)
    return text % {"num": num, **values}


def _message(message: str) -> str:
    return _catalogue().ugettext(message)


def _counted_message(one: str, many: str, number: int) -> str:
    return _catalogue().ungettext(one, many, number)


class CataloguesNotCompiled(Exception):
    """The translations have to be compiled by whoever owns their folder; the message says how."""


def compile_catalogues(folder: Path) -> None:
    """Write the .mo beside each .po that is newer; several processes may do it at once.

    Raises CataloguesNotCompiled where this process may not write.
    """
    for source in folder.glob("*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        draft = target.with_suffix(f".{os.getpid()}")
        try:
            with source.open("rb") as text, draft.open("wb") as compiled:
                write_mo(compiled, read_po(text))
            draft.replace(target)
        except PermissionError as problem:
            raise CataloguesNotCompiled(f"{target} is missing or old; run pybabel compile -d {folder}") from problem


# Ready made: Babel would look for the language's file at each request.
_LOCALES = {code: Locale(code) for code in LANGUAGES}


def _language_of_request() -> Locale:
    return _LOCALES[request.environ.get(LANGUAGE_KEY, DEFAULT_LANGUAGE) if request else DEFAULT_LANGUAGE]
