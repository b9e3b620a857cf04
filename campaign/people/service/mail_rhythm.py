"""That a mail is owed to somebody, kept of those alone who chose how often they want one."""

import uuid
from collections.abc import Collection

from sqlalchemy import ARRAY, Uuid, any_, cast, update

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.people.models import MailRhythm, MailWish


def note_mailed(person_ids: Collection[uuid.UUID]) -> None:
    """A mail is owed to these people today, so that their rhythm has none free until later."""
    theirs = (MailWish.person_id == any_(cast(list(person_ids), ARRAY(Uuid))), MailWish.rhythm != MailRhythm.ANY)
    session.execute(update(MailWish).where(*theirs).values(mailed_on=clock.today()))
