"""What somebody does with their own record: sees all of it, corrects it, takes it with them, and has it erased."""

import uuid
from typing import Any

from sqlalchemy import delete

from campaign.accounts import queries as accounts
from campaign.accounts.models import EMAIL
from campaign.accounts.models import SCOPE as ACCOUNTS
from campaign.accounts.service.accounts import leave
from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, DomainError, NotFound
from campaign.people.models import IdentityKind, Person, PersonIdentity, Purpose
from campaign.people.queries.person_page import find_own_record
from campaign.people.service.consents import agree, may_be_called
from campaign.people.service.erasing import Held, erase_held, list_held
from campaign.people.service.identities import Reached, claim_identity, mark_right
from campaign.people.service.records import PersonDraft, draft_of, edit_person

CONSENT_TEXT = "2026-11 own page"
"""The version of the words on the page of one's own data."""
MOST_WAYS = 5


class NotOwn(DomainError):
    """Not something that somebody adds to their own record."""


def get_own(account_id: uuid.UUID) -> Person:
    """The record of whoever owns an account. Raises NotFound where there is none."""
    person = find_own_record(account_id)
    if person is None:
        raise NotFound
    return person


def correct(account_id: uuid.UUID, draft: PersonDraft, *, seen_version: int) -> bool:
    """Correct one's own record; what staff know beside it (the country) stays. Gives whether anything changed.

    Raises NotFound, Conflict.
    """
    person = get_own(account_id)
    stored = draft_of(person)
    whole = PersonDraft(
        name=draft.name, language=draft.language, country=draft.country, spoken=draft.spoken, skills=draft.skills,
        availability=draft.availability, tasks_a_week=draft.tasks_a_week, source=stored.source,
    )  # fmt: skip
    return edit_person(person.id, whole, seen_version=seen_version, actor=account_id)


def add_own_way(account_id: uuid.UUID, reached: Reached, *, agrees_to_calls: bool) -> None:
    """Add a number, with the consent to be called, or a name in a messenger. Raises NotFound, NotOwn.

    An address for mails stands with the account, where a mail to it proves whose it is.
    """
    person = get_own(account_id)
    if reached.kind is IdentityKind.EMAIL:
        raise NotOwn(N_("Your e-mail address stands with your account: change it there."))
    if session.query(PersonIdentity).filter_by(person_id=person.id).count() >= MOST_WAYS:
        raise NotOwn(N_("Five ways to reach you are enough: remove one first."))
    if reached.kind is IdentityKind.PHONE and not may_be_called(person.id):
        if not agrees_to_calls:
            raise NotOwn(N_("We keep a number only of those who agree to be called: tick the box, or leave it out."))
        agree(person.id, Purpose.CALLS, text_version=CONSENT_TEXT, actor=account_id)
    # Whoever says so themselves knows better than somebody who called there.
    mark_right(person.id, claim_identity(person.id, reached), actor=account_id)
    audit.record("person.identity", actor=account_id, about=f"person:{person.id}", reason=f"+ {reached.kind}")


def account_data(account_id: uuid.UUID) -> dict[str, Any]:
    """What stands with the account itself, as JSON values; secrets by which one signs in are not among it."""
    account, proofs = accounts.get_account(account_id), accounts.proofs_of(account_id)
    sealed = account.email_sealed
    return {
        "username": account.username, "language": account.language, "created_on": account.created_on,
        "email": None if sealed is None else EMAIL.unseal(ACCOUNTS, account.id, sealed),
        "has_app": proofs.totp, "recovery_codes_left": proofs.codes_left,
        "passkeys": [{"name": each.name, "added_on": each.added_on} for each in proofs.passkeys],
        "roles": [
            {"role": each.role, "granted_on": each.granted_on, "expires_on": each.expires_on}
            for each in accounts.list_grants(account_id)
        ],
        "sessions": [
            {"label": each.label, "first_on": each.first_on, "last_on": each.last_on, "ends_on": each.ends_on}
            for each in accounts.list_sessions(account_id, clock.today())
        ],
    }  # fmt: skip


def own_data(account_id: uuid.UUID) -> tuple[dict[str, Any], list[Held]]:
    """Everything held: with the account, and by each feature of the record, where there is one."""
    person = find_own_record(account_id)
    return account_data(account_id), list_held(person.id) if person is not None else []


def erase_own(account_id: uuid.UUID) -> int:
    """Erase oneself: what features hold, then the account with all that leaving it does, then the record.

    In this order, since leaving cuts what leads from the account to the record. Gives how many rows went beside the
    account. Raises LastAdmin.
    """
    person = find_own_record(account_id)
    if person is None:
        leave(account_id)
        return 0
    person_id = person.id
    amount = erase_held(person_id)
    leave(account_id)
    session.execute(delete(Person).where(Person.id == person_id))
    audit.record("person.erased", actor=account_id, about=f"person:{person_id}", amount=amount + 1)
    return amount + 1
