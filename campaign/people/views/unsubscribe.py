"""Behind the link of a mail: ending it with one press, and choosing what one is written about, without an account.

A GET changes nothing, since mail scanners follow links (SAFETY.md 19). No page shows an address.
"""

from collections.abc import Callable

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.kernel import clock, tokens
from campaign.kernel.crypto.errors import KeyDestroyed, KeyMissing
from campaign.kernel.db import transaction
from campaign.kernel.errors import NotFound
from campaign.people.forms.mail_words import RHYTHM_WORDS, topic_words
from campaign.people.forms.words import language_word
from campaign.people.models import MailRhythm, Topic
from campaign.people.queries.mail_wishes import find_wish
from campaign.people.queries.person_page import get_person
from campaign.people.service import mail_wishes as wishes
from campaign.people.service.erasing import StillVolunteer, erase_person
from campaign.people.service.mail_links import Link, find_link
from campaign.web.guards import guarded_by_token
from campaign.web.here import stands_at
from campaign.web.i18n import LANGUAGES

bp = Blueprint("unsubscribe", __name__)
NOT_OURS = (tokens.BadToken, tokens.TokenExpired, KeyDestroyed, KeyMissing)


@bp.after_request
def keep_out_of_searches(response: Response) -> Response:
    """No search engine lists what stands behind a link of a mail."""
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@bp.get("/<token>")
def show(token: str) -> ResponseReturnValue:
    """What the press of the button will end."""
    return _or_gone(token, lambda link: _page(token, link))


@bp.post("/<token>")
@guarded_by_token
def end(token: str) -> ResponseReturnValue:
    """End it: by the button, or by a mail program in one request (RFC 8058), which follows no redirect."""

    def act(link: Link) -> Response:
        with transaction():
            wishes.end_topic(link)
        return _page(token, link)

    return _or_gone(token, act)


@bp.post("/<token>/again")
@guarded_by_token
def take_up(token: str) -> ResponseReturnValue:
    """Get such mails again, at one's own press."""

    def act(link: Link) -> ResponseReturnValue:
        with transaction():
            wishes.take_up(link)
        return redirect(url_for("unsubscribe.show", token=token), 303)

    return _or_gone(token, act)


@bp.get("/<token>/preferences")
def show_preferences(token: str) -> ResponseReturnValue:
    """Topics, rhythm, language, a pause, and the ways to be left alone."""
    return _or_gone(token, lambda link: _preferences(token, link))


@bp.post("/<token>/preferences")
@guarded_by_token
def choose(token: str) -> ResponseReturnValue:
    """Keep what was chosen; only topics that the page showed are touched."""
    form = request.form
    rhythm, language = form.get("rhythm", ""), form.get("language", "")
    if rhythm not in set(MailRhythm) or language not in LANGUAGES:
        return _or_gone(token, lambda link: _preferences(token, link))
    seen, chosen = set(form.getlist("seen")), set(form.getlist("topic"))
    return _change(
        token, _("Saved."),
        lambda link: wishes.choose(link.person_id, seen=seen, chosen=chosen, rhythm=rhythm, language=language),
    )  # fmt: skip


@bp.post("/<token>/preferences/pause")
@guarded_by_token
def pause(token: str) -> ResponseReturnValue:
    """No mails for three months."""
    return _change(token, _("Noted: we pause."), lambda link: wishes.pause(link.person_id))


@bp.post("/<token>/preferences/resume")
@guarded_by_token
def resume(token: str) -> ResponseReturnValue:
    """Mails again."""
    return _change(token, _("The pause is over."), lambda link: wishes.resume(link.person_id))


@bp.post("/<token>/preferences/never")
@guarded_by_token
def never(token: str) -> ResponseReturnValue:
    """Never again, whatever it is."""
    return _change(token, "", lambda link: wishes.never_again(link.person_id))


@bp.post("/<token>/preferences/write-again")
@guarded_by_token
def write_again(token: str) -> ResponseReturnValue:
    """Take that back."""
    said = _("We may write to you again. Choose what about: nothing is turned on by itself.")
    return _change(token, said, lambda link: wishes.write_again(link.person_id))


@bp.get("/<token>/erase")
def show_erasure(token: str) -> ResponseReturnValue:
    """What goes; with the way to the account of whoever has one."""
    return _or_gone(token, lambda link: _erasure(token, link))


@bp.post("/<token>/erase")
@guarded_by_token
def erase(token: str) -> ResponseReturnValue:
    """Erase the record and all that hangs on it; a second press finds nothing any more."""

    def act(link: Link) -> Response:
        try:
            with transaction():
                erase_person(link.person_id, actor=None)
        except StillVolunteer:
            return _erasure(token, link)
        stands_at("/")
        return make_response(render_template("people/mails/erased.html"))

    return _or_gone(token, act)


def _or_gone(token: str, make: Callable[[Link], ResponseReturnValue]) -> ResponseReturnValue:
    """What `make` gives; the same calm page for a link that is made up, too old, or of a record that is gone."""
    try:
        link = find_link(token)
        if link is not None:
            return make(link)
    except (NotFound, *NOT_OURS):
        pass
    stands_at(url_for("preferences.ask"))
    return make_response(render_template("people/mails/gone.html"), 404)


def _change(token: str, said: str, act: Callable[[Link], object]) -> ResponseReturnValue:
    def change(link: Link) -> Response:
        with transaction():
            act(link)
        return _preferences(token, link, said)

    return _or_gone(token, change)


def _page(token: str, link: Link) -> Response:
    stands_at(url_for("unsubscribe.show", token=token))
    return make_response(
        render_template(
            "people/mails/unsubscribe.html", token=token, is_on=wishes.is_on(link), topics=Topic, topic=link.topic,
            what=topic_words(link.topic, link.subject), can_return=wishes.can_return(link),
            is_never=wishes.is_never_written(link.person_id),
        )
    )  # fmt: skip


def _preferences(token: str, link: Link, said: str = "") -> Response:
    stands_at(url_for("unsubscribe.show_preferences", token=token))
    person, wish = get_person(link.person_id), find_wish(link.person_id)
    paused = wish.paused_until if wish is not None else None
    lines = [(each, topic_words(each.topic, each.subject)) for each in wishes.list_lines(link.person_id)]
    return make_response(
        render_template(
            "people/mails/preferences.html", token=token, said=said, lines=lines, rhythms=RHYTHM_WORDS,
            rhythm=wish.rhythm if wish is not None else MailRhythm.ANY, language=person.language,
            languages=[(code, language_word(code)) for code in LANGUAGES],
            paused=paused if paused is not None and paused >= clock.today() else None,
            pause_until=clock.today() + wishes.PAUSE, is_never=wishes.is_never_written(link.person_id),
            has_account=wishes.has_account(link.person_id),
        )
    )  # fmt: skip


def _erasure(token: str, link: Link) -> Response:
    stands_at(url_for("unsubscribe.show_erasure", token=token))
    has_account = wishes.has_account(link.person_id)
    return make_response(render_template("people/mails/erase.html", token=token, has_account=has_account))
