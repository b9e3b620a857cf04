"""Keeps what a person is found by in step with the names."""

from sqlalchemy.dialects.postgresql import insert

from campaign.kernel.db import session
from campaign.prisoners.models import Prisoner, SearchEntry
from campaign.prisoners.service.names import fold, trigrams


def names_of(prisoner: Prisoner) -> list[str]:
    """Every spelling a visitor may try."""
    return [
        f"{prisoner.last_ru} {prisoner.first_ru} {prisoner.patronymic_ru}",
        f"{prisoner.first_latin} {prisoner.last_latin}",
        *prisoner.aliases,
    ]


def index_prisoner(prisoner: Prisoner) -> None:
    """Write the search entry anew; in the transaction of whatever changed a name."""
    names = names_of(prisoner)
    values = {"folded": " ".join(filter(None, map(fold, names))), "grams": trigrams(names)}
    statement = insert(SearchEntry).values(prisoner_id=prisoner.id, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["prisoner_id"], set_=values))
