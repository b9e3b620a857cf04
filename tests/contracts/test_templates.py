"""Rules for every template, read from its source: nothing inline, nothing from elsewhere, every word translatable."""

import re
from pathlib import Path

import pytest
from flask import Flask

from campaign.web import guards

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
HTML = sorted(TEMPLATES.rglob("*.html"))
COMPONENTS = sorted((TEMPLATES / "components").glob("*.html"))
STATIC = ROOT / "campaign" / "static"

# Prose that exists once a language, and the page of components, which only developers see.
NOT_TRANSLATED = [*TEMPLATES.rglob("en.html"), *TEMPLATES.rglob("ru.html"), *TEMPLATES.rglob("de.html"),
                  TEMPLATES / "site" / "components.html"]  # fmt: skip
# Names and units that are the same in every language.
NAMES = {"Unforgotten", "Tor", "UTC", "kB"}

COMMENT = re.compile(r"{#.*?#}", re.S)
STATEMENT = re.compile(r"{%.*?%}", re.S)
EXPRESSION = re.compile(r"{{.*?}}", re.S)
TAG = re.compile(r"<[^>]*>", re.S)
WORD = re.compile(r"[^\W\d_]{2,}")
SPOKEN_ATTRIBUTE = re.compile(r'\b(?:alt|title|placeholder|aria-label|aria-description)="([^"]*)"')


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def source(path: Path) -> str:
    return COMMENT.sub("", path.read_text())


def markup(path: Path) -> str:
    """The template's HTML alone, without blocks that hold a piece of a tag."""
    text = re.sub(r"{% block \w+_(?:class|attributes) %}.*?{% endblock %}", "", source(path), flags=re.S)
    return EXPRESSION.sub("", STATEMENT.sub("", text))


def test_all_of_them_parse(application: Flask) -> None:
    for path in sorted(TEMPLATES.rglob("*.*")):
        application.jinja_env.parse(path.read_text(), filename=named(path))


INLINE = re.compile(r"<style\b|<script\b(?![^>]*\bsrc=)|<[^>]+\sstyle\s*=|<[^>]+\son[a-z]+\s*=|javascript:", re.I)
LOADS = re.compile(r"<(script|img|link|source|iframe|video|audio|object|embed|use)\b", re.I)
ELSEWHERE = re.compile(r'\b(src|srcset|href|data|poster)="(https?:)?//')


# One test a rule and not one a file: hundreds of files, and the message names the offender all the same.
def test_nothing_is_inline() -> None:
    assert [(named(path), INLINE.findall(text)) for path in HTML if INLINE.search(text := markup(path))] == []


def test_nothing_is_loaded_from_elsewhere() -> None:
    found = [(named(path), tag) for path in HTML for tag in TAG.findall(markup(path)) if LOADS.match(tag)]
    assert found
    assert [(name, tag) for name, tag in found if ELSEWHERE.search(tag)] == []


def test_every_word_can_be_translated() -> None:
    assert {named(path): words for path in sorted({*HTML} - {*NOT_TRANSLATED}) if (words := untranslated(path))} == {}


def untranslated(path: Path) -> list[str]:
    text = markup(path)
    spoken = " ".join(SPOKEN_ATTRIBUTE.findall(text))
    visible = TAG.sub(" ", re.sub(r"<!doctype[^>]*>", "", text, flags=re.I))
    return [word for word in WORD.findall(re.sub(r"&[a-z]+;", " ", visible + " " + spoken)) if word not in NAMES]


@pytest.mark.parametrize("path", COMPONENTS, ids=named)
def test_a_component_is_one_macro_named_like_its_file(path: Path) -> None:
    macros = re.findall(r"{%-?\s*macro\s+(\w+)", source(path))
    assert macros == [path.stem]


@pytest.mark.parametrize("path", COMPONENTS, ids=named)
def test_a_component_says_what_it_is_for_and_is_shown_to_developers(path: Path) -> None:
    assert path.read_text().startswith("{#")
    if path.stem != "place_form":  # it stands in the footer of every page
        assert f'"components/{path.name}"' in (TEMPLATES / "site" / "components.html").read_text()


def test_every_form_that_posts_is_guarded(application: Flask) -> None:
    """By a session's token, or because its view checks the origin or a token in its own address (guards.py)."""
    forms = [(named(path), form) for path in HTML for form in re.findall(r"<form\b.*?</form>", source(path), re.S)]
    for name, form in forms:
        if 'method="post"' not in form or "csrf_token" in form or "hidden_tag()" in form:
            continue
        target = re.search(r"action=\"{{ url_for\('([\w.]+)'", form)
        assert target is not None, (name, form[:200])
        assert hasattr(application.view_functions[target.group(1)], guards.ORIGIN_CHECKED), (name, form[:200])


@pytest.mark.parametrize("path", sorted(STATIC.rglob("*.css")) + sorted(STATIC.rglob("*.svg")), ids=named)
def test_static_files_load_nothing_from_elsewhere(path: Path) -> None:
    text = path.read_text().replace("http://www.w3.org/2000/svg", "")
    assert "@import" not in text
    assert "@font-face" not in text
    assert not re.search(r"(url\(|href=)\s*[\"']?(https?:)?//", text)
    assert "<script" not in text


@pytest.mark.parametrize("path", sorted((STATIC / "css").glob("*.css")), ids=named)
def test_colours_are_named_in_one_place(path: Path) -> None:
    if path.name != "tokens.css":
        assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?![\w-]*\s*\{)|\brgba?\(|\bhsla?\(", path.read_text()) == []


@pytest.mark.parametrize("path", sorted((STATIC / "css").glob("*.css")), ids=named)
def test_sides_are_logical(path: Path) -> None:
    physical = r"\b(margin|padding|border|inset)-(left|right|top|bottom)\b|^\s*(left|right|top|bottom|width|height):"
    assert re.findall(physical, path.read_text(), re.M) == []
