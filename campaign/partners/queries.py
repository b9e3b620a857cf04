"""Reads of partners, their opt-ins and their exports."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from campaign.designations.models import Designation, Organisation
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.partners.models import Partner, PartnerExport, PartnerOptin, PartnerTerms, TermsState
from campaign.petitions.models import Petition

IS_DESIGNATED = exists().where(
    Designation.organisation_id == Partner.organisation_id, Designation.ended_on.is_(None)
)  # fmt: skip


def list_partners(petition: uuid.UUID) -> Sequence[Partner]:
    """Every partner of a petition with its organisation and terms, ended ones too, in order."""
    statement = select(Partner).where(Partner.petition_id == petition).order_by(Partner.position, Partner.id)
    return session.scalars(statement.options(joinedload(Partner.organisation), selectinload(Partner.terms))).all()


def list_partners_with_designation(
    petition: uuid.UUID, *, only: Collection[uuid.UUID] | None = None, lock: bool = False
) -> Sequence[tuple[Partner, bool]]:  # fmt: skip
    """(partner, whether its organisation is designated now), in order. `lock`: nobody ends one of them meanwhile."""
    statement = (
        select(Partner, IS_DESIGNATED)
        .join(Partner.organisation)
        .where(Partner.petition_id == petition)
        .options(contains_eager(Partner.organisation), selectinload(Partner.terms))
        .order_by(Partner.position, Partner.id)
    )
    if only is not None:
        statement = statement.where(Partner.id.in_(only))
    if lock:
        statement = statement.with_for_update(of=Partner, read=True).execution_options(populate_existing=True)
    return [(partner, is_designated) for partner, is_designated in session.execute(statement)]


def get_partner(petition: uuid.UUID, partner_id: uuid.UUID) -> Partner:
    """One partner of this petition with organisation and terms; raises NotFound."""
    options = (joinedload(Partner.organisation), selectinload(Partner.terms))
    statement = select(Partner).where(Partner.id == partner_id, Partner.petition_id == petition)
    partner = session.scalar(statement.options(*options))
    if partner is None:
        raise NotFound
    return partner


def list_organisations_to_choose() -> Sequence[Organisation]:
    """The organisations of the public page with their labels; media and others are only known to the gate."""
    statement = select(Organisation).where(Organisation.is_listed).options(selectinload(Organisation.designations))
    return session.scalars(statement.order_by(Organisation.position, Organisation.slug)).all()


@dataclass(frozen=True, slots=True)
class Tally:
    """Where the opt-ins of one partner are. None of it counts canaries."""

    waiting: int = 0
    """Sealed here, in no export."""
    under_way: int = 0
    """In an approved export that nobody has downloaded yet."""
    left: int = 0
    """Downloaded, all exports together."""
    untold: int = 0
    """Taken back after they had left, and the partner does not know yet."""


def tallies_of(partners: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Tally]:
    """The tally of each of these partners."""
    waiting = _counts(partners, is_waiting())
    untold = _counts(partners, is_untold())
    exported = select(
        PartnerExport.partner_id,
        func.coalesce(func.sum(PartnerExport.records).filter(PartnerExport.downloaded_at.is_not(None)), 0),
        func.coalesce(func.sum(PartnerExport.records).filter(_is_under_way()), 0),
    ).where(PartnerExport.partner_id.in_(partners))
    found = {one: (left, under_way) for one, left, under_way in
             session.execute(exported.group_by(PartnerExport.partner_id))}  # fmt: skip
    return {
        each: Tally(
            waiting.get(each, 0), int(found.get(each, (0, 0))[1]), int(found.get(each, (0, 0))[0]), untold.get(each, 0)
        )
        for each in partners
    }


def is_waiting() -> ColumnElement[bool]:
    """A condition on opt-ins: sealed here, and in no export."""
    return and_(PartnerOptin.export_id.is_(None), PartnerOptin.sealed.is_not(None))


def is_untold() -> ColumnElement[bool]:
    """A condition on opt-ins: taken back after they had left, and not told yet."""
    return and_(PartnerOptin.withdrawn_on.is_not(None), PartnerOptin.told_in.is_(None))


def may_leave(*, is_designated: bool) -> ColumnElement[bool]:
    """A condition on opt-ins: what goes to a partner that is designated now, or is not (SAFETY.md 17).

    Whose address lies with a banned organisation can be tried for it in Russia, whenever they agreed.
    """
    return PartnerOptin.from_outside.is_(True) if is_designated else true()


def is_designated_now(partner: uuid.UUID) -> bool:
    """Whether its organisation carries a label at this moment."""
    return bool(session.scalar(select(IS_DESIGNATED).select_from(Partner).where(Partner.id == partner)))


def in_the_house() -> ColumnElement[bool]:
    """A condition on opt-ins: nobody has downloaded them, so that deleting them leaves them nowhere."""
    left = exists().where(PartnerExport.id == PartnerOptin.export_id, PartnerExport.downloaded_at.is_not(None))
    return or_(PartnerOptin.export_id.is_(None), ~left)


def list_exports(partner: uuid.UUID) -> Sequence[PartnerExport]:
    """The exports of one partner, newest first."""
    statement = select(PartnerExport).where(PartnerExport.partner_id == partner)
    return session.scalars(statement.order_by(PartnerExport.asked_at.desc(), PartnerExport.id)).all()


def get_export(partner: uuid.UUID, export_id: uuid.UUID) -> PartnerExport:
    """One export of this partner; raises NotFound."""
    export = session.get(PartnerExport, export_id)
    if export is None or export.partner_id != partner:
        raise NotFound
    return export


def count_waiting_terms(actor: uuid.UUID) -> Mapping[uuid.UUID, int]:
    """By petition, how many proposals wait for somebody other than `actor`."""
    statement = (
        select(Partner.petition_id, func.count())
        .join(PartnerTerms, PartnerTerms.partner_id == Partner.id)
        .where(PartnerTerms.state == TermsState.WAITING, PartnerTerms.asked_by != actor)
    )
    return dict(session.execute(statement.group_by(Partner.petition_id)).all())


def count_waiting_exports(actor: uuid.UUID) -> Mapping[uuid.UUID, int]:
    """By petition, how many exports wait for somebody other than `actor`."""
    statement = (
        select(Partner.petition_id, func.count())
        .join(PartnerExport, PartnerExport.partner_id == Partner.id)
        .where(PartnerExport.decided_at.is_(None), PartnerExport.asked_by != actor)
    )
    return dict(session.execute(statement.group_by(Partner.petition_id)).all())


def count_left_over() -> Mapping[uuid.UUID, int]:
    """By petition that has closed, how many opt-ins go with its keys unless they are exported before."""
    statement = (
        select(Petition.id, func.count())
        .join(Partner, Partner.petition_id == Petition.id)
        .join(PartnerOptin, PartnerOptin.partner_id == Partner.id)
        .where(Petition.closed_on.is_not(None), Petition.keys_destroyed_on.is_(None), is_waiting())
    )
    return dict(session.execute(statement.group_by(Petition.id)).all())


def _counts(partners: Collection[uuid.UUID], condition: ColumnElement[bool]) -> dict[uuid.UUID, int]:
    statement = select(PartnerOptin.partner_id, func.count()).where(PartnerOptin.partner_id.in_(partners), condition)
    return dict(session.execute(statement.group_by(PartnerOptin.partner_id)).all())


def _is_under_way() -> ColumnElement[bool]:
    return and_(
        PartnerExport.is_approved, PartnerExport.downloaded_at.is_(None), PartnerExport.cleared_on.is_(None)
    )  # fmt: skip
