"""/account/data: everything held about whoever is signed in; to correct, to take along, to erase."""

import json
import uuid

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.kernel import clock
from campaign.kernel.db import transaction
from campaign.kernel.errors import Conflict, DomainError, NotFound
from campaign.kernel.text import one_line
from campaign.people.forms import own as forms
from campaign.people.forms import words
from campaign.people.forms.own_ladder import ladder_of
from campaign.people.forms.values import shown
from campaign.people.models import AskState, IdentityKind, Person, Purpose, Topic
from campaign.people.queries import person_page as queries
from campaign.people.service import own
from campaign.people.service.consents import agree, end_one_consent
from campaign.people.service.identities import read_identity, remove_identity
from campaign.people.service.ladder import answers
from campaign.people.service.mail_links import token_of
from campaign.people.service.records import name_of
from campaign.people.service.timeline import list_happenings
from campaign.web.compare import Difference, differences
from campaign.web.errors import page as error_page
from campaign.web.guards import fresh
from campaign.web.here import stands_at
from campaign.web.i18n import day_of
from campaign.web.paging import page_of
from campaign.web.session_cookie import carry_nothing
from campaign.web.steps import actor_id

bp = Blueprint("own_data", __name__)
LONGEST_TYPED = 300


@bp.get("")
def show_data() -> ResponseReturnValue:
    """All of it on one page, fit for paper."""
    return _page()


@bp.get("/export")
@fresh
def export() -> ResponseReturnValue:
    """All of it as JSON, for another place or another eye."""
    account, held = own.own_data(actor_id())
    today = clock.today()
    content = {"exported_on": today, "account": account, **{each.name: each.content for each in held}}
    text = json.dumps(content, ensure_ascii=False, indent=2, default=forms.as_json)
    answer = Response(text + "\n", mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="my-data-{today.isoformat()}.json"'
    return answer


@bp.route("/edit", methods=["GET", "POST"])
def edit() -> ResponseReturnValue:
    """Correct what is said of oneself; what somebody else changed meanwhile is shown and not lost."""
    person = own.get_own(actor_id())
    form = forms.OwnForm(held=person.spoken)
    if not form.is_submitted():
        form.show(person)
        return _edit_page(form)
    if not form.validate():
        return _edit_page(form), 422
    try:
        with transaction():
            changed = own.correct(actor_id(), form.draft(), seen_version=form.seen_version)
    except Conflict:
        stored = own.get_own(actor_id())
        now = forms.OwnForm(held=stored.spoken, formdata=None)
        now.show(stored)
        form.version.data = str(stored.version)
        return _edit_page(form, differences(now, form), has_conflict=True), 409
    flash(_("Saved.") if changed else _("Nothing differs from what was stored."))
    return _back()


@bp.post("/reach")
def add_reach() -> ResponseReturnValue:
    """Add a way to be reached; the answer is the same whether another is reached so or not."""
    kind, typed = request.form.get("kind", ""), one_line(request.form.get("value", ""), LONGEST_TYPED)
    try:
        if kind not in {IdentityKind.PHONE, IdentityKind.MESSENGER}:
            raise own.NotOwn(_("Choose what it is."))
        reached = read_identity(IdentityKind(kind), typed, region=own.get_own(actor_id()).country)
        with transaction():
            own.add_own_way(actor_id(), reached, agrees_to_calls=request.form.get("calls") == "y")
    except NotFound:
        raise
    except DomainError as problem:
        return _page(_(problem.message), at="reach"), 422
    flash(_("Added."))
    return _back("reach")


@bp.post("/reach/<uuid:identity_id>/remove")
def remove_reach(identity_id: uuid.UUID) -> ResponseReturnValue:
    """Remove a way to be reached."""
    person = own.get_own(actor_id())
    with transaction():
        remove_identity(person.id, identity_id, actor=actor_id())
    flash(_("Removed."))
    return _back("reach")


@bp.post("/consents/<any(news, calls, events):purpose>")
def agree_to(purpose: str) -> ResponseReturnValue:
    """Agree to something, by a button under its words."""
    person = own.get_own(actor_id())
    with transaction():
        agree(person.id, Purpose(purpose), text_version=own.CONSENT_TEXT, actor=actor_id())
    flash(_("Noted. You can end it here at any time."))
    return _back("consents")


@bp.post("/consents/<uuid:consent_id>/end")
def end_consent(consent_id: uuid.UUID) -> ResponseReturnValue:
    """End a consent."""
    person = own.get_own(actor_id())
    with transaction():
        end_one_consent(person.id, consent_id, actor=actor_id())
    flash(_("The consent is ended."))
    return _back("consents")


@bp.post("/asks/rest")
def set_rest() -> ResponseReturnValue:
    """Be asked for nothing for a while, or again."""
    person, months = own.get_own(actor_id()), answers.read_months(request.form.get("months", ""))
    with transaction():
        if months == 0:
            answers.end_rest(person.id, actor=actor_id())
        else:
            answers.rest(person.id, months, actor=actor_id())
    flash(_("You may be asked again.") if months == 0 else _("Noted. You can end it here at any time."))
    return _back("asks")


@bp.post("/asks/<uuid:ask_id>")
def answer_ask(ask_id: uuid.UUID) -> ResponseReturnValue:
    """Never this, or this again after all."""
    person, said = own.get_own(actor_id()), request.form.get("said", "")
    if said not in {"again", AskState.NEVER}:
        raise NotFound
    with transaction():
        if said == "again":
            answers.open_again(ask_id, person_id=person.id, actor=actor_id())
        else:
            answers.answer(ask_id, AskState.NEVER, person_id=person.id, actor=actor_id())
    flash(_("Noted."))
    return _back("asks")


@bp.get("/preferences")
def choose_mails() -> ResponseReturnValue:
    """To the page on which one chooses what one is written about: the same as behind the link of a mail."""
    token = token_of(own.get_own(actor_id()).id, Topic.ALL)
    return redirect(url_for("unsubscribe.show_preferences", token=token), 303)


@bp.get("/erase")
@fresh
def show_erasure() -> ResponseReturnValue:
    """What goes with everything, and what stays as a bare number."""
    return _erase_page()


@bp.post("/erase")
@fresh
def erase() -> ResponseReturnValue:
    """Erase everything and end the account; access ends within this request."""
    if request.form.get("meant") != "y":
        return _erase_page(_("Tick that you mean it.")), 422
    try:
        with transaction():
            own.erase_own(actor_id())
    except Conflict as problem:
        return error_page(409, _("That is not possible now"), _(problem.message))
    carry_nothing()
    return render_template("accounts/left.html")


def _back(anchor: str | None = None) -> ResponseReturnValue:
    return redirect(url_for("own_data.show_data", _anchor=anchor), 303)


def _page(problem: str = "", *, at: str = "") -> str:
    if request.method == "POST":
        stands_at(url_for("own_data.show_data"))
    account, held = own.own_data(actor_id())
    person = queries.find_own_record(actor_id())
    others = [each for each in held if each.name not in {"people", "asks"}]
    return render_template(
        "people/own/data.html", account=account, person=person, others=others, problem=problem, at=at, words=words,
        typed=request.form, said=lambda value, known: forms.said(value, known, day_of), named=forms.named,
        is_wide=forms.is_wide,
        purposes=Purpose, **(_record(person) if person is not None else {}),
    )  # fmt: skip


def _record(person: Person) -> dict[str, object]:
    consents = queries.list_consents(person.id)
    return {
        "name": name_of(person), "consents": consents, "evidence_of": queries.evidence_of,
        "reached": [(row, queries.read_identity_of(row)) for row in queries.list_identities(person.id)],
        "agreed": {each.purpose for each in consents if each.ended_on is None},
        "tags": queries.list_tags_of(person.id), "shown": shown, "notes": queries.list_notes(person.id),
        "values": [each for each in queries.list_values(person.id, with_put_away=True) if not each.is_empty],
        "page": page_of(list_happenings(person.id)), "ladder": ladder_of(person.id),
    }  # fmt: skip


def _edit_page(form: forms.OwnForm, changed: list[Difference] | None = None, *, has_conflict: bool = False) -> str:
    return render_template("people/own/edit.html", form=form, changed=changed or [], has_conflict=has_conflict)


def _erase_page(problem: str = "") -> str:
    _account, held = own.own_data(actor_id())
    return render_template("people/own/erase.html", goes=held, problem=problem)
