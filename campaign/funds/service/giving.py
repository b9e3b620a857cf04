"""Where to give: written by one person, released by another, and never for an organisation with a label."""

import uuid
from collections.abc import Iterable, Mapping

from sqlalchemy import select

from campaign.designations.service.gate import find_designated
from campaign.funds.models import LONGEST_GIVING, Fund, FundGiving, FundState, GivingState
from campaign.funds.queries.funds import find_released
from campaign.funds.service.funds import BadFund, NotThatState, lock_fund
from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Forbidden, NotFound

_S = GivingState


class NamesDesignated(BadFund):
    """The words name or lead to an organisation that carries a label."""

    def __init__(self) -> None:
        super().__init__(
            N_(
                "This names an organisation of the register of designations, or leads to it. Whoever gives to such"
                " an organisation can be prosecuted in Russia, so it is shown to nobody."
            )
        )


def propose_giving(fund_id: uuid.UUID, texts: Mapping[str, str], *, actor: uuid.UUID) -> FundGiving:
    """Write down where to give; a second person releases it. Raises NotFound, NotThatState, BadFund."""
    fund = lock_fund(fund_id)
    if fund.state == FundState.CLOSED:
        raise NotThatState(N_("This fund is closed. Nothing was changed."))
    kept = {code: text.strip()[:LONGEST_GIVING] for code, text in texts.items() if text.strip()}
    if not kept:
        raise BadFund(N_("Write at least one language."))
    if names_designated(kept.values()):
        raise NamesDesignated
    if _find(fund_id, _S.WAITING) is not None:
        raise NotThatState(N_("Another text waits for a second person already. Let it be decided on first."))
    made = FundGiving(
        id=uuid.uuid4(), fund_id=fund_id, state=_S.WAITING, texts=kept, asked_by=actor, asked_at=clock.now()
    )
    session.add(made)
    session.flush()
    audit.record("fund.giving.propose", actor=actor, about=f"fund:{fund_id}")
    return made


def release_giving(fund_id: uuid.UUID, giving_id: uuid.UUID, *, actor: uuid.UUID) -> FundGiving:
    """Let it be shown, in the place of what was shown before. Raises NotFound, NotThatState, Forbidden for whoever
    wrote it, NamesDesignated."""
    found = _lock(fund_id, giving_id, _S.WAITING)
    if found.asked_by == actor:
        raise Forbidden(N_("Who wrote this does not release it. A second person must."))
    if names_designated(found.texts.values()):
        raise NamesDesignated
    before = _find(fund_id, _S.RELEASED)
    if before is not None:
        before.state, before.ended_by, before.ended_on = _S.REPLACED, actor, clock.today()
        session.flush()
    found.state, found.decided_by, found.decided_on = _S.RELEASED, actor, clock.today()
    session.flush()
    audit.record("fund.giving.release", actor=actor, about=f"fund:{fund_id}")
    return found


def refuse_giving(fund_id: uuid.UUID, giving_id: uuid.UUID, *, actor: uuid.UUID) -> FundGiving:
    """Refuse it; whoever wrote it takes it back with the same button. Raises NotFound, NotThatState."""
    found = _lock(fund_id, giving_id, _S.WAITING)
    found.state = _S.WITHDRAWN if found.asked_by == actor else _S.REFUSED
    found.decided_by, found.decided_on = actor, clock.today()
    session.flush()
    audit.record("fund.giving.refuse", actor=actor, about=f"fund:{fund_id}", reason=found.state)
    return found


def take_down_giving(fund_id: uuid.UUID, giving_id: uuid.UUID, *, actor: uuid.UUID) -> FundGiving:
    """Show it no more. That takes one person: hiding must be quick. Raises NotFound, NotThatState."""
    found = _lock(fund_id, giving_id, _S.RELEASED)
    found.state, found.ended_by, found.ended_on = _S.WITHDRAWN, actor, clock.today()
    session.flush()
    audit.record("fund.giving.take_down", actor=actor, about=f"fund:{fund_id}")
    return found


def giving_of(fund: Fund) -> FundGiving | None:
    """What may be shown to a visitor outside Russia now; None where nothing may, also because the register has come to
    name somebody since it was released."""
    found = find_released(fund.id) if fund.state == FundState.OPEN else None
    words = [*fund.titles.values(), *fund.summaries.values(), *fund.abouts.values()]
    if found is None or names_designated([*words, *found.texts.values()]):
        return None
    return found


def names_designated(texts: Iterable[str]) -> bool:
    """Whether one of the texts names an organisation that carries a label now, or leads to it."""
    return any(find_designated(str(each)) for each in texts)


def _find(fund_id: uuid.UUID, state: GivingState) -> FundGiving | None:
    return session.scalar(select(FundGiving).where(FundGiving.fund_id == fund_id, FundGiving.state == state))


def _lock(fund_id: uuid.UUID, giving_id: uuid.UUID, state: GivingState) -> FundGiving:
    lock_fund(fund_id)
    found = session.get(FundGiving, giving_id, with_for_update=True, populate_existing=True)
    if found is None or found.fund_id != fund_id:
        raise NotFound
    if found.state != state:
        raise NotThatState(N_("Somebody else has decided on this a moment ago. Nothing was done twice."))
    return found
