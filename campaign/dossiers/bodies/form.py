"""What a form is made of: sections, questions, and what each asks of its answer. Data, and no database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from campaign.dossiers.models.words import Body, Mark, Outcome


class Kind(StrEnum):
    """How an answer is given."""

    LINE = "line"
    TEXT = "text"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Question:
    """One question, in our own words and marked with N_: the paper is in English, the screen in the reader's."""

    key: str
    label: str
    kind: Kind = Kind.TEXT
    hint: str = ""
    is_required: bool = False
    fill: str = ""
    """What of the case it is filled from first (forms/filling.py); empty: nothing."""
    mark: Mark = Mark.BODY
    """How far the answer may go unless somebody says otherwise."""
    longest: int = 4_000
    is_story: bool = False
    """A person tells it: what the case fills in is no more than a start."""
    is_contact: bool = False
    """Says how to reach whoever submits it: never for the public."""
    options: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Some questions that belong together: a step of the form."""

    key: str
    title: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class BodyForm:
    """One body's form, and what is known of its ways."""

    body: Body
    name: str
    """In short, for lists."""
    paper_title: str
    """English, as the paper is headed."""
    about: str
    sections: tuple[Section, ...]
    how_to_send: str
    outcomes: tuple[Outcome, ...]
    answer_days: int | None = None
    """After how many days of the sending somebody looks for an answer."""
    needs_acts: bool = False
    most_pages: int | None = None

    def questions(self) -> Iterator[Question]:
        """Every question in its order."""
        for section in self.sections:
            yield from section.questions

    def question(self, key: str) -> Question | None:
        """One of them."""
        return next((each for each in self.questions() if each.key == key), None)

    def section(self, key: str) -> Section | None:
        """One step."""
        return next((each for each in self.sections if each.key == key), None)

    def section_of(self, question: str) -> Section | None:
        """The step that holds a question."""
        return next((each for each in self.sections if any(one.key == question for one in each.questions)), None)
