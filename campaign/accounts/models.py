"""Tables of accounts: who may sign in, as what, with which proofs, and until when."""

import re
import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.kernel.actors import STAFF_ROLES, Role
from campaign.kernel.crypto.sealed import Field
from campaign.kernel.db import SUPPORTER, Base

SCOPE = "accounts"
EMAIL = Field("account", "email_sealed")
NEW_EMAIL = Field("email_change", "address_sealed")
TOTP = Field("totp_secret", "secret_sealed")

USERNAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,30}[A-Za-z0-9]")
# What looks alike in common typefaces (after UTS 39, for the few characters that a name may have).
_LOOKALIKES = str.maketrans({"0": "o", "1": "l", "i": "l", "5": "s", ".": "-", "_": "-"})

ROLES = ", ".join(f"'{role.value}'" for role in Role)


def username_key(name: str) -> str | None:
    """Return the form under which a name is unique and looked up, or None for what can be no name.

    Case and characters that are easily mistaken for each other fall together: nobody can take "0rganiser" beside
    "organiser".
    """
    clean = name.strip(" ")
    return clean.lower().translate(_LOOKALIKES).replace("rn", "m") if USERNAME.fullmatch(clean) else None


class AccountState(StrEnum):
    """active <> locked; left is final."""

    ACTIVE = "active"
    LOCKED = "locked"
    LEFT = "left"


class Origin(StrEnum):
    """How a role came about."""

    TWO_PERSONS = "two_persons"
    INVITATION = "invitation"
    COMMAND = "command"
    DEMO = "demo"
    SIGN_UP = "sign_up"
    """A volunteer's, who came by themselves; it opens their own pages and nothing else (people)."""


class RequestState(StrEnum):
    """waiting > approved | declined | dropped (the account left, or was locked)."""

    WAITING = "waiting"
    APPROVED = "approved"
    DECLINED = "declined"
    DROPPED = "dropped"


class InvitationKind(StrEnum):
    """For someone new, or the way back in for someone who lost their passphrase or second factor."""

    NEWCOMER = "newcomer"
    RECOVERY = "recovery"


class Account(Base):
    """Someone who may sign in: a name of their choice and a passphrase, a passkey, or both."""

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint("username ~ '^[A-Za-z0-9](?:[A-Za-z0-9._-]{1,30})[A-Za-z0-9]$'", name="username_shape"),
        CheckConstraint("language IN ('en', 'ru', 'de')", name="language_known"),
        CheckConstraint("state IN ('active', 'locked', 'left')", name="state_known"),
        CheckConstraint("(email_sealed IS NULL) = (email_index IS NULL)", name="email_with_index"),
        CheckConstraint("email_index IS NULL OR length(email_index) = 32", name="index_length"),
        CheckConstraint(
            "state <> 'left' OR (passphrase_hash IS NULL AND email_sealed IS NULL)", name="left_keeps_nothing"
        ),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    username: Mapped[str]
    username_key: Mapped[str] = mapped_column(unique=True)
    """The name as a reader might mistake it, so that no two accounts can pass for each other."""
    passphrase_hash: Mapped[str | None]
    passphrase_is_long: Mapped[bool]
    """Whether it stands without a second factor (SAFETY.md 12)."""
    email_sealed: Mapped[bytes | None]
    email_index: Mapped[bytes | None] = mapped_column(unique=True)
    language: Mapped[str]
    is_demo: Mapped[bool]
    created_on: Mapped[date]
    state: Mapped[str]

    @property
    def is_active(self) -> bool:
        """Whether it may sign in at all."""
        return self.state == AccountState.ACTIVE


class EmailChange(Base):
    """An address that an account asked to use: used once somebody who reads its mail has said so."""

    __tablename__ = "email_change"
    __table_args__ = (
        CheckConstraint("mails BETWEEN 1 AND 3", name="mails_in_range"),
        CheckConstraint(
            "num_nulls(address_sealed, address_index) = CASE WHEN confirmed_on IS NULL THEN 0 ELSE 2 END",
            name="erased_when_confirmed",
        ),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), unique=True)
    address_sealed: Mapped[bytes | None]
    address_index: Mapped[bytes | None]
    asked_on: Mapped[date]
    expires_on: Mapped[date]
    """The last day on which its link works."""
    mails: Mapped[int]
    """How many mails its owner has asked for."""
    confirmed_on: Mapped[date | None]
    """Kept until the link ends, so that pressing its button twice shows the same page."""


class RoleGrant(Base):
    """One role of one account, until a day; asked for by one person and approved by another."""

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint(f"role IN ({ROLES})", name="role_known"),
        CheckConstraint("origin IN ('two_persons', 'invitation', 'command', 'demo', 'sign_up')", name="origin_known"),
        CheckConstraint("(scope_kind IS NULL) = (scope_id IS NULL)", name="scope_whole"),
        CheckConstraint("scope_kind IS NULL OR scope_kind IN ('group', 'petition')", name="scope_kind_known"),
        CheckConstraint("granted_by <> approved_by", name="two_persons"),
        CheckConstraint(
            "origin <> 'two_persons' OR (granted_by IS NOT NULL AND approved_by IS NOT NULL)", name="both_named"
        ),
        CheckConstraint("expires_on > granted_on", name="expires_later"),
        Index(
            "uq_role_grant_current", "account_id", "role", "scope_kind", "scope_id", unique=True,
            postgresql_where=text("revoked_on IS NULL"), postgresql_nulls_not_distinct=True,
        ),
        {"info": SUPPORTER},
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    role: Mapped[str]
    scope_kind: Mapped[str | None]
    scope_id: Mapped[uuid.UUID | None]
    origin: Mapped[str]
    granted_by: Mapped[uuid.UUID | None]
    approved_by: Mapped[uuid.UUID | None]
    granted_on: Mapped[date]
    expires_on: Mapped[date]
    """The first day on which it no longer holds."""
    revoked_on: Mapped[date | None]

    @property
    def is_staff(self) -> bool:
        """Whether it is a staff role."""
        return Role(self.role) in STAFF_ROLES


class RoleRequest(Base):
    """A role that one person asked for and another has yet to approve (SAFETY.md 13)."""

    __tablename__ = "role_request"
    __table_args__ = (
        CheckConstraint(f"role IN ({ROLES})", name="role_known"),
        CheckConstraint("state IN ('waiting', 'approved', 'declined', 'dropped')", name="state_known"),
        CheckConstraint("(scope_kind IS NULL) = (scope_id IS NULL)", name="scope_whole"),
        CheckConstraint("state <> 'approved' OR (decided_by <> asked_by)", name="two_persons"),
        CheckConstraint("(state IN ('approved', 'declined')) = (decided_by IS NOT NULL)", name="decided_by_someone"),
        Index(
            "uq_role_request_waiting", "account_id", "role", "scope_kind", "scope_id", unique=True,
            postgresql_where=text("state = 'waiting'"), postgresql_nulls_not_distinct=True,
        ),
        {"info": SUPPORTER},
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    role: Mapped[str]
    scope_kind: Mapped[str | None]
    scope_id: Mapped[uuid.UUID | None]
    is_renewal: Mapped[bool]
    asked_by: Mapped[uuid.UUID]
    asked_on: Mapped[date]
    reason: Mapped[str]
    state: Mapped[str]
    decided_by: Mapped[uuid.UUID | None]
    decided_on: Mapped[date | None]

    account: Mapped[Account] = relationship(viewonly=True, lazy="joined", innerjoin=True)


class SignInSession(Base):
    """One signed-in browser. What it is stays unknown: its label is a number or what its owner calls it."""

    __tablename__ = "sign_in_session"
    __table_args__ = (
        CheckConstraint("length(token_hash) = 32", name="hash_length"),
        CheckConstraint("last_on >= first_on", name="days_in_order"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    label: Mapped[str]
    first_on: Mapped[date]
    last_on: Mapped[date]
    ends_on: Mapped[date]
    """The first day on which it no longer holds."""
    fresh_until: Mapped[datetime]
    """Until when its owner counts as just recognised; a sign-in that waits for its second factor ends here."""
    second_factor_done: Mapped[bool]
    revoked_on: Mapped[date | None]


class TotpSecret(Base):
    """What an authenticator app shares with us. Unconfirmed until its first code was right."""

    __tablename__ = "totp_secret"
    __table_args__ = (
        Index("uq_totp_secret_account", "account_id", "is_confirmed", unique=True),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    secret_sealed: Mapped[bytes]
    is_confirmed: Mapped[bool]
    last_used_step: Mapped[int]
    """The newest 30-second step whose code was taken: no code of it or of an older one is taken again."""
    made_on: Mapped[date]


class Passkey(Base):
    """A public key whose private half lives in the owner's device."""

    __tablename__ = "passkey"
    __table_args__ = (
        CheckConstraint("sign_count >= 0", name="count_not_negative"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int]
    name: Mapped[str]
    added_on: Mapped[date]


class RecoveryCode(Base):
    """One of ten codes that replace a lost second factor once; kept as a keyed hash."""

    __tablename__ = "recovery_code"
    __table_args__ = (
        CheckConstraint("length(code_hash) = 32", name="hash_length"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[bytes] = mapped_column(unique=True)
    used_on: Mapped[date | None]


class Invitation(Base):
    """A link handed over by a person, good once and for 72 hours (SAFETY.md 16)."""

    __tablename__ = "invitation"
    __table_args__ = (
        CheckConstraint("length(token_hash) = 32", name="hash_length"),
        CheckConstraint("kind IN ('newcomer', 'recovery')", name="kind_known"),
        CheckConstraint("(kind = 'recovery') = (account_id IS NOT NULL)", name="recovery_names_account"),
        CheckConstraint("(scope_kind IS NULL) = (scope_id IS NULL)", name="scope_whole"),
        CheckConstraint("expires_at > made_at", name="expires_later"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    kind: Mapped[str]
    roles: Mapped[list[str]]
    scope_kind: Mapped[str | None]
    scope_id: Mapped[uuid.UUID | None]
    account_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    note: Mapped[str]
    invited_by: Mapped[uuid.UUID]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_on: Mapped[date | None]
    used_by: Mapped[uuid.UUID | None]
    revoked_on: Mapped[date | None]


class UsedChallenge(Base):
    """A passkey challenge that was answered: an answer that is caught and sent again finds it taken."""

    __tablename__ = "used_challenge"
    __table_args__ = ({"info": SUPPORTER},)

    challenge_hash: Mapped[bytes] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime]
