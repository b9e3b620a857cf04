"""The text of a mailing in one language, rendered once, and what fills its slots."""

import uuid
from functools import lru_cache
from typing import Any

from sqlalchemy import Row

from campaign.kernel.db import session
from campaign.kernel.mail.message import Text
from campaign.mailings.models import MailingText, Variant


@lru_cache(maxsize=100)
def text_for(mailing_id: uuid.UUID, language: str, variant: Variant) -> Text | None:
    """The text that leaves; what a second person has said yes to never changes, so it is made once."""
    found = session.get(MailingText, (mailing_id, language))
    if found is None:
        return None
    subject = found.subject_b if variant is Variant.B and found.subject_b else found.subject
    return Text(subject, f"{found.plain or found.body}\n\n[[unsubscribe]]\n")


def slots_for(row: Row[Any], language: str) -> dict[str, str]:
    """What somebody's own mail says besides."""
    return {}
