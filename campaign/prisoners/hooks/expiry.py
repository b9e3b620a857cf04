"""What of this feature goes away by itself, in the words of the privacy page."""

from campaign.kernel.errors import N_
from campaign.kernel.registry import RetentionRule
from campaign.prisoners.service import erasure, relatives, reports

REPORTS_RULE = RetentionRule(
    "reports", reports.KEPT_AFTER_CLOSING.days, reports.forget_old,
    N_("What you tell us in confidence: sealed so that this server cannot read it, deleted 30 days after the matter is "
       "closed and after a year at the latest."),
)  # fmt: skip
FAMILIES_RULE = RetentionRule(
    "families", relatives.KEPT_AFTER_THE_END.days, relatives.forget_families,
    N_("Contacts of prisoners' families: sealed so that this server cannot read them, deleted a year after the "
       "imprisonment has ended."),
)  # fmt: skip
ERASURES_RULE = RetentionRule(
    "erasures", erasure.LAPSES_AFTER.days, erasure.forget_requests,
    N_("That somebody asked us to erase a prisoner's record: deleted with the record, or after 30 days."),
)  # fmt: skip
