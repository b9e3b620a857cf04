"""Letter evenings for tests."""

import uuid
from datetime import date, timedelta

from campaign.activities.service.events import EventDraft
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.penpals.queries.evenings import Planned
from campaign.penpals.service import evenings as service
from campaign.penpals.service.evenings import EveningDraft

ACTOR = uuid.uuid4()


def draft(**changes: object) -> EveningDraft:
    """What is planned of an evening in a week, for two people."""
    title = str(changes.pop("title", "Evening of letters"))
    place = str(changes.pop("place", "Made-up Town, library"))
    held_on = changes.pop("held_on", clock.today() + timedelta(days=7))
    assert isinstance(held_on, date)
    values: dict[str, object] = {"group_id": None, "addressees": 2, "language": "en"}
    return EveningDraft(EventDraft(title, place, held_on), **{**values, **changes})  # type: ignore[arg-type]


def planned(**changes: object) -> Planned:
    """A committed evening for which nobody is reserved yet."""
    with transaction():
        made = service.plan_evening(draft(**changes), actor=ACTOR)
    session.expunge_all()
    return made


def reserved(people: int = 2, **changes: object) -> Planned:
    """A committed evening with those reserved who need it most."""
    made = planned(addressees=people, **changes)
    with transaction():
        service.reserve(made.event.id, actor=ACTOR)
    session.expunge_all()
    return made
