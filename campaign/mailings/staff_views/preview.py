"""Seeing a mailing as somebody gets it, and sending it to oneself or to another member of staff."""

import uuid
from dataclasses import dataclass

from flask import Response, flash, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError, NotFound
from campaign.kernel.mail.message import SLOT, Text
from campaign.mailings.documents.render import render_mailing, sample_slots
from campaign.mailings.models import Mailing, MailingText, Variant
from campaign.mailings.queries import mailings as queries
from campaign.mailings.queries.samples import find_sample, list_samples
from campaign.mailings.service import testing
from campaign.mailings.staff_views.blueprint import back_to, bp, for_writers, mailing_page, shared_words
from campaign.people.service.access import people_seen_by
from campaign.people.service.records import name_of
from campaign.people.staff_views.blueprint import take_shown
from campaign.web.headers import FRAMES_OURS, MAIL_IN_FRAME
from campaign.web.i18n import LANGUAGES
from campaign.web.settings import settings
from campaign.web.steps import actor_id, told

MADE_UP, NAMELESS = "", "nameless"


@dataclass(frozen=True, slots=True)
class Shown:
    """One mail, filled for one reader."""

    text: Text
    plain: str
    html: str
    headers: list[tuple[str, str]]


@bp.get("/<uuid:mailing_id>/preview")
@for_writers
def preview(mailing_id: uuid.UUID) -> str:
    """The mail in one language for one reader: its headers, as HTML in a frame, as plain text."""
    found, texts = queries.get_mailing(mailing_id), queries.texts_of(mailing_id)
    if not texts:
        raise NotFound
    language, variant, person = _asked(texts)
    shown = _show(found, texts[language], variant, person)
    g.content_security_policy = FRAMES_OURS
    return render_template(
        "mailings/staff/preview.html", found=found, texts=texts, language=language, variant=variant, person=person,
        shown=shown, samples=list_samples(found, people_seen_by(current_user)), testers=testing.list_testers(),
        is_narrow=request.args.get("width") == "narrow", me=actor_id(), **shared_words(),
    )  # fmt: skip


@bp.get("/<uuid:mailing_id>/preview/mail")
@for_writers
def preview_mail(mailing_id: uuid.UUID) -> Response:
    """The HTML of it alone, for the frame: its styles stand in it, and it can run, load and send nothing."""
    found, texts = queries.get_mailing(mailing_id), queries.texts_of(mailing_id)
    if not texts:
        raise NotFound
    language, variant, person = _asked(texts)
    g.content_security_policy = MAIL_IN_FRAME
    return Response(_show(found, texts[language], variant, person).html, mimetype="text/html")


@bp.post("/<uuid:mailing_id>/test")
@for_writers
def send_test(mailing_id: uuid.UUID) -> ResponseReturnValue:
    """Send it to a member of staff."""
    found = queries.get_mailing(mailing_id)
    language, variant = request.form.get("language", ""), request.form.get("variant", "")
    try:
        to = uuid.UUID(request.form.get("to", ""))
    except ValueError:
        return mailing_page(found, _("Choose to whom the test mail goes.")), 422
    if language not in LANGUAGES or variant not in set(Variant):
        raise NotFound
    try:
        with transaction():
            testing.send_test(found, language, Variant(variant), to=to, actor=actor_id())
    except NotFound:
        return mailing_page(queries.get_mailing(mailing_id), _("Choose to whom the test mail goes.")), 422
    except DomainError as problem:
        session.expire_all()
        return mailing_page(queries.get_mailing(mailing_id), told(problem)), 409
    flash(_("The test mail is on its way. It says [test] in its subject."))
    return back_to(mailing_id)


def _asked(texts: dict[str, MailingText]) -> tuple[str, Variant, str]:
    language, variant = request.args.get("language", ""), request.args.get("variant", "")
    return (
        language if language in texts else next(iter(texts)),
        Variant(variant) if variant in set(Variant) else Variant.A,
        request.args.get("person", MADE_UP),
    )


def _show(found: Mailing, text: MailingText, variant: Variant, person: str) -> Shown:
    rendered = render_mailing(found, text, variant)
    slots = sample_slots(rendered, language=text.language, name=_name(found, person))
    headers = [("From", settings().mail_from), ("Subject", rendered.subject)]
    headers += [(name, SLOT.sub("…", value)) for name, value in rendered.headers.items()]
    return Shown(rendered, rendered.plain_for(slots), rendered.html_for(slots), headers)


def _name(found: Mailing, person: str) -> str | None:
    """By what name the reader is called; None: by a made-up one. A real name is taken from the hour's allowance."""
    if person == NAMELESS:
        return ""
    try:
        chosen = uuid.UUID(person)
    except ValueError:
        return None
    sample = find_sample(found, chosen, people_seen_by(current_user))
    if sample is None:
        return None
    take_shown()
    return name_of(sample)
