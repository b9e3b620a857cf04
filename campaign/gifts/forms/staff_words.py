"""What staff pages call gifts, their states and what happened to pledges."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms.fields import SelectChoice

from campaign.funds.queries.entries import titles_of_assets
from campaign.funds.queries.funds import list_postable
from campaign.gifts.models import ClosingState, GiftState, ImportState, Returning, ReturnState, What
from campaign.web.i18n import current_language

GIFT_WORDS = {
    GiftState.INITIATED: _l("announced"),
    GiftState.PENDING: _l("under way"),
    GiftState.SETTLED: _l("has come"),
    GiftState.PARTLY_REFUNDED: _l("partly given back"),
    GiftState.REFUNDED: _l("given back"),
    GiftState.DISPUTED: _l("disputed"),
    GiftState.FAILED: _l("failed"),
    GiftState.EXPIRED: _l("waited for no more"),
}
RETURNING_WORDS = {
    Returning.REFUND: _l("to be given back"),
    Returning.DISPUTE: _l("to be entered as disputed"),
    Returning.FAIL: _l("to be entered as failed"),
    Returning.WRONG: _l("to be taken back, since it was entered wrongly"),
}
RETURN_WORDS = {
    ReturnState.WAITING: _l("waits for a second person"),
    ReturnState.DONE: _l("carried out by a second person"),
    ReturnState.REFUSED: _l("refused by a second person"),
    ReturnState.WITHDRAWN: _l("taken back by whoever asked"),
}
IMPORT_WORDS = {
    ImportState.STAGED: _l("looked through, not taken yet"),
    ImportState.RUNNING: _l("being taken"),
    ImportState.DONE: _l("taken"),
    ImportState.DISCARDED: _l("thrown away"),
}
CLOSING_WORDS = {
    ClosingState.WAITING: _l("waits for a second person"),
    ClosingState.RUNNING: _l("going on"),
    ClosingState.DONE: _l("done"),
    ClosingState.DROPPED: _l("left open"),
    ClosingState.REOPENED: _l("works again"),
}
WHAT_WORDS = {
    What.MADE: _l("Pledged"),
    What.CONFIRMED: _l("Confirmed by the button in the mail"),
    What.AMOUNT: _l("The amount was changed"),
    What.CAME: _l("A gift came"),
    What.WENT_BACK: _l("A gift went back"),
    What.WAIVED: _l("A part is waited for no more"),
    What.RAIL: _l("Moved to another way, and told so"),
    What.ERASED: _l("The donor let everything be erased"),
    What.FULFILLED: _l("Fulfilled"),
    What.CANCELLED: _l("Stopped"),
    What.LAPSED: _l("Lapsed: nothing came for too long"),
}
ANY = [SelectChoice("", _l("Any"))]


def fund_choices() -> list[SelectChoice]:
    """The funds that take entries, by number and title."""
    return [SelectChoice(str(each.id), f"{each.code} {each.title_in(current_language())}") for each in list_postable()]


def place_choices(*, closed: Sequence[str] = ()) -> list[SelectChoice]:
    """The places where money lies, by their titles."""
    return [SelectChoice(code, title) for code, title in titles_of_assets().items() if code not in closed]
