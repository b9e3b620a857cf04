"""Owing mails about assignments: to whoever has an address; the others read it on their page.

No mail says who is meant, nor what happened to them: it leads to a page behind the sign-in.
"""

import uuid
from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import select

from campaign.accounts.models import Account
from campaign.accounts.service.emails import email_of
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.mail.rows import Lane, dedupe_key, queue_mail
from campaign.penpals.models import Assignment, GroupMember, MemberRole
from campaign.penpals.models.groups import SCOPE
from campaign.people.models import Volunteer


class Tidings(StrEnum):
    """The kinds of mail; each with a text in templates/email."""

    OFFER = "assignment.offer"
    REMIND = "assignment.remind"
    EXPIRED = "assignment.expired"
    NEWS = "assignment.news"
    """What happened to somebody they write to: released, exchanged, died, moved."""
    NOT_SO = "assignment.not_so"
    """What such a mail led to turned out not to be so."""
    HELD = "assignment.held"
    ENDED = "assignment.ended"
    GONE = "assignment.gone"
    """The record was erased; the address stands on the mail's row, since nothing else is left."""
    NUDGE = "assignment.nudge"
    LEAD = "assignment.lead"
    LAPSED = "assignment.lapsed"
    THANKS = "assignment.thanks"
    """Somebody else has taken over from one that lapsed."""
    BIRTHDAY = "assignment.birthday"
    """Some weeks ahead; in a group to all who write (service/birthdays.py)."""
    NOT_NEEDED = "assignment.not_needed"
    """Whoever wrote before has written again, so that a question is taken back."""


def reader_of(volunteer_id: uuid.UUID | None) -> Account | None:
    """The account of a volunteer that has an address, or None."""
    statement = (
        select(Account)
        .join(Volunteer, Volunteer.account_id == Account.id)
        .where(Volunteer.id == volunteer_id, Account.email_sealed.is_not(None))
    )
    return session.scalar(statement) if volunteer_id is not None else None


def list_leads(group_id: uuid.UUID) -> Sequence[Account]:
    """The accounts of a group's leads that have an address."""
    statement = (
        select(Account)
        .join(Volunteer, Volunteer.account_id == Account.id)
        .join(GroupMember, GroupMember.volunteer_id == Volunteer.id)
        .where(
            GroupMember.group_id == group_id, GroupMember.role == MemberRole.LEAD, GroupMember.left_on.is_(None),
            Account.email_sealed.is_not(None),
        )
        .order_by(Account.id)
    )  # fmt: skip
    return session.scalars(statement).all()


def tell(what: Tidings, assignment: Assignment, *, turn: str = "") -> int:
    """Owe the mail to the writer, or of a group's assignment to its leads; gives to how many.

    Once for this assignment and `turn`, whoever asks again.
    """
    if assignment.volunteer_id is None:
        readers = list_leads(assignment.group_id) if assignment.group_id else ()
    else:
        reader = reader_of(assignment.volunteer_id)
        readers = (reader,) if reader else ()
    return sum(owe(what, assignment, reader, turn) for reader in readers)


def tell_leads(assignment: Assignment, *, turn: str = "") -> int:
    """Tell the leads of the group that something waits for them; gives how many have an address."""
    readers = list_leads(assignment.group_id) if assignment.group_id else ()
    return sum(owe(Tidings.LEAD, assignment, reader, turn) for reader in readers)


def tell_gone(assignment: Assignment) -> int:
    """Owe the last word about a record that is erased in this transaction."""
    if assignment.volunteer_id is None:
        readers = list_leads(assignment.group_id) if assignment.group_id else ()
    else:
        reader = reader_of(assignment.volunteer_id)
        readers = (reader,) if reader else ()
    return sum(owe(Tidings.GONE, assignment, reader, "") for reader in readers)


def owe(what: Tidings, assignment: Assignment, reader: Account, turn: str) -> bool:
    """Owe it to one reader, once for the assignment and `turn`; False when it is owed or was sent already."""
    keyring.ensure(SCOPE)
    # The address stands on the row: a group has several leads, and the account is looked up once.
    return queue_mail(
        what, lane=Lane.LETTERS, language=reader.language, ref=assignment.id,
        dedupe=dedupe_key(SCOPE, what, assignment.id.bytes, reader.id.bytes, turn.encode()),
        recipient=email_of(reader), scope=SCOPE,
    )  # fmt: skip
