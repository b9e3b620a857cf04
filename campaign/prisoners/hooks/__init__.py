"""What prisoners add to the rest: the staff navigation, the dashboard, sections of a person's page, what expires."""

from campaign.kernel.errors import N_
from campaign.kernel.registry import (
    StaffLink,
    Survivor,
    after_restore,
    consequences,
    dashboard_needs,
    person_erasers,
    prisoner_panels,
    retention_rules,
    staff_links,
    survivors,
)
from campaign.prisoners import policy
from campaign.prisoners.hooks import mail_block, needs, panels, share, subjects
from campaign.prisoners.hooks.expiry import ERASURES_RULE, FAMILIES_RULE, REPORTS_RULE
from campaign.prisoners.service import erasure
from campaign.prisoners.service.changes.feed import FEED

PEOPLE_LINK = StaffLink("prisoners_staff.list_prisoners", N_("Prisoners"), frozenset(policy.READERS), 15)
FACILITIES_LINK = StaffLink("prisoners_staff.list_facilities", N_("Facilities"), frozenset(policy.READERS), 16)
OFFICIALS_LINK = StaffLink("prisoners_staff.list_officials", N_("Officials"), frozenset(policy.OFFICIALS_READERS), 17)
REPORTS_LINK = StaffLink("prisoners_staff.list_reports", N_("Reports"), frozenset(policy.REPORT_READERS), 18)
CHANGES_LINK = StaffLink("prisoners_staff.list_changes", N_("What changed lately"), frozenset(policy.READERS), 15)


def register() -> None:
    """Fill the registries."""
    subjects.register()
    mail_block.register()
    share.register()
    staff_links.register("prisoners", PEOPLE_LINK)
    staff_links.register("facilities", FACILITIES_LINK)
    staff_links.register("officials", OFFICIALS_LINK)
    staff_links.register("reports", REPORTS_LINK)
    dashboard_needs.register("facilities", needs.list_facility_needs)
    dashboard_needs.register("reports", needs.list_report_needs)
    retention_rules.register("reports", REPORTS_RULE)
    dashboard_needs.register("prisoners-stale", needs.list_stale_needs)
    dashboard_needs.register("prisoners-review", needs.list_review_needs)
    prisoner_panels.register("family", panels.family_panel)
    retention_rules.register("families", FAMILIES_RULE)
    retention_rules.register("erasures", ERASURES_RULE)
    dashboard_needs.register("prisoners-erasure", needs.list_erasure_needs)
    person_erasers.register("facts", erasure.FACTS)
    person_erasers.register("import-rows", erasure.IMPORT_ROWS)
    survivors.register("prisoner_withdrawal", Survivor("prisoner_withdrawal", ("prisoner_id",)))
    after_restore.register("prisoners", erasure.set_right)
    prisoner_panels.register("publication", panels.publication_panel)
    prisoner_panels.register("cases", panels.cases_panel)
    prisoner_panels.register("situation", panels.situation_panel)
    dashboard_needs.register("status-changes", needs.list_change_needs)
    staff_links.register("status-changes", CHANGES_LINK)
    consequences.register(FEED.name, FEED)
