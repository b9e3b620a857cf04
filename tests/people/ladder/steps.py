"""People on the rungs of the ladder, for tests."""

import uuid
from datetime import timedelta

from sqlalchemy import insert

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.people.models import Consent, IdentityKind, InteractionKind, Purpose
from campaign.people.service.details import record_interaction
from campaign.people.service.identities import read_identity
from campaign.people.service.records import PersonDraft, add_person
from campaign.signatures.service.confirm import UPDATES

ORGANISER = uuid.UUID(int=11)


def signer(days_ago: int = 30, *, news: bool = False, email: str = "", wrote: int | None = None) -> uuid.UUID:
    """A committed record of somebody who signed so many days ago; `wrote`: a letter so many days ago."""
    today = clock.today()
    ways = [read_identity(IdentityKind.EMAIL, email)] if email else []
    with transaction():
        made = add_person(PersonDraft(name="Вера Придуманная"), identities=ways, actor=None).id
        day = today - timedelta(days=days_ago)
        for purpose in (UPDATES, *((Purpose.NEWS,) if news else ())):
            session.execute(
                insert(Consent).values(
                    id=uuid.uuid4(), person_id=made, purpose=purpose, subject=None, text_version="1", given_on=day
                )
            )
        if wrote is not None:
            record_interaction(made, InteractionKind.WROTE, on=today - timedelta(days=wrote))
    return made
