"""What partners add to the rest: a panel on a petition's page, lines of the dashboard, what goes away by itself."""

import uuid
from collections.abc import Mapping, Sequence

from flask import url_for
from flask_babel import format_decimal
from flask_babel import gettext as _

from campaign.kernel.actors import Actor
from campaign.kernel.errors import N_
from campaign.kernel.registry import (
    Need,
    Panel,
    RetentionRule,
    dashboard_needs,
    petition_panels,
    retention_rules,
)
from campaign.partners import policy, queries
from campaign.partners.service import exports
from campaign.petitions.queries import list_titles
from campaign.web.i18n import current_language


def register() -> None:
    """Fill the registries."""
    petition_panels.register("partners", petition_panel)
    dashboard_needs.register("partners", list_needs)
    rule = RetentionRule(
        "partner-exports", exports.KEPT_DAYS, exports.clear_exports,
        N_(
            "What you let an organisation know, sealed so that it alone can read it: erased 7 days after we hand it "
            "over; the rest goes with the petition's keys."
        ),
    )  # fmt: skip
    retention_rules.register(rule.name, rule)


def petition_panel(petition_id: uuid.UUID) -> Panel:
    """Who stands beside it, and how many let them write."""
    partners = [each for each in queries.list_partners(petition_id) if each.ended_on is None]
    tallies = queries.tallies_of([each.id for each in partners])
    offered = [each for each in partners if each.current is not None]
    names = ", ".join(each.organisation.name_in(current_language()) for each in offered)
    return Panel(
        title=_("Partners"),
        facts=[
            (_("Offered in the sign form"), names or _("None")),
            (_("Opt-ins that wait for an export"), format_decimal(sum(each.waiting for each in tallies.values()))),
        ],
        links=[(_("Partners, keys, exports"), url_for("partners_staff.list_partners", petition_id=petition_id))],
    )


def list_needs(actor: Actor) -> Sequence[Need]:
    """What waits for this person as the second one, and what goes unless somebody exports it."""
    terms, waiting, left = (
        queries.count_waiting_terms(actor.id), queries.count_waiting_exports(actor.id), queries.count_left_over()
    )  # fmt: skip
    return [
        *_needs(
            actor, terms, N_("Key or words of a partner wait for you as the second person: %(title)s"), urgent=True
        ),
        *_needs(actor, waiting, N_("Exports for partners wait for you: %(title)s")),
        *_needs(actor, left, N_("Opt-ins go with the petition's keys unless exported: %(title)s")),
    ]


def _needs(actor: Actor, counts: Mapping[uuid.UUID, int], words: str, *, urgent: bool = False) -> Sequence[Need]:
    mine = frozenset(each for each in counts if actor.has_role_in(policy.SCOPE, each, *policy.KEEPERS))
    titles = dict(list_titles(current_language(), mine)) if mine else {}
    return [
        Need(
            title=_(words, title=title), count=counts[petition],
            url=url_for("partners_staff.list_partners", petition_id=petition), urgent=urgent,
        )
        for petition, title in titles.items()
    ]  # fmt: skip
