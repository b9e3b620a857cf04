"""Signing up as a writer: a pseudonym, a passphrase and an offer; no address, and no cookie before it is done."""

from flask import Blueprint, Response, flash, g, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.accounts.policy import BadPassphrase, BadUsername
from campaign.accounts.service.accounts import UsernameTaken
from campaign.kernel.db import transaction
from campaign.kernel.errors import DomainError
from campaign.kernel.limits import Buckets, Rate
from campaign.kernel.places import Place
from campaign.kernel.switches import Switch, is_on, require
from campaign.kernel.tries import Limit, tries
from campaign.penpals.forms.writers import SignUpForm
from campaign.penpals.models import WriterMode, WriterPlace
from campaign.penpals.service import writers
from campaign.penpals.views.topics import topic_options
from campaign.web.arrivals import arrived_by
from campaign.web.guards import checks_origin
from campaign.web.headers import public_page
from campaign.web.here import stands_at
from campaign.web.i18n import current_language
from campaign.web.network import client_network
from campaign.web.place import current_place
from campaign.web.session_cookie import carry
from campaign.web.settings import settings
from campaign.web.templating import link_to

bp = Blueprint("volunteer", __name__)
# A family or a letter evening behind one connection signs up in one go; a flood does not get far. The ceiling for all
# stands because each new account costs a slow hash, and because over Tor there is no network to tell apart.
signing_up = Buckets(Rate(burst=10, seconds=120))
CEILING = Limit("sign-ups", 400, 3600)


@bp.get("")
@public_page(survives_outage=False)
def show_form() -> ResponseReturnValue:
    """What writing with us means, what is known about the risk, and the form."""
    lives = {Place.RUSSIA: WriterPlace.RUSSIA, Place.ELSEWHERE: WriterPlace.OUTSIDE}.get(current_place())
    return _page(_form(formdata=None, mode=WriterMode.PENPAL.value, lives=lives and lives.value, languages=["ru"]))


@bp.post("")
@checks_origin
def sign_up() -> ResponseReturnValue:
    """Make the account, and lead to its page; whoever wants to write one letter needs none."""
    form = _form()
    if form.mode.data == WriterMode.ONE_LETTER and link_to("/write"):
        return redirect(link_to("/write"), 303)
    if current_user.is_authenticated:
        return redirect(url_for("writing.show_offer"), 303)
    require(Switch.NEW_ACCOUNTS)
    if not form.validate():
        return _kept_nowhere(_page(form), 422)
    if not _may():
        problem = _("Very many people sign up at this moment. Wait a few minutes and press the button again.")
        return _kept_nowhere(_page(form, problem), 429)
    if form.website.data:
        # A program filled in what people do not see. It is told that all went well, and nothing is kept.
        return redirect(url_for("writing.show_writing"), 303)
    return _make(form)


def _make(form: SignUpForm) -> ResponseReturnValue:
    try:
        with transaction():
            token = writers.sign_up(
                form.username.data,
                form.passphrase.data or "",
                form.offer(),
                language=current_language(),
                arrived_by=arrived_by(),
            )
    except (BadUsername, UsernameTaken) as problem:
        _show(form.username, problem)
    except BadPassphrase as problem:
        _show(form.passphrase, problem)
    else:
        carry(token)
        flash(_("Thank you. Keep your pseudonym and passphrase where you find them again: nobody can tell you them."))
        return redirect(url_for("writing.show_writing"), 303)
    return _kept_nowhere(_page(form), 422)


def _show(field: object, problem: DomainError) -> None:
    field.errors = [_(problem.message)]  # type: ignore[attr-defined]


def _form(**values: object) -> SignUpForm:
    form = SignUpForm(**values)
    form.offer_topics(topic_options())
    return form


def _page(form: SignUpForm, problem: str = "") -> str:
    stands_at("/volunteer")
    return render_template(
        "penpals/volunteer.html", form=form, problem=problem, is_open=is_on(Switch.NEW_ACCOUNTS),
        days=writers.UNANSWERED_DAYS,
    )  # fmt: skip


def _kept_nowhere(page: str, status: int) -> Response:
    """An answer with what somebody typed, which no cache keeps."""
    g.token_page = True
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _may() -> bool:
    network = client_network()
    if not settings().rate_limits:
        return True
    return (network is None or signing_up.take(network)) and tries.take(CEILING, "all")
