"""Statements of the demo: one that was kept, with its lines to be matched, and one that waits to be looked at. All of
it is made up; the numbers of accounts are none that a bank could give."""

import uuid
from datetime import timedelta

from campaign.accounts.queries import find_account_by_name
from campaign.banking.models import BankStatement, StatementFormat
from campaign.banking.queries.lists import accounts_by_id
from campaign.banking.service import lines_in, statements
from campaign.banking.service.reading import Layout
from campaign.kernel import clock
from campaign.site.demo_funds import BANK, SERVICE

HEADINGS = "Booking date;Amount;Currency;Counterparty;IBAN;Purpose;Balance"
LINES = (
    (2, "50,00", "Made-up Anna", "For the families, thank you"),
    (3, "25,00", "Made-up Boris", "Gift G-2041"),
    (3, "25,00", "Made-up Boris", "Gift G-2041"),
    (5, "-320,00", "Made-up lawyer", "Invoice 17, P-12"),
    (8, "100,00", "Made-up Vera", "G-2042"),
    (9, "-4,90", "Made-up bank", "Fee for the account"),
    (11, "-500,00", "Unforgotten, made up", "To the payment service"),
    (14, "15,00", "Made-up Grigori", "letters"),
    (15, "1.000,00", "Made-up foundation", "Grant, first part"),
    (18, "20,00", "Made-up Dina", "for Mikhail's family"),
)
OPENING = 250_000


def bring_statements() -> None:
    """Bring them in, in the open transaction."""
    keeper = find_account_by_name("treasurer-1")
    who = keeper.id if keeper is not None else None
    accounts = {each.code: each.id for each in accounts_by_id().values()}
    if BANK not in accounts or SERVICE not in accounts:
        return
    kept = _bring(_table(LINES, OPENING, 30), "statement-of-last-month.csv", accounts[BANK], who)
    statements.begin_keeping(kept.id, actor=who)
    lines_in.keep_some(kept.id)
    _bring(_table(LINES[:3], 12_000, 6), "payment-service.csv", accounts[SERVICE], who)


def _bring(content: bytes, name: str, account_id: int, actor: uuid.UUID | None) -> BankStatement:
    received = statements.begin_receiving(actor=actor)
    received.keep(content)
    found = statements.take_file(received, name, account_id, actor=actor, is_demo=True)
    if found.format == StatementFormat.CSV:
        statements.choose_columns(found.id, Layout.load(found.mapping), actor=actor)
    lines_in.read_some(found.id)
    return found


def _table(lines: tuple[tuple[int, str, str, str], ...], opening: int, days_ago: int) -> bytes:
    standing, rows = opening, [HEADINGS]
    for day, amount, who, purpose in lines:
        standing += int(amount.replace(".", "").replace(",", ""))
        booked = clock.today() - timedelta(days=max(days_ago - day, 0))
        rows.append(
            f"{booked:%d.%m.%Y};{amount};EUR;{who};XX00 0000 0000;{purpose};{standing // 100},{standing % 100:02}"
        )
    return ("\n".join(rows) + "\n").encode()
