"""What letters add to people's records: which were written when, what is held of them, and what can be erased."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.kernel.registry_people import Happening, PersonalData, active_days, people_timelines, personal_data
from campaign.letters.forms.words import STATE_WORDS
from campaign.letters.models import Letter, LetterState, LetterThread
from campaign.letters.queries.writers import days_of_letters
from campaign.letters.service import bodies
from campaign.letters.service.leaving import take_back_all
from campaign.people.queries.person_page import find_volunteer_of
from campaign.prisoners.models import Prisoner
from campaign.web.i18n import current_language

MOST_LINES = 500
WORDS: Mapping[str, Any] = {
    "to": N_("To"), "state": N_("State"), "handed_in_on": N_("Handed in"), "left_on": N_("Left"), "code": N_("Code"),
    "text": N_("Text"), "own_words": N_("In your own language"),
    **{state.value: word for state, word in STATE_WORDS.items()},
}  # fmt: skip


def register() -> None:
    """Fill the registries."""
    people_timelines.register("letters", list_lines)
    active_days.register("letters", days_of_letters)
    personal_data.register("letters", DATA)


def list_lines(person_id: uuid.UUID) -> Sequence[Happening]:
    """On which days letters were handed in; where each is now stands with the letters."""
    language = current_language()
    return [
        Happening(letter.submitted_on, "wrote", _("Wrote to %(name)s", name=prisoner.name_in(language)))
        for letter, prisoner in _letters(person_id)[:MOST_LINES]
        if letter.submitted_on is not None
    ]


def export(person_id: uuid.UUID) -> list[dict[str, Any]]:
    """Their letters, with the words as long as they are kept; answers belong to whoever wrote them."""
    language = current_language()
    return [
        {
            "to": prisoner.name_in(language), "state": letter.state, "handed_in_on": letter.submitted_on,
            "left_on": letter.dispatched_on, "code": letter.code, **_body(letter),
        }
        for letter, prisoner in _letters(person_id)
    ]  # fmt: skip


def erase(person_id: uuid.UUID) -> int:
    """Their words: drafts go, what is not printed is taken back, what has left loses its text."""
    volunteer = find_volunteer_of(person_id)
    return 0 if volunteer is None else take_back_all(volunteer.id)


DATA = PersonalData(N_("Letters you wrote"), export, erase, WORDS)


def _body(letter: Letter) -> dict[str, str | None]:
    if letter.text_sealed is None:
        return {"text": None, "own_words": None}
    body = bodies.read_body(letter)
    return {"text": body.text, "own_words": body.original or None}


def _letters(person_id: uuid.UUID) -> list[tuple[Letter, Prisoner]]:
    volunteer = find_volunteer_of(person_id)
    if volunteer is None:
        return []
    statement = (
        select(Letter, Prisoner)
        .join(LetterThread, LetterThread.id == Letter.thread_id)
        .join(Prisoner, Prisoner.id == Letter.prisoner_id)
        .where(LetterThread.volunteer_id == volunteer.id)
    )
    rows = session.execute(statement.order_by(Letter.number.desc()))
    found = [(letter, prisoner) for letter, prisoner in rows]
    return [(letter, prisoner) for letter, prisoner in found if letter.state != LetterState.WAITING]
