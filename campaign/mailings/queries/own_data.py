"""Which mailings somebody gets, or got."""

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import case, select

from campaign.kernel.db import session
from campaign.mailings.models import MailingRecipient, MailingText, Variant
from campaign.people.models import Person


def subjects_of(person_id: uuid.UUID) -> Sequence[tuple[date, str]]:
    """The day on which each was owed and the subject as they got it, the newest first; empty where their language is
    not among the texts any more.
    """
    subject = case((MailingRecipient.variant == Variant.B, MailingText.subject_b), else_=MailingText.subject)
    texts = (MailingText.mailing_id == MailingRecipient.mailing_id) & (MailingText.language == Person.language)
    statement = (
        select(MailingRecipient.owed_on, subject)
        .join(Person, Person.id == MailingRecipient.person_id)
        .outerjoin(MailingText, texts)
        .where(MailingRecipient.person_id == person_id)
        .order_by(MailingRecipient.owed_on.desc(), MailingRecipient.id)
    )
    return [(owed_on, words or "") for owed_on, words in session.execute(statement)]
