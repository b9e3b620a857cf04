"""The register of automatic mails for staff: what goes out by itself and why, and the texts, which can be changed."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from campaign.accounts.queries import get_account, names_of
from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.db import transaction
from campaign.kernel.errors import N_, NotFound
from campaign.kernel.mail import own_texts
from campaign.kernel.mail.automatic import AutomaticMail, Why, automatic_mails
from campaign.kernel.mail.kinds import mail_kinds
from campaign.kernel.mail.own_texts import ChangedMeanwhile, MailText
from campaign.kernel.mail.share import MOST_A_DAY
from campaign.kernel.mail.tally import count_sent
from campaign.site import mail_tests
from campaign.site.mail_texts import TextForm, forms_of, own_or_shipped, restore
from campaign.web.guards import fresh, requires
from campaign.web.i18n import LANGUAGES
from campaign.web.mail_examples import Shown, show_mail

bp = Blueprint("staff_mail_texts", __name__)
for_editors = requires(Role.ORGANISER, Role.ADMIN)

COUNTED_DAYS = 30
WHY: Mapping[str, str] = {
    Why.ACT: N_("Answers to what somebody did"),
    Why.CONSENT: N_("By consent"),
    Why.SERVICE: N_("About what somebody has taken on"),
}


@bp.get("")
@for_editors
def list_texts() -> str:
    """Every automatic mail by category: when it goes out, to whom, what was changed, how many were sent."""
    by_why = {why: [mail for mail in automatic_mails if mail.why == why] for why in WHY}
    changed: dict[str, list[str]] = {}
    for each in own_texts.list_current():
        if each.subject is not None:
            changed.setdefault(each.message, []).append(each.language)
    return render_template(
        "staff/mail_texts/list.html", by_why=by_why, why_words=WHY, changed=changed, kinds=mail_kinds,
        sent=count_sent(clock.today(), COUNTED_DAYS), days=COUNTED_DAYS, most=MOST_A_DAY, languages=LANGUAGES,
    )  # fmt: skip


@bp.route("/<key>", methods=["GET", "POST"])
@for_editors
@fresh
def edit_text(key: str) -> ResponseReturnValue:
    """The texts of one mail in all languages: looked at as they would leave, then saved together."""
    mail = _mail(key)
    newest = own_texts.find_newest(key)
    forms = forms_of(mail, newest)
    if request.method == "GET":
        return _edit_page(mail, newest, forms)
    wrong = [form for form in forms.values() if not form.validate()]
    if wrong:
        return _edit_page(mail, newest, forms), 422
    if request.form.get("act") == "look":
        return _edit_page(mail, newest, forms, looks=_looks(mail, forms))
    drafts = [draft for each in forms.values() if (draft := each.draft(newest.get(each.language))) is not None]
    if not drafts:
        flash(_("Nothing was changed."))
        return redirect(url_for("staff_mail_texts.edit_text", key=key), 303)
    try:
        with transaction():
            count = own_texts.save(mail, drafts, actor=current_user.id)
    except ChangedMeanwhile as conflict:
        return _conflict_page(mail, forms, conflict)
    words = ngettext(
        "Saved in %(num)s language. It holds from the next mail on.",
        "Saved in %(num)s languages. It holds from the next mail on.", count,
    )  # fmt: skip
    flash(words)
    return redirect(url_for("staff_mail_texts.edit_text", key=key), 303)


@bp.get("/<key>/<language>/versions")
@for_editors
def list_versions(key: str, language: str) -> str:
    """What the text said before, who changed it and when."""
    mail = _mail(key, language)
    versions = own_texts.list_versions(key, language)
    told = [own_or_shipped(mail, language, each) for each in [*versions, None]]
    names = names_of({each.saved_by for each in versions})
    return render_template(
        "staff/mail_texts/versions.html", mail=mail, language=language, language_name=LANGUAGES[language],
        versions=list(zip(versions, told, told[1:], strict=False)), names=names,
    )  # fmt: skip


@bp.route("/<key>/<language>/versions/<int:version>", methods=["GET", "POST"])
@for_editors
@fresh
def restore_version(key: str, language: str, version: int) -> ResponseReturnValue:
    """Bring an older version back on top; 0 is the shipped text. Nothing is lost: what holds now stays a version."""
    mail = _mail(key, language)
    versions = own_texts.list_versions(key, language)
    wanted = next((each for each in versions if each.version == version), None)
    if wanted is None and version != 0:
        raise NotFound
    problem, status = "", 200
    if request.method == "POST":
        problem = _restore(mail, wanted, language)
        if not problem:
            flash(_("The older text holds again, from the next mail on."))
            return redirect(url_for("staff_mail_texts.edit_text", key=key), 303)
        status, versions = 409, own_texts.list_versions(key, language)
    now = versions[0] if versions else None
    return render_template(
        "staff/mail_texts/restore.html", mail=mail, language=language, language_name=LANGUAGES[language],
        version=version, seen=now.version if now else 0, before=own_or_shipped(mail, language, now),
        after=own_or_shipped(mail, language, wanted), problem=problem,
    ), status  # fmt: skip


@bp.post("/<key>/<language>/test")
@for_editors
def send_test(key: str, language: str) -> ResponseReturnValue:
    """Send the text as it holds now, with example values, to the address of whoever asks."""
    mail = _mail(key, language)
    account = get_account(current_user.id)
    with transaction():
        outcome = mail_tests.owe_test(mail, language, account)
    flash(_(mail_tests.WORDS[outcome]))
    return redirect(url_for("staff_mail_texts.edit_text", key=key), 303)


def _mail(key: str, language: str = "en") -> AutomaticMail:
    if key not in automatic_mails or language not in LANGUAGES:
        raise NotFound
    return automatic_mails[key]


def _restore(mail: AutomaticMail, wanted: MailText | None, language: str) -> str:
    """Why it could not be done; empty when it was."""
    seen = request.form.get("seen", type=int)
    try:
        with transaction():
            rejected = restore(mail, wanted, language, seen if seen is not None else -1, current_user.id)
    except ChangedMeanwhile:
        return str(_("Somebody else saved this text meanwhile. Look at what it says now before you go on."))
    return rejected.words if rejected is not None else ""


def _looks(mail: AutomaticMail, forms: Mapping[str, TextForm]) -> dict[str, Shown]:
    return {language: show_mail(mail, form.text, language) for language, form in forms.items()}


def _conflict_page(
    mail: AutomaticMail, forms: Mapping[str, TextForm], conflict: ChangedMeanwhile
) -> ResponseReturnValue:
    """Theirs beside what was typed; saving again puts what was typed on top of theirs, knowingly."""
    newest = own_texts.find_newest(mail.key)
    theirs: list[tuple[str, Any, TextForm]] = []
    for language, form in forms.items():
        known = newest[language].version if language in newest else 0
        if form.begin_from(known):
            theirs.append((language, own_or_shipped(mail, language, newest.get(language)), form))
    return _edit_page(mail, newest, forms, problem=_(conflict.message), theirs=theirs), 409


def _edit_page(
    mail: AutomaticMail, newest: Mapping[str, MailText], forms: Mapping[str, TextForm], *,
    looks: Mapping[str, Shown] | None = None, problem: str = "", theirs: Sequence[tuple[str, Any, TextForm]] = (),
) -> str:  # fmt: skip
    saved_by: set[uuid.UUID] = {each.saved_by for each in newest.values()}
    return render_template(
        "staff/mail_texts/edit.html", mail=mail, kind=mail_kinds[mail.kind], newest=newest, forms=forms, looks=looks,
        problem=problem, theirs=theirs, names=names_of(saved_by), languages=LANGUAGES, why_words=WHY,
        has_errors=any(form.errors for form in forms.values()), most=MOST_A_DAY,
        stale=[each for each in newest if not _is_usable(mail, newest[each])],
    )  # fmt: skip


def _is_usable(mail: AutomaticMail, version: MailText) -> bool:
    if version.subject is None or version.body is None:
        return True
    return own_texts.is_usable(mail.key, own_texts.Own(version.subject, version.body))
