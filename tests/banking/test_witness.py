"""What an independent reader says of the same MT940: days, amounts, balances."""

from datetime import date, timedelta

import mt940

from tests.banking.files import Row, as_mt940
from tests.banking.test_reading import read


def test_mt_940_reads_the_same_days_amounts_and_balances():
    first = date(2026, 9, 28)
    rows = [
        Row(first + timedelta(days=at // 3), (-1) ** at * (1000 + 77 * at), text=f"Gift G-{at}", own_id=f"B{at}")
        for at in range(40)
    ]
    content = as_mt940(rows, opening=-5000)
    theirs = mt940.parse(content.decode())
    ours, sums = read(content)
    assert [(each.data["entry_date"], int(each.data["amount"].amount * 100)) for each in theirs] == [
        (each.day, each.minor) for each in ours
    ]
    assert int(theirs.data["final_opening_balance"].amount.amount * 100) == sums.opening
    assert int(theirs.data["final_closing_balance"].amount.amount * 100) == sums.closing
