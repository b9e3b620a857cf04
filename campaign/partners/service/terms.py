"""Naming partners of a petition: what one person proposes, another approves, with the key compared out of band."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import delete, func, select

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError, Forbidden
from campaign.partners.models import LAST_POSITION, MOST_PARTNERS, Partner, PartnerOptin, PartnerTerms, TermsState
from campaign.partners.queries import in_the_house
from campaign.partners.service.keys import read_recipient
from campaign.petitions.models import Petition, PetitionState

OFFERED_UNTIL = frozenset({PetitionState.DRAFT, PetitionState.REVIEW, PetitionState.OPEN, PetitionState.PAUSED})


class NotPossible(DomainError):
    """Not for this petition, or not now."""


class KeyOfAnother(DomainError):
    """The key belongs to another organisation, which could read what is meant for this one."""


@dataclass(frozen=True, slots=True)
class TermsDraft:
    """What somebody proposes: the consent by language, and the organisation's public key as it was typed."""

    sentences: Mapping[str, str]
    recipient: str


def add_partner(petition: Petition, organisation: uuid.UUID, draft: TermsDraft, *, actor: uuid.UUID) -> Partner:
    """Propose an organisation as a partner; nobody is offered it before a second person approves.

    Raises NotPossible for a petition that has ended, one partner twice or too many; BadKey, KeyOfAnother.
    """
    if petition.state not in OFFERED_UNTIL:
        raise NotPossible(N_("This petition has ended: nobody signs it any more, so nothing can be passed on."))
    session.execute(select(Petition.id).where(Petition.id == petition.id).with_for_update())
    standing = select(Partner).where(Partner.petition_id == petition.id, Partner.ended_on.is_(None))
    known = session.scalars(standing).all()
    if any(each.organisation_id == organisation for each in known):
        raise NotPossible(N_("This organisation is named here already. Change its key or its words on its own page."))
    if len(known) >= MOST_PARTNERS:
        raise NotPossible(N_("A petition has eight partners at most: nobody reads more boxes than that."))
    last = session.scalar(select(func.max(Partner.position)).where(Partner.petition_id == petition.id)) or 0
    partner = Partner(
        id=uuid.uuid4(), petition_id=petition.id, organisation_id=organisation, position=min(last + 1, LAST_POSITION)
    )
    session.add(partner)
    session.flush()
    propose_terms(partner, draft, actor=actor)
    return partner


def propose_terms(partner: Partner, draft: TermsDraft, *, actor: uuid.UUID) -> PartnerTerms:
    """Propose other words or another key; what is current stays until a second person approves.

    Raises Conflict while a proposal waits, NotPossible for a partner that was ended or when nothing is different,
    BadKey, KeyOfAnother.
    """
    locked = _locked(partner)
    if locked.ended_on is not None:
        raise NotPossible(N_("This partner was ended. What signers were promised ended with it."))
    if locked.waiting is not None:
        raise Conflict(N_("A change waits for a second person already. Decide on that one first."))
    recipient = read_recipient(draft.recipient)
    _check_owner(locked, recipient)
    sentences = {language: words for language, words in draft.sentences.items() if words}
    current = locked.current
    if current is not None and (current.sentences, current.recipient) == (sentences, recipient):
        raise NotPossible(N_("Nothing is different from what stands there."))
    terms = PartnerTerms(
        partner_id=locked.id, number=max((each.number for each in locked.terms), default=0) + 1, sentences=sentences,
        recipient=recipient, state=TermsState.WAITING, asked_by=actor, asked_at=clock.now(),
    )  # fmt: skip
    locked.terms.append(terms)
    session.flush()
    _note("proposed", locked, actor)
    return terms


def approve_terms(partner: Partner, number: int, *, compared: bool, actor: uuid.UUID) -> None:
    """Make proposed terms the current ones. `compared`: the fingerprint was compared with the organisation itself.

    Raises Forbidden for who proposed them, Conflict when they were decided, NotPossible without the comparison.
    """
    locked = _locked(partner)
    terms = _to_decide(locked, number)
    if terms.asked_by == actor:
        raise Forbidden(N_("Who proposes a key does not approve it. A second person must."))
    if locked.ended_on is not None:
        raise NotPossible(N_("This partner was ended. What signers were promised ended with it."))
    if not compared:
        raise NotPossible(
            N_("Compare the fingerprint with the organisation first, by voice or in person, and say that you did.")
        )
    # Again: the same key may have become another's since it was proposed.
    _check_owner(locked, terms.recipient)
    current = locked.current
    if current is not None:
        current.state = TermsState.PAST
        session.flush()
    terms.state, terms.decided_by, terms.decided_at = TermsState.CURRENT, actor, clock.now()
    session.flush()
    _note("approved", locked, actor)


def refuse_terms(partner: Partner, number: int, *, actor: uuid.UUID) -> None:
    """Put a proposal away; whoever proposed it takes it back. Raises Conflict when it was decided."""
    locked = _locked(partner)
    terms = _to_decide(locked, number)
    own = terms.asked_by == actor
    terms.state = TermsState.WITHDRAWN if own else TermsState.REFUSED
    terms.decided_by, terms.decided_at = actor, clock.now()
    session.flush()
    _note("taken-back" if own else "refused", locked, actor)


def end_partner(partner: Partner, *, actor: uuid.UUID) -> int:
    """Offer it no more, and delete what has not left yet; gives how many opt-ins that were. Safe to repeat.

    One person is enough, since it only keeps things from leaving: a key may have been lost this very minute.
    """
    locked = _locked(partner)
    if locked.ended_on is not None:
        return 0
    locked.ended_on = clock.today()
    waiting = locked.waiting
    if waiting is not None:
        waiting.state, waiting.decided_by, waiting.decided_at = TermsState.WITHDRAWN, actor, clock.now()
    gone = session.execute(
        delete(PartnerOptin).where(PartnerOptin.partner_id == locked.id, in_the_house()).returning(PartnerOptin.id)
    ).all()
    session.flush()
    _note("ended", locked, actor, amount=len(gone))
    return len(gone)


def move_up(partner: Partner) -> None:
    """Let it stand one place further up in the sign form; the first stays where it is."""
    session.execute(select(Petition.id).where(Petition.id == partner.petition_id).with_for_update())
    statement = select(Partner).where(Partner.petition_id == partner.petition_id).order_by(Partner.position, Partner.id)
    order = list(session.scalars(statement.execution_options(populate_existing=True)))
    place = next(number for number, each in enumerate(order) if each.id == partner.id)
    if place:
        order[place - 1], order[place] = order[place], order[place - 1]
    for number, each in enumerate(order, 1):
        each.position = number
    session.flush()


def _locked(partner: Partner) -> Partner:
    statement = select(Partner).where(Partner.id == partner.id).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).one()


def _to_decide(partner: Partner, number: int) -> PartnerTerms:
    terms = partner.waiting
    if terms is None or terms.number != number:
        raise Conflict(N_("Somebody else has decided on this change already. Look at it again."))
    return terms


def _check_owner(partner: Partner, recipient: str) -> None:
    """One key, one organisation: two that share one could read each other's opt-ins."""
    others = select(PartnerTerms.number).join(Partner).where(
        PartnerTerms.recipient == recipient,
        PartnerTerms.state.in_((TermsState.CURRENT, TermsState.PAST, TermsState.WAITING)),
        Partner.organisation_id != partner.organisation_id,
    )  # fmt: skip
    if session.scalar(others.limit(1)) is not None:
        raise KeyOfAnother(N_("Another organisation has this key. Each needs its own, or it could read the other's."))


def _note(what: str, partner: Partner, actor: uuid.UUID, *, amount: int = 1) -> None:
    audit.record(f"partner.{what}", actor=actor, about=f"partner:{partner.id}", amount=amount)
