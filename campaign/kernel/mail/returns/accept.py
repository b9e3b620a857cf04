"""Taking a message in: sealed and written down before anybody is told that we have it."""

import uuid
from email.utils import parseaddr

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from campaign.kernel import clock, jobs
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.mail.message import Sender
from campaign.kernel.mail.returns.jobs import SettleReturn
from campaign.kernel.mail.returns.models import CONTENT, SCOPE, MailReturn, ReturnState
from campaign.kernel.mail.returns.reading import LONGEST
from campaign.kernel.mail.returns.verp import LOOKS_LIKE

MOST_HELD = 20_000
"""Messages with their content: more is a flood, and the next ones are asked to come later."""
OWN_NAMES = frozenset({"complaints", "postmaster", "abuse"})


class TooLong(Exception):
    """More than a bounce, or a letter of a person, can be."""


class Flooded(Exception):
    """We hold as many as we want to."""


def is_ours(recipient: str, sender: Sender) -> bool:
    """Whether mail for this address is for us: return paths, the address we write from, and where hosts complain.

    Any return path, also one that proves nothing: what is forged is for a person to see.
    """
    name, _at, host = recipient.rpartition("@")
    if host.lower() != sender.host.lower():
        return False
    own = parseaddr(sender.mail_from)[1].rpartition("@")[0].lower()
    return bool(LOOKS_LIKE.match(name)) or name.lower() in OWN_NAMES | {own}


def accept(content: bytes, recipient: str) -> bool:
    """Write down one message, in the open transaction; False when we have this very one already.

    Raises TooLong and Flooded, which the server that hands it over is told as final and as passing.
    """
    if len(content) > LONGEST:
        raise TooLong
    held = select(func.count()).select_from(MailReturn).where(MailReturn.state != ReturnState.SETTLED)
    if (session.scalar(held) or 0) >= MOST_HELD:
        raise Flooded
    keyring.ensure(SCOPE)
    envelope, row = recipient.encode("utf-8", "replace") + b"\n" + content, uuid.uuid4()
    statement = insert(MailReturn).values(
        id=row, digest=keyring.digest(SCOPE, "message", envelope), received_on=clock.today(),
        content_sealed=CONTENT.seal_bytes(SCOPE, row, envelope), state=ReturnState.WAITING,
        kind="", claims="", code="", mail_kind="",
    )  # fmt: skip
    added = session.scalar(statement.on_conflict_do_nothing(index_elements=["digest"]).returning(MailReturn.id))
    if added is None:
        return False
    jobs.enqueue(SettleReturn(str(row)))
    return True


def open_content(found: MailReturn) -> tuple[str, bytes]:
    """The recipient and the message of a row that still has them."""
    if found.content_sealed is None:
        raise ValueError("what was settled has no content")
    recipient, _line, content = CONTENT.unseal_bytes(SCOPE, found.id, found.content_sealed).partition(b"\n")
    return recipient.decode(), content
