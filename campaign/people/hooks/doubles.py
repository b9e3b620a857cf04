"""What merged records add to the rest: the rules of their own tables, how long undoing lasts, what erasing takes."""

import uuid
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import delete, select

from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.kernel.registry import Panel, RetentionRule, retention_rules
from campaign.kernel.registry_people import PersonalData, merge_rules, people_panels, personal_data
from campaign.people.models import PersonMerge
from campaign.people.queries.doubles import list_merges_into
from campaign.people.service import merge_rules as rules
from campaign.people.service import merging
from campaign.web.i18n import day_of


def export(person_id: uuid.UUID) -> list[dict[str, Any]]:
    """On which days another record went into this one."""
    statement = select(PersonMerge.merged_at).where(PersonMerge.winner_id == person_id)
    days: list[date] = [moment.date() for moment in session.scalars(statement.order_by(PersonMerge.merged_at))]
    return [{"merged_on": day} for day in days]


def erase(person_id: uuid.UUID) -> int:
    """How the records that went into this one were before."""
    mine = delete(PersonMerge).where(PersonMerge.winner_id == person_id).returning(PersonMerge.id)
    return len(session.scalars(mine).all())


def show_merges(person_id: uuid.UUID) -> Panel | None:
    """What went into a record, for its page; only who may take them apart finds more behind the links."""
    made = list_merges_into(person_id)
    links = [
        (_("Merged with another record on %(day)s", day=day_of(each.merged_at.date())),
         url_for("doubles.show_merge", merge_id=each.id))
        for each in made
    ]  # fmt: skip
    return Panel(_("Merged records"), links=links) if links else None


DATA = PersonalData(
    N_("Other records of the same person that went into this one"), export, erase, {"merged_on": N_("merged on")}
)
RETENTION = RetentionRule(
    "people-merges", merging.KEPT_DAYS, merging.delete_old_snapshots,
    N_("How two records of one person were before they were merged: sealed, for undoing it, erased after 90 days."),
)  # fmt: skip


def register() -> None:
    """Fill the registries."""
    for name, rule in rules.RULES.items():
        merge_rules.register(name, rule)
    people_panels.register("people-merges", show_merges)
    personal_data.register("people-merges", DATA)
    retention_rules.register(RETENTION.name, RETENTION)
