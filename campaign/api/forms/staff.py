"""The form for a new token."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectMultipleField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired
from wtforms.widgets import CheckboxInput, ListWidget

from campaign.api.models import DeliveryState, EventKind, Scope, WebhookState
from campaign.api.service.tokens import DAYS, LONGEST_LABEL
from campaign.web.fields import line

SCOPE_WORDS = {
    Scope.SIGN: _l("pass on signatures, which signers then confirm by our mail"),
    Scope.WEBHOOKS: _l("be told of what is published (webhooks)"),
}
STATE_WORDS = {WebhookState.ACTIVE: _l("is told"), WebhookState.PAUSED: _l("paused")}
EVENT_WORDS = {
    EventKind.PETITION_OPENED: _l("a petition opened"),
    EventKind.PETITION_CLOSED: _l("a petition closed"),
    EventKind.PERSON_CHANGED: _l("something changed for a person"),
    EventKind.PERSON_GONE: _l("a page was taken down"),
    EventKind.REPORT_PUBLISHED: _l("a report was published"),
    EventKind.TEST: _l("a test"),
}
DELIVERY_WORDS = {
    DeliveryState.PENDING: _l("waits"),
    DeliveryState.DELIVERED: _l("arrived"),
    DeliveryState.GIVEN_UP: _l("given up"),
    DeliveryState.VOID: _l("not sent: there is nothing to tell any more"),
}
OUTCOME_WORDS = {
    "bad-address": _l("the address is not allowed"),
    "no-such-host": _l("there is no such host"),
    "not-public": _l("the host is not a public one"),
    "tls": _l("no valid certificate"),
    "timeout": _l("no answer in time"),
    "connection": _l("no connection"),
    "void": "",
}


CHOICES = [SelectChoice(str(days), _l("%(days)s days", days=days)) for days in DAYS]


class TokenForm(FlaskForm):  # type: ignore[misc]
    """Who gets it, what for, and how long."""

    label = line(_l("Who it is for"), LONGEST_LABEL, required=True)
    scopes = SelectMultipleField(
        _l("What it may do"), choices=[SelectChoice(scope.value, words) for scope, words in SCOPE_WORDS.items()],
        option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False),
        validators=[DataRequired(_l("Choose one at least."))],
    )  # fmt: skip
    days = RadioField(_l("How long it works"), choices=CHOICES, default="90")


def outcome_words(outcome: str) -> object:
    """What an attempt came to."""
    if outcome.isdecimal():
        return _l("HTTP %(status)s", status=outcome)
    return OUTCOME_WORDS.get(outcome, outcome)
