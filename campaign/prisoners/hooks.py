"""What prisoners add to the rest: the staff navigation, and what the dashboard says about them."""

import uuid
from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _
from flask_login import current_user

from campaign.accounts.queries import names_of
from campaign.kernel import clock
from campaign.kernel.actors import Actor
from campaign.kernel.errors import N_
from campaign.kernel.registry import (
    Need,
    PersonPanel,
    RetentionRule,
    StaffLink,
    consequences,
    dashboard_needs,
    prisoner_panels,
    retention_rules,
    staff_links,
)
from campaign.prisoners import policy
from campaign.prisoners.forms import case_words
from campaign.prisoners.forms.known import known_lately
from campaign.prisoners.forms.publication import EVIDENCE_WORDS, GIVER_WORDS, KIND_WORDS, PUBLICITY_WORDS
from campaign.prisoners.models import PrisonerState
from campaign.prisoners.queries import get_prisoner
from campaign.prisoners.queries.cases import list_cases, list_listings
from campaign.prisoners.queries.changes import count_waiting
from campaign.prisoners.queries.consents import count_publishable, list_consents
from campaign.prisoners.queries.facilities import count_stale_facilities
from campaign.prisoners.queries.reports import count_waiting_reports
from campaign.prisoners.service import publication, reports
from campaign.prisoners.service.cases.charges import label_of
from campaign.prisoners.service.changes.feed import FEED

PEOPLE_LINK = StaffLink("prisoners_staff.list_prisoners", N_("Prisoners"), frozenset(policy.READERS), 15)
FACILITIES_LINK = StaffLink("prisoners_staff.list_facilities", N_("Facilities"), frozenset(policy.READERS), 16)
OFFICIALS_LINK = StaffLink("prisoners_staff.list_officials", N_("Officials"), frozenset(policy.OFFICIALS_READERS), 17)
REPORTS_LINK = StaffLink("prisoners_staff.list_reports", N_("Reports"), frozenset(policy.REPORT_READERS), 18)
REPORTS_RULE = RetentionRule(
    "reports", reports.KEPT_AFTER_CLOSING.days, reports.forget_old,
    N_("What you tell us in confidence: sealed so that this server cannot read it, deleted 30 days after the matter is "
       "closed and after a year at the latest."),
)  # fmt: skip

CHANGES_LINK = StaffLink("prisoners_staff.list_changes", N_("What changed lately"), frozenset(policy.READERS), 15)


def register() -> None:
    """Fill the registries."""
    staff_links.register("prisoners", PEOPLE_LINK)
    staff_links.register("facilities", FACILITIES_LINK)
    staff_links.register("officials", OFFICIALS_LINK)
    staff_links.register("reports", REPORTS_LINK)
    dashboard_needs.register("facilities", list_facility_needs)
    dashboard_needs.register("reports", list_report_needs)
    retention_rules.register("reports", REPORTS_RULE)
    dashboard_needs.register("prisoners-review", list_review_needs)
    prisoner_panels.register("publication", publication_panel)
    prisoner_panels.register("cases", cases_panel)
    prisoner_panels.register("situation", situation_panel)
    dashboard_needs.register("status-changes", list_change_needs)
    staff_links.register("status-changes", CHANGES_LINK)
    consequences.register(FEED.name, FEED)


def list_facility_needs(actor: Actor) -> Sequence[Need]:
    """Places that this person may look up again; nothing where there are none."""
    if not policy.can_edit(actor):
        return []
    count = count_stale_facilities(clock.today())
    url = url_for("prisoners_staff.list_facilities", only="stale")
    return [Need(_("Facilities wait to be looked up again"), count, url)] if count else []


def list_report_needs(actor: Actor) -> Sequence[Need]:
    """Reports that nobody has taken yet, for those who work on them."""
    if not actor.has_role(*policy.REPORT_READERS):
        return []
    count = count_waiting_reports()
    url = url_for("prisoners_staff.list_reports", state="received")
    return [Need(_("Reports from outside that nobody has taken yet"), count, url, urgent=True)] if count else []


def list_change_needs(actor: Actor) -> Sequence[Need]:
    """Acts whose mails, feed entries and changed texts still wait, and can be stopped."""
    count = count_waiting() if policy.can_edit(actor) else 0
    url = url_for("prisoners_staff.list_changes", waiting="1")
    return [Need(_("Status changes wait to go out"), count, url)] if count else []


def list_review_needs(actor: Actor) -> Sequence[Need]:
    """People whose page waits for this person as the second one."""
    count = count_publishable(actor.id) if policy.can_edit(actor) else 0
    url = url_for("prisoners_staff.list_prisoners", state="review")
    return [Need(_("People wait for you as the second person"), count, url)] if count else []


def publication_panel(prisoner_id: uuid.UUID) -> PersonPanel:
    """The section of a person's staff page that says whether the public sees it, and by what right."""
    prisoner, consents = get_prisoner(prisoner_id), list_consents(prisoner_id)
    people = {each for row in consents for each in (row.recorded_by, row.revoked_by) if each}
    return PersonPanel(
        "prisoners/staff/people/_publication.html",
        {
            "steps": publication.STEPS[PrisonerState(prisoner.state)],
            "missing": [_(publication.MISSING[name]) for name in publication.find_missing(prisoner)],
            "is_own": prisoner.author_id == current_user.id,
            "consents": consents,
            "names": names_of(people | ({prisoner.author_id} if prisoner.author_id else set())),
            "kind_words": KIND_WORDS,
            "giver_words": GIVER_WORDS,
            "evidence_words": EVIDENCE_WORDS,
            "publicity_words": PUBLICITY_WORDS,
            "may_edit": policy.can_edit(current_user),
        },
        rank=10,
    )


def cases_panel(prisoner_id: uuid.UUID) -> PersonPanel:
    """The sections of a person's staff page about prosecutions, and about who recognises them."""
    return PersonPanel(
        "prisoners/staff/cases/_panel.html",
        {
            "cases": list_cases(prisoner_id),
            "listings": list_listings(prisoner_id),
            "words": case_words,
            "label_of": label_of,
            "may_edit": policy.can_edit(current_user),
        },
        rank=30,
    )


def situation_panel(prisoner_id: uuid.UUID) -> PersonPanel:
    """Where somebody is, and what happened to them lately."""
    return PersonPanel("prisoners/staff/situation/_panel.html", known_lately(prisoner_id), rank=20)
