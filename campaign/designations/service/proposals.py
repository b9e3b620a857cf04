"""Changes of the register: one person proposes, another approves (SAFETY.md 13), and what stood there is kept."""

import secrets
import uuid
from collections.abc import Iterable, Sequence

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from campaign.designations.models import Designation, Organisation, Proposal, ProposalState
from campaign.designations.queries import find_waiting_proposal
from campaign.designations.service.entries import (
    DesignationDraft,
    OrganisationDraft,
    Values,
    put_designation,
    put_organisation,
    stored_designation,
    stored_organisation,
    values_of_designation,
    values_of_organisation,
)
from campaign.designations.service.gate import forget_gate, touch_register
from campaign.kernel import audit, clock
from campaign.kernel.db import after_commit, session
from campaign.kernel.errors import N_, Conflict, DomainError, NotFound
from campaign.kernel.slugs import slug_from

LONGEST_SLUG = 60
ORGANISATION, LABEL = "organisation", "label"


class NothingChanged(DomainError):
    """It says that already."""


class NeedsReason(DomainError):
    """Why is for the second person and the history."""


class NeedsSecondPerson(DomainError):
    """Who proposed a change does not approve it."""


def propose_entry(
    organisation: OrganisationDraft, label: DesignationDraft | None, *, reason: str, actor: uuid.UUID
) -> Proposal:
    """Propose an organisation that the register lacks, with its first label. Raises BadEntry, NeedsReason."""
    after = _prefixed(ORGANISATION, values_of_organisation(organisation))
    if label is not None:
        after |= _prefixed(LABEL, values_of_designation(label))
    title = str(after[f"{ORGANISATION}.names.en"])
    return _ask(uuid.uuid4(), uuid.uuid4() if label else None, title, {}, after, reason, actor)


def propose_organisation(
    organisation: Organisation, draft: OrganisationDraft, *, reason: str, actor: uuid.UUID
) -> Proposal:
    """Propose to change what is said of an organisation. Raises BadEntry, NeedsReason, NothingChanged, Conflict."""
    before = _prefixed(ORGANISATION, stored_organisation(organisation))
    after = _prefixed(ORGANISATION, values_of_organisation(draft))
    return _ask(organisation.id, None, organisation.name_in("en"), before, after, reason, actor)


def propose_label(
    organisation: Organisation, known: Designation | None, draft: DesignationDraft, *, reason: str, actor: uuid.UUID
) -> Proposal:
    """Propose another label, or to change or end one. Raises BadEntry, NeedsReason, NothingChanged, Conflict."""
    before = _prefixed(LABEL, stored_designation(known)) if known is not None else {}
    after = _prefixed(LABEL, values_of_designation(draft))
    label_id = known.id if known is not None else uuid.uuid4()
    return _ask(organisation.id, label_id, organisation.name_in("en"), before, after, reason, actor)


def approve_proposal(proposal_id: uuid.UUID, *, actor: uuid.UUID, remark: str = "") -> Proposal:
    """Make a change exactly as it was proposed. Raises NotFound, NeedsSecondPerson, and Conflict where somebody has
    decided already or the entry reads differently from what the proposal compares with."""
    proposal = _lock(proposal_id)
    if actor == proposal.asked_by:
        raise NeedsSecondPerson(N_("Whoever proposed a change does not approve it. Somebody else has to."))
    organisation = _apply_organisation(proposal)
    if proposal.designation_id is not None:
        _apply_label(proposal, organisation)
    _decide(proposal, ProposalState.APPROVED, actor, remark)
    touch_register()
    after_commit(forget_gate)
    return proposal


def refuse_proposal(proposal_id: uuid.UUID, *, actor: uuid.UUID, remark: str = "") -> Proposal:
    """End a proposal without a change. Who proposed it takes it back without a word; others say why (NeedsReason)."""
    proposal = _lock(proposal_id)
    is_own = actor == proposal.asked_by
    if not is_own and not remark.strip():
        raise NeedsReason(N_("Say why not, so that who proposed it knows."))
    _decide(proposal, ProposalState.WITHDRAWN if is_own else ProposalState.REFUSED, actor, remark)
    return proposal


def check_labels(label_ids: Iterable[uuid.UUID], *, actor: uuid.UUID) -> int:
    """Note that these labels were looked up today and hold; gives how many. Audited one by one."""
    today, ids = clock.today(), sorted(set(label_ids))
    found: Sequence[uuid.UUID] = session.scalars(
        update(Designation)
        .where(Designation.id.in_(ids), Designation.ended_on.is_(None))
        .values(checked_on=today, checked_by=actor)
        .returning(Designation.id)
    ).all()
    for each in found:
        audit.record("designation.checked", actor=actor, about=f"designation:{each}")
    return len(found)


def _ask(
    organisation_id: uuid.UUID, label_id: uuid.UUID | None, title: str, before: Values, after: Values, reason: str,
    actor: uuid.UUID,
) -> Proposal:  # fmt: skip
    if not reason.strip():
        raise NeedsReason(N_("Say why, so that the second person knows."))
    if before == after:
        raise NothingChanged(N_("The register says this already."))
    if find_waiting_proposal(organisation_id) is not None:
        raise Conflict(N_("Another change of this entry waits for a second person. Decide on that one first."))
    proposal = Proposal(
        id=uuid.uuid4(), organisation_id=organisation_id, designation_id=label_id, title=title, before=before,
        after=after, reason=reason.strip(), state=ProposalState.WAITING, asked_by=actor, asked_at=clock.now(),
    )  # fmt: skip
    session.add(proposal)
    try:
        session.flush()
    except IntegrityError as problem:
        raise Conflict(N_("Somebody else proposed a change of this entry at the same moment.")) from problem
    audit.record("designation.proposed", actor=actor, about=f"organisation:{organisation_id}")
    return proposal


def _lock(proposal_id: uuid.UUID) -> Proposal:
    proposal = session.scalar(select(Proposal).where(Proposal.id == proposal_id).with_for_update())
    if proposal is None:
        raise NotFound
    if proposal.state != ProposalState.WAITING:
        raise Conflict(N_("Someone has decided on this already."))
    return proposal


def _apply_organisation(proposal: Proposal) -> Organisation:
    organisation = session.get(Organisation, proposal.organisation_id, with_for_update=True)
    values = _without_prefix(ORGANISATION, proposal.after)
    if organisation is None:
        if not values:
            raise Conflict(N_("This entry is no longer in the register."))
        organisation = Organisation(id=proposal.organisation_id, slug=_free_slug(values["names.en"]))
        put_organisation(organisation, values)
        session.add(organisation)
        session.flush()
    elif values:
        _check_same(stored_organisation(organisation), _without_prefix(ORGANISATION, proposal.before))
        put_organisation(organisation, values)
    return organisation


def _apply_label(proposal: Proposal, organisation: Organisation) -> None:
    label = session.get(Designation, proposal.designation_id, with_for_update=True)
    values, before = _without_prefix(LABEL, proposal.after), _without_prefix(LABEL, proposal.before)
    if label is None:
        slug = f"{organisation.slug}-{values['kind'].replace('_', '-')}-{values['since_on'][:4]}-{secrets.token_hex(3)}"
        label = Designation(id=proposal.designation_id, slug=slug, organisation_id=organisation.id)
        session.add(label)
    else:
        _check_same(stored_designation(label), before)
    put_designation(label, values, checked_on=proposal.asked_at.date(), checked_by=proposal.asked_by)
    session.flush()


def _check_same(stored: Values, before: Values) -> None:
    if stored != before:
        raise Conflict(N_("The entry changed meanwhile. Refuse this proposal, and propose it anew."))


def _decide(proposal: Proposal, state: ProposalState, actor: uuid.UUID, remark: str) -> None:
    proposal.state, proposal.decided_by, proposal.decided_at = state, actor, clock.now()
    proposal.remark = remark.strip()
    session.flush()
    audit.record(
        f"designation.{state.value}", actor=actor, about=f"organisation:{proposal.organisation_id}", reason=remark
    )  # fmt: skip


def _free_slug(name: str) -> str:
    wanted = slug_from(name, LONGEST_SLUG) or "organisation"
    taken = session.scalar(select(Organisation.id).where(Organisation.slug == wanted))
    return f"{wanted}-{secrets.token_hex(3)}" if taken else wanted


def _prefixed(prefix: str, values: Values) -> Values:
    return {f"{prefix}.{name}": value for name, value in values.items()}


def _without_prefix(prefix: str, values: Values) -> Values:
    begin = f"{prefix}."
    return {name.removeprefix(begin): value for name, value in values.items() if name.startswith(begin)}
