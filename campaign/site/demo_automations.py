"""Three automations of the demo: two are on and have a log of sixty days, one is a draft."""

import uuid
from collections import Counter
from datetime import date, timedelta

from sqlalchemy import insert, select, update

from campaign.accounts.queries import find_account_by_name
from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.registry_automations import Order, automation_triggers
from campaign.people.models import (
    Automation,
    AutomationDeed,
    AutomationState,
    AutomationStep,
    DeedState,
    HistoryKind,
    Segment,
)
from campaign.people.queries.automations import TELL, select_occasions
from campaign.people.service.automations.acts import give_tag
from campaign.people.service.automations.rules import RuleDraft, as_saved
from campaign.people.service.automations.using import note_step
from campaign.people.service.details import ensure_tag

DAYS, ROUND = 60, 1
QUIET = "Could write, and wrote nobody in 60 days"


def load_automations() -> None:
    """Make them, in the open transaction."""
    owner = find_account_by_name("organiser-1") or find_account_by_name("coordinator-1")
    if owner is None:
        return
    segment = session.scalar(select(Segment).where(Segment.title == QUIET, Segment.is_demo))
    greet, came = (str(ensure_tag(name, is_demo=True).id) for name in ("to greet", "came to an event"))
    greeting = _make(
        RuleDraft(
            "Greet who came with a list", "written-down", "give-tag", {}, {"tag": greet}, wait_days=2, most_a_day=20
        ), owner.id,
    )  # fmt: skip
    _replay(greeting)
    quiet = RuleDraft(
        "Somebody falls silent", "silent", TELL, {"days": "60"}, {}, segment.id if segment is not None else None,
        most_a_day=5,
    )  # fmt: skip
    silence = _make(quiet, owner.id, tree=segment)
    _replay(silence)
    # Staff have looked at all but the last few.
    newest = session.scalars(
        select(AutomationDeed.id).where(AutomationDeed.automation_id == silence.id).order_by(AutomationDeed.id.desc())
    ).all()
    silence.seen_deed_id = newest[min(12, len(newest) - 1)] if newest else 0
    _make(
        RuleDraft("Remember who came", "came", "give-tag", {}, {"tag": came}, wait_days=1, back_days=14), owner.id,
        is_on=False,
    )  # fmt: skip
    session.flush()


def _make(draft: RuleDraft, owner: uuid.UUID, *, tree: Segment | None = None, is_on: bool = True) -> Automation:
    since = clock.today() - timedelta(days=DAYS)
    rule = Automation(
        id=uuid.uuid4(), title=draft.title, state=AutomationState.ON if is_on else AutomationState.DRAFT,
        trigger=draft.trigger, trigger_values=dict(draft.trigger_values), act=draft.act,
        act_values=dict(draft.act_values), segment_id=draft.segment_id, needs_segment=draft.segment_id is not None,
        wait_days=draft.wait_days, back_days=draft.back_days, most_a_day=draft.most_a_day, is_demo=True,
        made_by=owner, created_on=since, tree=tree.tree if tree is not None else None, version=1, seen_deed_id=0,
        on_by=owner if is_on else None, on_since=since if is_on else None,
    )  # fmt: skip
    session.add(rule)
    session.flush()
    note_step(rule, HistoryKind.SAVED, owner, saved=as_saved(rule))
    if is_on:
        note_step(rule, HistoryKind.DRY_RUN, owner)
        note_step(rule, HistoryKind.ON, owner)
    mine = update(AutomationStep).where(AutomationStep.automation_id == rule.id)
    session.execute(mine.values(happened_on=since))
    return rule


def _replay(rule: Automation) -> None:
    """What it would have done by yesterday; the worker goes on from there."""
    trigger, today = automation_triggers[rule.trigger], clock.today()
    values = {"days": int(rule.trigger_values["days"])} if "days" in rule.trigger_values else {}
    last = today - timedelta(days=rule.wait_days + 1)
    found = select_occasions(trigger, values, today - timedelta(days=DAYS), last).subquery()
    rows, known, each_day = [], set(), Counter[date]()
    for person, day in session.execute(select(found).order_by(found.c.occasion_on, found.c.person_id)):
        on = day + timedelta(days=rule.wait_days)
        if person in known or each_day[on] >= rule.most_a_day:
            continue
        known.add(person)
        each_day[on] += 1
        rows.append(
            {
                "automation_id": rule.id, "person_id": person, "occasion_on": day, "version": 1, "act": rule.act,
                "act_values": rule.act_values, "state": DeedState.DONE, "memory": {"on": today.isoformat()},
                "attempts": 1, "reason": "", "round": ROUND, "acted_on": on,
            }
        )  # fmt: skip
    if not rows:
        return
    session.execute(insert(AutomationDeed), rows)
    if rule.act != TELL:
        give_tag(rule.act_values, known, Order(rule.on_by or uuid.UUID(int=0), rule.id))
