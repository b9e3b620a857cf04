"""What a mirror says of itself, in each language: notices in the place of forms, and the page about the copy."""

from collections.abc import Mapping
from contextvars import Context
from typing import Any

from flask import Flask, render_template

from campaign.kernel.places import Place
from campaign.mirror.addresses import ABOUT
from campaign.mirror.rewrite import Notices
from campaign.web.i18n import DEFAULT_LANGUAGE, LANGUAGE_KEY, LANGUAGES
from campaign.web.settings import settings

PARTS = ("banner", "sign", "search", "place", "form", "head")


def notices_of(app: Flask, place: Place) -> Mapping[str, Notices]:
    """The notices by language."""
    return {
        language: Notices(**{
            part: _render(app, language, place, "mirror/_notices.html", part=part).strip() for part in PARTS
        })
        for language in LANGUAGES
    }  # fmt: skip


def about_page(app: Flask, language: str, place: Place, **told: Any) -> str:
    """The page about the copy, as the site would have answered it."""
    return _render(app, language, place, "mirror/about.html", **told)


def _render(app: Flask, language: str, place: Place, template: str, **told: Any) -> str:
    prefix = "" if language == DEFAULT_LANGUAGE else f"/{language}"
    environ = {LANGUAGE_KEY: language, "SCRIPT_NAME": prefix}

    def render() -> str:
        with app.test_request_context(ABOUT, headers={"Cookie": f"place={place.value}"}, environ_overrides=environ):
            return render_template(template, onion_url=settings().onion_url or "", copy_place=place, **told)

    # As every page is asked for (asking.py).
    return Context().run(render)
