"""Exports to one partner: asked for by one person, approved by another, each opt-in carried once (SAFETY.md 13, 14)."""

import os
import secrets
import uuid
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import undefer

from campaign.kernel import audit, canaries, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, Forbidden
from campaign.kernel.exports import lock_to_decide
from campaign.partners.models import SEALED, Partner, PartnerExport, PartnerOptin
from campaign.partners.queries import get_partner, is_designated_now, is_untold, is_waiting, may_leave
from campaign.partners.service.archive import Carried, make_archive
from campaign.partners.service.optins import give_back, put_row
from campaign.partners.service.terms import NotPossible
from campaign.petitions.models import Petition, petition_scope

KEPT_DAYS = 7
OPEN_FOR = timedelta(days=KEPT_DAYS)
MOST_RECORDS = 20_000
"""One file of some 15 MB; what is more waits for the next."""
UNTOLD_DAYS = 365
_ONLY_PART = 0


def ask_for_export(partner: Partner, *, actor: uuid.UUID, reason: str) -> PartnerExport:
    """Ask for what has come since the last export; it waits for a second person.

    Raises NotPossible when there is nothing, Conflict when one is asked for already.
    """
    open_one = select(PartnerExport.id).where(
        PartnerExport.partner_id == partner.id, PartnerExport.decided_at.is_(None),
        PartnerExport.asked_at > clock.now() - OPEN_FOR,
    )  # fmt: skip
    session.execute(select(Partner.id).where(Partner.id == partner.id).with_for_update())
    if session.scalar(open_one.limit(1)) is not None:
        raise Conflict(N_("An export for this organisation waits for a second person already."))
    leaves = may_leave(is_designated=is_designated_now(partner.id))
    if not _any(partner, is_waiting() & leaves) and not _any(partner, is_untold()):
        if _any(partner, is_waiting()):
            raise NotPossible(N_(
                "The organisation is designated now. What waits was agreed to by people who had not said that they are "
                "outside Russia, and does not go to it."
            ))  # fmt: skip
        raise NotPossible(N_("Nothing has come, and nothing was taken back, since the last export."))
    asked = PartnerExport(
        id=uuid.uuid4(), partner_id=partner.id, reason=reason, asked_by=actor, asked_at=clock.now(), is_approved=False,
        parts=1, records=0, withdrawn=0,
    )  # fmt: skip
    session.add(asked)
    session.flush()
    _note("asked", asked, actor, reason=reason)
    return asked


def decide_export(export: PartnerExport, *, approve: bool, actor: uuid.UUID, mail_host: str) -> None:
    """Approve or decline what another has asked for; approving settles what it carries.

    Raises Forbidden for the asker, Conflict when it was decided or there is nothing left to carry.
    """
    # The partner first, as everywhere: two approvals at once must not carry one record twice.
    session.execute(select(Partner.id).where(Partner.id == export.partner_id).with_for_update())
    row = lock_to_decide(PartnerExport, export.id, actor=actor)
    row.decided_by, row.decided_at, row.is_approved = actor, clock.now(), approve
    session.flush()
    if approve:
        row.records, row.withdrawn = _take(row), _tell(row)
        if not row.records and not row.withdrawn:
            raise Conflict(N_("Nothing is left to export: it was taken back, or its petition's keys are gone."))
        if row.records:
            _plant_canaries(row, mail_host)
    session.flush()
    _note("approved" if approve else "declined", row, actor, amount=row.records)


def is_open(export: PartnerExport) -> bool:
    """Whether the asker may download it now."""
    return (
        export.is_approved and export.cleared_on is None
        and export.decided_at is not None and clock.now() < export.decided_at + OPEN_FOR
    )  # fmt: skip


def download(export: PartnerExport, *, actor: uuid.UUID) -> bytes:
    """The file, counted and audited before its first byte leaves; the same each time, but for what was taken back.

    Nothing in it can be read here. Raises Forbidden for anybody but the asker, Conflict when it is not open any more.
    """
    row = session.get_one(PartnerExport, export.id, with_for_update=True, populate_existing=True)
    if row.asked_by != actor:
        raise Forbidden(N_("Only who asked for an export may download it."))
    petition, partner = _petition_and_partner(row.partner_id)
    # Without its records it would be another file under the same number.
    ended = partner.ended_on is not None and row.downloaded_at is None
    emptied = row.records > 0 and (ended or petition.keys_destroyed_on is not None)
    if not is_open(row) or emptied:
        raise Conflict(
            N_("This export is not open. It can be downloaded for seven days, while the petition's keys exist.")
        )
    content = make_archive(petition, partner, row, _carried(petition, row), _told(row))
    row.downloaded_at = row.downloaded_at or clock.now()
    session.flush()
    _note("downloaded", row, actor, amount=row.records)
    return content


def clear_exports(today: date) -> int:
    """After seven days: erase the sealed records of what was downloaded, give back what was not; gives how many.

    Also forgets what was taken back and told, or could not be told for a year. Safe to repeat: the day is noted.
    """
    before = datetime.combine(today - OPEN_FOR, time.min, clock.now().tzinfo)
    due = select(PartnerExport).where(
        PartnerExport.is_approved, PartnerExport.cleared_on.is_(None), PartnerExport.decided_at < before
    )
    gone = 0
    for export in session.scalars(due.with_for_update()).all():
        if export.downloaded_at is None:
            traps = _canary_ids(export)
            session.execute(delete(PartnerOptin).where(PartnerOptin.id.in_(traps)))
            give_back(export.id)
            _forget_given_back(export.partner_id)
        else:
            held = update(PartnerOptin).where(PartnerOptin.export_id == export.id, PartnerOptin.sealed.is_not(None))
            gone += len(session.execute(held.values(sealed=None).returning(PartnerOptin.id)).all())
        export.cleared_on = today
    session.flush()
    return gone + _forget_told(today)


def _take(export: PartnerExport) -> int:
    leaves = may_leave(is_designated=is_designated_now(export.partner_id))
    waiting = select(PartnerOptin.id).where(PartnerOptin.partner_id == export.partner_id, is_waiting(), leaves)
    # By their random ids and never by time, so that a file does not tell who came after whom.
    some = waiting.order_by(PartnerOptin.id).limit(MOST_RECORDS).with_for_update()
    ids = session.scalars(some).all()
    session.execute(update(PartnerOptin).where(PartnerOptin.id.in_(ids)).values(export_id=export.id))
    return len(ids)


def _tell(export: PartnerExport) -> int:
    untold = update(PartnerOptin).where(PartnerOptin.partner_id == export.partner_id, is_untold())
    return len(session.execute(untold.values(told_in=export.id).returning(PartnerOptin.id)).all())


def _plant_canaries(export: PartnerExport, mail_host: str) -> None:
    """Add made-up people of our own host, as rows like any other: whoever reads the database cannot strike them out."""
    canaries.remember_canaries(export.id, 1, mail_host)
    petition, partner = _petition_and_partner(export.partner_id)
    if partner.current is None:
        return
    # Day, sentence and key of records that are there: after a change of the key one sealed to the new key among many of
    # the old would be known for what it is, by the index alone.
    keys = {each.number: each for each in partner.terms}
    likes = session.execute(
        select(PartnerOptin.on_day, PartnerOptin.text_number, PartnerOptin.key_number)
        .where(PartnerOptin.export_id == export.id).order_by(func.random()).limit(canaries.CANARIES_A_PART)
    ).all()  # fmt: skip
    rows = []
    for number, address in enumerate(canaries.canaries_of(export.id, _ONLY_PART, mail_host)):
        day, text_number, key_number = likes[number % len(likes)]
        content = {"address": address, "name": "", "country": "", "language": secrets.choice(("en", "ru", "de"))}
        rows.append(put_row(
            petition.id, partner.id, identity=canaries.record_id(export.id, _ONLY_PART, number), mark=os.urandom(32),
            text_number=text_number, key=keys[key_number], content=content, on_day=day, from_outside=True,
            export=export.id,
        ))  # fmt: skip
    session.execute(insert(PartnerOptin).values(rows))


def _canary_ids(export: PartnerExport) -> Sequence[uuid.UUID]:
    return [canaries.record_id(export.id, _ONLY_PART, number) for number in range(canaries.CANARIES_A_PART)]


def _carried(petition: Petition, export: PartnerExport) -> Sequence[Carried]:
    # It may have been designated since the approval, and since an earlier download.
    leaves = may_leave(is_designated=is_designated_now(export.partner_id))
    held = (PartnerOptin.export_id == export.id, PartnerOptin.sealed.is_not(None), leaves)
    statement = select(PartnerOptin).where(*held)
    rows = session.scalars(statement.options(undefer(PartnerOptin.sealed)).order_by(PartnerOptin.id)).all()
    scope = petition_scope(petition.id)
    return [
        Carried(
            row.id, row.on_day, row.text_number, row.key_number, SEALED.unseal_bytes(scope, row.id, row.sealed or b"")
        )
        for row in rows
    ]


def _told(export: PartnerExport) -> Sequence[uuid.UUID]:
    return session.scalars(
        select(PartnerOptin.id).where(PartnerOptin.told_in == export.id).order_by(PartnerOptin.id)
    ).all()


def _petition_and_partner(partner_id: uuid.UUID) -> tuple[Petition, Partner]:
    petition = session.scalars(
        select(Petition).join(Partner, Partner.petition_id == Petition.id).where(Partner.id == partner_id)
    ).one()
    return petition, get_partner(petition.id, partner_id)


def _forget_given_back(partner_id: uuid.UUID) -> None:
    """What was given back after the petition's keys had gone can be carried by nobody any more."""
    gone = select(Partner.id).join(Petition, Petition.id == Partner.petition_id)
    gone = gone.where(Partner.id == partner_id, Petition.keys_destroyed_on.is_not(None))
    session.execute(delete(PartnerOptin).where(PartnerOptin.partner_id.in_(gone), is_waiting()))


def _forget_told(today: date) -> int:
    told = select(PartnerExport.id).where(PartnerExport.cleared_on.is_not(None))
    ended = delete(PartnerOptin).where(
        PartnerOptin.withdrawn_on.is_not(None),
        PartnerOptin.told_in.in_(told) | (PartnerOptin.withdrawn_on < today - timedelta(days=UNTOLD_DAYS)),
    )
    return len(session.execute(ended.returning(PartnerOptin.id)).all())


def _any(partner: Partner, condition: ColumnElement[bool]) -> bool:
    statement = select(PartnerOptin.id).where(PartnerOptin.partner_id == partner.id, condition)
    return session.scalar(statement.limit(1)) is not None


def _note(what: str, export: PartnerExport, actor: uuid.UUID, *, amount: int = 1, reason: str = "") -> None:
    audit.record(
        f"export.{what}.partner", actor=actor, about=f"partner-export:{export.id}", amount=amount, reason=reason
    )  # fmt: skip
