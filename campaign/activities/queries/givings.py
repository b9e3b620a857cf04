"""Reads of what was given to many people, and of tasks that come again."""

import uuid

from sqlalchemy import Select, case, select

from campaign.activities.models import TaskGiving, TaskTemplate, TemplateState
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound


def select_givings(*, made_by: uuid.UUID | None) -> Select[TaskGiving]:
    """The newest first; `made_by` None: everybody's."""
    statement = select(TaskGiving).order_by(TaskGiving.made_at.desc(), TaskGiving.id)
    return statement if made_by is None else statement.where(TaskGiving.made_by == made_by)


def select_templates(*, within: frozenset[uuid.UUID] | None) -> Select[TaskTemplate]:
    """What comes again, the next first; what has ended last."""
    statement = select(TaskTemplate)
    if within is not None:
        statement = statement.where(TaskTemplate.group_id.in_(within))
    order = {TemplateState.ACTIVE: 0, TemplateState.PAUSED: 1, TemplateState.ENDED: 2}
    rank = case({state.value: at for state, at in order.items()}, value=TaskTemplate.state)
    return statement.order_by(rank, TaskTemplate.next_on, TaskTemplate.id)


def get_template(template_id: uuid.UUID) -> TaskTemplate:
    """One that comes again. Raises NotFound."""
    found = session.get(TaskTemplate, template_id)
    if found is None:
        raise NotFound
    return found
