"""What automations leave behind: how long it is kept, given out, erased, and what becomes of it when records merge."""

from campaign.kernel.errors import N_
from campaign.kernel.merging import moving
from campaign.kernel.registry import RetentionRule, retention_rules
from campaign.kernel.registry_people import PersonalData, merge_rules, personal_data
from campaign.people.service.automations import dry_run, log

RULES = (
    RetentionRule(
        "automation-log", log.KEPT_DAYS, log.forget_old,
        N_("What automatic rules did to whom, such as giving a tag: forgotten after 180 days."),
    ),
    RetentionRule(
        "automation-dry-runs", dry_run.KEPT_DAYS, dry_run.forget_old,
        N_("Whom an automatic rule would have met, as staff tried it out: forgotten after 30 days."),
    ),
)  # fmt: skip
WORDS = {
    "rule": N_("Rule"), "act": N_("What it did"), "state": N_("State"), "occasion_on": N_("Day of the occasion"),
    "done_on": N_("Done"), "give-tag": N_("Give a tag"), "take-tag": N_("Take a tag away"),
    "tell": N_("Tell staff on the dashboard"), "done": N_("done"), "unchanged": N_("was so already"),
    "failed": N_("did not work"), "undone": N_("was taken back"),
}  # fmt: skip
DATA = PersonalData(N_("What automatic rules did to your record"), log.export, log.erase, WORDS)
MERGING = {
    "automation-deeds": moving("automation_deed", unless_same=("automation_id", "occasion_on")),
    "automation-dry-lines": moving("automation_dry_line", unless_same=("dry_run_id", "occasion_on")),
}


def register() -> None:
    """Fill the registries."""
    for rule in RULES:
        retention_rules.register(rule.name, rule)
    personal_data.register("automations", DATA)
    for name, merging in MERGING.items():
        merge_rules.register(name, merging)
