"""The log of automations: taken back a line or a day at a time, given out, erased, forgotten."""

import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, exists, select

from campaign.kernel import audit, clock
from campaign.kernel.actors import Actor
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, Forbidden, NotFound
from campaign.kernel.registry_automations import automation_acts
from campaign.people import policy
from campaign.people.models import Automation, AutomationDeed, DeedState

KEPT_DAYS = 180
NOT_UNDONE = N_("This cannot be taken back: by now it is otherwise, or what was done cannot be undone.")


def can_undo(deed: AutomationDeed) -> bool:
    """Whether a line of the log stands and its act can be taken back at all."""
    is_known = deed.act in automation_acts and automation_acts[deed.act].undo is not None
    return is_known and deed.state == DeedState.DONE


def undo_deed(automation_id: uuid.UUID, deed_id: int, *, actor: Actor) -> None:
    """Take back what was done to one person. Raises Conflict when it does not stand any more, NotFound."""
    deeds = _lock(actor, AutomationDeed.automation_id == automation_id, AutomationDeed.id == deed_id)
    if not deeds:
        raise NotFound
    if not _undo(automation_id, deeds, actor):
        raise Conflict(NOT_UNDONE)


def undo_day(automation_id: uuid.UUID, day: date, *, seen: int, actor: Actor) -> int:
    """Take back what was done on a whole day, as far as nobody has changed it since; gives for how many.

    Raises Conflict when by now the day has another number of lines than the `seen`.
    """
    mine = (
        AutomationDeed.automation_id == automation_id, AutomationDeed.acted_on == day,
        AutomationDeed.state == DeedState.DONE,
    )  # fmt: skip
    deeds = _lock(actor, *mine)
    if not deeds or len(deeds) != seen:
        raise Conflict(N_("The log of that day has changed since you looked. Look at it again before you go on."))
    return _undo(automation_id, deeds, actor)


def forget_old(today: date) -> int:
    """Delete lines that are older than 180 days, and deleted rules of which no line is left."""
    before = today - timedelta(days=KEPT_DAYS)
    gone = delete(AutomationDeed).where(AutomationDeed.acted_on < before).returning(AutomationDeed.id)
    amount = len(session.scalars(gone).all())
    has_lines = exists().where(AutomationDeed.automation_id == Automation.id)
    session.execute(delete(Automation).where(Automation.deleted_on < before, ~has_lines))
    return amount


def export(person_id: uuid.UUID) -> list[dict[str, Any]]:
    """What rules did to somebody."""
    statement = (
        select(AutomationDeed, Automation.title)
        .join(Automation, Automation.id == AutomationDeed.automation_id)
        .where(AutomationDeed.person_id == person_id)
    )
    return [
        {"rule": title, "act": deed.act, "state": deed.state, "occasion_on": deed.occasion_on, "done_on": deed.acted_on}
        for deed, title in session.execute(statement.order_by(AutomationDeed.id))
    ]


def erase(person_id: uuid.UUID) -> int:
    """That they did it to them."""
    gone = delete(AutomationDeed).where(AutomationDeed.person_id == person_id).returning(AutomationDeed.id)
    return len(session.scalars(gone).all())


def _lock(actor: Actor, *mine: Any) -> Sequence[AutomationDeed]:
    if not policy.can_automate(actor):
        raise Forbidden(policy.AUTOMATES_EVERYBODY)
    statement = select(AutomationDeed).where(*mine).order_by(AutomationDeed.id).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).all()


def _undo(automation_id: uuid.UUID, deeds: Sequence[AutomationDeed], actor: Actor) -> int:
    """Each by the values it was done with: the rule may say something else by now."""
    undone = 0
    groups: dict[tuple[str, str], list[AutomationDeed]] = {}
    for deed in filter(can_undo, deeds):
        groups.setdefault((deed.act, str(sorted(deed.act_values.items()))), []).append(deed)
    for (act, _values), listed in groups.items():
        undo = automation_acts[act].undo
        # Of one person the newest: what an older line of the same act remembers is what the newer found.
        memory = {deed.person_id: deed.memory or {} for deed in listed}
        back = set(undo(listed[0].act_values, memory)) if undo is not None else set()
        for deed in listed:
            if deed.person_id in back:
                deed.state, deed.undone_on, deed.undone_by = DeedState.UNDONE, clock.today(), actor.id
                undone += 1
    session.flush()
    if undone:
        audit.record("automation.undone", actor=actor.id, about=f"automation:{automation_id}", amount=undone)
    return undone
