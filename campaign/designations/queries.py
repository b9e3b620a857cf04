"""Reads of the register."""

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, Text, cast, func, or_, select
from sqlalchemy.orm import selectinload

from campaign.designations.models import (
    REGISTER_AGE,
    Designation,
    DesignationKind,
    Organisation,
    OrganisationKind,
    Proposal,
    ProposalState,
)
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound


def list_organisations() -> Sequence[Organisation]:
    """Every organisation with its designations, by slug."""
    return session.scalars(
        select(Organisation).options(selectinload(Organisation.designations)).order_by(Organisation.slug)
    ).all()


def last_checked_on() -> date | None:
    """The day up to which the whole register is known to hold: that of its oldest entry. None when it is empty."""
    return session.scalar(select(func.min(Designation.checked_on)).where(Designation.ended_on.is_(None)))


def count_outdated(today: date) -> int:
    """How many current designations nobody has confirmed for thirty days."""
    statement = (
        select(func.count())
        .select_from(Designation)
        .where(Designation.ended_on.is_(None), Designation.checked_on < today - REGISTER_AGE)
    )
    return session.scalar(statement) or 0


def find_organisation(organisation_id: uuid.UUID) -> Organisation | None:
    """One entry with its labels, or None."""
    return session.get(Organisation, organisation_id, options=[selectinload(Organisation.designations)])


def get_organisation(organisation_id: uuid.UUID) -> Organisation:
    """One entry with its labels; raises NotFound."""
    organisation = find_organisation(organisation_id)
    if organisation is None:
        raise NotFound
    return organisation


def get_label(organisation: Organisation, label_id: uuid.UUID) -> Designation:
    """One label of an entry; raises NotFound."""
    label = next((each for each in organisation.designations if each.id == label_id), None)
    if label is None:
        raise NotFound
    return label


def entries(
    *, search: str = "", kind: str = "", what: str = "", age: str = "", sort: str = "", today: date
) -> Select[Organisation]:
    """Entries for a list: by words of a name, spelling or domain, by label ("none": without any), by what they are,
    and `age` "old": those with a label that nobody has confirmed for thirty days.

    `sort`: "name" or "checked", with - before it for descending; anything else has the longest unchecked first.
    """
    statement = select(Organisation).options(selectinload(Organisation.designations))
    if search:
        # As text: names are few, and a word may stand in any language, spelling or domain.
        places = (Organisation.names, Organisation.aliases, Organisation.domains, Organisation.url)
        statement = statement.where(or_(*(cast(each, Text).icontains(search, autoescape=True) for each in places)))
    if kind in set(DesignationKind):
        statement = statement.where(_has_label(Designation.kind == kind))
    if kind == "none":
        statement = statement.where(~_has_label())
    if what in set(OrganisationKind):
        statement = statement.where(Organisation.kind == what)
    if age == "old":
        statement = statement.where(_has_label(Designation.checked_on < today - REGISTER_AGE))
    oldest = (
        select(func.min(Designation.checked_on))
        .where(Designation.organisation_id == Organisation.id, Designation.ended_on.is_(None))
        .scalar_subquery()
    )
    name = func.lower(Organisation.names["en"].astext)
    orders = {
        "name": name.asc(), "-name": name.desc(), "checked": oldest.asc().nulls_last(),
        "-checked": oldest.desc().nulls_last(),
    }  # fmt: skip
    return statement.order_by(orders.get(sort, orders["checked"]), name, Organisation.id)


def _has_label(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    current = select(Designation.id).where(
        Designation.organisation_id == Organisation.id, Designation.ended_on.is_(None), *conditions
    )
    return current.exists()


def find_waiting_proposal(organisation_id: uuid.UUID) -> Proposal | None:
    """The change of an entry that waits for a second person; None where none does."""
    return session.scalar(
        select(Proposal).where(Proposal.organisation_id == organisation_id, Proposal.state == ProposalState.WAITING)
    )


def get_proposal(proposal_id: uuid.UUID) -> Proposal:
    """One proposal in any state; raises NotFound."""
    proposal = session.get(Proposal, proposal_id)
    if proposal is None:
        raise NotFound
    return proposal


def list_waiting_proposals() -> Sequence[Proposal]:
    """Every change that waits for a second person, the oldest first."""
    waiting = select(Proposal).where(Proposal.state == ProposalState.WAITING)
    return session.scalars(waiting.order_by(Proposal.asked_at)).all()


def list_proposals(organisation_id: uuid.UUID) -> Sequence[Proposal]:
    """What was proposed of an entry and what became of it, newest first."""
    statement = select(Proposal).where(Proposal.organisation_id == organisation_id)
    return session.scalars(statement.order_by(Proposal.asked_at.desc())).all()
