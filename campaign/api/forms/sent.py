"""What partners send."""

from marshmallow import RAISE, Schema, fields, validate

from campaign.api.forms.documents import flag, one_of, parts, text, texts
from campaign.api.models import Scope, WebhookState
from campaign.api.service.outgoing import LONGEST_URL
from campaign.api.service.webhooks import CHOICES
from campaign.kernel.errors import N_
from campaign.signatures.models import Visibility
from campaign.web.i18n import LANGUAGES

OUTSIDE = N_(
    "The signer has said that they are outside Russia. Without it a petition that is a crime to sign there takes no "
    "signature."
)  # fmt: skip
COUNTRY = N_("ISO 3166-1 alpha-2; leave it out where the signer does.")
HIDDEN_NAME = N_("What becomes of the name: nothing is shown, initials, or all of it.")
LANGUAGE_OF_MAIL = N_("Of the mail in which the signer confirms.")
OF_READERS = N_("Your readers are outside Russia: you are told of petitions for readers outside alone, too.")


class _Sent(Schema):
    class Meta:
        unknown = RAISE


class NewSignature(_Sent):
    """A signature that was given on a partner’s site. It counts once the signer has confirmed it by mail."""

    email = fields.String(required=True, validate=validate.Length(min=3, max=320))
    display_name = fields.String(load_default="", validate=validate.Length(max=200))
    country = fields.String(load_default="", validate=validate.Length(max=2), metadata={"description": COUNTRY})
    visibility = fields.String(
        load_default=Visibility.COUNT.value, validate=validate.OneOf([each.value for each in Visibility]),
        metadata={"description": HIDDEN_NAME},
    )  # fmt: skip
    language = fields.String(
        load_default="en", validate=validate.OneOf(list(LANGUAGES)), metadata={"description": LANGUAGE_OF_MAIL}
    )
    is_outside_russia = fields.Boolean(load_default=False, metadata={"description": OUTSIDE})


class NewWebhook(_Sent):
    """Where to send what."""

    url = fields.String(required=True, validate=validate.Length(min=9, max=LONGEST_URL))
    events = fields.List(
        fields.String(validate=validate.OneOf(sorted(CHOICES))), required=True, validate=validate.Length(min=1, max=20)
    )
    is_outside_russia = fields.Boolean(load_default=False, metadata={"description": OF_READERS})


class Taken(Schema):
    """What a partner is answered: the same for every address."""

    state = one_of(("pending",), N_("It counts once the signer has pressed the button in our mail."))


class TokenShown(Schema):
    """What a token is for."""

    label = text()
    scopes = fields.List(fields.String(validate=validate.OneOf([each.value for each in Scope])), required=True)
    expires_on = fields.Date(required=True, metadata={"description": N_("Its last day.")})


class WebhookShown(Schema):
    """A webhook of this token."""

    id = fields.UUID(required=True)
    url = text()
    events = texts()
    is_outside_russia = flag()
    state = one_of(
        WebhookState, N_("paused: by us, or after three deliveries that did not arrive. Send it again to take it up.")
    )


class NewWebhookShown(WebhookShown):
    """A webhook with what signs its deliveries."""

    secret = text(N_("Verify webhook-signature with it (Standard Webhooks). Keep it secret."))


class Webhooks(Schema):
    """All of this token."""

    items = parts(WebhookShown)
