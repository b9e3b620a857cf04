"""Rules for tests of automations."""

import uuid
from typing import Any

from sqlalchemy import delete, select

from campaign.kernel import jobs
from campaign.kernel.actors import Actor
from campaign.kernel.db import session, transaction
from campaign.kernel.jobs import JobRow
from campaign.people.jobs import RunAutomation
from campaign.people.models import Automation, AutomationDeed, AutomationDryRun, PersonTag, Tag
from campaign.people.service import details
from campaign.people.service.automations import dry_run, rules
from campaign.people.service.automations.rules import RuleDraft
from workers.run_jobs import run_due_jobs


def tag(name: str = "warm") -> Tag:
    """A committed tag."""
    with transaction():
        made = details.ensure_tag(name)
    session.expunge(made)
    return made


def draft(give: Tag | None = None, **changes: Any) -> RuleDraft:
    """Whoever is written down gets a tag, those of the last thirty days as well."""
    values: dict[str, Any] = {
        "title": "Greet", "trigger": "written-down", "act": "give-tag", "back_days": 30,
        "act_values": {"tag": str(give.id)} if give is not None else {},
    }  # fmt: skip
    return RuleDraft(**{**values, **changes})


def rule(of: RuleDraft, actor: Actor) -> uuid.UUID:
    """A committed draft."""
    with transaction():
        return rules.make_rule(of, actor=actor).id


def try_rule(automation_id: uuid.UUID, actor: Actor) -> AutomationDryRun:
    """A dry run, computed."""
    with transaction():
        run_id = dry_run.ask_for_dry_run(automation_id, actor=actor).id
    run_due_jobs()
    session.rollback()
    return session.scalars(
        select(AutomationDryRun).where(AutomationDryRun.id == run_id).execution_options(populate_existing=True)
    ).one()


def turn_on(automation_id: uuid.UUID, actor: Actor) -> None:
    """On, after a dry run."""
    try_rule(automation_id, actor)
    with transaction():
        version = session.get_one(Automation, automation_id, populate_existing=True).version
        rules.turn_on(automation_id, seen_version=version, actor=actor)
    # Its first run: a test says itself when one comes.
    with transaction():
        session.execute(delete(JobRow).where(JobRow.kind == RunAutomation.kind))


def turned_on(of: RuleDraft, actor: Actor) -> uuid.UUID:
    """A rule that is on."""
    made = rule(of, actor)
    turn_on(made, actor)
    return made


def run(*automations: uuid.UUID, round_: int) -> None:
    """One hourly round of these rules, in this order."""
    for each in automations:
        with transaction():
            jobs.enqueue(RunAutomation(str(each), round_, ""))
        run_due_jobs()
    session.rollback()


def stands(automation_id: uuid.UUID) -> Automation:
    """The rule as it is stored now."""
    session.rollback()
    return session.get_one(Automation, automation_id, populate_existing=True)


def log_of(automation_id: uuid.UUID) -> list[AutomationDeed]:
    """Its log, the oldest first."""
    session.rollback()
    mine = select(AutomationDeed).where(AutomationDeed.automation_id == automation_id).order_by(AutomationDeed.id)
    return list(session.scalars(mine.execution_options(populate_existing=True)))


def carriers(of: Tag) -> set[uuid.UUID]:
    """Who carries a tag."""
    return set(session.scalars(select(PersonTag.person_id).where(PersonTag.tag_id == of.id)))
