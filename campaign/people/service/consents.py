"""What people agreed to, and the records that exist for its sake alone."""

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from campaign.kernel import audit, clock
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import is_none_of, session
from campaign.kernel.errors import N_, DomainError
from campaign.kernel.text import one_line
from campaign.people.models import (
    EVIDENCE,
    IDENTITY,
    SCOPE,
    Consent,
    EndedHow,
    IdentityKind,
    KeptFor,
    Person,
    PersonIdentity,
    Purpose,
)
from campaign.people.queries import address_index
from campaign.people.service.records import lock_person

LONGEST_EVIDENCE = 200
SEALED_AT_ONCE = 500
FORGOTTEN_AT_ONCE = 2_000


class NoEvidence(DomainError):
    """A consent that nobody could prove."""


def record_consent(
    address: str,
    *,
    purpose: str,
    subject: uuid.UUID | None,
    text_version: str,
    language: str,
    country: str | None,
) -> uuid.UUID:
    """Keep that the owner of `address` agrees to `purpose`; makes the person when there is none. Gives the person's id.

    Safe to repeat and to run in parallel: identities and current consents are unique in the database.
    """
    person = _person_at(address, language=language, country=country)
    statement = insert(Consent).values(
        id=uuid.uuid4(), person_id=person, purpose=purpose, subject=subject, text_version=text_version,
        given_on=clock.today(),
    )  # fmt: skip
    session.execute(statement.on_conflict_do_nothing())
    return person


def note_consent(person_id: uuid.UUID, purpose: Purpose, *, how: str, evidence: str, actor: uuid.UUID) -> bool:
    """Write down a consent that somebody gave to a person of ours: `how` (a word: paper, phone …) and what proves it.

    False when they agree to it already. Raises NoEvidence, NotFound.
    """
    words = one_line(evidence, LONGEST_EVIDENCE)
    if not words:
        raise NoEvidence(N_("Say what proves it: which sheet, which call, on which day."))
    return _keep(person_id, purpose, how, evidence=words, actor=actor)


def agree(
    person_id: uuid.UUID, purpose: str, *, text_version: str, subject: uuid.UUID | None = None, actor: uuid.UUID | None
) -> bool:  # fmt: skip
    """Keep what somebody agrees to on a page of their own. False when they do already. Raises NotFound.

    `actor` is None where they say so behind the link of a mail.
    """
    return _keep(person_id, purpose, text_version, subject=subject, actor=actor)


def unsubscribe(person_id: uuid.UUID, *what: ColumnElement[bool], how: EndedHow = EndedHow.UNSUBSCRIBED) -> list[str]:
    """End what somebody ends behind the link of a mail: their consents that meet `what`. Gives the purposes that ended.

    Whom nothing else keeps stays until the next day, so that a slip can be taken back. Raises NotFound.
    """
    lock_person(person_id)
    current = (Consent.person_id == person_id, Consent.ended_on.is_(None))
    ended = update(Consent).where(*current, *what).values(ended_on=clock.today(), ended_how=how)
    purposes = list(session.scalars(ended.returning(Consent.purpose)))
    for purpose in purposes:
        audit.record("person.consent", about=f"person:{person_id}", reason=f"- {purpose} {how}")
    return purposes


def end_one_consent(person_id: uuid.UUID, consent_id: uuid.UUID, *, actor: uuid.UUID) -> bool:
    """End one consent of a person; False when it had ended. Without the one to be called no number is kept
    (SAFETY.md 1), and without any a record goes that stood for consent alone.
    """
    lock_person(person_id)
    mine = (Consent.id == consent_id, Consent.person_id == person_id, Consent.ended_on.is_(None))
    ended = update(Consent).where(*mine).values(ended_on=clock.today()).returning(Consent.purpose)
    purpose = session.scalar(ended)
    if purpose is None:
        return False
    if purpose == Purpose.CALLS:
        numbers = (PersonIdentity.person_id == person_id, PersonIdentity.kind == IdentityKind.PHONE)
        session.execute(delete(PersonIdentity).where(*numbers))
    audit.record("person.consent", actor=actor, about=f"person:{person_id}", reason=f"- {purpose}")
    forget_without_reason([person_id])
    return True


def may_be_called(person_id: uuid.UUID) -> bool:
    """Whether they agree to be called today: only then a number is kept (SAFETY.md 1)."""
    statement = select(Consent.id).where(
        Consent.person_id == person_id, Consent.purpose == Purpose.CALLS, Consent.ended_on.is_(None)
    )
    return session.scalar(statement.limit(1)) is not None


def seal_plain_evidence() -> int:
    """Seal what proves consents that were written down before it was sealed; gives how many. The caller goes on while
    it is SEALED_AT_ONCE."""
    plain = select(Consent).where(Consent.evidence_sealed.is_(None), Consent.text_version.contains(": "))
    found = session.scalars(plain.order_by(Consent.id).limit(SEALED_AT_ONCE).with_for_update()).all()
    for consent in found:
        how, _colon, words = consent.text_version.partition(": ")
        consent.text_version, consent.evidence_sealed = how, EVIDENCE.seal(SCOPE, consent.id, words)
    session.flush()
    return len(found)


def _keep(
    person_id: uuid.UUID, purpose: str, text_version: str, *, subject: uuid.UUID | None = None, evidence: str = "",
    actor: uuid.UUID | None,
) -> bool:  # fmt: skip
    lock_person(person_id)
    keyring.ensure(SCOPE)
    row = uuid.uuid4()
    statement = insert(Consent).values(
        id=row, person_id=person_id, purpose=purpose, subject=subject, text_version=text_version,
        evidence_sealed=EVIDENCE.seal(SCOPE, row, evidence) if evidence else None, given_on=clock.today(),
    )  # fmt: skip
    if session.scalar(statement.on_conflict_do_nothing().returning(Consent.id)) is None:
        return False
    audit.record("person.consent", actor=actor, about=f"person:{person_id}", reason=f"+ {purpose}")
    return True


def end_consents(subject: uuid.UUID) -> int:
    """End every consent about `subject`, and forget people who have no reason left to be kept. Gives how many ended."""
    ended = session.scalars(
        update(Consent)
        .where(Consent.subject == subject, Consent.ended_on.is_(None))
        .values(ended_on=clock.today())
        .returning(Consent.person_id)
    ).all()
    forget_without_reason(ended)
    return len(ended)


def end_consent(address: str, *, purpose: str, subject: uuid.UUID | None) -> bool:
    """End one consent of the owner of `address`; False when there was none."""
    owner = select(PersonIdentity.person_id).where(
        PersonIdentity.kind == "email", PersonIdentity.value_index == address_index(address)
    )
    ended = session.scalars(
        update(Consent)
        .where(
            Consent.person_id.in_(owner),
            Consent.purpose == purpose,
            Consent.subject.is_not_distinct_from(subject),
            Consent.ended_on.is_(None),
        )
        .values(ended_on=clock.today())
        .returning(Consent.person_id)
    ).all()
    forget_without_reason(ended)
    return bool(ended)


def forget_left_behind(today: date) -> int:
    """Forget those whom consent alone kept and whose last one ended before `today`.

    Staff who end the consents of many, and whoever unsubscribes, can take that back while the day lasts; all others go
    at once.
    """
    current = select(Consent.person_id).where(Consent.ended_on.is_(None))
    lately = select(Consent.person_id).where(Consent.ended_on >= today)
    ended = select(Consent.person_id).where(Consent.ended_on < today)
    some = select(Person.id).where(
        Person.kept_for == KeptFor.CONSENT, Person.id.in_(ended), is_none_of(Person.id, current),
        is_none_of(Person.id, lately),
    ).limit(FORGOTTEN_AT_ONCE)  # fmt: skip
    gone, forgotten = delete(Person).where(Person.id.in_(some)).returning(Person.id), 0
    while found := len(session.scalars(gone).all()):
        forgotten += found
    return forgotten


def forget_numbers(today: date) -> int:
    """Erase numbers of people who do not agree to be called, from the day after the consent has ended (SAFETY.md 1).

    One that is ended by itself takes them along at once; of many at once it can be taken back while the day lasts.
    """
    agreed = select(Consent.person_id).where(
        Consent.purpose == Purpose.CALLS, (Consent.ended_on.is_(None)) | (Consent.ended_on >= today)
    )
    gone = delete(PersonIdentity).where(
        PersonIdentity.kind == IdentityKind.PHONE, is_none_of(PersonIdentity.person_id, agreed)
    )
    return len(session.scalars(gone.returning(PersonIdentity.id)).all())


def forget_without_reason(people: Sequence[uuid.UUID]) -> None:
    """Delete those of `people` whom consent alone kept, and who have none: the safest record is none."""
    current = select(Consent.person_id).where(Consent.ended_on.is_(None))
    session.execute(
        delete(Person).where(
            Person.id.in_(people), Person.kept_for == KeptFor.CONSENT, is_none_of(Person.id, current)
        )
    )  # fmt: skip


def _person_at(address: str, *, language: str, country: str | None) -> uuid.UUID:
    keyring.ensure(SCOPE)
    index = address_index(address)
    known = select(PersonIdentity.person_id).where(PersonIdentity.kind == "email", PersonIdentity.value_index == index)
    found = session.scalar(known)
    if found is not None:
        return found
    person, identity = uuid.uuid4(), uuid.uuid4()
    session.add(Person(id=person, language=language, country=country, since_on=clock.today()))
    session.flush()
    statement = insert(PersonIdentity).values(
        id=identity,
        person_id=person,
        kind="email",
        value_index=index,
        value_sealed=IDENTITY.seal(SCOPE, identity, address),
    )
    added = session.scalar(statement.on_conflict_do_nothing().returning(PersonIdentity.id))
    if added is None:
        # Another transaction made this person a moment ago; the conflict waited for its commit.
        session.execute(delete(Person).where(Person.id == person))
        return session.scalars(known).one()
    return person
