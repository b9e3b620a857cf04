"""What came back of a mailing, and whether that is too much to go on."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, literal_column, select

from campaign.kernel.db import session
from campaign.kernel.mail.providers import OTHER
from campaign.kernel.mail.returns.classes import ReturnKind
from campaign.kernel.mail.returns.models import MailReturned
from campaign.kernel.mail.returns.rates import LEAST_BOUNCES, LEAST_COMPLAINTS, MOST_BOUNCES, MOST_COMPLAINTS
from campaign.kernel.mail.rows import MailRow, MailState
from campaign.mailings.models import Mailing, MailingRecipient

_PROVIDER = func.coalesce(MailRow.provider, literal_column(f"'{OTHER}'"))
LEAST_BLOCKS = 3
"""So many small hosts that refuse us by policy: one of them alone may have rules that nobody else has."""
LEAST_REPORTED, MOST_REPORTED = 3, 0.005
"""Reports of a block count from so many on that are such a share: a reader can forge one about their own mail."""


@dataclass(frozen=True, slots=True)
class Returns:
    """Numbers of one mailing."""

    handed: int = 0
    """Left, or tried and refused."""
    bounced: int = 0
    """There is no such mailbox."""
    complained: int = 0
    blocked: int = 0
    """Refused to our relay itself as a matter of policy, by small hosts."""
    blocked_by_great: int = 0
    """The same by one of the great hosts."""
    blocked_by_report: int = 0
    """Reports that came later and say the same, of whatever host."""

    def since(self, let_pass: Mapping[str, int]) -> "Returns":
        """What came after somebody had let it go on in spite of `let_pass`."""
        return Returns(**{name: getattr(self, name) - let_pass.get(name, 0) for name in self.__slots__})

    def as_numbers(self) -> dict[str, int]:
        """To be kept on the mailing's row."""
        return {name: getattr(self, name) for name in self.__slots__}


def returns_of(mailing: Mailing) -> Returns:
    """What came back of it until now, in reports and in the relay's own answers."""
    reported, refused = _reported(mailing), _refused(mailing)
    great = sum(n for (kind, provider), n in refused.items() if kind == ReturnKind.POLICY and provider != OTHER)
    handed = select(func.count()).where(
        MailRow.batch == mailing.id, MailRow.state.in_([MailState.SENT, MailState.FAILED])
    )
    return Returns(
        session.scalar(handed) or 0,
        reported[ReturnKind.HARD] + sum(n for (kind, _), n in refused.items() if kind == ReturnKind.HARD),
        reported[ReturnKind.COMPLAINT],
        refused[ReturnKind.POLICY, OTHER],
        great,
        reported[ReturnKind.POLICY],
    )


def too_much(returns: Returns) -> str:
    """Why a mailing must not go on, as a word of Mailing.paused_reason; empty where it may."""
    if returns.blocked_by_great >= 1 or returns.blocked >= LEAST_BLOCKS:
        return "policy"
    if returns.blocked_by_report >= LEAST_REPORTED and returns.blocked_by_report >= returns.handed * MOST_REPORTED:
        return "policy"
    if returns.complained >= LEAST_COMPLAINTS and returns.complained >= returns.handed * MOST_COMPLAINTS:
        return "complaints"
    if returns.bounced >= LEAST_BOUNCES and returns.bounced >= returns.handed * MOST_BOUNCES:
        return "bounces"
    return ""


def _reported(mailing: Mailing) -> Counter[str]:
    statement = (
        select(MailReturned.kind, func.count())
        .join(MailingRecipient, MailingRecipient.id == MailReturned.ref)
        .where(MailingRecipient.mailing_id == mailing.id)
        .group_by(MailReturned.kind)
    )
    return Counter({row[0]: row[1] for row in session.execute(statement)})


def _refused(mailing: Mailing) -> Counter[tuple[str, str]]:
    """By the code with which the relay refused a mail."""
    statement = (
        select(MailRow.error, _PROVIDER, func.count())
        .where(MailRow.batch == mailing.id, MailRow.state == MailState.FAILED)
        .group_by(MailRow.error, _PROVIDER)
    )
    found: Counter[tuple[str, str]] = Counter()
    for error, provider, amount in session.execute(statement):
        kind = kind_of_refusal(error)
        if kind is not None:
            found[kind, provider] += amount
    return found


def kind_of_refusal(error: str) -> ReturnKind | None:
    """What a refusal at the relay says, by its code: "550", or "550 5.1.1" where the server gave both."""
    code, _, status = error.partition(" ")
    if status.startswith("5.7."):
        return ReturnKind.POLICY
    if status.startswith("5.1.") or (code in {"550", "551", "553"} and not status):
        return ReturnKind.HARD
    return None
