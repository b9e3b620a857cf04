"""What a message that came in does: once, and only to the address to which our own mail provably went."""

import uuid
from datetime import timedelta

import structlog
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import InterfaceError, OperationalError

from campaign.kernel import clock
from campaign.kernel.alarms import AlarmKind, raise_alarm
from campaign.kernel.db import session
from campaign.kernel.mail.delivery import post_office
from campaign.kernel.mail.kinds import mail_kinds
from campaign.kernel.mail.message import Sender
from campaign.kernel.mail.returns.accept import open_content
from campaign.kernel.mail.returns.classes import BOUNCES, ReturnKind
from campaign.kernel.mail.returns.follow import Returned, suppress_dead, tell
from campaign.kernel.mail.returns.models import MailReturn, MailReturned, ReturnState
from campaign.kernel.mail.returns.reading import Verdict, read
from campaign.kernel.mail.rows import Claim, MailRow
from campaign.kernel.mail.suppression import SuppressionReason, suppress, suppression_index

log = structlog.get_logger()

SOFT_DAYS = 30
SOFT_WITHIN = 14
SOFT_MOST = 5
ABOUT_AN_ADDRESS = frozenset({ReturnKind.HARD, ReturnKind.SOFT, ReturnKind.COMPLAINT})


def settle(row: uuid.UUID) -> None:
    """Read one message and do what follows, in the open transaction; one that was settled is left as it is."""
    waiting = select(MailReturn).where(MailReturn.id == row, MailReturn.state == ReturnState.WAITING)
    found = session.scalar(waiting.with_for_update())
    sender = post_office.sender
    if found is None or sender is None:
        return
    recipient, content = open_content(found)
    verdict = read(content, recipient, sender)
    state = _state_after(found, verdict, sender)
    found.kind, found.code, found.claims, found.state = verdict.kind, verdict.code, verdict.claims or "", state
    if found.state == ReturnState.SETTLED:
        found.content_sealed = None
    session.flush()


def _state_after(found: MailReturn, verdict: Verdict, sender: Sender) -> ReturnState:
    if verdict.kind == ReturnKind.HUMAN:
        return ReturnState.REPLY
    if verdict.kind in {ReturnKind.FORGED, ReturnKind.UNREADABLE}:
        return ReturnState.QUARANTINED
    if verdict.kind not in BOUNCES or verdict.path is None:
        return ReturnState.SETTLED
    mail = session.get(MailRow, verdict.path.mail)
    found.mail_kind = mail.kind if mail is not None else ""
    address = _address(verdict, mail, sender)
    if address is None and verdict.kind in ABOUT_AN_ADDRESS:
        # Ours, but nobody can tell any more whose: a mail that was forwarded, say. A person looks.
        return ReturnState.QUARANTINED
    returned = Returned(
        verdict.path.mail, verdict.kind, verdict.code, found.mail_kind, mail.ref if mail is not None else None, address
    )
    if _note(returned):
        _do(returned)
        tell(returned)
    return ReturnState.SETTLED


def _address(verdict: Verdict, mail: MailRow | None, sender: Sender) -> str | None:
    """The address to which this very mail went: named in the report, or found as for sending, and proven in any case.

    A report is written by strangers, and an address of ours may be another's by now; the mark in the return path was
    made when the mail left.
    """
    if verdict.path is None:
        return None
    candidates = [*verdict.addresses, *([] if mail is None else _found_anew(mail))]
    return next((each for each in candidates if verdict.path.went_to(each, sender)), None)


def _found_anew(mail: MailRow) -> list[str]:
    """Whom the mail's kind would write to now, by the row that the mail refers to."""
    if mail.ref is None or mail.kind not in mail_kinds:
        return []
    claim = Claim(
        mail.id, mail.kind, mail.language, mail.ref, None, None, mail.attempts, mail.queued_at, mail.expires_at
    )
    try:
        return [made.recipient for made in mail_kinds[mail.kind].build([claim]).values()]
    except (OperationalError, InterfaceError):
        raise
    except Exception as problem:
        # A kind that keeps the address on its row, or whose reason is gone, finds nobody: then the report must name it.
        log.info("returns.address_not_found", kind=mail.kind, reason=type(problem).__name__)
        return []


def _note(returned: Returned) -> bool:
    """Note that the mail came back so; False when another message said the same."""
    is_soft = returned.kind == ReturnKind.SOFT and returned.address is not None
    statement = insert(MailReturned).values(
        mail_id=returned.mail, kind=returned.kind, mail_kind=returned.mail_kind, ref=returned.ref, code=returned.code,
        returned_on=clock.today(),
        address_index=suppression_index(returned.address) if is_soft and returned.address else None,
    )  # fmt: skip
    return session.scalar(statement.on_conflict_do_nothing().returning(MailReturned.mail_id)) is not None


def _do(returned: Returned) -> None:
    today, address = clock.today(), returned.address
    if returned.kind == ReturnKind.POLICY:
        raise_alarm(AlarmKind.MAIL_BLOCKED, about=f"mail:{returned.mail_kind or '?'}:{returned.code or '?'}")
    if address is None:
        return
    if returned.kind == ReturnKind.HARD:
        suppress_dead(address)
    elif returned.kind == ReturnKind.COMPLAINT:
        suppress(address, SuppressionReason.COMPLAINED)
    elif returned.kind == ReturnKind.SOFT and _soft_bounces(address) >= SOFT_MOST:
        suppress(address, SuppressionReason.BOUNCED, expires_on=today + timedelta(days=SOFT_DAYS))


def _soft_bounces(address: str) -> int:
    """How many different mails to the address came back so within the days that count."""
    since = clock.today() - timedelta(days=SOFT_WITHIN)
    statement = select(func.count()).where(
        MailReturned.address_index == suppression_index(address), MailReturned.returned_on > since
    )
    return session.scalar(statement) or 0
