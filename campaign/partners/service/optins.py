"""Opt-ins: sealed to the organisation's key the moment a signature is confirmed, taken back behind the same link."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from campaign.kernel import clock
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.partners.models import SEALED, Partner, PartnerExport, PartnerOptin, PartnerTerms
from campaign.partners.policy import may_pass_on
from campaign.partners.queries import list_partners, list_partners_with_designation
from campaign.partners.service.keys import seal_record
from campaign.petitions.models import petition_scope


@dataclass(frozen=True, slots=True)
class Ticks:
    """What a signer ticked: partner > number of the terms whose sentence they read; and whether from outside Russia."""

    terms: Mapping[uuid.UUID, int]
    from_outside: bool


@dataclass(frozen=True, slots=True)
class Signer:
    """What is passed on about somebody."""

    address: str
    name: str
    country: str | None
    language: str


def keep_optins(petition: uuid.UUID, signature: uuid.UUID, signer: Signer, ticks: Ticks) -> int:
    """Seal what is passed on to each ticked partner that is still offered; gives how many. Safe to repeat.

    A partner that was ended meanwhile, one designated meanwhile (SAFETY.md 17) and terms that never were current get
    nothing. Sealed to the key that is current now.
    """
    # As strict as for one that is designated already.
    from_outside = may_pass_on(signer.country, is_designated=True, from_outside=ticks.from_outside)
    rows = [
        _row(petition, signature, signer, partner, current, read, from_outside=from_outside)
        for partner, current, read in _ticked(petition, signer.country, ticks, lock=True)
    ]
    if rows:
        # The mark is unique: a second confirmation of the same signature adds nothing.
        session.execute(insert(PartnerOptin).values(rows).on_conflict_do_nothing(index_elements=["mark"]))
    return len(rows)


def list_ticked(
    petition: uuid.UUID, country: str | None, ticks: Ticks
) -> Sequence[tuple[Partner, PartnerTerms]]:  # fmt: skip
    """Who would get something if the signature were confirmed now, with the terms that were read."""
    return [(partner, read) for partner, _current, read in _ticked(petition, country, ticks)]


def list_given(petition: uuid.UUID, signature: uuid.UUID) -> Sequence[Partner]:
    """The partners who have a consent of this signature that was not taken back."""
    partners = {mark_of(petition, signature, each.id): each for each in list_partners(petition)}
    found = set(session.scalars(
        select(PartnerOptin.mark).where(PartnerOptin.mark.in_(partners), PartnerOptin.withdrawn_on.is_(None))
    ))  # fmt: skip
    return [partner for mark, partner in partners.items() if mark in found]


def withdraw_optins(petition: uuid.UUID, signature: uuid.UUID, only: uuid.UUID | None = None) -> int:
    """Take back what a signature let be passed on, to all partners or to `only` one; gives how many. Safe to repeat.

    What has not left is deleted; of what has, only its number stays, for the partner's next export.
    """
    partners = [only] if only is not None else session.scalars(
        select(Partner.id).where(Partner.petition_id == petition)
    ).all()  # fmt: skip
    marks = [mark_of(petition, signature, each) for each in partners]
    theirs = (PartnerOptin.mark.in_(marks), PartnerOptin.withdrawn_on.is_(None))
    # The exports before their rows, as the clearing of exports takes them: or each might wait for the other.
    exports = select(PartnerOptin.export_id).where(*theirs, PartnerOptin.export_id.is_not(None))
    held = select(PartnerExport.id).where(PartnerExport.id.in_(exports)).order_by(PartnerExport.id)
    session.execute(held.with_for_update(read=True))
    statement = select(PartnerOptin).where(*theirs).order_by(PartnerOptin.id)
    rows = session.scalars(statement.with_for_update().execution_options(populate_existing=True)).all()
    for row in rows:
        if _has_left(row):
            row.sealed, row.withdrawn_on = None, clock.today()
        else:
            session.delete(row)
    session.flush()
    return len(rows)


def forget_petition(petition: uuid.UUID) -> int:
    """Delete every opt-in of a petition whose keys go: what did not leave never will; gives how many.

    The numbers of what was taken back stay until the partner was told.
    """
    partners = select(Partner.id).where(Partner.petition_id == petition)
    gone = delete(PartnerOptin).where(PartnerOptin.partner_id.in_(partners), PartnerOptin.withdrawn_on.is_(None))
    # Those that stay were marked under a key that is being destroyed: from now on the mark means nothing to anybody.
    return len(session.execute(gone.returning(PartnerOptin.id)).all())


def mark_of(petition: uuid.UUID, signature: uuid.UUID, partner: uuid.UUID) -> bytes:
    """What ties an opt-in to a signature for whoever has the petition's key, and opt-ins to each other for nobody."""
    return keyring.digest(petition_scope(petition), "optins", signature.bytes + partner.bytes)


def put_row(
    petition: uuid.UUID, partner: uuid.UUID, *, identity: uuid.UUID, mark: bytes, text_number: int, key: PartnerTerms,
    content: Mapping[str, object], on_day: date, from_outside: bool, export: uuid.UUID | None = None,
) -> dict[str, object]:  # fmt: skip
    """The columns of one opt-in, whose content is readable from here on by the partner alone."""
    record = {"id": str(identity), **content, "day": on_day.isoformat(), "consent": text_number}
    sealed = seal_record(key.recipient, record)
    return {
        "id": identity, "partner_id": partner, "mark": mark, "text_number": text_number, "key_number": key.number,
        "sealed": SEALED.seal_bytes(petition_scope(petition), identity, sealed), "on_day": on_day, "export_id": export,
        "from_outside": from_outside,
    }  # fmt: skip


def _row(
    petition: uuid.UUID, signature: uuid.UUID, signer: Signer, partner: Partner, current: PartnerTerms,
    read: PartnerTerms, *, from_outside: bool,
) -> dict[str, object]:  # fmt: skip
    content = {
        "address": signer.address, "name": signer.name, "country": signer.country or "", "language": signer.language,
    }  # fmt: skip
    return put_row(
        petition, partner.id, identity=uuid.uuid4(), mark=mark_of(petition, signature, partner.id),
        text_number=read.number, key=current, content=content, on_day=clock.today(), from_outside=from_outside,
    )  # fmt: skip


def _ticked(
    petition: uuid.UUID, country: str | None, ticks: Ticks, *, lock: bool = False
) -> Sequence[tuple[Partner, PartnerTerms, PartnerTerms]]:
    """(partner, its current terms, the terms that were read) of each tick that still means something."""
    if not ticks.terms:
        return []
    found = []
    for partner, is_designated in list_partners_with_designation(petition, only=list(ticks.terms), lock=lock):
        current = partner.current
        number = ticks.terms.get(partner.id)
        read = next((each for each in partner.terms if each.number == number and each.is_or_was_current), None)
        passes = may_pass_on(country, is_designated=is_designated, from_outside=ticks.from_outside)
        if partner.ended_on is None and current is not None and read is not None and passes:
            found.append((partner, current, read))
    return found


def _has_left(row: PartnerOptin) -> bool:
    """Whether somebody has downloaded it; waits for a download that is under way."""
    if row.export_id is None:
        return False
    statement = select(PartnerExport.downloaded_at).where(PartnerExport.id == row.export_id)
    return session.scalar(statement.with_for_update(read=True)) is not None


def give_back(export: uuid.UUID) -> None:
    """Let what an export held wait for another one, and what it told be told again."""
    session.execute(update(PartnerOptin).where(PartnerOptin.export_id == export).values(export_id=None))
    session.execute(update(PartnerOptin).where(PartnerOptin.told_in == export).values(told_in=None))
