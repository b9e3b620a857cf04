"""What of mailings stands on the dashboard: what waits for a second person, or has paused by itself.

Mails whose fate nobody knows stand there for all kinds of mail together.
"""

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _

from campaign.kernel.actors import Actor
from campaign.kernel.registry import Need, dashboard_needs
from campaign.mailings import policy
from campaign.mailings.models import MailingState
from campaign.mailings.queries.needs import count_approvable, count_paused

PAGE = "mailings_staff.list_mailings"


def list_needs(actor: Actor) -> Sequence[Need]:
    """Of those that this person may decide about."""
    needs = []
    if policy.may_write(actor):
        waiting = count_approvable(actor.id)
        needs.append(
            Need(_("Mailings wait for a second person"), waiting, url_for(PAGE, state=MailingState.PROPOSED.value))
        )
    if policy.may_stop(actor):
        paused = url_for(PAGE, state=MailingState.PAUSED.value)
        needs.append(Need(_("A mailing has paused by itself"), count_paused(), paused, urgent=True))
    return [need for need in needs if need.count]


def register() -> None:
    """Fill the registry."""
    dashboard_needs.register("mailings", list_needs)
