"""What people outside tell us: sealed to the vault as it arrives, worked on by staff, answered through a code."""

import hashlib
import secrets
import uuid
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import delete, or_, select

from campaign.kernel import audit, clock
from campaign.kernel.crypto.errors import KeyDestroyed, KeyMissing
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.crypto.sealed import Field
from campaign.kernel.crypto.vault import seal_to_vault
from campaign.kernel.crypto.vault_door import Box, vault_door
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError, NotFound
from campaign.kernel.images import Encoded, encode, read_picture
from campaign.kernel.versions import check_version
from campaign.prisoners.models import Report, ReportAttachment, ReportKind, ReportMessage, ReportState

ANSWER = Field("report_message", "answer_sealed")
KEPT_AFTER_CLOSING = timedelta(days=30)
KEPT_AT_MOST = timedelta(days=365)
MOST_PICTURES = 3
LARGEST_PICTURE = 600 * 1024
# Letters and digits that nobody mistakes for another when read out or written down; 26 of them hold 128 bits.
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
CODE_LENGTH = 27

STEPS = {
    ReportState.RECEIVED: frozenset({ReportState.IN_TRIAGE}),
    ReportState.IN_TRIAGE: frozenset({ReportState.RECEIVED, ReportState.ACCEPTED, ReportState.DECLINED}),
    ReportState.ACCEPTED: frozenset({ReportState.CLOSED}),
    ReportState.DECLINED: frozenset({ReportState.CLOSED}),
    ReportState.CLOSED: frozenset[ReportState](),
}


class NotThatWay(DomainError):
    """The report does not go from its state to that one."""


@dataclass(frozen=True, slots=True)
class ReportDraft:
    """What somebody told us; `pictures` are files as they came."""

    kind: ReportKind
    body: str
    contact: str
    language: str
    prisoner: uuid.UUID | None = None
    pictures: Sequence[bytes] = ()


def receive_report(draft: ReportDraft) -> str:
    """Seal a report and return the code its sender comes back with; it is stored as a hash and shown once.

    Raises BadPicture, and NoVault where this installation cannot seal anything. Nothing is stored in clear meanwhile.
    """
    pictures = [encode(read_picture(raw), longest_side=1600, most_bytes=LARGEST_PICTURE) for raw in draft.pictures]
    code, row = _new_code(), uuid.uuid4()
    report = Report(
        id=row, kind=draft.kind, state=ReportState.RECEIVED, code_hash=_hash(code), language=draft.language,
        prisoner_id=draft.prisoner, received_on=clock.today(),
        body_sealed=_seal(draft.body, "report", "body_sealed", row),
        contact_sealed=_seal(draft.contact, "report", "contact_sealed", row) if draft.contact else None,
    )  # fmt: skip
    session.add(report)
    session.flush()
    for picture in pictures:
        session.add(_attachment(report.id, picture))
    session.flush()
    return code


def find_report(code: str) -> Report | None:
    """The report behind a code, however it was spaced and written; None for any other text."""
    plain = "".join(code.lower().split()).replace("-", "")
    if len(plain) != CODE_LENGTH:
        return None
    return session.scalar(select(Report).where(Report.code_hash == _hash(plain)))


def add_message(report: Report, text: str) -> None:
    """The sender adds something; sealed to the vault, so that not even the sender reads it here again.

    Raises Conflict for a report that is closed.
    """
    if report.state == ReportState.CLOSED:
        raise Conflict(N_("This report is closed. Please send a new one."))
    row = uuid.uuid4()
    session.add(
        ReportMessage(
            id=row, report_id=report.id, from_staff=False, sent_on=clock.today(),
            vault_sealed=_seal(text, "report_message", "vault_sealed", row),
        )
    )  # fmt: skip
    session.flush()


def answer_report(report: Report, text: str, *, actor: uuid.UUID) -> None:
    """Answer the sender; sealed under a key of this report's own, since whoever shows the code must read it."""
    keyring.ensure(scope_of(report.id))
    row = uuid.uuid4()
    report.answered_on = clock.today()
    session.add(
        ReportMessage(
            id=row, report_id=report.id, from_staff=True, sent_on=clock.today(),
            answer_sealed=ANSWER.seal(scope_of(report.id), row, text),
        )
    )  # fmt: skip
    audit.record("report.answered", actor=actor, about=f"report:{report.id}")


def answers_of(report: Report, messages: Sequence[ReportMessage]) -> dict[uuid.UUID, str]:
    """What staff answered, by message."""
    scope = scope_of(report.id)
    return {each.id: ANSWER.unseal(scope, each.id, each.answer_sealed) for each in messages if each.answer_sealed}


def move_report(report: Report, state: ReportState, *, seen_version: int, actor: uuid.UUID, reason: str = "") -> None:
    """Take a step of the state machine. Raises NotThatWay, and Conflict when somebody else was first."""
    check_version(report.version, seen_version)
    if state not in STEPS[ReportState(report.state)]:
        raise NotThatWay(N_("This step is not possible from where the report stands."))
    report.state = state
    report.taken_by = None if state is ReportState.RECEIVED else report.taken_by or actor
    report.closed_on = clock.today() if state is ReportState.CLOSED else None
    session.flush()
    audit.record(f"report.{state.value}", actor=actor, about=f"report:{report.id}", reason=reason)


def boxes_of(report: Report, messages: Sequence[ReportMessage]) -> list[Box]:
    """The sealed texts of a report, in order: what was told, how to reach its sender ("" if not told), each message."""
    boxes = [Box("report", "body_sealed", report.id, report.body_sealed)]
    if report.contact_sealed is not None:
        boxes.append(Box("report", "contact_sealed", report.id, report.contact_sealed))
    sealed = [each for each in messages if each.vault_sealed is not None]
    return boxes + [Box("report_message", "vault_sealed", each.id, each.vault_sealed or b"") for each in sealed]


def box_of_attachment(attachment: ReportAttachment) -> Box:
    """A sealed picture; it opens to base64 of WebP."""
    return Box("report_attachment", "content_sealed", attachment.id, attachment.content_sealed)


def forget_old(today: date) -> int:
    """Delete reports that were closed 30 days ago, and any that is a year old; destroys their keys; gives how many."""
    due = or_(Report.closed_on <= today - KEPT_AFTER_CLOSING, Report.received_on <= today - KEPT_AT_MOST)
    gone = session.scalars(select(Report.id).where(due)).all()
    for report in gone:
        try:
            keyring.destroy(scope_of(report))
        except (KeyMissing, KeyDestroyed):
            continue
    session.execute(delete(Report).where(Report.id.in_(gone)))
    return len(gone)


def get_report(report_id: uuid.UUID) -> Report:
    """A report for a change; raises NotFound."""
    report = session.get(Report, report_id)
    if report is None:
        raise NotFound
    return report


def scope_of(report: uuid.UUID) -> str:
    """The key scope of what staff answer to one report."""
    return f"report:{report}"


def spelled(code: str) -> str:
    """A code in groups that can be written down."""
    return "-".join(code[start : start + 9] for start in range(0, len(code), 9))


def _attachment(report: uuid.UUID, picture: Encoded) -> ReportAttachment:
    row = uuid.uuid4()
    text = b64encode(picture.content).decode()
    return ReportAttachment(
        id=row, report_id=report, media_type="image/webp", size=len(picture.content),
        content_sealed=_seal(text, "report_attachment", "content_sealed", row),
    )  # fmt: skip


def _seal(text: str, table: str, column: str, row: uuid.UUID) -> bytes:
    return seal_to_vault(vault_door.public_key, text, table=table, column=column, row=row)


def _new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def _hash(code: str) -> bytes:
    # 27 random characters of 31 hold 133 bits: nobody guesses them, so a plain hash is enough.
    return hashlib.sha256(b"report code v1\x00" + code.encode()).digest()
