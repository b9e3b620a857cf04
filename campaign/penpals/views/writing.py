"""One's own page as a writer: how one stands, what one offers, resting, leaving, and all of it as a file."""

import json
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.accounts.queries import get_account
from campaign.accounts.views.visitor import signed_in
from campaign.kernel import clock
from campaign.kernel.db import transaction
from campaign.kernel.errors import NotFound
from campaign.penpals.forms.writers import (
    AVOID_WORDS,
    CHANNEL_WORDS,
    LANGUAGE_WORDS,
    MODE_WORDS,
    PLACE_WORDS,
    PROMISE_WORDS,
    BeginForm,
    OfferForm,
    PauseForm,
    RiskForm,
)
from campaign.penpals.models import WriterProfile
from campaign.penpals.queries import writers as queries
from campaign.penpals.service import own_copy, writers
from campaign.penpals.views.topics import topic_options
from campaign.people.models import Volunteer, VolunteerState
from campaign.web.guards import fresh

bp = Blueprint("writing", __name__)


@bp.get("")
def show_writing() -> ResponseReturnValue:
    """How one stands and what one can do."""
    found = queries.find_own(signed_in().id)
    if found is None:
        return render_template("penpals/writing_begin.html")
    return _overview(*found, PauseForm(formdata=None))


@bp.get("/offer")
def show_offer() -> ResponseReturnValue:
    """The form for what one offers; with the text about the risk for whoever begins."""
    found = queries.find_own(signed_in().id)
    if found is None or found[1] is None:
        return _form_page(BeginForm(formdata=None, mode="penpal", languages=["ru"]), found is None)
    return _form_page(OfferForm.filled(found[1]), is_new=False)


@bp.post("/offer")
def save_offer() -> ResponseReturnValue:
    """Keep what one offers."""
    found = queries.find_own(signed_in().id)
    if found is None:
        return _begin()
    form = OfferForm()
    form.offer_topics(topic_options())
    if not form.validate():
        return _form_page(form, is_new=False, status=422)
    with transaction():
        writers.change_offer(found[0].id, form.offer(), seen_version=form.seen_version)
    flash(_("Saved."))
    return _back()


@bp.post("/risk")
def read_risk() -> ResponseReturnValue:
    """The text about the risk was changed, and has been read again."""
    volunteer, profile = _mine()
    form = RiskForm()
    if not form.validate():
        return _overview(volunteer, profile, PauseForm(formdata=None), form, 422)
    with transaction():
        writers.read_about_risk(volunteer.id)
    return _back()


@bp.post("/pause")
def pause() -> ResponseReturnValue:
    """Rest until a day."""
    volunteer, profile = _mine()
    form = PauseForm()
    if not form.validate():
        return _overview(volunteer, profile, form, status=422)
    try:
        with transaction():
            writers.pause(volunteer.id, form.until.data, actor=signed_in().id)
    except writers.BadPause as problem:
        form.until.errors = [_(problem.message)]
        return _overview(volunteer, profile, form, status=422)
    flash(_("Rest well. Nobody new is suggested to you until then."))
    return _back()


@bp.post("/resume")
def resume() -> ResponseReturnValue:
    """Come back before the day."""
    with transaction():
        writers.resume(_mine()[0].id, actor=signed_in().id)
    flash(_("Welcome back."))
    return _back()


@bp.post("/ask-again")
def ask_again() -> ResponseReturnValue:
    """Offer again after a time away."""
    with transaction():
        writers.ask_again(_mine()[0].id, actor=signed_in().id)
    flash(_("Good that you are back. Somebody looks at your offer soon."))
    return _back()


@bp.get("/leave")
@fresh
def show_leave() -> ResponseReturnValue:
    """What leaving means, with the button."""
    volunteer, _profile = _mine()
    return render_template(
        "penpals/writing_leave.html", amount=queries.count_live(volunteer.id),
        groups=queries.list_memberships(volunteer.id), days=writers.LEFT_DAYS,
    )  # fmt: skip


@bp.post("/leave")
@fresh
def leave() -> ResponseReturnValue:
    """Stop writing for good; the account stays until its owner closes it."""
    volunteer, _profile = _mine()
    with transaction():
        writers.leave(volunteer.id, actor=signed_in().id)
    return render_template("penpals/writing_left.html")


@bp.get("/export.json")
@fresh
def export() -> ResponseReturnValue:
    """Everything that is kept about oneself as a writer."""
    account = get_account(signed_in().id)
    text = json.dumps(own_copy.of(account), ensure_ascii=False, indent=2)
    response = make_response(text + "\n")
    response.mimetype = "application/json"
    response.headers["Content-Disposition"] = 'attachment; filename="my-writing.json"'
    return response


def _mine() -> tuple[Volunteer, WriterProfile | None]:
    found = queries.find_own(signed_in().id)
    if found is None:
        raise NotFound
    return found


def _begin() -> ResponseReturnValue:
    form = BeginForm()
    form.offer_topics(topic_options())
    if not form.validate():
        return _form_page(form, is_new=True, status=422)
    with transaction():
        writers.begin_writing(signed_in().id, form.offer())
    flash(_("Thank you. Somebody looks at your offer soon."))
    return _back()


def _back() -> ResponseReturnValue:
    return redirect(url_for("writing.show_writing"), 303)


def _form_page(form: BeginForm | OfferForm, is_new: bool, status: int = 200) -> Response:
    form.offer_topics(topic_options())
    found = queries.find_own(signed_in().id)
    live = queries.count_live(found[0].id) if found else 0
    page = render_template("penpals/writing_offer.html", form=form, is_new=is_new, live=live)
    return make_response(page, status)


def _overview(
    volunteer: Volunteer, profile: WriterProfile | None, pause_form: PauseForm, risk_form: RiskForm | None = None,
    status: int = 200,
) -> Response:  # fmt: skip
    way = queries.list_way(volunteer.id)
    page = render_template(
        "penpals/writing.html", volunteer=volunteer, profile=profile, pause_form=pause_form,
        risk_form=risk_form or RiskForm(formdata=None), live=queries.count_live(volunteer.id), way=way,
        answer_by=writers.answer_by(volunteer), knows_risk=profile is None or profile.risk_text == writers.RISK_TEXT,
        has_address=get_account(signed_in().id).email_sealed is not None, states=VolunteerState, words=_words(),
        today=clock.today(), ended_by_itself=bool(way) and way[-1].actor_id is None,
    )  # fmt: skip
    return make_response(page, status)


def _words() -> dict[str, Any]:
    return {
        "mode": MODE_WORDS, "lives": PLACE_WORDS, "languages": LANGUAGE_WORDS, "channels": CHANNEL_WORDS,
        "promise": PROMISE_WORDS, "avoids": AVOID_WORDS, "topics": dict(topic_options()),
    }  # fmt: skip
