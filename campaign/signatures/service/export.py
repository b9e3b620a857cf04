"""Exports: asked for by one person, approved by another, open to the asker for a day (SAFETY.md 13, 14)."""

import uuid
from collections.abc import Iterator, Sequence

from campaign.kernel import audit, canaries, clock
from campaign.kernel.alarms import AlarmKind, raise_alarm
from campaign.kernel.allowance import DECRYPTING, take
from campaign.kernel.db import end_read, session
from campaign.kernel.exports import Line, check_download, lock_to_decide, parts_for, with_canaries
from campaign.people.queries import count_consents, list_consenting_addresses
from campaign.petitions.models import Petition
from campaign.signatures.models import SignatureState
from campaign.signatures.models.staff import ExportKind, SignatureExport
from campaign.signatures.queries.staff import Criteria, count_by_state, list_exported_signatures
from campaign.signatures.service.confirm import UPDATES

PAGE = 500

HEADS = {
    ExportKind.SIGNATURES: ("day", "country", "safety_level", "public_name"),
    ExportKind.UPDATES: ("address", "language"),
}


def ask_for_export(petition: Petition, kind: ExportKind, *, actor: uuid.UUID, reason: str) -> SignatureExport:
    """Ask for one export; it waits for a second person."""
    asked = SignatureExport(
        id=uuid.uuid4(), petition_id=petition.id, kind=kind, reason=reason, asked_by=actor, asked_at=clock.now(),
        is_approved=False, parts=1,
    )  # fmt: skip
    session.add(asked)
    session.flush()
    _note("asked", asked, actor, reason=reason)
    return asked


def decide_export(export: SignatureExport, *, approve: bool, actor: uuid.UUID, mail_host: str) -> None:
    """Approve or decline what another has asked for. Raises Forbidden for the asker, Conflict when it was decided."""
    row = lock_to_decide(SignatureExport, export.id, actor=actor)
    row.decided_by, row.decided_at, row.is_approved = actor, clock.now(), approve
    if approve and row.kind == ExportKind.UPDATES:
        count = count_consents(UPDATES, row.petition_id)
        row.parts = parts_for(count)
        canaries.remember_canaries(row.id, row.parts, mail_host)
    session.flush()
    _note("approved" if approve else "declined", row, actor)


def begin_download(export: SignatureExport, part: int, *, actor: uuid.UUID) -> bool:
    """Count and audit one download before its first byte leaves; False when the hourly allowance does not cover it.

    That refusal is audited and raises an alarm, and must be committed like a success. Raises Forbidden for anybody but
    the asker, Conflict when the export is not open.
    """
    check_download(export, part, actor=actor)
    count = _count(export, part)
    if export.kind == ExportKind.UPDATES and not take(DECRYPTING, actor, count):
        raise_alarm(AlarmKind.BUDGET_SPENT, about=f"account:{actor}")
        _note("refused", export, actor, amount=count)
        return False
    _note("downloaded", export, actor, amount=count)
    return True


def export_rows(export: SignatureExport, part: int, mail_host: str) -> Iterator[Sequence[str]]:
    """The rows of one part with their head, read in pages between which nothing is held open.

    Rows stand in a random order, never by time (SAFETY.md 18).
    """
    yield HEADS[ExportKind(export.kind)]
    if export.kind == ExportKind.SIGNATURES:
        yield from _signature_rows(export)
        return
    expected = _count(export, part)
    for line, trap in with_canaries(_address_rows(export, part), export, part, expected=expected, host=mail_host):
        yield (trap, line[1] if line else "en") if trap else line


def _signature_rows(export: SignatureExport) -> Iterator[Sequence[str]]:
    after = None
    while True:
        page = list_exported_signatures(export.petition_id, after, PAGE)
        end_read()
        for each in page:
            yield (each.day.isoformat(), each.country, each.visibility, each.name)
        if len(page) < PAGE:
            return
        after = page[-1].key


def _address_rows(export: SignatureExport, part: int) -> Iterator[Line]:
    """Addresses in the part's share of the id space, so that a part stays the same while people come and go."""
    first, last = _share(part, export.parts)
    while True:
        page = list_consenting_addresses(UPDATES, export.petition_id, first=first, last=last, limit=PAGE)
        end_read()
        yield from ((each.address, each.language) for each in page)
        if len(page) < PAGE:
            return
        first = uuid.UUID(int=page[-1].id.int + 1)


def _count(export: SignatureExport, part: int) -> int:
    """How many records a part holds, canaries not counted."""
    if export.kind == ExportKind.UPDATES:
        first, last = _share(part, export.parts)
        return count_consents(UPDATES, export.petition_id, first=first, last=last)
    return count_by_state(export.petition_id, Criteria(states=(SignatureState.CONFIRMED,))).get(
        SignatureState.CONFIRMED, 0
    )


def _share(part: int, parts: int) -> tuple[uuid.UUID, uuid.UUID]:
    """The first and the last id of a part of all ids."""
    whole = 1 << 128
    return uuid.UUID(int=whole * part // parts), uuid.UUID(int=whole * (part + 1) // parts - 1)


def _note(what: str, export: SignatureExport, actor: uuid.UUID, *, amount: int = 1, reason: str = "") -> None:
    audit.record(f"export.{what}.{export.kind}", actor=actor, about=f"export:{export.id}", amount=amount, reason=reason)
