"""The thanks for a confirmed signature, with one next step: only to whoever asked for news of the petition.

Whoever did not is never mailed (SAFETY.md 4): their thanks is the page after the button.
"""

import uuid
from datetime import timedelta

from sqlalchemy import select

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.mail.rows import Lane, dedupe_key, queue_mail
from campaign.people.models import PETITION_NEWS, SCOPE, Consent, Topic
from campaign.people.queries.mail_wishes import may_mail_today
from campaign.people.service.mail_rhythm import note_mailed

MAIL = "signature.thanks"
LATER = timedelta(days=1)
"""The page has thanked them just now."""


def owe_thanks(person_id: uuid.UUID, petition_id: uuid.UUID, language: str) -> bool:
    """Owe it for tomorrow, one a day to one person however much they sign; False where their wishes leave no mail.

    In the open transaction. Safe to run again: the row's key is of person and day.
    """
    if not may_mail_today([person_id], Topic.PETITION, petition_id):
        return False
    theirs = (Consent.person_id == person_id, Consent.purpose == PETITION_NEWS, Consent.subject == petition_id)
    consent = session.scalar(select(Consent.id).where(*theirs, Consent.ended_on.is_(None)))
    due_at = clock.now() + LATER
    mark = dedupe_key(SCOPE, MAIL, person_id.bytes, due_at.date().isoformat().encode())
    owed = queue_mail(MAIL, lane=Lane.BULK, language=language, dedupe=mark, ref=consent, due_at=due_at)
    if owed:
        note_mailed([person_id])
    return owed
