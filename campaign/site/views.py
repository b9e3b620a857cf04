"""Home, the pages of text, the organisations, short links, and the local mailbox of development."""

import email
import mailbox
import re
from email.policy import default

import structlog
from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from campaign.appeals.forms.words import KIND_WORDS
from campaign.appeals.queries import list_published as list_appeals
from campaign.designations.forms import WORK_WORDS
from campaign.designations.queries import last_checked_on
from campaign.designations.service.published import count_left_out, count_works, list_published, text_in
from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.kernel.registry import retention_rules
from campaign.kernel.signing_key import find_public_key, public_key_pem, public_key_text
from campaign.mailings.service.links import path_behind
from campaign.petitions.models import PUBLIC_STATES, Petition
from campaign.petitions.queries import list_public_petitions, totals_of
from campaign.prisoners.queries.public_cards import list_cards
from campaign.prisoners.queries.public_directory import directory
from campaign.prisoners.views.faces import faces_of
from campaign.web.errors import DATABASE_GONE
from campaign.web.headers import PAGE_CACHE, public_page
from campaign.web.i18n import current_language
from campaign.web.place import Place, current_place
from campaign.web.settings import settings

bp = Blueprint("site", __name__)
mailbox_bp = Blueprint("mailbox", __name__)
MAILS_SHOWN = 50
PETITIONS_ON_HOME = 5
PEOPLE_ON_HOME = 3
APPEALS_ON_HOME = 3
# What mailings put behind their links (campaign/mailings/service/links.link_code).
MAILING_CODE = re.compile(r"[a-z]{8}b?")
log = structlog.get_logger()


@bp.get("/")
@public_page(survives_outage=False)
def home() -> ResponseReturnValue:
    """What is urgent, and what one can do today.

    It shows people, so no cache may keep it while the database is away (headers.py); it answers without them then.
    """
    try:
        return _full_home()
    except DATABASE_GONE as problem:
        log.error("home.without_database", error=type(problem).__name__)
        session.remove()
        g.cache_control = "no-store"
        return render_template("site/home.html", cards=[], faces=[], appeals=[], register=None, is_outage=True)


def _full_home() -> str:
    with_outside_only = current_place() is not Place.RUSSIA
    petitions = list_public_petitions(with_outside_only=with_outside_only, limit=PETITIONS_ON_HOME)
    totals = totals_of(petitions)
    language = current_language()
    cards = [(each, each.text_in(language), totals[each.id]) for each in petitions]
    people = directory()
    strip = people.least_known(PEOPLE_ON_HOME)
    faces = faces_of(strip, list_cards([each.id for each in strip], language))
    appeals = [each for each in list_appeals(current_place(), limit=APPEALS_ON_HOME) if each.takes_letters(clock.now())]
    return render_template(
        "site/home.html", cards=cards, faces=faces, register=people, is_outage=False,
        appeals=[(each, each.text_in(language)) for each in appeals], kind_words=KIND_WORDS,
    )  # fmt: skip


@bp.get("/why")
@public_page(survives_outage=True)
def show_why() -> ResponseReturnValue:
    """Who is a political prisoner, and why remembering protects."""
    return render_template("site/why.html", prose=_prose("why"))


@bp.get("/about")
@public_page(survives_outage=True)
def show_about() -> ResponseReturnValue:
    """What this place is, and what it promises."""
    has_key = find_public_key() is not None
    return render_template("site/about.html", prose=_prose("about"), key=public_key_text() if has_key else "")


@bp.get("/privacy")
@public_page(survives_outage=True)
def show_privacy() -> ResponseReturnValue:
    """What is held about whom and until when, read from the rules that delete it."""
    held = [(gettext(rule.describes), rule.days) for rule in retention_rules]
    return render_template("site/privacy.html", held=held)


@bp.get("/organisations")
@public_page(survives_outage=True)
def show_organisations() -> ResponseReturnValue:
    """Who does this for a living, and what the state calls them; names and links only where that is safe.

    Narrowed by what they do; any other value leads to the page of all.
    """
    place, work = current_place(), request.args.get("work", "")
    shown = list_published(place)
    works = count_works(shown)
    if "work" in request.args and work not in works:
        return redirect(url_for("site.show_organisations"))
    return render_template(
        "site/organisations.html", organisations=[each for each in shown if not work or work in each.works],
        total=len(shown), works=works, work=work, work_words=WORK_WORDS, text_in=text_in,
        hidden=count_left_out(place), checked_on=last_checked_on(),
    )  # fmt: skip


@bp.get("/.well-known/unforgotten-signing-key.pem")
def show_signing_key() -> ResponseReturnValue:
    """The public half of the key that signs copies of this site, once it was made (`flask keys signing`)."""
    if find_public_key() is None:
        raise NotFound
    return Response(public_key_pem(), mimetype="application/x-pem-file", headers={"Cache-Control": PAGE_CACHE})


@bp.get("/l/<alias>")
def follow_alias(alias: str) -> ResponseReturnValue:
    """An opaque link from a mail, the same for all receivers and counted nowhere (SAFETY.md 22).

    The code of a mailing goes along; whatever else stands behind the question mark does not.
    """
    if not (alias.isascii() and alias.isalpha() and len(alias) == 8):
        raise NotFound
    slug = session.scalar(select(Petition.slug).where(Petition.alias == alias, Petition.state.in_(PUBLIC_STATES)))
    path = f"/petitions/{slug}" if slug is not None else path_behind(alias)
    if path is None:
        raise NotFound
    code = request.args.get("m", "")
    return redirect((request.script_root or "") + path + (f"?m={code}" if MAILING_CODE.fullmatch(code) else ""))


def _prose(page: str) -> str:
    """The template with the page's text in the reader's language."""
    return f"site/{page}/{current_language()}.html"


@mailbox_bp.get("/mail")
def show_mailbox() -> ResponseReturnValue:
    """The newest mails of the local mailbox, for development only."""
    config = settings()
    if config.production or config.smtp_url is not None:
        raise NotFound
    box = mailbox.Maildir(config.data_dir / "mailbox", create=True)
    newest = sorted(box.iterkeys(), reverse=True)[:MAILS_SHOWN]
    mails = [email.message_from_bytes(box.get_bytes(key), policy=default) for key in newest]
    return render_template("site/mailbox.html", mails=mails)
