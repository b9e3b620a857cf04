"""A partner's program of the demo: a token that nobody holds, and a webhook that is paused, with what it was told.

Its host is made up and nothing is sent there: a demonstration speaks to nobody.
"""

import uuid
from datetime import timedelta

from campaign.accounts.queries import find_account_by_name
from campaign.api.models import Delivery, DeliveryState, EventKind, Scope, WebhookEvent, WebhookState
from campaign.api.service.tokens import put_token
from campaign.api.service.webhooks import add_webhook
from campaign.kernel import clock
from campaign.kernel.db import session

URL = "https://hooks.made-up-alliance.example/unforgotten"
TOLD = (
    (EventKind.REPORT_PUBLISHED, 20, DeliveryState.DELIVERED, 1, "200"),
    (EventKind.PERSON_CHANGED, 9, DeliveryState.DELIVERED, 2, "204"),
    (EventKind.PETITION_OPENED, 4, DeliveryState.GIVEN_UP, 8, "timeout"),
    (EventKind.PERSON_GONE, 3, DeliveryState.GIVEN_UP, 8, "503"),
)
"""What, how many days ago, what became of it, after how many attempts, and the last one."""


def add_partners() -> None:
    """Make them in the open transaction."""
    admin = find_account_by_name("admin-1")
    by = admin.id if admin is not None else uuid.uuid4()
    put_token("Made-up Choir, sign form", [Scope.SIGN], 30, made_by=by)
    token, _text = put_token("Made-up Alliance, site and archive", list(Scope), 180, made_by=by)
    webhook, _is_new = add_webhook(token, URL, [kind for kind, *_rest in TOLD], outside_russia=True)
    webhook.state, webhook.failures = WebhookState.PAUSED, 3
    for kind, days, state, attempts, outcome in TOLD:
        at = clock.now() - timedelta(days=days)
        event = WebhookEvent(
            id=uuid.uuid4(), kind=kind, source=f"demo:{kind}", subject_id=None, happened_on=at.date(), details={},
            outside_russia_only=False, noted_at=at,
        )  # fmt: skip
        session.add(event)
        session.flush()
        session.add(
            Delivery(
                id=uuid.uuid4(), webhook_id=webhook.id, event_id=event.id, state=state, attempts=attempts, next_at=at,
                outcome=outcome, tried_at=at,
            )
        )  # fmt: skip
    session.flush()
