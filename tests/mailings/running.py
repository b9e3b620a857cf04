"""Mailings that are under way, for tests of what is seen of them."""

import uuid
from datetime import timedelta
from itertools import count
from typing import Any

from campaign.kernel import clock
from campaign.kernel.arrivals import known_codes
from campaign.kernel.db import session, transaction
from campaign.mailings.models import Mailing, MailingAction, MailingState, MailingText

_numbers = count()


def code_of(number: int) -> str:
    """Eight letters, another for each number."""
    return "".join(chr(97 + number // 26**place % 26) for place in range(8))


def mailing(**changes: Any) -> Mailing:
    """A committed mailing that is being sent, with a text in English and Russian."""
    now = clock.now()
    values: dict[str, Any] = {
        "id": uuid.uuid4(), "state": MailingState.SENDING, "title": "Autumn letter", "code": code_of(next(_numbers)),
        "created_on": now.date(), "proposed_by": uuid.uuid4(), "approved_by": uuid.uuid4(), "send_at": now,
        "started_at": now - timedelta(minutes=5),
    }  # fmt: skip
    with transaction():
        made = Mailing(**(values | changes))
        session.add(made)
        session.flush()
        for language, words in (("en", "What happened this autumn"), ("ru", "Что случилось этой осенью")):
            session.add(
                MailingText(
                    mailing_id=made.id, language=language, subject=words, subject_b=f"{words}?", body="…", plain=""
                )
            )
    known_codes.forget()
    session.expunge_all()
    return made


def actions(of: Mailing) -> dict[tuple[str, str], int]:
    """What was counted, by variant and kind."""
    session.rollback()
    rows = session.query(MailingAction).filter_by(mailing_id=of.id)
    return {(each.variant, each.kind): each.amount for each in rows}
