"""Making and changing a fund, and its way from a draft to its end."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from campaign.funds.models import (
    LONGEST_ABOUT,
    LONGEST_SUMMARY,
    LONGEST_TITLE,
    POSTABLE,
    AccountKind,
    Fund,
    FundEvent,
    FundGiving,
    FundKind,
    FundState,
    GivingState,
    Memo,
    PublicLevel,
    Residual,
)
from campaign.funds.queries.balances import balances_at
from campaign.funds.queries.funds import find_general
from campaign.funds.service import ledger
from campaign.funds.service.account_numbers import has_account_number
from campaign.funds.service.ledger import Line, Source, transfer_lines
from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError, Forbidden, NotFound
from campaign.kernel.money import BadAmount, Money
from campaign.kernel.registry_money import FundHold, fund_holds
from campaign.kernel.slugs import slug_from
from campaign.kernel.text import one_line
from campaign.kernel.versions import check_version
from campaign.prisoners.queries import get_public_prisoner

_S = FundState
RESERVED = frozenset({"report"})
"""Addresses below /funds that are no fund's."""
MOVES: Mapping[FundState, frozenset[FundState]] = {
    _S.DRAFT: frozenset({_S.REVIEW}),
    _S.REVIEW: frozenset({_S.DRAFT, _S.OPEN}),
    _S.OPEN: frozenset({_S.PAUSED, _S.CLOSING}),
    _S.PAUSED: frozenset({_S.OPEN, _S.CLOSING, _S.REVIEW}),
    _S.CLOSING: frozenset({_S.CLOSED}),
    _S.CLOSED: frozenset({_S.CLOSING}),
}
SECOND_PERSON = frozenset({(_S.REVIEW, _S.OPEN), (_S.CLOSING, _S.CLOSED)})
"""Moves that whoever asked for them does not make."""
PAUSE_IT = N_("A second person opened this fund as it is. Pause it and hand it in again; then it can be changed.")
NEUTRAL = {
    "en": "A fund, no longer public",
    "ru": "Фонд, больше не публичный",
    "de": "Ein Fonds, nicht mehr öffentlich",
}
"""What a fund is called that must name nobody any more."""
_LEVELS = tuple(PublicLevel)
"""From what shows least to what shows most."""
OF_SOMEBODY = frozenset({FundKind.PRISONER, FundKind.FAMILY})


class BadFund(DomainError):
    """Something about the fund cannot be so."""


class NotThatState(Conflict):
    """The fund is in another state by now."""


@dataclass(frozen=True, slots=True)
class FundDraft:
    """What staff write of a fund. Texts by language; a goal in minor units of the currency."""

    kind: FundKind
    currency: str
    public_level: PublicLevel
    titles: Mapping[str, str]
    summaries: Mapping[str, str]
    abouts: Mapping[str, str]
    goal: int | None = None
    prisoner: str = ""
    """The slug of the public page of whoever it is for."""


def create_fund(draft: FundDraft, *, actor: uuid.UUID | None, is_demo: bool = False) -> Fund:
    """Make a draft. Raises BadFund."""
    made = Fund(id=uuid.uuid4(), created_by=actor, created_on=clock.today(), is_demo=is_demo, state=_S.DRAFT)
    _fill_in(made, draft)
    made.slug = _free_slug(made.titles["en"])
    session.add(made)
    session.flush()
    _note(made, was="", actor=actor)
    audit.record("fund.create", actor=actor, about=f"fund:{made.id}")
    return made


def edit_fund(fund_id: uuid.UUID, draft: FundDraft, *, seen_version: int, actor: uuid.UUID) -> Fund:
    """Change what it says. One that waits for its review goes back to being a draft, since it was another that was
    handed in. Once a second person has opened it, nothing changes but that less is shown: for all else it rests and is
    handed in again. Kind and currency stay. Raises NotFound, Conflict, NotThatState, BadFund."""
    found = lock_fund(fund_id)
    check_version(found.version, seen_version)
    if found.state == _S.CLOSED:
        raise NotThatState(N_("This fund is closed. Nothing was changed."))
    if (found.kind, found.currency) != (draft.kind, draft.currency) and _was_open(fund_id):
        raise BadFund(N_("Kind and currency stay as they are once a fund was opened."))
    was, before = found.state, _said(found)
    _fill_in(found, draft)
    _check_link(before, found)
    if was in POSTABLE:
        _check_only_less(before, found)
    if before.prisoner_id not in {None, found.prisoner_id}:
        _forget_giving(found)
        found.slug = f"fund-{found.number}"
    if was == _S.REVIEW:
        found.state, found.submitted_by = _S.DRAFT, None
    session.flush()
    if found.state != was:
        _note(found, was=was, actor=actor)
    audit.record("fund.edit", actor=actor, about=f"fund:{fund_id}", reason=found.public_level)
    return found


def move_fund(
    fund_id: uuid.UUID, to: FundState, *, seen_version: int, actor: uuid.UUID, residual: Residual | None = None,
    residual_fund_id: uuid.UUID | None = None,
) -> Fund:  # fmt: skip
    """Take it to its next state. Opening and the end take a second person, who decides on what they saw; closing takes
    a rule for what is left, and the end moves what is left by that rule. One that has ended is taken up again where
    something late is to be entered for it: it comes to its end anew, by the same rule. Raises NotFound,
    NotThatState, Conflict, Forbidden, BadFund."""
    found = lock_fund(fund_id)
    was = FundState(found.state)
    if to not in MOVES[was]:
        raise NotThatState(N_("Somebody else has changed the fund a moment ago. Nothing was done twice."))
    check_version(found.version, seen_version)
    if (was, to) in SECOND_PERSON and found.submitted_by == actor:
        raise Forbidden(N_("Who asked for this step does not take it. A second person must."))
    if was == _S.CLOSED:
        _check_one_general(found)
        found.closed_on = None
    elif to == _S.CLOSING:
        _set_rule(found, residual, residual_fund_id)
    if to == _S.CLOSED:
        if holds_of(fund_id):
            raise BadFund(N_("Something still needs this fund; it is listed below. See to that first."))
        _pass_on_rest(found, actor)
        found.closed_on = clock.today()
    if to in {_S.REVIEW, _S.CLOSING}:
        found.submitted_by = actor
    found.state = to
    session.flush()
    _note(found, was=was, actor=actor)
    audit.record("fund.move", actor=actor, about=f"fund:{fund_id}", reason=f"{was} > {to}")
    return found


def holds_of(fund_id: uuid.UUID) -> Sequence[FundHold]:
    """What still needs the fund and could not be entered any more once it is closed."""
    return [each for list_holds in fund_holds for each in list_holds(fund_id) if each.count]


def lock_fund(fund_id: uuid.UUID) -> Fund:
    """The fund under the lock of its row. Raises NotFound."""
    found = session.scalar(
        select(Fund).where(Fund.id == fund_id).with_for_update().execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


def take_off_page(prisoner_id: uuid.UUID, actor: uuid.UUID | None) -> int:
    """Their page is gone: their funds are hidden with it, and nothing says any more whose they are, since nobody could
    find them later to erase it; gives how many."""
    found = session.scalars(select(Fund).where(Fund.prisoner_id == prisoner_id).order_by(Fund.id).with_for_update())
    funds = found.all()
    for each in funds:
        _make_neutral(each)
        audit.record("fund.hide", actor=actor, about=f"fund:{each.id}")
    session.flush()
    return len(funds)


def forget_person(prisoner_id: uuid.UUID) -> int:
    """Take out of their funds whatever may name them; the figures stay, by number."""
    funds = session.scalars(
        select(Fund).where(Fund.prisoner_id == prisoner_id).order_by(Fund.id).with_for_update()
    ).all()
    for each in funds:
        _make_neutral(each)
    session.flush()
    return len(funds)


@dataclass(frozen=True, slots=True)
class _Said:
    """What a fund says before the public."""

    level: str
    goal: int | None
    prisoner_id: uuid.UUID | None
    texts: tuple[Mapping[str, str], ...]


def _said(found: Fund) -> _Said:
    texts = tuple(dict(each) for each in (found.titles, found.summaries, found.abouts))
    return _Said(found.public_level, found.goal, found.prisoner_id, texts)


def _check_link(before: _Said, found: Fund) -> None:
    """Without the link nobody finds the fund to erase its person, so no text may stay that was written of them."""
    if before.prisoner_id in {None, found.prisoner_id}:
        return
    kept = {text for each in before.texts for text in each.values()}
    if kept & {text for each in _said(found).texts for text in each.values()}:
        raise BadFund(
            N_("Where a fund does not say any more whose it is, every text has to be another one that names nobody.")
        )


def _check_only_less(before: _Said, found: Fund) -> None:
    now = _said(found)
    if _LEVELS.index(now.level) > _LEVELS.index(before.level):
        raise BadFund(PAUSE_IT)
    # What is hidden can be written anew: nothing of it is shown before a second person has opened it again.
    is_hiding = before.prisoner_id is not None and now.level == PublicLevel.HIDDEN
    if not is_hiding and (before.goal, before.prisoner_id, before.texts) != (now.goal, now.prisoner_id, now.texts):
        raise BadFund(PAUSE_IT)


def _was_open(fund_id: uuid.UUID) -> bool:
    return _state_of(fund_id) in POSTABLE or bool(
        session.scalar(select(func.count()).where(FundEvent.fund_id == fund_id, FundEvent.now == _S.OPEN))
    )


def _make_neutral(found: Fund) -> None:
    """Hide it, with nothing left that may name whoever it was for."""
    found.prisoner_id, found.public_level, found.slug = None, PublicLevel.HIDDEN, f"fund-{found.number}"
    found.titles, found.summaries, found.abouts = dict(NEUTRAL), {}, {}
    _forget_giving(found)


def _forget_giving(found: Fund) -> None:
    """Empty all that was ever written about where to give, and end what is shown or waits."""
    for each in session.scalars(select(FundGiving).where(FundGiving.fund_id == found.id).with_for_update()):
        if each.state == GivingState.WAITING:
            each.state, each.decided_on = GivingState.WITHDRAWN, clock.today()
        elif each.state == GivingState.RELEASED:
            each.state, each.ended_on = GivingState.WITHDRAWN, clock.today()
        each.texts = {}


def _fill_in(found: Fund, draft: FundDraft) -> None:
    found.titles = _texts(draft.titles, LONGEST_TITLE)
    if not found.titles.get("en"):
        raise BadFund(N_("The fund needs a title in English; other languages can follow."))
    found.summaries = _texts(draft.summaries, LONGEST_SUMMARY)
    found.abouts = {code: text.strip()[:LONGEST_ABOUT] for code, text in draft.abouts.items() if text.strip()}
    if has_account_number([*found.titles.values(), *found.summaries.values(), *found.abouts.values()]):
        raise BadFund(
            N_(
                "There is the number of an account, a card or a wallet in these texts. It belongs to where to give,"
                " which two persons look at and which is told outside Russia alone."
            )
        )
    try:
        goal = None if draft.goal is None else Money(draft.goal, draft.currency)
        Money(0, draft.currency)
    except BadAmount as problem:
        raise BadFund(problem.message) from problem
    if goal is not None and goal.minor <= 0:
        raise BadFund(N_("A goal is an amount above zero. Leave it empty where there is none."))
    found.kind, found.currency, found.public_level = draft.kind, draft.currency, draft.public_level
    found.goal, found.prisoner_id = draft.goal, _prisoner_of(draft)
    _check_one_general(found)


def _texts(typed: Mapping[str, str], longest: int) -> dict[str, str]:
    lines = {code: one_line(text, longest) for code, text in typed.items()}
    return {code: text for code, text in lines.items() if text}


def _prisoner_of(draft: FundDraft) -> uuid.UUID | None:
    """Whose fund it is stands in clear only where everybody may know: a public page, and a fund that is shown."""
    if not draft.prisoner:
        return None
    if draft.kind not in OF_SOMEBODY or draft.public_level == PublicLevel.HIDDEN:
        raise BadFund(N_("Only a public fund for a person or a family says whose it is."))
    try:
        return get_public_prisoner(draft.prisoner).id
    except NotFound:
        raise BadFund(N_("There is no public page of that address. Only somebody with one can be named.")) from None


def _check_one_general(found: Fund) -> None:
    general = find_general() if found.kind == FundKind.GENERAL else None
    if general is not None and general.id != found.id:
        raise BadFund(N_("There is a general fund already. One is enough."))


def _free_slug(title: str) -> str:
    base = slug_from(title, 60) or "fund"
    taken = RESERVED | set(session.scalars(select(Fund.slug).where(Fund.slug.startswith(base, autoescape=True))))
    return next(each for each in (base, *(f"{base}-{number}" for number in range(2, 10**6))) if each not in taken)


def _set_rule(found: Fund, residual: Residual | None, target: uuid.UUID | None) -> None:
    if residual is None:
        raise BadFund(N_("Say first where goes what is left."))
    if residual == Residual.GENERAL:
        target = None
        general = find_general()
        if general is None or general.id == found.id or general.state not in POSTABLE:
            raise BadFund(N_("There is no open general fund to take what is left. Choose a fund."))
    elif target is None or target == found.id or _state_of(target) not in POSTABLE - {_S.CLOSING}:
        raise BadFund(N_("Choose an open fund to take what is left."))
    found.residual, found.residual_fund_id = residual, target


def _state_of(fund_id: uuid.UUID) -> str | None:
    return session.scalar(select(Fund.state).where(Fund.id == fund_id))


def _pass_on_rest(found: Fund, actor: uuid.UUID) -> None:
    """Move everything that lies with us for this fund to the one its rule names, as one entry."""
    # Held to the commit, so that nothing is entered for it after its rest was counted: whoever posts waits for the row.
    ended = _times_ended(found.id)
    held = [
        each for each in balances_at(clock.today(), [found.id])
        if each.kind in {AccountKind.ASSETS, AccountKind.LIABILITIES}
    ]  # fmt: skip
    if not held:
        return
    # Once it had ended, what is missing comes from where its rest went: there is nothing else it could come from.
    if not ended and any(each.kind == AccountKind.ASSETS and each.money.minor < 0 for each in held):
        raise BadFund(N_("An account of this fund is below zero. Put that right first."))
    general = find_general()
    target = found.residual_fund_id or (general.id if general else None)
    if ended and general is not None and target is not None and _state_of(target) not in POSTABLE:
        target = general.id  # where its rest went has ended, too
    if target is None or target == found.id or _state_of(target) not in POSTABLE:
        raise BadFund(N_("The fund that was to take what is left takes nothing any more. Nothing was changed."))
    lines: list[Line] = []
    for each in held:
        lines += transfer_lines(each.account, found.id, target, each.money)
    # Once for each end; the state of the fund, under its lock, sees to it that each comes once.
    source = Source("fund_closing", uuid.uuid5(found.id, str(ended)) if ended else found.id)
    ledger.post(lines, memo=Memo.LEFT_OVER, happened_on=clock.today(), actor=actor, source=source)


def _times_ended(fund_id: uuid.UUID) -> int:
    events = select(func.count()).where(FundEvent.fund_id == fund_id, FundEvent.now == _S.CLOSED)
    return session.scalar(events) or 0


def _note(found: Fund, *, was: str, actor: uuid.UUID | None) -> None:
    session.add(FundEvent(fund_id=found.id, was=was, now=found.state, actor_id=actor, happened_on=clock.today()))
    session.flush()


def count_of_person(prisoner_id: uuid.UUID) -> int:
    """How many funds say that they are theirs."""
    return session.scalar(select(func.count()).where(Fund.prisoner_id == prisoner_id)) or 0
