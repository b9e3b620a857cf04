"""Conditions of segments that tasks can answer."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, select, union

from campaign.activities.forms.task_words import KIND_WORDS, kind_word
from campaign.activities.models import OPEN_TASKS, Task, TaskOffer, TaskState
from campaign.kernel import clock
from campaign.kernel.errors import N_
from campaign.kernel.registry_people import DAYS_OR_EVER, DID, ConditionField, SegmentCondition, segment_conditions
from campaign.people.models import Volunteer
from campaign.web.spans import when

ANY = "any"
Values = Mapping[str, Any]


def kinds() -> Sequence[tuple[str, str]]:
    """What a task can be, and any of it."""
    return [(ANY, str(_("of any kind"))), *((kind.value, str(word)) for kind, word in KIND_WORDS.items())]


KIND = ConditionField("kind", N_("What kind"), "choice", kinds)


def did(values: Values) -> Select[uuid.UUID]:
    """Who has done such a task."""
    done = [Task.state == TaskState.DONE, *_of_kind(values)]
    if values.get("days") is not None:
        done.append(Task.done_on >= _since(values))
    return _people(*done)


def has_open(values: Values) -> Select[uuid.UUID]:
    """Who has, or was offered, such a task that is not over."""
    return _people(Task.state.in_(OPEN_TASKS), *_of_kind(values))


def was_offered(values: Values) -> Select[uuid.UUID]:
    """Who was offered such a task."""
    statement = select(TaskOffer.person_id).join(Task, Task.id == TaskOffer.task_id).where(*_of_kind(values))
    if values.get("days") is not None:
        statement = statement.where(TaskOffer.offered_on >= _since(values))
    return statement


def _people(*conditions: Any) -> Select[uuid.UUID]:
    with_account = (
        select(Volunteer.person_id)
        .join(Task, Task.claimed_by == Volunteer.id)
        .where(Volunteer.person_id.is_not(None), *conditions)
    )
    # What staff took, or another did, was not theirs although they had been asked.
    theirs = (Task.person_id.is_not(None), Task.claimed_by.is_(None), Task.keeper_id.is_(None))
    both = union(with_account, select(Task.person_id).where(*theirs, *conditions)).subquery()
    return select(both.c[0])


def _of_kind(values: Values) -> list[Any]:
    return [] if values["kind"] == ANY else [Task.kind == values["kind"]]


def _since(values: Values) -> Any:
    return clock.today() - timedelta(days=values["days"])


def _kind(values: Values) -> str:
    return str(_("of any kind")) if values["kind"] == ANY else kind_word(values["kind"])


CONDITIONS = (
    SegmentCondition(
        "task-done", N_("Did a task"), (KIND, DAYS_OR_EVER), did,
        lambda values: when(str(_("did a task (%(kind)s)", kind=_kind(values))), values.get("days")),
        lambda values: when(str(_("did no task (%(kind)s)", kind=_kind(values))), values.get("days")), DID,
    ),
    SegmentCondition(
        "task-open", N_("Has a task that is not over"), (KIND,), has_open,
        lambda values: str(_("has a task that is not over (%(kind)s)", kind=_kind(values))),
        lambda values: str(_("has no task that is not over (%(kind)s)", kind=_kind(values))), DID,
    ),
    SegmentCondition(
        "task-offered", N_("Was offered a task"), (KIND, DAYS_OR_EVER), was_offered,
        lambda values: when(str(_("was offered a task (%(kind)s)", kind=_kind(values))), values.get("days")),
        lambda values: when(str(_("was offered no task (%(kind)s)", kind=_kind(values))), values.get("days")), DID,
    ),
)  # fmt: skip


def register() -> None:
    """Fill the registry."""
    for each in CONDITIONS:
        segment_conditions.register(each.name, each)
