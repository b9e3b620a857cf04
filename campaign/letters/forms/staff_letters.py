"""What coordinators type about letters: what was heard of one or of many, and how long each channel takes."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, SelectField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, ValidationError

from campaign.kernel import clock
from campaign.kernel.errors import DomainError
from campaign.letters.forms.words import RETURN_WORDS
from campaign.letters.models import Letter, LetterState
from campaign.letters.queries.deadlines import Deadline
from campaign.letters.service.moves import STEPS
from campaign.letters.service.outcomes import OUTCOMES
from campaign.penpals.service.codes import read_code
from campaign.web.fields import DayField, VersionForm

WHOLLY, PARTLY = "censored", "censored_partly"
OUTCOME_WORDS = {
    LetterState.REPORTED.value: _l("Delivered, as somebody told us"),
    LetterState.RETURNED.value: _l("Came back"),
    WHOLLY: _l("Kept by the censor"),
    PARTLY: _l("Handed over in part, with lines blacked out"),
    LetterState.LOST.value: _l("Lost"),
}
ONLY_WORDS = {
    "overdue": _l("Handed in two weeks ago and not gone"),
    "back": _l("Came back, and nobody has decided"),
    "unheard": _l("Left long ago, and nobody has heard of it"),
}
BECOMES_WORDS = {
    LetterState.PRESUMED.value: _l("counts as probably delivered"),
    LetterState.LOST.value: _l("counts as lost"),
}
MOST_CODES, LONGEST_PASTE = 500, 20_000
MOST_DAYS = 365


def outcomes_for(letter: Letter) -> dict[str, object]:
    """What can be reported of a letter now, also to put right what was reported before."""
    states = (STEPS[LetterState(letter.state)] | ({letter.state} & {WHOLLY})) & OUTCOMES
    now = PARTLY if letter.is_partly else letter.state
    # What is noted already can be chosen too: that puts its day right.
    return {word: told for word, told in OUTCOME_WORDS.items() if state_of(word) in states or word == now}


def state_of(word: str) -> LetterState:
    """The state that an outcome's word stands for."""
    return LetterState.CENSORED if word == PARTLY else LetterState(word)


def _choices(words: Mapping[Any, Any]) -> list[SelectChoice]:
    return [SelectChoice(value, word) for value, word in words.items()]


class OutcomeForm(VersionForm):
    """What was heard of a letter."""

    outcome = RadioField(_l("What was heard"), choices=_choices(OUTCOME_WORDS))
    why = SelectField(
        _l("Why it came back"), choices=[SelectChoice("", _l("Not known")), *_choices(RETURN_WORDS)], default=""
    )

    on = DayField(
        _l("On which day"), default=clock.today, validators=[InputRequired(_l("Enter a date, as in 2026-11-23."))]
    )

    def validate_on(self, field: DayField) -> None:
        """No day to come; that it had left by then is known with the letter."""
        if field.data is not None and field.data > clock.today():
            raise ValidationError(_l("This day has not come yet."))

    def is_noted_of(self, letter: Letter) -> bool:
        """Whether that is what was noted before, so that only its day can change."""
        return letter.state == self.state and letter.is_partly == self.is_partly

    @property
    def state(self) -> LetterState:
        """The state it comes to."""
        return state_of(self.outcome.data)

    @property
    def is_partly(self) -> bool:
        """Whether it was handed over in part."""
        return bool(self.outcome.data == PARTLY)

    @property
    def reason(self) -> str:
        """Why it came back; of nothing else."""
        return str(self.why.data) if self.state is LetterState.RETURNED else ""


class ManyForm(OutcomeForm):
    """The same of many letters, by their codes."""

    codes = TextAreaField(_l("Codes"), render_kw={"rows": 12})

    def validate_codes(self, field: TextAreaField) -> None:
        """Some codes, and not more than can be answered one by one."""
        if not (field.data or "").strip():
            raise ValidationError(_l("Paste the codes, one a line."))
        if len(field.data) > LONGEST_PASTE or len(self.lines()) > MOST_CODES:
            raise ValidationError(_l("At most %(max)d codes at a time.", max=MOST_CODES))

    def lines(self) -> list[str]:
        """What was pasted, without empty lines."""
        return [line.strip() for line in (self.codes.data or "").replace(",", "\n").splitlines() if line.strip()]


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of one line."""

    line: str
    words: str
    is_done: bool
    letter_id: uuid.UUID | None = None


def code_in(line: str) -> tuple[str, str]:
    """The code that a line holds, and the problem where it holds none."""
    try:
        return read_code(line), ""
    except DomainError as problem:
        return "", problem.message


class DeadlineForm(VersionForm):
    """How long one channel takes before silence means something."""

    days = IntegerField(_l("Days after it left"))
    becomes = RadioField(_l("Then a letter of which nobody has heard"), choices=_choices(BECOMES_WORDS))

    def show(self, deadline: Deadline) -> None:
        """Fill in what holds."""
        self.days.data, self.becomes.data = deadline.days, deadline.becomes.value
        self.note(deadline)

    def note(self, deadline: Deadline) -> None:
        """Remember what the person sees."""
        self.version.data = f"{deadline.days}-{deadline.becomes}"

    def seen(self) -> Deadline | None:
        """What held when the page was opened; None for what never did."""
        days, _dash, becomes = (self.version.data or "").partition("-")
        is_one = days.isdecimal() and len(days) <= len(str(MOST_DAYS)) and becomes in BECOMES_WORDS
        return Deadline(int(days), LetterState(becomes)) if is_one else None

    def validate_days(self, field: IntegerField) -> None:
        """A number of days that can be."""
        if field.data is None or not 1 <= field.data <= MOST_DAYS:
            raise ValidationError(_l("From 1 to 365 days."))

    def deadline(self) -> Deadline:
        """What was typed."""
        return Deadline(self.days.data, LetterState(self.becomes.data))
