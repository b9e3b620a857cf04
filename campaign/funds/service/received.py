"""What the public is shown as given to a fund, moved on when five more people have given.

The figure is kept: who gave is forgotten half a year later, or at once where somebody asks for it, and must neither
take a figure away that was shown nor let it be reckoned anew with another step.
"""

from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from campaign.funds.models import FundReceived
from campaign.funds.queries.givers import count_apart, words_of
from campaign.funds.queries.public import FEWEST, Weeks, income_weeks, week_end
from campaign.kernel.db import session


def move_on(today: date) -> int:
    """Move the figures on that may; in the open transaction. Twice is once. Gives how many moved."""
    kept = {each.fund_id: each.as_of for each in session.scalars(select(FundReceived))}
    moved = 0
    for fund_id, weeks in sorted(income_weeks(week_end(today)).items()):
        since = kept.get(fund_id, date.min)
        as_of = _last_step(weeks, since)
        if as_of == since:
            continue
        values = {"as_of": as_of, "amounts": _standing(weeks, as_of)}
        statement = insert(FundReceived).values(fund_id=fund_id, **values)
        session.execute(statement.on_conflict_do_update(index_elements=["fund_id"], set_=values))
        moved += 1
    return moved


def _last_step(weeks: Weeks, since: date) -> date:
    """The end of the last week by which enough people had given since the step before; `since`: none has come."""
    fresh = {sunday: week for sunday, week in sorted(weeks.items()) if sunday > since}
    words = words_of({number for week in fresh.values() for number in week.came})
    came, taken = set[int](), 0
    for sunday, week in fresh.items():
        # What is taken back hides nothing that was shown, and helps nothing new to be shown: a gift that is gone whole
        # is none, and whoever got a part back is taken for one less.
        came = (came | week.came) - week.undone
        taken += len(week.gone) - len(week.undone)
        givers = count_apart(words[number] for number in came if number in words)
        taken = min(taken, givers)
        if givers - taken >= FEWEST:
            since, came, taken = sunday, set(), 0
    return since


def _standing(weeks: Weeks, as_of: date) -> dict[str, int]:
    found: dict[str, int] = {}
    for sunday, week in weeks.items():
        for code, minor in week.amounts.items():
            found[code] = found.get(code, 0) + (minor if sunday <= as_of else 0)
    return found
