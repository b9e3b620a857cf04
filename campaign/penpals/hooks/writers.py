"""What writers add to the rest: mails, what goes before an account does, what is deleted by itself, who waits."""

import uuid
from collections.abc import Callable, Mapping, Sequence

from campaign.kernel.arrivals import ActionKind, action_kinds
from campaign.kernel.errors import N_
from campaign.kernel.mail.automatic import AutomaticMail, Why, page_link, register_all
from campaign.kernel.mail.kinds import MailKind, mail_kinds
from campaign.kernel.mail.message import Mail
from campaign.kernel.mail.rows import Claim
from campaign.kernel.registry import (
    RetentionRule,
    account_leavings,
    account_locks,
    retention_rules,
)
from campaign.penpals.service import writer_clock, writer_mails, writers
from campaign.web.mailing import render_text
from campaign.web.settings import absolute_url

RULES = (
    RetentionRule(
        "unanswered-volunteers", writers.UNANSWERED_DAYS, writer_clock.forget_unanswered,
        N_("An offer to write that nobody answered: deleted after 90 days, and whoever made it is told."),
    ),
    RetentionRule(
        "volunteers-who-left", writers.LEFT_DAYS, writer_clock.forget_left,
        N_(
            "Volunteers who left: pseudonym and profile at once; the days of what they took on, without a name, after"
            " 180 days."
        ),
    ),
)  # fmt: skip

WRITER, OWN_LINK = N_("a writer with an address"), (page_link("/account/writing"),)
MAILS = tuple(
    AutomaticMail(kind, name, trigger, WRITER, why, OWN_LINK)
    for kind, name, trigger, why in (
        (writer_mails.ACCEPTED, N_("A writer is accepted"), N_("A coordinator accepts an offer to write."), Why.ACT),
        (
            writer_mails.CHANGED, N_("A writer's place has changed"), N_("Staff change where a writer stands."),
            Why.SERVICE,
        ),
        (
            writer_mails.WARNING, N_("A writer is long away"),
            N_("Nobody has signed in for nearly half a year; seven days are left."), Why.SERVICE,
        ),
        (
            writer_mails.UNANSWERED, N_("An offer to write was not answered"),
            N_("Nobody answered an offer to write for 90 days, and it is deleted."), Why.ACT,
        ),
    )
)  # fmt: skip


def register() -> None:
    """Fill the registries."""
    for kind in writer_mails.KINDS:
        mail_kinds.register(kind, MailKind(_BUILDERS[kind], counts=kind == writer_mails.CHANGED))
    register_all(MAILS)
    action_kinds.register(writers.OFFERED, ActionKind(N_("Offers to write"), 60))
    account_leavings.register("writers", writers.leave_with_account)
    account_locks.register("writers", writers.rest_while_locked)
    for rule in RULES:
        retention_rules.register(rule.name, rule)


def _builder(kind: str) -> Callable[[Sequence[Claim]], Mapping[uuid.UUID, Mail]]:
    def build(claims: Sequence[Claim]) -> Mapping[uuid.UUID, Mail]:
        mails = {}
        for claim in claims:
            address = writer_mails.address_for(claim.ref)
            if address:
                link = absolute_url("/account/writing", claim.language)
                mails[claim.id] = Mail(address, render_text(kind.replace(".", "_"), claim.language), {"link": link})
        return mails

    return build


_BUILDERS = {kind: _builder(kind) for kind in writer_mails.KINDS}
