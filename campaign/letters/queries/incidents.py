"""Reads of incidents: that there are some, and who works on each."""

import uuid
from collections.abc import Sequence

from sqlalchemy import Select, func, select

from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.letters.models import Incident, IncidentEvent, IncidentState


def select_incidents(state: str = "") -> Select[Incident]:
    """Incidents, the newest first; without a state those that are not closed."""
    statement = select(Incident).order_by(Incident.number.desc())
    if state in set(IncidentState):
        return statement.where(Incident.state == state)
    return statement if state == "all" else statement.where(Incident.state != IncidentState.CLOSED)


def get_incident(incident_id: uuid.UUID) -> Incident:
    """An incident. Raises NotFound."""
    found = session.get(Incident, incident_id)
    if found is None:
        raise NotFound
    return found


def list_handlers(incident_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """Who opened it or works on it: those who read it."""
    mine = select(IncidentEvent.actor_id).where(IncidentEvent.incident_id == incident_id).distinct()
    return frozenset(each for each in session.scalars(mine) if each is not None)


def handlers_of(incidents: Sequence[Incident]) -> dict[uuid.UUID, set[uuid.UUID]]:
    """The same for several."""
    found: dict[uuid.UUID, set[uuid.UUID]] = {each.id: set() for each in incidents}
    rows = select(IncidentEvent.incident_id, IncidentEvent.actor_id).where(IncidentEvent.incident_id.in_(found))
    for incident_id, actor in session.execute(rows.distinct()):
        if actor is not None:
            found[incident_id].add(actor)
    return found


def list_steps(incident_id: uuid.UUID) -> Sequence[IncidentEvent]:
    """Every step, oldest first."""
    mine = select(IncidentEvent).where(IncidentEvent.incident_id == incident_id)
    return session.scalars(mine.order_by(IncidentEvent.created_at)).all()


def count_open() -> int:
    """How many nobody has taken on."""
    statement = select(func.count()).select_from(Incident).where(Incident.state == IncidentState.OPEN)
    return session.scalar(statement) or 0
