"""Signing in and out, and coming back with a recovery code. No cookie is set before the passphrase was right."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms import Form

from campaign.accounts.forms import CodeForm, RecoverForm, SignInForm
from campaign.accounts.queries import proofs_of
from campaign.accounts.service import passkeys, sign_in
from campaign.accounts.service.sessions import end_session, find_waiting
from campaign.accounts.views.visitor import TOO_MANY, note_day_of_use, relying_party, signed_in
from campaign.kernel.db import end_read, transaction
from campaign.web.guards import checks_origin
from campaign.web.network import client_network
from campaign.web.redirects import safe_target
from campaign.web.session_cookie import carried_token, carry, carry_nothing
from campaign.web.settings import settings

bp = Blueprint("accounts", __name__)
bp.before_app_request(note_day_of_use)


def _next() -> str:
    return safe_target(request.args.get("next"), url_for("account.show_account"))


@bp.get("/sign-in", endpoint="sign_in")
def sign_in_page() -> ResponseReturnValue:
    """The form, and the button for a passkey."""
    if current_user.is_authenticated:
        return redirect(_next())
    return _form_page(SignInForm())


@bp.post("/sign-in")
@checks_origin
def begin() -> ResponseReturnValue:
    """Take name and passphrase; the answer is the same for a wrong one of either."""
    form = SignInForm()
    if not form.validate():
        return _form_page(form, 422)
    username = form.username.data
    if not _may_try(username):
        form.passphrase.errors = [TOO_MANY]
        return _form_page(form, 429)
    with transaction():
        started = sign_in.begin_sign_in(username, form.passphrase.data, demo=settings().demo)
    if started is None:
        form.passphrase.errors = [_("User name and passphrase do not fit together.")]
        return _form_page(form, 422)
    sign_in.forget_tries(username)
    carry(started.token)
    if started.needs_second_factor:
        return redirect(url_for("accounts.second_factor_page", next=request.args.get("next")), 303)
    return redirect(_next(), 303)


@bp.post("/sign-in/passkey")
@checks_origin
def begin_with_passkey() -> ResponseReturnValue:
    """Sign in with a passkey alone."""
    party = relying_party()
    if party is None:
        return redirect(url_for("accounts.sign_in"), 303)
    try:
        with transaction():
            token = sign_in.sign_in_with_passkey(request.form.get("answer", ""), party, demo=settings().demo)
    except passkeys.BadPasskey as problem:
        return _form_page(SignInForm(formdata=None), 422, passkey_problem=_(problem.message or passkeys.UNKNOWN))
    carry(token)
    return redirect(_next(), 303)


@bp.get("/sign-in/second-factor")
def second_factor_page() -> ResponseReturnValue:
    """Ask for the second factor of a sign-in that has begun."""
    return _second_factor(CodeForm())


@bp.post("/sign-in/second-factor")
@checks_origin
def finish() -> ResponseReturnValue:
    """Take the second factor."""
    waiting = find_waiting(carried_token())
    if waiting is None:
        return redirect(url_for("accounts.sign_in", next=request.args.get("next")), 303)
    form, answer, party = CodeForm(), request.form.get("answer", ""), relying_party()
    account_id = waiting[1].id
    end_read()
    if not answer and not form.validate():
        return _second_factor(form, 422)
    if not sign_in.may_try_factor(account_id):
        form.code.errors = [TOO_MANY]
        return _second_factor(form, 429)
    with transaction():
        if answer and party is not None:
            token = sign_in.finish_with_passkey(carried_token(), answer, party)
        else:
            token = sign_in.finish_with_code(carried_token(), form.code.data or "")
    if token is None:
        form.code.errors = [_("This code is not right, or was used already. Wait for the next one and try again.")]
        return _second_factor(form, 422)
    sign_in.forget_factor_tries(account_id)
    carry(token)
    return redirect(_next(), 303)


@bp.get("/recover")
def recover_page() -> ResponseReturnValue:
    """The form for a recovery code."""
    return render_template("accounts/recover.html", form=RecoverForm())


@bp.post("/recover")
@checks_origin
def recover() -> ResponseReturnValue:
    """Sign in with a recovery code in place of the second factor."""
    form = RecoverForm()
    if not form.validate():
        return make_response(render_template("accounts/recover.html", form=form), 422)
    username = form.username.data
    if not _may_try(username):
        form.code.errors = [TOO_MANY]
        return make_response(render_template("accounts/recover.html", form=form), 429)
    with transaction():
        token = sign_in.recover(username, form.passphrase.data or "", form.code.data, demo=settings().demo)
    if token is None:
        form.code.errors = [_("User name, passphrase and code do not fit together, or the code was used already.")]
        return make_response(render_template("accounts/recover.html", form=form), 422)
    sign_in.forget_tries(username)
    carry(token)
    return redirect(url_for("second_factor.show_second_factor"), 303)


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End this session, here and in the database."""
    if current_user.is_authenticated:
        who = signed_in()
        with transaction():
            end_session(who.id, who.session_id)
    carry_nothing()
    return redirect(url_for("site.home"), 303)


def _may_try(username: str) -> bool:
    """Count one try at a name and from a network; the first that is one too many is audited."""
    if sign_in.may_try(username, client_network()):
        return True
    if sign_in.is_new_burst(username):
        with transaction():
            sign_in.note_burst(username)
    return False


def _form_page(form: Form, status: int = 200, *, passkey_problem: str = "") -> Response:
    party = relying_party()
    options = passkeys.sign_in_options(party) if party is not None else ""
    page = render_template(
        "accounts/sign_in.html", form=form, options=options, next=request.args.get("next"),
        passkey_problem=passkey_problem,
    )  # fmt: skip
    return make_response(page, status)


def _second_factor(form: Form, status: int = 200) -> ResponseReturnValue:
    waiting = find_waiting(carried_token())
    if waiting is None:
        return redirect(url_for("accounts.sign_in", next=request.args.get("next")), 303)
    account, party = waiting[1], relying_party()
    proofs = proofs_of(account.id)
    options = passkeys.second_factor_options(account.id, party) if party is not None and proofs.passkeys else ""
    page = render_template(
        "accounts/sign_in_second.html", form=form, options=options, proofs=proofs, next=request.args.get("next")
    )
    return make_response(page, status)
