"""Home, short links, and the local mailbox of development."""

import email
import mailbox
from email.policy import default

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.petitions.models import PUBLIC_STATES, Petition
from campaign.petitions.queries import list_public_petitions
from campaign.web.headers import public_page
from campaign.web.i18n import current_language
from campaign.web.place import Place, current_place
from campaign.web.settings import settings

bp = Blueprint("site", __name__)
mailbox_bp = Blueprint("mailbox", __name__)
MAILS_SHOWN = 50


@bp.get("/")
@public_page(survives_outage=True)
def home() -> ResponseReturnValue:
    """What is urgent, and what one can do today."""
    petitions = list_public_petitions(with_outside_only=current_place() is not Place.RUSSIA, limit=6)
    language = current_language()
    return render_template("site/home.html", petitions=[(each, each.text_in(language)) for each in petitions])


@bp.get("/l/<alias>")
def follow_alias(alias: str) -> ResponseReturnValue:
    """An opaque link from a mail, the same for all receivers and counted nowhere (SAFETY.md 22)."""
    if not (alias.isascii() and alias.isalpha() and len(alias) == 8):
        raise NotFound
    statement = select(Petition.slug).where(Petition.alias == alias, Petition.state.in_(PUBLIC_STATES))
    slug = session.scalar(statement)
    if slug is None:
        raise NotFound
    return redirect(url_for("signatures.show_petition", slug=slug))


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
