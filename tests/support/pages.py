"""A client that checks every page it is given, so that no test touches a broken page without noticing."""

import re
from collections import Counter
from typing import Any

import html5lib
from flask import g, has_app_context
from flask.testing import FlaskClient
from lxml import etree
from lxml.html import document_fromstring
from werkzeug.test import TestResponse

LABELLED = {"input", "select", "textarea"}
UNLABELLED_TYPES = {"hidden", "submit", "button", "image"}


class BrokenPage(AssertionError):
    """A page that breaks one of the rules for all pages."""


class PageClient(FlaskClient):
    """Flask's client; every HTML answer is parsed and checked."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        # The tests hold an application context open, and a request inside one shares its `g`: what one request kept
        # there (who is signed in, the CSRF token) must not reach the next, as it never does on a server.
        if has_app_context():
            for name in list(g):
                g.pop(name)
        # Read to its end, so that a file that is sent is closed.
        response = super().open(*args, **{"buffered": True, **kwargs})
        if response.mimetype == "text/html" and response.data and not 300 <= response.status_code < 400:
            check_page(response.get_data(as_text=True))
        return response


def parse(html: str) -> etree._Element:
    """The page as a tree, read as strictly as a validator would.

    The strict reader takes a tenth of a second, so a page is spared it whose every tag follows one that it followed
    on a page that passed: no new way to be wrong stands on it.
    """
    new = _pairs(html) - _passed
    if new:
        _check_strictly(html)
        _passed.update(new)
    return document_fromstring(html)


_TAG = re.compile(r"<[^>]*>?")
_VALUE = re.compile(r"=\s*(?:\"[^\"]*\"|'[^']*')")
_passed: set[tuple[str, str]] = set()


def _pairs(html: str) -> set[tuple[str, str]]:
    """Each tag, with the names of its attributes, and the one before it."""
    tags = _TAG.findall(_VALUE.sub("=", html))
    return set(zip(["", *tags], tags, strict=False))


def _check_strictly(html: str) -> None:
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("lxml"), namespaceHTMLElements=False, strict=False)
    parser.parse(html)
    serious = [error for error in parser.errors if error[1] not in {"expected-doctype-but-got-start-tag"}]
    if serious:
        raise BrokenPage(f"the page is not well formed: {serious[:3]}")


def check_page(html: str) -> None:
    """Raise BrokenPage when a rule for all pages is broken."""
    page = parse(html)
    title = page.findtext(".//title") or ""
    if not title.strip() or not page.get("lang"):
        raise BrokenPage("a page needs a title and a language")
    if len(page.findall(".//h1")) != 1:
        raise BrokenPage(f"a page has one h1, this one has {len(page.findall('.//h1'))}")
    _check_ids(page)
    _check_labels(page)
    _check_nothing_inline(page)
    _check_headings(page)
    for image in page.iter("img"):
        if image.get("alt") is None:
            raise BrokenPage(f"an image has no alternative text: {image.get('src')}")


def _check_ids(page: etree._Element) -> None:
    ids = [element.get("id") for element in page.iter() if isinstance(element.tag, str) and element.get("id")]
    twice = [name for name, count in Counter(ids).items() if count > 1]
    if twice:
        raise BrokenPage(f"ids that stand twice: {twice}")
    known = set(ids)
    for element in page.iter():
        if not isinstance(element.tag, str):
            continue
        for attribute in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
            missing = set((element.get(attribute) or "").split()) - known
            if missing:
                raise BrokenPage(f"<{element.tag} {attribute}> points at {missing}, which is not on the page")


def _check_labels(page: etree._Element) -> None:
    labelled = {label.get("for") for label in page.iter("label")}
    for element in page.iter(*LABELLED):
        if element.tag == "input" and element.get("type", "text") in UNLABELLED_TYPES:
            continue
        inside = any(ancestor.tag == "label" for ancestor in element.iterancestors())
        if not (inside or element.get("id") in labelled or element.get("aria-label") or element.get("aria-labelledby")):
            raise BrokenPage(f"a field has no label: {element.get('name')}")
    for element in page.iter("button", "a"):
        text = "".join(element.itertext()).strip()
        images = " ".join(image.get("alt", "") for image in element.iter("img")).strip()
        if not (text or images or element.get("aria-label")):
            raise BrokenPage(f"a {element.tag} has no name: {dict(element.attrib)}")


def _check_nothing_inline(page: etree._Element) -> None:
    for element in page.iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag == "style" or (element.tag == "script" and element.get("type") != "application/json"
                                      and not element.get("src")):  # fmt: skip
            raise BrokenPage(f"an inline <{element.tag}>, which the CSP refuses")
        inline = [name for name in element.attrib if name == "style" or name.startswith("on")]
        if inline:
            raise BrokenPage(f"<{element.tag}> carries {inline}, which the CSP refuses")
        for name in ("src", "srcset", "data"):
            if (element.get(name) or "").startswith(("http:", "https:", "//")):
                raise BrokenPage(f"<{element.tag}> loads {element.get(name)} from elsewhere")


def _check_headings(page: etree._Element) -> None:
    level = 0
    for element in page.iter("h1", "h2", "h3", "h4", "h5", "h6"):
        number = int(element.tag[1])
        if number > level + 1:
            raise BrokenPage(f"heading level {number} after {level}: {''.join(element.itertext()).strip()!r}")
        level = number


def field_values(html: str, form_action: str) -> dict[str, str]:
    """What a browser without JavaScript would send, untouched, from the form whose action ends in `form_action`.

    An empty `form_action` means the form that goes to the page itself.
    """
    for form in parse(html).iter("form"):
        action = form.get("action") or ""
        if action.endswith(form_action) if form_action else not action:
            return _values_of(form)
    raise AssertionError(f"no form with an action that ends in {form_action!r}")


def _values_of(form: etree._Element) -> dict[str, str]:
    values: dict[str, str] = {}
    for element in form.iter("input", "select", "textarea"):
        name = element.get("name")
        if not name:
            continue
        if element.tag == "select":
            chosen = [option for option in element.iter("option") if option.get("selected") is not None]
            first = chosen or list(element.iter("option"))
            values[name] = first[0].get("value", "") if first else ""
        elif element.tag == "textarea":
            values[name] = "".join(element.itertext()).removeprefix("\n")
        elif element.get("type") in {"checkbox", "radio"}:
            if element.get("checked") is not None:
                values[name] = element.get("value", "on")
        else:
            values[name] = element.get("value", "")
    return values
