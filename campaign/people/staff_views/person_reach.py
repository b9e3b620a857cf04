"""How somebody can be reached, and what they agreed to."""

import uuid

from flask import flash, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.kernel import audit
from campaign.kernel.db import transaction
from campaign.kernel.errors import DomainError, NotFound
from campaign.kernel.text import one_line
from campaign.people.forms.words import HOW_WORDS
from campaign.people.models import IdentityKind, PersonIdentity, Purpose
from campaign.people.queries.person_page import get_person, list_identities, read_identity_of
from campaign.people.service.consents import LONGEST_EVIDENCE, end_one_consent, note_consent
from campaign.people.service.identities import IdentityTaken, find_owner, mark_right, read_identity, remove_identity
from campaign.people.service.writing_down import add_way
from campaign.people.staff_views.blueprint import back_to, bp, of_person, take_shown, to_people
from campaign.people.staff_views.page import Opened, Refused, other_if_seen, show_page
from campaign.web.steps import actor_id, told

LONGEST_TYPED = 300


@bp.post("/<uuid:person_id>/reach/show")
@of_person
def show_reach(person_id: uuid.UUID) -> ResponseReturnValue:
    """Show how to reach them: on record, taken from the allowance, shown once and kept nowhere."""
    get_person(person_id)
    rows = list_identities(person_id)
    take_shown(len(rows))
    with transaction():
        audit.record("person.shown", actor=actor_id(), about=f"person:{person_id}", amount=len(rows))
    return show_page(person_id, opened={row.id: _opened(row) for row in rows})


@bp.post("/<uuid:person_id>/reach")
@of_person
def add_reach(person_id: uuid.UUID) -> ResponseReturnValue:
    """Add a way to reach them."""
    kind, typed = request.form.get("kind", ""), one_line(request.form.get("value", ""), LONGEST_TYPED)
    if kind not in set(IdentityKind):
        return _refused(person_id, "reach", _("Choose what it is."), 422)
    try:
        reached = read_identity(IdentityKind(kind), typed, region=get_person(person_id).country)
        with transaction():
            add_way(person_id, reached, actor=actor_id())
    except IdentityTaken as problem:
        return _refused(person_id, "reach", told(problem), 409, other=other_if_seen(problem.person_id))
    except NotFound:
        raise
    except DomainError as problem:
        return _refused(person_id, "reach", told(problem), 422)
    flash(_("Added."))
    return back_to(person_id, "reach")


@bp.post("/<uuid:person_id>/reach/<uuid:identity_id>/remove")
@of_person
def remove_reach(person_id: uuid.UUID, identity_id: uuid.UUID) -> ResponseReturnValue:
    """Forget a way to reach them."""
    with transaction():
        removed = remove_identity(person_id, identity_id, actor=actor_id())
    flash(_("Forgotten.") if removed else _("It was forgotten already."))
    return back_to(person_id, "reach")


@bp.post("/<uuid:person_id>/reach/<uuid:identity_id>/right")
@of_person
def keep_reach(person_id: uuid.UUID, identity_id: uuid.UUID) -> ResponseReturnValue:
    """A number at which somebody else was said to answer is theirs after all."""
    with transaction():
        changed = mark_right(person_id, identity_id, actor=actor_id())
    flash(_("Noted: it is theirs.") if changed else _("It is theirs already."))
    return back_to(person_id, "reach")


@bp.post("/<uuid:person_id>/consents")
@of_person
def add_consent(person_id: uuid.UUID) -> ResponseReturnValue:
    """Write down a consent that was given on paper, on the phone or face to face."""
    purpose, how = request.form.get("purpose", ""), request.form.get("how", "")
    if purpose not in set(Purpose) or how not in HOW_WORDS:
        return _refused(person_id, "consents", _("Choose what they agreed to, and how they said so."), 422)
    try:
        with transaction():
            evidence = one_line(request.form.get("evidence", ""), LONGEST_EVIDENCE)
            added = note_consent(person_id, Purpose(purpose), how=how, evidence=evidence, actor=actor_id())
    except NotFound:
        raise
    except DomainError as problem:
        return _refused(person_id, "consents", told(problem), 422)
    flash(_("Noted.") if added else _("They agree to that already."))
    return back_to(person_id, "consents")


@bp.post("/<uuid:person_id>/consents/<uuid:consent_id>/end")
@of_person
def end_consent(person_id: uuid.UUID, consent_id: uuid.UUID) -> ResponseReturnValue:
    """End a consent; the record goes where it stood for consent alone and that was the last."""
    with transaction():
        ended = end_one_consent(person_id, consent_id, actor=actor_id())
    flash(_("The consent is ended.") if ended else _("It had ended already."))
    try:
        get_person(person_id)
    except NotFound:
        flash(_("It was the last reason to keep the record, so the record is gone."))
        return to_people()
    return back_to(person_id, "consents")


def _opened(row: PersonIdentity) -> Opened:
    value = read_identity_of(row)
    reached = read_identity(IdentityKind(row.kind), value)
    if reached.index == row.value_index:
        return Opened(value)
    owner = find_owner(reached)
    is_twice = owner is not None and owner != row.person_id
    return Opened(value, other_if_seen(owner) if is_twice and owner else None, is_claimed_twice=is_twice)


def _refused(
    person_id: uuid.UUID, at: str, words: str, status: int, *, other: uuid.UUID | None = None
) -> ResponseReturnValue:
    return show_page(person_id, refused=Refused(at, words, request.form, other)), status
