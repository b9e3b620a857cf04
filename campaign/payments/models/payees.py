"""Who can be paid: a code and a made-up name in clear, everything else in the vault."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.db import SUPPORTER, Base, one_of

DETAILS = ("payee", "details_sealed")
"""Table and column of the box in the vault. There is no blind index beside it: accounts are few enough to be tried one
by one by whoever seizes an index key, and whether somebody is paid is what the vault is for."""
NAMELESS = (
    "Alder", "Aspen", "Badger", "Beech", "Birch", "Blackbird", "Clover", "Crane", "Cuckoo", "Dunlin", "Elder", "Fern",
    "Finch", "Hare", "Hawthorn", "Hazel", "Heath", "Heron", "Juniper", "Lark", "Larch", "Linden", "Linnet", "Maple",
    "Marten", "Meadow", "Moss", "Oak", "Osprey", "Otter", "Pine", "Plover", "Poplar", "Quail", "Reed", "Robin", "Rowan",
    "Sedge", "Siskin", "Snipe", "Sorrel", "Spruce", "Starling", "Swift", "Teal", "Thistle", "Thrush", "Willow", "Wren",
    "Yarrow",
)  # fmt: skip
"""What payees are called: drawn and not typed, so that no alias can hold a name."""


class PayeeKind(StrEnum):
    """What kind of payee it is."""

    RELATIVE = "relative"
    LAWYER = "lawyer"
    FACILITY = "facility_account"
    """A prisoner's account with the facility."""
    VENDOR = "vendor"
    CRYPTO = "crypto"
    """Anybody can trace it: no claim of safety."""


class Payability(StrEnum):
    """What a person found out about whether they may be paid."""

    UNCHECKED = "unchecked"
    OK = "ok"
    BLOCKED = "blocked_list"
    """On the state's list whose accounts are frozen."""
    SANCTIONS = "sanctions_hit"
    UNSAFE = "unsafe"
    """The payment itself could harm them."""


class Payee(Base):
    """One payee. Who they are and where the money goes is a box in the vault: this server cannot read it."""

    __tablename__ = "payee"
    __table_args__ = (
        CheckConstraint(one_of("kind", PayeeKind), name="kind_known"),
        CheckConstraint(one_of("payability", Payability), name="payability_known"),
        CheckConstraint("alias ~ '^[A-Z][a-z]{2,20}$'", name="alias_is_drawn"),
        CheckConstraint("(payability = 'ok') = (ok_until IS NOT NULL)", name="ok_until_a_day"),
        CheckConstraint(
            "(payability = 'unchecked') = (checked_by IS NULL) AND (checked_by IS NULL) = (checked_on IS NULL)",
            name="checked_by_a_person",
        ),
        CheckConstraint("payability <> 'ok' OR checked_by IS DISTINCT FROM changed_by", name="ok_by_another"),
        CheckConstraint("is_active = (retired_on IS NULL)", name="retired_on_a_day"),
        CheckConstraint("details_sealed IS NOT NULL OR NOT is_active", name="details_while_active"),
        Index("ix_payee_payability", "payability", "ok_until"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    alias: Mapped[str]
    kind: Mapped[str]
    details_sealed: Mapped[bytes | None]
    """JSON of `Details` as a box of the vault; None once it was erased."""
    changed_by: Mapped[uuid.UUID | None]
    """Who wrote the details as they stand: another says that they may be paid."""
    changed_at: Mapped[datetime]
    takes_sepa: Mapped[bool]
    """Whether an IBAN is among the details, which a SEPA file needs: nobody has to open them to know."""
    payability: Mapped[str] = mapped_column(default=Payability.UNCHECKED)
    checked_by: Mapped[uuid.UUID | None]
    checked_on: Mapped[date | None]
    ok_until: Mapped[date | None]
    is_active: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    retired_on: Mapped[date | None]
    created_by: Mapped[uuid.UUID | None]
    created_on: Mapped[date]
    is_demo: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration

    @property
    def code(self) -> str:
        """What lists, exports and payments call it."""
        return f"{self.alias} {self.number}"
