"""Words of an answer for the public: chosen and looked at, approved by somebody else, taken back."""

import uuid
from typing import Any

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.kernel.db import transaction
from campaign.kernel.errors import DomainError, NotFound
from campaign.letters import policy
from campaign.letters.forms.reply_publication import ExcerptForm
from campaign.letters.models import PublicationState, Reply
from campaign.letters.queries import published
from campaign.letters.queries import replies as queries
from campaign.letters.queries.published import Excerpt
from campaign.letters.service import reply_publication as service
from campaign.letters.service import reply_texts
from campaign.letters.shown_words import show_excerpt
from campaign.letters.staff_views.replies import WORDS, back_to, bp, is_sealed, look_at, reply_page
from campaign.prisoners.forms.publication import GIVER_WORDS
from campaign.prisoners.queries import get_prisoner
from campaign.web.guards import requires
from campaign.web.i18n import current_language

for_publishers = requires(*policy.WORDS_PUBLISHERS)
ANCHOR = "public-title"


@bp.route("/<uuid:reply_id>/words", methods=["GET", "POST"])
@for_publishers
def choose_words(reply_id: uuid.UUID) -> ResponseReturnValue:
    """Choose words, look at them as the public would, and propose them; nothing is stored before that."""
    reply, form = queries.get_reply(reply_id), ExcerptForm()
    problem = _standing_in_the_way(reply)
    if problem:
        return reply_page(reply_id, problem), 409
    if form.is_submitted():
        look_at(reply_id)
    elif is_sealed(reply_id):
        flash(_("Open it first: that is on record."))
        return back_to(reply_id, anchor="pages-title")
    if not form.is_submitted():
        form.begin(_begin_with(reply), reply.version)
        return _choose_page(reply, form)
    if not form.validate():
        return _choose_page(reply, form), 422
    if request.form.get("act") == "preview":
        return _preview(reply, form)
    try:
        with transaction():
            service.propose(
                reply_id, form.texts, may_name=form.may_name, seen_version=form.seen_version, actor=current_user.id
            )
    except service.NamesSomebody as refusal:
        return _choose_page(reply, form, _(refusal.message), names=refusal.names), 422
    except (service.BadExcerpt, service.NamesWriter) as refusal:
        return _choose_page(reply, form, _(refusal.message)), 422
    except NotFound:
        raise
    except DomainError as refusal:
        form.version.data = str(queries.get_reply(reply_id).version)
        return _choose_page(reply, form, _(refusal.message)), 409
    flash(_("Proposed. Nobody sees it before a second person has read and approved it."))
    return back_to(reply_id, anchor=ANCHOR)


@bp.post("/<uuid:reply_id>/words/approve")
@for_publishers
def approve_words(reply_id: uuid.UUID) -> ResponseReturnValue:
    """Show what somebody else proposed."""
    text = request.form.get("version", "")
    seen = int(text) if text.isdecimal() and len(text) < 10 else 0
    try:
        with transaction():
            service.approve(reply_id, seen_version=seen, actor=current_user.id)
    except NotFound:
        raise
    except service.OwnProposal as problem:
        return reply_page(reply_id, _(problem.message)), 403
    except DomainError as problem:
        return reply_page(reply_id, _(problem.message)), 409
    flash(_("Approved. The words stand on the person’s page within a minute."))
    return back_to(reply_id, anchor=ANCHOR)


@bp.post("/<uuid:reply_id>/words/withdraw")
@for_publishers
def withdraw_words(reply_id: uuid.UUID) -> ResponseReturnValue:
    """Take words back, shown or proposed."""
    with transaction():
        had_words = service.withdraw(reply_id, actor=current_user.id)
    flash(_("The words are taken back and erased.") if had_words else _("There were no words any more."))
    return back_to(reply_id, anchor=ANCHOR)


def _standing_in_the_way(reply: Reply) -> str:
    hindrance = published.find_untyped(reply) or published.find_hindrance(reply)
    if hindrance is not None:
        return str(_(service.SENTENCES[hindrance]))
    if reply.publication == PublicationState.PUBLISHED:
        return str(_("Words of this answer are shown already. Take them back before you choose others."))
    return ""


def _preview(reply: Reply, form: ExcerptForm) -> ResponseReturnValue:
    try:
        plain = service.clean_excerpt(form.texts)
    except DomainError as refusal:
        return _choose_page(reply, form, _(refusal.message)), 422
    written_in, on = published.language_of_letter(reply.id), reply.written_on or reply.logged_on
    shown = [show_excerpt(Excerpt(language, text), written_in, on) for language, text in plain.items()]
    names = service.find_names(reply, plain)
    try:
        service.refuse_names(reply, plain, names)
    except service.NamesWriter as refusal:
        return _choose_page(reply, form, _(refusal.message), names=names, shown=shown), 422
    return _choose_page(reply, form, names=names, shown=shown)


def _begin_with(reply: Reply) -> dict[str, str]:
    """What is proposed already, else all that was typed: one cuts it down to the part that says most."""
    words = service.words_of(reply)
    if words is not None:
        return {each.language: each.text for each in words.texts}
    return {each.language: reply_texts.open_text(each) for each in queries.list_texts(reply.id)}


def _choose_page(
    reply: Reply, form: ExcerptForm, problem: str = "", *, names: Any = (), shown: Any = ()
) -> str:  # fmt: skip
    assert reply.prisoner_id is not None  # noqa: S101 - nobody has agreed for nobody
    return render_template(
        "letters/staff/replies/publish.html", reply=reply, form=form, problem=problem, names=names, shown=shown,
        texts=[(each, reply_texts.open_text(each)) for each in queries.list_texts(reply.id)],
        person=get_prisoner(reply.prisoner_id), consent=published.find_words_consent(reply.prisoner_id),
        giver_words=GIVER_WORDS, language=current_language(), **WORDS,
    )  # fmt: skip
