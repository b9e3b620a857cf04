"""Setting up and taking away second factors: an authenticator app, passkeys, recovery codes."""

import io
import uuid

import segno
from flask import Blueprint, Response, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.accounts import queries
from campaign.accounts.forms import CodeForm, PasskeyForm
from campaign.accounts.service import accounts, passkeys, recovery_codes, sessions, totp
from campaign.accounts.views.visitor import relying_party, show_problem, signed_in
from campaign.kernel.db import transaction
from campaign.web.guards import fresh
from campaign.web.session_cookie import carry

bp = Blueprint("second_factor", __name__)


@bp.get("")
def show_second_factor() -> ResponseReturnValue:
    """What there is, and what can be added."""
    return _overview(PasskeyForm())


@bp.post("/app")
@fresh
def begin_app() -> ResponseReturnValue:
    """Make a secret for an authenticator app; the old one works until the new one is confirmed."""
    with transaction():
        totp.begin_setup(queries.get_account(signed_in().id))
    return redirect(url_for("second_factor.show_app"), 303)


@bp.get("/app")
@fresh
def show_app() -> ResponseReturnValue:
    """The code to scan, and the field for the first code."""
    return _app_page(CodeForm())


@bp.get("/app.png")
@fresh
def show_app_code() -> ResponseReturnValue:
    """The secret as a picture to scan: from this address only, never stored on the way."""
    picture = io.BytesIO()
    address = totp.setup_address(queries.get_account(signed_in().id))
    segno.make(address, error="m").save(picture, kind="png", scale=6, border=4)
    response = Response(picture.getvalue(), mimetype="image/png")
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/app/confirm")
@fresh
def confirm_app() -> ResponseReturnValue:
    """Take the first code; from then on the app is needed to sign in."""
    who, form = signed_in(), CodeForm()
    if not form.validate():
        return _app_page(form, 422)
    with transaction():
        right = totp.confirm_setup(queries.get_account(who.id), form.code.data)
        token = sessions.renew_token(who.session_id, second_factor_done=True) if right else ""
        codes = _first_codes(who.id) if right else []
    if not right:
        form.code.errors = [_("This code is not right. Look whether the clock of your device is, and try the next.")]
        return _app_page(form, 422)
    carry(token)
    return _added(codes)


@bp.post("/app/remove")
@fresh
def remove_app() -> ResponseReturnValue:
    """Take the app away, where another second factor or a long passphrase is left."""
    with transaction():
        account = queries.get_account(signed_in().id, lock=True)
        accounts.check_removable(account, totp=True)
        totp.remove_totp(account)
    return redirect(url_for("second_factor.show_second_factor"), 303)


@bp.post("/passkeys")
@fresh
def add_passkey() -> ResponseReturnValue:
    """Keep a passkey that the browser has made."""
    who, form, party = signed_in(), PasskeyForm(), relying_party()
    if party is None:
        return redirect(url_for("second_factor.show_second_factor"), 303)
    try:
        with transaction():
            account = queries.get_account(who.id, lock=True)
            passkeys.register_passkey(account, form.answer.data or "", form.name.data, party)
            token = sessions.renew_token(who.session_id, second_factor_done=True)
            codes = _first_codes(who.id)
    except passkeys.BadPasskey as problem:
        show_problem(form.name, problem)
        return _overview(form, 422)
    carry(token)
    return _added(codes)


@bp.post("/passkeys/<uuid:passkey_id>/remove")
@fresh
def remove_passkey(passkey_id: uuid.UUID) -> ResponseReturnValue:
    """Take a passkey away, where another second factor or a long passphrase is left."""
    with transaction():
        account = queries.get_account(signed_in().id, lock=True)
        accounts.check_removable(account, passkey=passkey_id)
        passkeys.remove_passkey(account, passkey_id)
    return redirect(url_for("second_factor.show_second_factor"), 303)


@bp.post("/codes")
@fresh
def renew_codes() -> ResponseReturnValue:
    """Ten new recovery codes; the old ones are void. Shown in this answer and never again."""
    who = signed_in()
    if not who.has_second_factor:
        return redirect(url_for("second_factor.show_second_factor"), 303)
    with transaction():
        codes = recovery_codes.make_codes(who.id)
    return render_template("accounts/recovery_codes.html", codes=codes)


def _first_codes(account_id: uuid.UUID) -> list[str]:
    """Recovery codes for whoever has none left; others keep the ones they have on paper."""
    return [] if queries.proofs_of(account_id).codes_left else recovery_codes.make_codes(account_id)


def _added(codes: list[str]) -> ResponseReturnValue:
    if codes:
        return render_template("accounts/recovery_codes.html", codes=codes)
    return redirect(url_for("second_factor.show_second_factor"), 303)


def _app_page(form: CodeForm, status: int = 200) -> Response:
    secret = totp.waiting_secret(queries.get_account(signed_in().id))
    groups = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return make_response(render_template("accounts/second_factor_app.html", form=form, secret=groups), status)


def _overview(form: PasskeyForm, status: int = 200) -> Response:
    who, party = signed_in(), relying_party()
    options = ""
    if party is not None and who.is_fresh:
        options = passkeys.registration_options(queries.get_account(who.id), party)
    page = render_template(
        "accounts/second_factor.html", form=form, who=who, proofs=queries.proofs_of(who.id), options=options,
        has_passkeys=party is not None,
    )  # fmt: skip
    return make_response(page, status)
