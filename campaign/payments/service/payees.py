"""Payees: sealed as they are written down, looked at before they are paid, retired when they are paid no more."""

import json
import random
import uuid
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from sqlalchemy import select

from campaign.funds.service.account_numbers import is_iban
from campaign.kernel import audit, clock
from campaign.kernel.crypto.vault import seal_to_vault
from campaign.kernel.crypto.vault_door import Box, vault_door
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, Forbidden, NotFound
from campaign.kernel.text import one_line
from campaign.payments.models import DETAILS, NAMELESS, Payability, Payee, PayeeKind, Reason
from campaign.payments.service.errors import BadPayee, NotPayable
from campaign.payments.service.moves import restart_of_payee

LONGEST_ANSWER = timedelta(days=180)
"""How long a look at whether somebody may be paid holds at most: lists change."""
KEPT_AFTER_RETIRED = 365
LONGEST_NAME, LONGEST_ACCOUNT, LONGEST_NOTE = 140, 140, 2000
_TABLE, _COLUMN = DETAILS
_names = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class Details:
    """Who is paid, and where: what the box in the vault holds."""

    name: str
    iban: str = ""
    bic: str = ""
    account: str = ""
    """What is no IBAN: an account in Russia, a card, a prisoner's account, the address of a wallet."""
    note: str = ""

    def text(self) -> str:
        """As it is sealed."""
        return json.dumps(asdict(self), ensure_ascii=False)


def read_details(text: str) -> Details:
    """What a box held."""
    return Details(**json.loads(text))


def checked(details: Details) -> Details:
    """The details as they are stored. Raises BadPayee without a name or an account, or for an IBAN that is none."""
    made = Details(
        name=one_line(details.name, LONGEST_NAME), iban=_compact(details.iban), bic=_compact(details.bic),
        account=one_line(details.account, LONGEST_ACCOUNT), note=details.note.strip()[:LONGEST_NOTE],
    )  # fmt: skip
    if not made.name:
        raise BadPayee(N_("A payee needs a name: as the bank knows it, or as you know them."))
    if not made.iban and not made.account:
        raise BadPayee(N_("Give an IBAN, or another account where the money goes."))
    if made.iban and not is_iban(made.iban):
        raise BadPayee(N_("This is no IBAN: its length or its check digits are wrong. Please read it again."))
    if made.bic and not (made.bic.isascii() and made.bic.isalnum() and len(made.bic) in {8, 11}):
        raise BadPayee(N_("A BIC has 8 or 11 letters and digits."))
    return made


def create_payee(
    kind: PayeeKind, details: Details, *, actor: uuid.UUID | None, is_demo: bool = False
) -> Payee:  # fmt: skip
    """Seal and store a payee; nobody has looked yet whether they may be paid. Raises BadPayee and NoVault."""
    row, plain = uuid.uuid4(), checked(details)
    made = Payee(
        id=row, alias=_names.choice(NAMELESS), kind=kind, details_sealed=_sealed(row, plain),
        takes_sepa=bool(plain.iban), payability=Payability.UNCHECKED, is_active=True, created_by=actor,
        created_on=clock.today(), changed_by=actor, changed_at=clock.now(), is_demo=is_demo,
    )  # fmt: skip
    session.add(made)
    session.flush()
    audit.record("payee.made", actor=actor, about=f"payee:{row}")
    return made


def change_details(payee_id: uuid.UUID, details: Details, *, seen_version: int, actor: uuid.UUID) -> Payee:
    """Seal other details in place of those that were: the look is over, and what is under way begins anew.

    An account that is exchanged after the others have said yes is the oldest of thefts. Raises NotFound, BadPayee,
    NoVault, Conflict where a file with the former account is with a bank.
    """
    found, plain = lock_payee(payee_id, seen_version), checked(details)
    restart_of_payee(found.id, Reason.PAYEE_CHANGED, actor=actor)
    found.details_sealed, found.takes_sepa = _sealed(found.id, plain), bool(plain.iban)
    found.changed_by, found.changed_at = actor, clock.now()
    _set(found, Payability.UNCHECKED, None, None)
    audit.record("payee.changed", actor=actor, about=f"payee:{found.id}")
    return found


def say_payability(
    payee_id: uuid.UUID, answer: Payability, ok_until: date | None, *, seen_version: int, actor: uuid.UUID
) -> Payee:
    """Write down what somebody found out: that they may be paid until a day, or why not. Then nothing leaves any more.

    Raises NotFound, Conflict, BadPayee for a day that is over or too far away, Forbidden for a yes by whoever wrote the
    details: one person alone would pay an account of their own.
    """
    found = lock_payee(payee_id, seen_version)
    if answer == Payability.UNCHECKED:
        raise BadPayee(N_("Say what you found out."))
    if answer == Payability.OK:
        if actor == found.changed_by:
            raise Forbidden(N_("You wrote these details: somebody else says that they may be paid."))
        _check_until(ok_until)
    else:
        ok_until = None
        restart_of_payee(found.id, Reason.NOT_SAFE, actor=actor, skip_ordered=True)
    _set(found, answer, ok_until, actor)
    audit.record("payee.checked", actor=actor, about=f"payee:{found.id}", reason=answer)
    return found


def set_active(payee_id: uuid.UUID, *, is_active: bool, seen_version: int, actor: uuid.UUID) -> Payee:
    """Pay them no more, or again. Raises NotFound, Conflict, BadPayee when the details were erased meanwhile."""
    found = lock_payee(payee_id, seen_version)
    if is_active and found.details_sealed is None:
        raise BadPayee(N_("The details of this payee were erased. Write a new one."))
    if not is_active:
        restart_of_payee(found.id, Reason.NOT_NEEDED, actor=actor)
    found.is_active, found.retired_on = is_active, None if is_active else clock.today()
    session.flush()
    audit.record("payee.active" if is_active else "payee.retired", actor=actor, about=f"payee:{found.id}")
    return found


def check_payable(payee: Payee, day: date) -> None:
    """Raise NotPayable unless somebody found that they may be paid on that day."""
    if not payee.is_active:
        raise NotPayable(N_("This payee is not paid any more."))
    if payee.payability == Payability.UNCHECKED:
        raise NotPayable(N_("Nobody has looked yet whether this payee may be paid."))
    if payee.payability != Payability.OK:
        raise NotPayable(N_("This payee may not be paid: it was found that it is forbidden or not safe."))
    if payee.ok_until is None or payee.ok_until < day:
        raise NotPayable(N_("The look at whether this payee may be paid is over by then. Look again."))


def box_of(payee: Payee) -> Box:
    """What the open vault is asked for. Raises NotFound once it was erased."""
    if payee.details_sealed is None:
        raise NotFound
    return Box(_TABLE, _COLUMN, payee.id, payee.details_sealed)


def lock_payee(payee_id: uuid.UUID, seen_version: int | None = None) -> Payee:
    """The payee under its lock, as whoever acts has seen it. Raises NotFound, Conflict."""
    statement = select(Payee).where(Payee.id == payee_id).with_for_update()
    found = session.scalar(statement.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    if seen_version is not None and found.version != seen_version:
        raise Conflict(N_("Somebody else has changed this payee meanwhile. Look at it again."))
    return found


def forget_retired(today: date) -> int:
    """Erase the details of payees who were retired long ago; their codes stay beside what they were paid."""
    due = select(Payee).where(
        Payee.retired_on <= today - timedelta(days=KEPT_AFTER_RETIRED), Payee.details_sealed.is_not(None)
    )
    found = session.scalars(due.with_for_update(skip_locked=True)).all()
    for each in found:
        each.details_sealed = None
    session.flush()
    return len(found)


def _sealed(row: uuid.UUID, details: Details) -> bytes:
    return seal_to_vault(vault_door.public_key, details.text(), table=_TABLE, column=_COLUMN, row=row)


def _set(found: Payee, answer: Payability, ok_until: date | None, actor: uuid.UUID | None) -> None:
    found.payability, found.ok_until = answer, ok_until
    found.checked_by, found.checked_on = actor, clock.today() if actor else None
    session.flush()


def _check_until(day: date | None) -> None:
    today = clock.today()
    if day is None or day < today:
        raise BadPayee(N_("Say until which day the look holds; the day is still ahead."))
    if day > today + LONGEST_ANSWER:
        raise BadPayee(N_("A look holds for half a year at most: lists change."))


def _compact(text: str) -> str:
    return "".join(text.split()).upper()
