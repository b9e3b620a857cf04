"""Funds of the demo, with a year of made-up gifts and help. Everything in it is invented; nobody can give to any."""

import random
import tomllib
import uuid
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from campaign.accounts.queries import find_account_by_name
from campaign.funds.models import Expense, Fund, FundKind, FundState, Memo, PublicLevel, Rail, Residual
from campaign.funds.service import funds, giving, ledger, manual, rates
from campaign.funds.service.funds import FundDraft
from campaign.funds.service.ledger import Line
from campaign.funds.service.manual import EntryDraft
from campaign.gifts.service import gifts
from campaign.gifts.service.donors import DonorDraft
from campaign.gifts.service.gifts import GiftDraft
from campaign.kernel import clock
from campaign.kernel.money import Money
from campaign.site.demo_needs import people_in_need

TEXTS = Path(__file__).with_name("demo_funds.toml")
BANK, SERVICE, CASH = "assets:made-up-bank-in-berlin", "assets:made-up-payment-service", "assets:cash-box-in-tbilisi"
ACCOUNTS = (
    ("Made-up bank in Berlin", Rail.BANK, None),
    ("Made-up payment service", Rail.SERVICE, "EUR"),
    ("Cash box in Tbilisi", Rail.CASH, None),
)
DAYS, GIVERS = 360, 60
Entry = dict[str, Any]
HELP = {
    Expense.PARCELS: (18, 2_000, 3_500), Expense.SHOP: (14, 1_500, 2_500), Expense.LETTERS: (3, 500, 1_500),
    Expense.LAWYER: (2, 9_000, 16_000), Expense.MEDICINE: (1, 2_000, 6_000), Expense.TRAVEL: (1, 8_000, 18_000),
    Expense.LIVING: (1, 8_000, 15_000), Expense.LOCATING: (1, 9_000, 14_000),
}  # fmt: skip
"""How often it is needed, and what it costs from and to."""


def make_funds() -> None:
    """Make them in the open transaction: each at another point of its way, and what waits for a second person."""
    chance = random.Random(1204)  # noqa: S311 - the same demo every time is the point
    first, second = (_account(name) for name in ("treasurer-1", "organiser-1"))
    for title, rail, currency in ACCOUNTS:
        ledger.open_account(title, rail, currency, actor=first, is_demo=True)
    _bring_rates()
    made = [_make(entry, first, second) for entry in tomllib.loads(TEXTS.read_text())["fund"]]
    for number, (fund, entry) in enumerate(made):
        if fund.state == FundState.OPEN:
            _keep_books(fund, entry["gifts"], entry["share"], chance, first)
        if entry.get("giving"):
            text = giving.propose_giving(fund.id, entry["giving"], actor=first)
            giving.release_giving(fund.id, text.id, actor=second)
        if number == 1:
            _let_wait(fund, first)
        if entry["state"] == FundState.PAUSED:
            funds.move_fund(fund.id, FundState.PAUSED, seen_version=fund.version, actor=second)
        if entry["state"] == FundState.CLOSING:
            funds.move_fund(
                fund.id, FundState.CLOSING, seen_version=fund.version, actor=first, residual=Residual.GENERAL
            )


def _make(entry: Entry, first: uuid.UUID, second: uuid.UUID) -> tuple[Fund, Entry]:
    draft = FundDraft(
        kind=FundKind(entry["kind"]), currency="EUR", public_level=PublicLevel(entry["public_level"]),
        titles=entry["title"], summaries=entry["summary"], abouts=entry["about"], goal=entry.get("goal"),
        prisoner=people_in_need()[0].slug if entry.get("whose") else "",
    )  # fmt: skip
    fund = funds.create_fund(draft, actor=first, is_demo=True)
    if entry["state"] != FundState.DRAFT:
        funds.move_fund(fund.id, FundState.REVIEW, seen_version=fund.version, actor=first)
    if entry["state"] not in {FundState.DRAFT, FundState.REVIEW}:
        funds.move_fund(fund.id, FundState.OPEN, seen_version=fund.version, actor=second)
    return fund, entry


def _keep_books(fund: Fund, amount: int, share: float, chance: random.Random, actor: uuid.UUID) -> None:
    """A year of gifts, and of what they were passed on for."""
    to_spend, lies = 0.0, {BANK: 0, SERVICE: 0}
    help_next = _help(chance)
    for day in sorted(_days(chance, amount)):
        minor, currency = (
            chance.choice((2_000, 2_500, 5_000, 10_000, 10_000, 15_000)),
            chance.choice(("EUR",) * 9 + ("USD",)),
        )
        account = BANK if currency != "EUR" else chance.choice((BANK, SERVICE))
        fee = minor * 3 // 100 if account == SERVICE else 0
        draft = GiftDraft(
            account=account, gross=Money(minor, currency), fee=fee, allocations={fund.id: 0}, expected_on=day,
            donor=DonorDraft(name=f"Made-up giver {chance.randrange(GIVERS)}"),
        )  # fmt: skip
        came = gifts.write_down(draft, actor=actor, is_demo=True)
        gifts.settle(came.id, happened_on=day, actor=actor)
        if currency != "EUR":
            continue
        to_spend += minor * share
        lies[account] += minor - fee
        while to_spend >= help_next[1] and max(lies.values()) >= help_next[1]:
            richer = max(lies, key=lambda code: lies[code])
            _pass_on(fund, *help_next, richer, day, chance, actor)
            to_spend, lies[richer] = to_spend - help_next[1], lies[richer] - help_next[1]
            help_next = _help(chance)


def _help(chance: random.Random) -> tuple[Expense, int]:
    [category] = chance.choices(list(HELP), [often for often, _least, _most in HELP.values()])
    _often, least, most = HELP[category]
    return category, chance.randrange(least, most, 100)


def _pass_on(
    fund: Fund, category: Expense, minor: int, account: str, day: date, chance: random.Random, actor: uuid.UUID
) -> None:
    later = min(day + timedelta(days=chance.randint(1, 6)), clock.today())
    lines = [Line(category, fund.id, Money(minor, "EUR")), Line(account, fund.id, Money(-minor, "EUR"))]
    ledger.post(lines, memo=Memo.PAYMENT, happened_on=later, actor=actor)


def _let_wait(fund: Fund, actor: uuid.UUID) -> None:
    """One entry that a second person has not looked at yet."""
    lines = [Line(Expense.TRAVEL, fund.id, Money(18_400, "EUR")), Line(BANK, fund.id, Money(-18_400, "EUR"))]
    manual.propose_entry(EntryDraft(Memo.PAYMENT, clock.today(), lines, "P-41"), actor=actor, is_demo=True)


def _days(chance: random.Random, amount: int) -> list[date]:
    return [clock.today() - timedelta(days=chance.randint(0, DAYS)) for _gift in range(amount)]


def _bring_rates() -> None:
    """A year and more of rates, in the layout of the European Central Bank and with figures of our own."""
    today = clock.today()
    lines = ["Date,USD,GBP,CHF,GEL"]
    for ago in range(DAYS + 40):
        day = today - timedelta(days=ago)
        lines.append(
            f"{day},{1.05 + ago / 4000:.4f},{0.84 + ago / 8000:.4f},{0.93 + ago / 9000:.4f},{2.88 + ago / 2000:.4f}"
        )
    found = rates.stage_rates("\n".join(lines).encode(), file_name="made-up.csv", source="demo", actor=None)
    rates.apply_rates(found.id, actor=None)


def _account(name: str) -> uuid.UUID:
    found = find_account_by_name(name)
    if found is None:
        raise LookupError(name)
    return found.id
