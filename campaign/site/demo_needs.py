"""Needs of the demo, each at another point of its way, and slots for parcels: of made-up people alone."""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import select

from campaign.accounts.queries import find_account_by_name
from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.money import Money
from campaign.needs.models import (
    CheckedBy,
    Conditions,
    Need,
    NeedCategory,
    NeedSource,
    NeedState,
    NeedVisibility,
    ParcelKind,
    ParcelRegime,
    PayeeKind,
    Urgency,
)
from campaign.needs.queries.parcels import parcels_of
from campaign.needs.service import fulfilment, needs, parcels
from campaign.needs.service.needs import NeedDraft
from campaign.prisoners.models import ConsentEvidence, ConsentGiver, ConsentKind, Prisoner, PrisonerState, Publicity
from campaign.prisoners.service.consent import ConsentDraft, record_consent

_S, _C, _P = NeedState, NeedCategory, PayeeKind
AGREEING = 3
"""The first of the people agreed to a fund, so the public sees some of what they need."""


class Wish(NamedTuple):
    """One need of the demo."""

    category: NeedCategory
    amount: int | None
    words: str
    state: NeedState
    urgency: Urgency = Urgency.SOON
    source: NeedSource = NeedSource.RELATIVE
    payees: tuple[PayeeKind, ...] = (_P.RELATIVE,)
    is_shown: bool = False


WISHES = (
    Wish(_C.LAWYER, 270_000, "The appeal is heard in six weeks; the lawyer asks for three sittings.", _S.APPROVED,
         Urgency.URGENT, NeedSource.LAWYER, (_P.LAWYER, _P.RELATIVE), is_shown=True),
    Wish(_C.PARCELS, 12_400, "Warm socks, soap, tea, dried fruit. No tins.", _S.APPROVED, source=NeedSource.LETTER,
         payees=(_P.VENDOR, _P.RELATIVE), is_shown=True),
    Wish(_C.TRAVEL, 28_000, "A visit in spring: two nights and the train for the mother and a child.", _S.APPROVED,
         is_shown=True),
    Wish(_C.MEDICINE, 4_500, "Drops for the eyes, as the doctor of the place wrote them down.", _S.REPORTED,
         Urgency.URGENT, NeedSource.LETTER),
    Wish(_C.LIVING, 40_000, "Rent of two months; the flat must not be lost.", _S.VERIFIED),
    Wish(_C.SHOP, 5_000, "For the shop of the colony, until the parcel arrives.", _S.REPORTED,
         payees=(_P.FACILITY_ACCOUNT,)),
    Wish(_C.OTHER, None, "A pair of glasses, minus three; an old frame will do.", _S.APPROVED, Urgency.CAN_WAIT,
         NeedSource.LETTER, ()),
    Wish(_C.LETTERS, 2_000, "Stamps and paper, so that answers can be written.", _S.FULFILLED, Urgency.CAN_WAIT),
    Wish(_C.LOCATING, 15_000, "Nobody knows where they were taken; a lawyer goes to look.", _S.FULFILLED,
         Urgency.URGENT, NeedSource.RELATIVE, (_P.LAWYER,)),
    Wish(_C.FINES, 30_000, "A fine that the family was told to pay within a month.", _S.DECLINED),
    Wish(_C.RELEASE, 12_000, "A coat, a telephone and the way home on the day of release.", _S.VERIFIED,
         Urgency.CAN_WAIT),
    Wish(_C.LAWYER, 60_000, "Cassation: the papers are due soon.", _S.REPORTED, source=NeedSource.LAWYER,
         payees=(_P.LAWYER,)),
    Wish(_C.LIVING, 30_000, "The rent of a month, until the mother is back at work.", _S.APPROVED, is_shown=True),
    Wish(_C.PARCELS, 8_700, "A blanket and a water heater, as the rules of the place allow.", _S.APPROVED,
         source=NeedSource.LETTER, payees=(_P.VENDOR,), is_shown=True),
    Wish(_C.TRAVEL, 9_000, "The bus to the visit of a day, for a father who is old.", _S.IN_FULFILMENT),
)  # fmt: skip


def make_needs() -> None:
    """Make them in the open transaction, by the demo accounts."""
    first, second, third = (_account(name) for name in ("coordinator-1", "coordinator-2", "organiser-1"))
    people = people_in_need()
    for prisoner in people[:AGREEING]:
        given = ConsentDraft(ConsentKind.FUND, ConsentGiver.RELATIVE, clock.today(), ConsentEvidence.CALL)
        record_consent(prisoner, given, actor=first)
    for number, wish in enumerate(WISHES):
        need = _report(people[number % len(people)].id, wish, first)
        _carry(need, wish.state, second, third)
    _keep_slots(people, first)


def _report(prisoner: uuid.UUID, wish: Wish, actor: uuid.UUID) -> Need:
    draft = NeedDraft(
        wish.category, Money(wish.amount, "EUR") if wish.amount is not None else None,
        clock.today() + timedelta(days=75), is_in_kind=wish.amount is None, urgency=wish.urgency, source=wish.source,
        visibility=NeedVisibility.AMOUNT if wish.is_shown else NeedVisibility.HIDDEN, payees=wish.payees,
        words=wish.words,
    )  # fmt: skip
    return needs.report(prisoner, draft, actor=actor, is_demo=True)


def _carry(need: Need, state: NeedState, second: uuid.UUID, third: uuid.UUID) -> None:
    """Take it as far as it is to come."""
    if state == _S.REPORTED:
        return
    if state == _S.DECLINED:
        needs.decline(need.id, "Paid by others meanwhile.", seen_version=need.version, actor=second)
        return
    needs.verify(need.id, CheckedBy.RELATIVE, "As they said.", seen_version=need.version, actor=second)
    needs.verify(need.id, CheckedBy.DOCUMENT, seen_version=need.version, actor=third)
    if state in {_S.APPROVED, _S.IN_FULFILMENT, _S.FULFILLED}:
        needs.approve(need.id, seen_version=need.version, actor=third)
    if state in {_S.IN_FULFILMENT, _S.FULFILLED}:
        fulfilment.begin_fulfilment(need.id, actor=second)
    if state == _S.FULFILLED:
        fulfilment.fulfil(need.id, actor=second)


def _keep_slots(people: Sequence[Prisoner], actor: uuid.UUID) -> None:
    """A few promised and sent, wherever the regime is known; for one the rule is noted by hand."""
    parcels.note_standing(people[1].id, Conditions.LIGHTER, ParcelRegime.GENERAL, actor=actor)
    for number, prisoner in enumerate(people):
        now = parcels_of(prisoner.id)
        if now.quota is None or now.is_free:
            continue
        kind = now.quota.kinds[0]
        for _each in range(1 + number % 2):
            slot = parcels.reserve(
                prisoner.id, kind, actor=actor, kilograms=8 if kind is ParcelKind.WEIGHT else None, is_demo=True
            )
        if number % 3 == 0:
            parcels.use(prisoner.id, slot.id, actor=actor)


def people_in_need() -> Sequence[Prisoner]:
    """Twelve of the made-up ones who have a page and are held, always the same; the founding cases are real people, and
    each of them is a public figure."""
    mine = select(Prisoner).where(
        Prisoner.is_demo, ~Prisoner.is_public_figure, Prisoner.state == PrisonerState.PUBLISHED,
        Prisoner.publicity == Publicity.PUBLIC,
    )  # fmt: skip
    found = session.scalars(mine.order_by(Prisoner.number).limit(60)).all()
    held = [each for each in found if parcels_of(each.id).regime is not None and not parcels_of(each.id).is_free]
    return held[:12]


def _account(name: str) -> uuid.UUID:
    found = find_account_by_name(name)
    if found is None:
        raise LookupError(name)
    return found.id
