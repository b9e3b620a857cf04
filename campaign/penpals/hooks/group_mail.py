"""The mail that reminds of a turn, and what of groups goes away by itself."""

import uuid
from collections.abc import Mapping, Sequence

from campaign.accounts.service.emails import email_of
from campaign.kernel.errors import N_
from campaign.kernel.mail.automatic import AutomaticMail, Why, page_link, register_all
from campaign.kernel.mail.kinds import MailKind, mail_kinds
from campaign.kernel.mail.message import Mail
from campaign.kernel.mail.rows import Claim
from campaign.kernel.registry import RetentionRule, retention_rules
from campaign.penpals.service import invitations, threads
from campaign.penpals.service.reminders import TURN, find_waiting_turn
from campaign.web.mailing import render_text
from campaign.web.settings import absolute_url

RULES = (
    RetentionRule(
        "group-invitations", invitations.KEPT_DAYS, invitations.forget_old,
        N_("That somebody was invited into a pen-pal group: deleted 30 days after the invitation ended."),
    ),
    RetentionRule(
        "group-messages", threads.KEPT_DAYS, threads.forget_old,
        N_("What the members of a pen-pal group tell each other: sealed, deleted 90 days after the group has stopped "
           "writing to the person it is about."),
    ),
)  # fmt: skip

MAILS = (
    AutomaticMail(
        TURN, N_("It is their turn to write"), N_("Three days before a turn of a group is due, and on its day."),
        N_("the member whose turn it is"), Why.SERVICE, (page_link("/account/groups"),),
    ),
)  # fmt: skip


def register() -> None:
    """Fill the registries."""
    mail_kinds.register(TURN, MailKind(build_turn, counts=True))
    register_all(MAILS)
    for rule in RULES:
        retention_rules.register(rule.name, rule)


def build_turn(claims: Sequence[Claim]) -> Mapping[uuid.UUID, Mail]:
    """That a letter is due; a turn that was written or passed on meanwhile is left out."""
    mails = {}
    for claim in claims:
        found = find_waiting_turn(claim.ref) if claim.ref else None
        if found is None or found[1].email_sealed is None:
            continue
        link = absolute_url("/account/groups", claim.language)
        mails[claim.id] = Mail(email_of(found[1]), render_text("group_turn", claim.language), {"link": link})
    return mails
