"""What partners may do: pass on signatures, and set up webhooks."""

import uuid
from collections.abc import Mapping
from typing import Any

from flask import Response, g
from flask_babel import gettext as _

from campaign.api.forms import sent as shapes
from campaign.api.models import Scope, Webhook
from campaign.api.queries.tokens import get_webhook, list_webhooks
from campaign.api.service import webhooks
from campaign.api.service.outgoing import BadAddress
from campaign.api.views.blueprint import refused
from campaign.api.views.partners import current_token, once, partner, told, too_many
from campaign.kernel.db import end_read, transaction
from campaign.kernel.errors import N_, Conflict
from campaign.kernel.limits import Buckets, Rate
from campaign.kernel.switches import Switch, require
from campaign.petitions.models import Audience, PetitionState
from campaign.petitions.queries import get_public_terms
from campaign.signatures.forms import read_entry
from campaign.signatures.service import admit
from campaign.signatures.service.sign import sign
from campaign.web.settings import settings

Sent = Mapping[str, Any]
# Whoever has stolen a token writes to strangers at large providers with it, which no bucket of a mail domain sees.
signers = Buckets(Rate(burst=5000, seconds=10))
"""Signatures that one token passes on."""
# Each is a request of ours to a host that the token names.
trials = Buckets(Rate(burst=5, seconds=60))
"""Tests of one webhook."""


@partner("/token", method="GET", gives=shapes.TokenShown, says=N_("What this token is for, and until when"))
def show_token() -> Response:
    """To see whether it works."""
    token = current_token()
    return told({"label": token.label, "scopes": token.scopes, "expires_on": token.expires_on.isoformat()})


@partner(
    "/petitions/<slug>/signatures", method="POST", status=202, scope=Scope.SIGN, takes=shapes.NewSignature,
    gives=shapes.Taken, can_repeat=True, says=N_("Pass on a signature that was given on your site"),
)  # fmt: skip
def pass_on_signature(given: Sent, slug: str) -> Response:
    """Answered the same for every address. The signer gets our mail, and the signature counts once they confirm."""
    return once(lambda: _take_signature(given, slug))


@partner("/webhooks", method="GET", scope=Scope.WEBHOOKS, gives=shapes.Webhooks, says=N_("Your webhooks"))
def show_webhooks() -> Response:
    """All of this token."""
    return told({"items": [_shown(each) for each in list_webhooks(current_token().id)]})


@partner(
    "/webhooks", method="POST", status=201, scope=Scope.WEBHOOKS, takes=shapes.NewWebhook, gives=shapes.NewWebhookShown,
    says=N_("Be told when something happens"),
)  # fmt: skip
def add_webhook(given: Sent) -> Response:
    """The same address again is the same webhook, with these events; that takes a paused one up again."""
    webhooks.ensure_key()
    try:
        with transaction():
            made, _is_new = webhooks.add_webhook(
                current_token(), given["url"], given["events"], outside_russia=given["is_outside_russia"]
            )
            shown = _shown(made)
    except BadAddress as refusal:
        return refused({"url": [_(refusal.message)]})
    return told({**shown, "secret": webhooks.spell_secret(uuid.UUID(shown["id"]))}, 201)


@partner(
    "/webhooks/<uuid:webhook_id>", method="GET", scope=Scope.WEBHOOKS, gives=shapes.WebhookShown,
    says=N_("One of your webhooks"),
)  # fmt: skip
def show_webhook(webhook_id: uuid.UUID) -> Response:
    """Without its secret."""
    return told(_shown(get_webhook(webhook_id, current_token().id)))


@partner(
    "/webhooks/<uuid:webhook_id>", method="DELETE", status=204, scope=Scope.WEBHOOKS, gives=None,
    says=N_("Delete a webhook"),
)  # fmt: skip
def delete_webhook(webhook_id: uuid.UUID) -> Response:
    """With its log."""
    with transaction():
        webhooks.delete_webhook(webhook_id, current_token())
    return Response(status=204)


@partner(
    "/webhooks/<uuid:webhook_id>/test", method="POST", status=202, scope=Scope.WEBHOOKS, gives=None,
    says=N_("Have a test sent"),
)  # fmt: skip
def test_webhook(webhook_id: uuid.UUID) -> Response:
    """An event of the kind test, within seconds."""
    if settings().rate_limits and not trials.take(str(webhook_id)):
        return too_many(60)
    with transaction():
        webhooks.send_test(webhook_id, token=current_token())
    return Response(status=202)


def _take_signature(given: Sent, slug: str) -> Response:
    petition, state, audience = get_public_terms(slug)
    end_read()
    require(Switch.SIGNING)
    if state is not PetitionState.OPEN:
        raise Conflict(N_("This petition takes no signatures at the moment."))
    entry = read_entry({name: str(given[name]) for name in ("email", "display_name", "country", "visibility")})
    if audience is Audience.OUTSIDE_RUSSIA and (not given["is_outside_russia"] or entry.country == "RU"):
        entry = entry.refused("is_outside_russia", _(OUTSIDE_ONLY))
    if entry.problems:
        return refused({name: [str(message)] for name, message in entry.problems.items()})
    draft = entry.draft(given["language"])
    # The network is the partner's, and nobody can be asked for a proof there: what comes in floods is set aside and
    # looked at by a person.
    is_flood = settings().rate_limits and not (
        admit.admits(None, draft.mailbox.domain) and signers.take(str(g.api_token_id))
    )
    sign(petition, draft, quarantined=is_flood)
    return told({"state": "pending"}, 202)


OUTSIDE_ONLY = N_(
    "Signing this petition is a crime in Russia: it takes signatures of people outside alone, who have said so. "
    "Nothing was stored."
)  # fmt: skip


def _shown(webhook: Webhook) -> dict[str, Any]:
    return {
        "id": str(webhook.id), "url": webhook.url, "events": list(webhook.events),
        "is_outside_russia": webhook.outside_russia, "state": str(webhook.state),
    }  # fmt: skip
