"""A few people of an audience, to see a mailing as they would get it."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, select

from campaign.kernel.db import session
from campaign.mailings.models import Mailing
from campaign.mailings.queries.audience import select_audience
from campaign.people.models import Person

FEW = 5


def list_samples(mailing: Mailing, within: Select[uuid.UUID] | None) -> Sequence[Row[*tuple[Any, ...]]]:
    """Id, language and country of a few, without names; of those that the reader may see."""
    among = select(Person.id, Person.language, Person.country).where(Person.id.in_(select_audience(mailing)))
    if within is not None:
        among = among.where(Person.id.in_(within))
    return session.execute(among.order_by(Person.id).limit(FEW)).all()


def find_sample(mailing: Mailing, person_id: uuid.UUID, within: Select[uuid.UUID] | None) -> Person | None:
    """One of them, as `list_samples` shows them."""
    return session.get(Person, person_id) if person_id in {each.id for each in list_samples(mailing, within)} else None
