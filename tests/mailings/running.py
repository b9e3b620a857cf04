"""Mailings that are under way, for tests of what is seen of them."""

import uuid
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import update

from campaign.kernel import clock
from campaign.kernel.arrivals import known_codes
from campaign.kernel.db import session, transaction
from campaign.kernel.mail.batches import Owed, open_batch, owe_many
from campaign.kernel.mail.rows import MailRow
from campaign.mailings.models import Mailing, MailingAction, MailingRecipient, MailingState, MailingText
from campaign.mailings.queries.got import key_of
from tests.people.pages import written_down

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


def person(**changes: Any) -> uuid.UUID:
    """A committed person."""
    return written_down(**changes).id


def owe(
    of: Mailing, *people: uuid.UUID, state: str = "sent", variant: str = "a", provider: str = "gmail",
    language: str = "en", at: datetime | None = None, error: str = "",
) -> list[uuid.UUID]:  # fmt: skip
    """Mails of a mailing in one state, committed; gives the ids of their rows."""
    moment, rows = at or clock.now(), [(uuid.uuid4(), uuid.uuid4(), each) for each in people]
    with transaction():
        open_batch(of.id)
        for _mail, recipient, somebody in rows:
            session.add(
                MailingRecipient(
                    id=recipient, mailing_id=of.id, person_id=somebody, variant=variant, owed_on=moment.date()
                )
            )
        session.flush()
        owe_many(
            of.id, "mailing",
            [Owed(mail, row, language, key_of(of.id, who), provider, moment) for mail, row, who in rows],
        )  # fmt: skip
        changed = {"state": state, "error": error}
        if state not in {"pending", "retry"}:
            changed["finished_at"] = moment
        session.execute(update(MailRow).where(MailRow.id.in_([mail for mail, _row, _who in rows])).values(**changed))
    session.expunge_all()
    return [mail for mail, _row, _who in rows]
