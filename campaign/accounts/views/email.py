"""The address of an account: asked for here, used once its reader has pressed the button behind the link."""

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from campaign.accounts import queries
from campaign.accounts.forms import EmailForm
from campaign.accounts.service import emails
from campaign.accounts.views.account import bp
from campaign.accounts.views.visitor import show_problem, signed_in
from campaign.kernel import clock, tokens
from campaign.kernel.addresses import BadAddress
from campaign.kernel.crypto.errors import CryptoError
from campaign.kernel.db import transaction
from campaign.kernel.errors import NotFound
from campaign.kernel.tries import Limit, tries
from campaign.web.guards import fresh, guarded_by_token

token_bp = Blueprint("account_email", __name__)

# Each change can write to somebody who never asked for it.
ADDRESSES = Limit("account-address", 3, 24 * 3600)


@bp.get("/email")
@fresh
def show_email() -> ResponseReturnValue:
    """The form for an address, and one that waits."""
    return _form(EmailForm(email=emails.email_of(queries.get_account(signed_in().id))))


@bp.post("/email")
@fresh
def change_email() -> ResponseReturnValue:
    """Ask the reader of an address, or forget the present one."""
    who, form = signed_in(), EmailForm()
    address = (form.email.data or "").strip()
    if address and not tries.take(ADDRESSES, str(who.id)):
        form.email.errors = [_("Three changes a day are enough. Please try again tomorrow.")]
        return _form(form, 429)
    try:
        with transaction():
            if address:
                emails.ask_for_email(who.id, address)
            else:
                emails.forget_email(who.id)
    except BadAddress as problem:
        show_problem(form.email, problem)
        return _form(form, 422)
    flash(_("Look into your mailbox: the address is used once you follow the link.") if address else _("Forgotten."))
    return _back()


@bp.post("/email/again")
@fresh
def send_email_again() -> ResponseReturnValue:
    """Send the link once more."""
    with transaction():
        emails.send_again(signed_in().id)
    flash(_("The link is sent again."))
    return _back()


@bp.post("/email/cancel")
def cancel_email() -> ResponseReturnValue:
    """Forget the address that waits; the present one stays in use."""
    with transaction():
        emails.drop_change(signed_in().id)
    return _back()


@token_bp.get("/<token>")
def show_email_change(token: str) -> ResponseReturnValue:
    """The page behind the link in the mail. Mail scanners follow links, so nothing happens here."""
    try:
        change = emails.find_by_token(token)
    except tokens.TokenExpired:
        change = None
    except (tokens.BadToken, CryptoError) as problem:
        raise NotFound from problem
    return _token_page(token, "over" if change is None else "done" if change.confirmed_on else "waiting")


@token_bp.post("/<token>")
@guarded_by_token
def confirm_email(token: str) -> ResponseReturnValue:
    """Use the address; doing it twice shows the same page."""
    try:
        with transaction():
            emails.confirm_email(token)
    except emails.AddressTaken:
        return make_response(_token_page(token, "taken"), 409)
    except (tokens.TokenExpired, NotFound):
        pass  # the page says that nothing waits behind the link any more
    except (tokens.BadToken, CryptoError) as problem:
        raise NotFound from problem
    return redirect(url_for("account_email.show_email_change", token=token), 303)


def _back() -> ResponseReturnValue:
    return redirect(url_for("account.show_account", _anchor="email"), 303)


def _form(form: EmailForm, status: int = 200) -> Response:
    waiting = queries.find_waiting_email(signed_in().id, clock.today())
    page = render_template("accounts/email.html", form=form, waiting=waiting, most_mails=emails.MAILS)
    return make_response(page, status)


def _token_page(token: str, outcome: str) -> str:
    return render_template("accounts/email_confirm.html", token=token, outcome=outcome)
