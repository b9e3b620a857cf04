"""The numbers of the rules about asking, changed by staff within their bounds."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import DomainError
from campaign.people.models import AskRule
from campaign.people.queries.ladder_rules import Bounds, list_bounds, read_numbers
from campaign.people.service.ladder import count


class OutOfBounds(DomainError):
    """A number is none, or is not within its bounds."""

    def __init__(self, bounds: Bounds) -> None:
        super().__init__()
        self.bounds = bounds


def change_rules(numbers: Mapping[str, str], *, actor: UUID) -> int:
    """Let the rules have these numbers, by name as they were typed; what is not among them stays.

    Gives how many changed; everybody is then counted anew. Raises OutOfBounds, and changes nothing.
    """
    now, changed = read_numbers(), {}
    for bounds in list_bounds():
        typed = numbers.get(bounds.name, str(now[bounds.name])).strip()
        number = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 6 else -1
        if not bounds.least <= number <= bounds.most:
            raise OutOfBounds(bounds)
        if number != now[bounds.name]:
            changed[bounds.name] = number
    for name, number in changed.items():
        values = {"number": number, "changed_by": actor, "changed_on": clock.today()}
        statement = insert(AskRule).values(name=name, **values)
        session.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))
        audit.record("ladder.rule", actor=actor, about=f"rule:{name}", reason=f"{now[name]} > {number}")
    if changed:
        count.ask_for_all()
    return len(changed)
