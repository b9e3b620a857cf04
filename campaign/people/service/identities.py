"""Ways to reach somebody: one form to store and one to compare, and one owner each.

The form to compare is what makes a doubled record impossible: the database allows it once (DOMAIN.md 11).
"""

import re
import uuid
from dataclasses import dataclass
from datetime import date

import phonenumbers
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from campaign.kernel import audit, clock
from campaign.kernel.addresses import read_address
from campaign.kernel.crypto.blind import blind_index
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError
from campaign.kernel.text import one_line
from campaign.people.models import IDENTITY, SCOPE, IdentityKind, PersonIdentity

LONGEST_MESSENGER = 80
_HANDLE = re.compile(r"[a-z0-9][a-z0-9_.+-]*")
_LINKS = re.compile(r"^(?:https?://)?(?:www\.)?(?:t\.me|telegram\.me|wa\.me|signal\.me)/", re.IGNORECASE)


class BadIdentity(DomainError):
    """Nobody can be reached so. The message never repeats what was typed."""


class IdentityTaken(Conflict):
    """Somebody else is reached so already; `person_id` says who, for staff who may know."""

    def __init__(self, person_id: uuid.UUID, kind: IdentityKind) -> None:
        super().__init__(N_("Somebody else is reached this way already. Open that record, or merge the two."))
        self.person_id, self.kind = person_id, kind


@dataclass(frozen=True, slots=True)
class Reached:
    """A way to reach somebody, read and found to be one."""

    kind: IdentityKind
    value: str
    """As it is shown and used."""
    canonical: str
    """As it is compared; a phone number in E.164, a messenger's name in lower case without its @."""

    @property
    def index(self) -> bytes:
        """The blind index in the people scope. E-mail alone stands without its kind, as it always has."""
        return blind_index(
            SCOPE, self.canonical if self.kind is IdentityKind.EMAIL else f"{self.kind}:{self.canonical}"
        )


def read_identity(kind: IdentityKind, typed: str, *, region: str | None = None) -> Reached:
    """Read what somebody typed; `region` is the country a phone number without + is taken to be of.

    Raises BadAddress (an e-mail address) or BadIdentity.
    """
    if kind is IdentityKind.EMAIL:
        mailbox = read_address(typed)
        return Reached(kind, mailbox.address, mailbox.canonical)
    return _phone(typed, region) if kind is IdentityKind.PHONE else _messenger(typed)


def add_identity(person_id: uuid.UUID, reached: Reached, *, actor: uuid.UUID | None) -> uuid.UUID:
    """Add a way to reach somebody; one they have already is the same again. Raises IdentityTaken."""
    keyring.ensure(SCOPE)
    row = uuid.uuid4()
    statement = insert(PersonIdentity).values(
        id=row, person_id=person_id, kind=reached.kind, value_index=reached.index,
        value_sealed=IDENTITY.seal(SCOPE, row, reached.value),
    )  # fmt: skip
    added: uuid.UUID | None = session.scalar(statement.on_conflict_do_nothing().returning(PersonIdentity.id))
    if added is not None:
        if actor is not None:
            audit.record("person.identity", actor=actor, about=f"person:{person_id}", reason=f"+ {reached.kind}")
        return added
    same = (PersonIdentity.kind == reached.kind, PersonIdentity.value_index == reached.index)
    known = session.scalars(select(PersonIdentity).where(*same)).one()
    if known.person_id != person_id:
        raise IdentityTaken(known.person_id, reached.kind)
    return known.id


def claim_identity(person_id: uuid.UUID, reached: Reached) -> uuid.UUID:
    """Add what somebody says of themselves, with the same answer whether another is reached so or not.

    Else a stranger with an account could ask number by number who stands in our records. Where it is another's, it is
    kept under an index that nobody is looked up by, and staff who open the record see that two claim it.
    """
    try:
        return add_identity(person_id, reached, actor=None)
    except IdentityTaken:
        pass
    row = uuid.uuid4()
    index = blind_index(SCOPE, f"{reached.kind}:{reached.canonical}:{person_id}")
    statement = insert(PersonIdentity).values(
        id=row, person_id=person_id, kind=reached.kind, value_index=index,
        value_sealed=IDENTITY.seal(SCOPE, row, reached.value),
    )  # fmt: skip
    added: uuid.UUID | None = session.scalar(statement.on_conflict_do_nothing().returning(PersonIdentity.id))
    if added is not None:
        return added
    claimed = select(PersonIdentity.id).where(PersonIdentity.kind == reached.kind, PersonIdentity.value_index == index)
    return session.scalars(claimed).one()


def find_owner(reached: Reached) -> uuid.UUID | None:
    """Whose way to be reached it is, or None."""
    statement = select(PersonIdentity.person_id).where(
        PersonIdentity.kind == reached.kind, PersonIdentity.value_index == reached.index
    )
    return session.scalar(statement)


def remove_identity(person_id: uuid.UUID, identity_id: uuid.UUID, *, actor: uuid.UUID) -> bool:
    """Forget one way to reach somebody; False when it was gone already."""
    mine = (PersonIdentity.id == identity_id, PersonIdentity.person_id == person_id)
    kind = session.scalar(delete(PersonIdentity).where(*mine).returning(PersonIdentity.kind))
    if kind is None:
        return False
    audit.record("person.identity", actor=actor, about=f"person:{person_id}", reason=f"- {kind}")
    return True


def mark_wrong(person_id: uuid.UUID, identity_id: uuid.UUID, *, actor: uuid.UUID) -> bool:
    """Somebody else answers there: it is kept, so that nobody brings it back unseen, and not used any more."""
    return _mark(person_id, identity_id, clock.today(), actor=actor)


def mark_right(person_id: uuid.UUID, identity_id: uuid.UUID, *, actor: uuid.UUID) -> bool:
    """It reaches them after all."""
    return _mark(person_id, identity_id, None, actor=actor)


def _mark(person_id: uuid.UUID, identity_id: uuid.UUID, wrong_on: date | None, *, actor: uuid.UUID) -> bool:
    mine = (PersonIdentity.id == identity_id, PersonIdentity.person_id == person_id)
    is_new = PersonIdentity.wrong_on.is_(None) if wrong_on is not None else PersonIdentity.wrong_on.is_not(None)
    changed = update(PersonIdentity).where(*mine, is_new).values(wrong_on=wrong_on).returning(PersonIdentity.kind)
    kind = session.scalar(changed)
    if kind is None:
        return False
    sign = "wrong" if wrong_on is not None else "right"
    audit.record("person.identity", actor=actor, about=f"person:{person_id}", reason=f"{sign} {kind}")
    return True


def _phone(typed: str, region: str | None) -> Reached:
    try:
        number = phonenumbers.parse(one_line(typed, 40), region)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise BadIdentity(N_("This is not a complete telephone number. Begin with + and the country: +49 30 1234567."))
    compared = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    shown = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return Reached(IdentityKind.PHONE, shown, compared)


def _messenger(typed: str) -> Reached:
    line = _LINKS.sub("", one_line(typed, LONGEST_MESSENGER)).lstrip("@")
    if not _HANDLE.fullmatch(line.lower()):
        raise BadIdentity(N_("Give the name in the messenger alone, as @name, or its link."))
    return Reached(IdentityKind.MESSENGER, f"@{line}", line.lower())
