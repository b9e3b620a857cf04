"""The donor's own page behind the link of their mail, and the receipt of a gift."""

from collections.abc import Callable

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.validators import ValidationError

from campaign.funds.models import Fund
from campaign.funds.service.giving import giving_of
from campaign.gifts.forms.pledge import LONGEST_AMOUNT, read_amount
from campaign.gifts.forms.words import INSTALMENT_WORDS, SCHEDULE_WORDS, VISIBLE_WORDS
from campaign.gifts.models import Donor, Gift, InstalmentState, Pledge, PledgeState, Visibility
from campaign.gifts.queries import gifts as gift_queries
from campaign.gifts.service import instalments, pledging, thanks
from campaign.gifts.service.donors import alias_of
from campaign.kernel import tokens
from campaign.kernel.crypto.errors import CryptoError
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError, NotFound
from campaign.kernel.money import Money
from campaign.web.guards import guarded_by_token
from campaign.web.here import stands_at
from campaign.web.i18n import DEFAULT_LANGUAGE, current_language
from campaign.web.place import Place, current_place

bp = Blueprint("own_pledges", __name__)
NOT_OURS = (tokens.BadToken, tokens.TokenExpired, CryptoError)


@bp.get("/<token>")
def show_own(token: str) -> ResponseReturnValue:
    """Where one's pledge stands. Mail scanners follow links, so nothing happens here."""
    return _page(token)


@bp.post("/<token>")
@guarded_by_token
def confirm(token: str) -> ResponseReturnValue:
    """Press the button; doing it twice shows the same page."""
    typed = request.form.get("version", "")
    seen = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else None
    return _step(token, lambda found: pledging.confirm(found.id, seen_version=seen))


@bp.post("/<token>/not-me")
@guarded_by_token
def not_me(token: str) -> ResponseReturnValue:
    """ "That was not me"."""
    never_again = request.form.get("never_again") == "y"
    return _step(token, lambda found: pledging.reject(found.id, never_again=never_again))


@bp.post("/<token>/amount")
@guarded_by_token
def change_amount(token: str) -> ResponseReturnValue:
    """From now on another amount."""
    typed = request.form.get("amount", "")[:LONGEST_AMOUNT]
    found = _find(token)
    if found is None:
        return _page(token)
    try:
        amount = read_amount(typed, found.currency)
    except ValidationError as problem:
        return _page(token, wrong_amount=str(problem), typed=typed, status=422)
    return _step(token, lambda each: pledging.change_amount(each.id, amount))


@bp.post("/<token>/stop")
@guarded_by_token
def stop(token: str) -> ResponseReturnValue:
    """End it."""
    return _step(token, lambda found: pledging.stop(found.id, actor=None))


@bp.post("/<token>/reminders")
@guarded_by_token
def set_reminders(token: str) -> ResponseReturnValue:
    """Switch reminders off, or on again."""
    wanted = request.form.get("wanted") == "y"
    return _step(token, lambda found: pledging.set_reminders(found.id, wanted=wanted))


@bp.post("/<token>/unname")
@guarded_by_token
def unname(token: str) -> ResponseReturnValue:
    """Be named no more, by nobody."""
    return _step(token, lambda found: pledging.name_no_more(found.id))


@bp.post("/<token>/erase")
@guarded_by_token
def erase(token: str) -> ResponseReturnValue:
    """Forget who gave, at once."""
    return _step(token, lambda found: pledging.erase_everything(found.id))


@bp.get("/receipt/<token>")
def show_receipt(token: str) -> ResponseReturnValue:
    """One gift: how much came when and what it was for, to be kept or printed."""
    try:
        found = thanks.find_by_token(token)
    except NOT_OURS as problem:
        raise NotFound from problem
    stands_at(url_for("own_pledges.show_receipt", token=token))
    if found is None:
        return render_template("gifts/gone.html")
    donor = session.get_one(Donor, found.donor_id)
    return render_template(
        "gifts/receipt.html", gift=found, funds=gift_queries.funds_of(found.id), language=current_language(),
        gross=Money(found.gross, found.currency), refunded=Money(found.refunded, found.currency),
        keep_until=donor.keep_until, own=_own_link(found),
    )  # fmt: skip


def _own_link(gift: Gift) -> str:
    found = session.get(Pledge, gift.pledge_id) if gift.pledge_id else None
    if found is None or found.donor_id is None:
        return ""
    return url_for("own_pledges.show_own", token=pledging.token_of(found))


def _find(token: str) -> Pledge | None:
    try:
        return pledging.find_by_token(token)
    except NOT_OURS as problem:
        raise NotFound from problem


def _step(token: str, act: Callable[[Pledge], object]) -> ResponseReturnValue:
    found = _find(token)
    if found is None:
        return _page(token)
    try:
        with transaction():
            act(found)
    except NotFound:
        return _page(token)
    except DomainError as problem:
        session.expire_all()
        return _page(token, problem=_(problem.message), status=409)
    return redirect(url_for("own_pledges.show_own", token=token), 303)


def _page(
    token: str, *, problem: str = "", wrong_amount: str = "", typed: str = "", status: int = 200
) -> Response:  # fmt: skip
    stands_at(url_for("own_pledges.show_own", token=token))
    found = _find(token)
    if found is None:
        return make_response(render_template("gifts/gone.html"), status)
    fund, donor = session.get_one(Fund, found.fund_id), session.get_one(Donor, found.donor_id)
    words, words_in = _where_to_give(fund)
    visibility = Visibility(donor.visibility)
    page = render_template(
        "gifts/own.html", token=token, found=found, fund=fund, problem=problem, wrong_amount=wrong_amount,
        typed=typed or str(Money(found.amount, found.currency).decimal), state=PledgeState(found.state),
        code=found.reference, amount=Money(found.amount, found.currency), money=Money,
        made=instalments.list_instalments(found.id), states=PledgeState, parts=InstalmentState,
        schedule_words=SCHEDULE_WORDS, instalment_words=INSTALMENT_WORDS, keep_until=donor.keep_until,
        who_may_know=VISIBLE_WORDS[visibility], alias=alias_of(donor), is_named=visibility != Visibility.SECRET,
        passed_on=donor.passed_on,
        words=words, words_in=words_in, is_elsewhere=current_place() == Place.ELSEWHERE, language=current_language(),
    )  # fmt: skip
    return make_response(page, status)


def _where_to_give(fund: Fund) -> tuple[str, str]:
    """The words and their language; empty where they are not told here and now."""
    giving = giving_of(fund) if current_place() == Place.ELSEWHERE else None
    for code in (current_language(), DEFAULT_LANGUAGE, *(giving.texts if giving else ())):
        if giving is not None and giving.texts.get(code):
            return giving.texts[code], code
    return "", current_language()
