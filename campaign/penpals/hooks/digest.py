"""The coordinator's weekly mail, and what pen-pals count in it."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date

from flask_babel import force_locale, format_decimal
from flask_babel import gettext as _

from campaign.accounts.service.emails import email_of
from campaign.kernel import clock
from campaign.kernel.errors import N_
from campaign.kernel.mail.automatic import AutomaticMail, Slot, Why, page_link, register_all
from campaign.kernel.mail.kinds import MailKind, mail_kinds
from campaign.kernel.mail.message import Mail
from campaign.kernel.mail.rows import Claim
from campaign.kernel.registry_digest import Waiting, digest_parts
from campaign.penpals.queries import assignments, groups
from campaign.penpals.queries.writers import count_in
from campaign.penpals.service.digest import MAIL, Groups, count_waiting, list_coordinators
from campaign.people.models import VolunteerState
from campaign.web.mailing import render_text
from campaign.web.settings import absolute_url

LATE = N_("letters of writers that are overdue")
EXAMPLE = N_("• letters of writers that are overdue: 3")
MAILS = (
    AutomaticMail(
        MAIL, N_("A coordinator's week"), N_("On Mondays, where something waits in the groups somebody coordinates."),
        N_("coordinators with an address"), Why.SERVICE,
        (Slot("waiting", N_("what waits, a line each, in numbers"), EXAMPLE), page_link("/staff")),
    ),
)  # fmt: skip


def waiting_here(within: Groups, today: date) -> Sequence[Waiting]:
    """Of assignments and groups; offers to write belong to no group yet, so that those alone see them who see all."""
    needs = assignments.count_needs(today, within)
    return [
        Waiting(N_("people who wait for somebody to take over"), needs["successor"]),
        Waiting(LATE, needs["at_risk"]),
        Waiting(N_("writers from whom no letter has come for long"), needs["lapsed"]),
        Waiting(N_("writers who were asked and whom no mail reaches"), needs["unanswered"]),
        Waiting(N_("writers who ask for somebody else"), needs["another"]),
        Waiting(N_("groups with fewer than two leads"), len(groups.list_short_of_leads(within))),
        Waiting(N_("groups in which a letter is overdue"), groups.count_overdue_groups(today, within)),
        Waiting(N_("offers to write without an answer"), count_in(VolunteerState.APPLIED) if within is None else 0),
    ]


def build(claims: Sequence[Claim]) -> Mapping[uuid.UUID, Mail]:
    """In numbers; whoever coordinates no longer is left out, and so is whoever has nothing waiting. Counted once for
    all who coordinate the same groups."""
    today = clock.today()
    found = list_coordinators(today, {claim.ref for claim in claims if claim.ref})
    counted: dict[Groups, list[Waiting]] = {}
    mails = {}
    for claim in claims:
        if claim.ref is None or claim.ref not in found:
            continue
        account, within = found[claim.ref]
        if within not in counted:
            counted[within] = count_waiting(within, today)
        if counted[within]:
            slots = {"waiting": _lines(counted[within], claim.language), "link": absolute_url("/staff", claim.language)}
            mails[claim.id] = Mail(email_of(account), render_text("coordinator_digest", claim.language), slots)
    return mails


def _lines(waiting: Sequence[Waiting], language: str) -> str:
    with force_locale(language):
        return "\n".join(f"• {_(each.words)}: {format_decimal(each.amount)}" for each in waiting)


def register() -> None:
    """Fill the registries."""
    digest_parts.register("penpals", waiting_here)
    mail_kinds.register(MAIL, MailKind(build, counts=True))
    register_all(MAILS)
