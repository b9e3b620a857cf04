"""What mailings hold of people: given out, moved when records are merged, erased."""

import uuid
from typing import Any

from campaign.kernel.errors import N_
from campaign.kernel.merging import moving
from campaign.kernel.registry_people import PersonalData, merge_rules, personal_data
from campaign.mailings.queries.own_data import subjects_of
from campaign.mailings.service.own_data import erase

WORDS = {"day": N_("Day"), "subject": N_("Subject")}


def export(person_id: uuid.UUID) -> list[dict[str, Any]]:
    """The day and the subject of each mailing that they got."""
    return [{"day": day, "subject": subject} for day, subject in subjects_of(person_id)]


DATA = PersonalData(N_("Mailings that went to you"), export, erase, WORDS)
MERGING = moving("mailing_recipient", unless_same=("mailing_id",))


def register() -> None:
    """Fill the registries."""
    personal_data.register("mailings", DATA)
    merge_rules.register("mailing-recipients", MERGING)
