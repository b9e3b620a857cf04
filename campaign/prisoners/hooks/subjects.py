"""That a task can be about a prisoner or a facility."""

import uuid
from collections.abc import Mapping

from flask import url_for
from sqlalchemy import select

from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.kernel.registry_tasks import TaskSubject, task_subjects
from campaign.prisoners.models import Facility, Prisoner
from campaign.web.i18n import current_language


def prisoner_names(ids: frozenset[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    """What prisoners are called."""
    found = session.scalars(select(Prisoner).where(Prisoner.id.in_(ids)))
    return {each.id: each.name_in(current_language()) for each in found}


def prisoner_url(prisoner_id: uuid.UUID) -> str:
    """Where staff see somebody."""
    return url_for("prisoners_staff.show_prisoner", prisoner_id=prisoner_id)


def facility_names(ids: frozenset[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    """What facilities are called."""
    found = session.scalars(select(Facility).where(Facility.id.in_(ids)))
    is_russian = current_language() == "ru"
    return {each.id: each.name_ru if is_russian else each.name_latin or each.name_ru for each in found}


def facility_url(facility_id: uuid.UUID) -> str:
    """Where staff see a facility."""
    return url_for("prisoners_staff.show_facility", facility_id=facility_id)


PRISONER = TaskSubject(N_("Prisoner"), prisoner_names, prisoner_url, "/staff/prisoners/")
FACILITY = TaskSubject(N_("Facility"), facility_names, facility_url, "/staff/prisoners/facilities/")


def register() -> None:
    """Fill the registry."""
    task_subjects.register("prisoner", PRISONER)
    task_subjects.register("facility", FACILITY)
