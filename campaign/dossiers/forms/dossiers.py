"""Forms of a dossier: beginning one, a section of answers, and the small ones of its steps."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import RadioField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from campaign.dossiers.bodies import FORMS, BodyForm, Kind, Question, Section
from campaign.dossiers.forms.words import (
    BODY_WORDS,
    CONSENT_WORDS,
    DUE_WORDS,
    MARK_WORDS,
    OUTCOME_WORDS,
    PAPER_WORDS,
    PROOF_WORDS,
    SENT_WORDS,
)
from campaign.dossiers.models import (
    SANCTIONS,
    Body,
    ConsentFrom,
    ConsentProof,
    DueKind,
    Mark,
    Outcome,
    PaperKind,
    SentBy,
)
from campaign.dossiers.queries.case import KnownSource
from campaign.dossiers.service.consent import LONGEST_NOTE as LONGEST_CONSENT
from campaign.dossiers.service.consent import ConsentDraft
from campaign.dossiers.service.papers import LONGEST_TITLE as LONGEST_PAPER
from campaign.dossiers.service.papers import PaperDraft
from campaign.dossiers.service.writing import (
    LONGEST_ANSWER,
    LONGEST_NOTE,
    LONGEST_TITLE,
    LONGEST_URL,
    AnswerDraft,
    Answered,
)
from campaign.kernel import clock
from campaign.web.fields import DayField, VersionForm, area, line, uploaded

Named = Sequence[tuple[uuid.UUID, str]]
ROWS_OF_LONG, ROWS = 14, 4


def choices_of(words: Mapping[Any, object]) -> list[SelectChoice]:
    """Values with their words."""
    return [SelectChoice(str(each), word) for each, word in words.items()]


class BeginForm(FlaskForm):  # type: ignore[misc]
    """To which body, and of sanctions about whom."""

    body = RadioField(_l("To whom"), validators=[InputRequired(_l("Choose to whom it goes."))])
    official_id = SelectField(_l("About which official"), default="")

    def offer(self, officials: Named, *, with_sanctions: bool) -> None:
        """Say what can be chosen."""
        bodies = [each for each in FORMS if with_sanctions or each not in SANCTIONS]
        self.body.choices = [SelectChoice(each.value, BODY_WORDS[each]) for each in bodies]
        self.official_id.choices = [
            SelectChoice("", "–"), *(SelectChoice(str(each), name) for each, name in officials)
        ]  # fmt: skip

    @property
    def chosen(self) -> tuple[Body, uuid.UUID | None]:
        """Which."""
        return Body(self.body.data), uuid.UUID(self.official_id.data) if self.official_id.data else None


class SectionForm(VersionForm):
    """The answers of one section; `version` is the stamp of what was shown. Its fields come from the form of the body:
    a_ the answer, m_ how far it may go, n_ a note for colleagues."""

    def show(self, section: Section, answers: Mapping[str, Answered], stamp: int) -> None:
        """What stands there now."""
        self.version.data = str(stamp)
        for each in section.questions:
            stands = answers[each.key]
            self[f"a_{each.key}"].data, self[f"n_{each.key}"].data = stands.text, stands.note
            self[f"m_{each.key}"].data = stands.mark.value

    def drafts(self, section: Section) -> dict[str, AnswerDraft]:
        """What was typed."""
        return {
            each.key: AnswerDraft(
                self[f"a_{each.key}"].data or "", Mark(self[f"m_{each.key}"].data), self[f"n_{each.key}"].data or ""
            )
            for each in section.questions
        }  # fmt: skip


def section_form(section: Section) -> SectionForm:
    """The form of one section, as the request filled it."""
    fields: dict[str, Any] = {}
    for each in section.questions:
        fields[f"a_{each.key}"] = _answer_field(each)
        fields[f"m_{each.key}"] = SelectField(_l("How far it may go"), choices=choices_of(MARK_WORDS),
                                              default=each.mark.value)  # fmt: skip
        fields[f"n_{each.key}"] = area(_l("Note for colleagues"), LONGEST_NOTE, rows=2)
    form: SectionForm = type("AnswersForm", (SectionForm,), fields)()
    return form


def _answer_field(question: Question) -> Any:
    label = _(question.label)
    if question.kind is Kind.CHOICE:
        words = [SelectChoice("", "–"), *(SelectChoice(value, _(word)) for value, word in question.options)]
        return SelectField(label, choices=words, default="")
    if question.kind is Kind.LINE:
        # Longer than the body reads is told by the check, and kept here.
        return line(label, 1_000)
    return area(label, LONGEST_ANSWER, rows=ROWS_OF_LONG if question.longest > ROWS_OF_LONG * 200 else ROWS)


class ConsentForm(FlaskForm):  # type: ignore[misc]
    """Who agreed, and how we know."""

    given_by = SelectField(_l("Who agreed"), choices=choices_of(CONSENT_WORDS))
    given_on = DayField(_l("On which day"), default=clock.today, validators=[InputRequired()])
    proof = SelectField(_l("How we know"), choices=choices_of(PROOF_WORDS))
    note = area(_l("Who said what to whom"), LONGEST_CONSENT, rows=4)

    def draft(self) -> ConsentDraft:
        """What was typed."""
        return ConsentDraft(
            ConsentFrom(self.given_by.data), self.given_on.data, ConsentProof(self.proof.data), self.note.data or ""
        )


class SourceForm(FlaskForm):  # type: ignore[misc]
    """A source of the annex."""

    title = line(_l("Publication, title and day"), LONGEST_TITLE, required=True)
    url = StringField(_l("Address"), filters=[lambda text: (text or "").strip()[: LONGEST_URL + 1]])
    retrieved_on = DayField(_l("Last read on"), default=clock.today, validators=[InputRequired()])

    def source(self) -> KnownSource:
        """What was typed."""
        return KnownSource(self.title.data, self.url.data, self.retrieved_on.data)


class PaperForm(FlaskForm):  # type: ignore[misc]
    """A paper of the annex."""

    paper_kind = SelectField(_l("What it is"), choices=choices_of(PAPER_WORDS))
    paper_title = line(_l("What the annex calls it, in English"), LONGEST_PAPER, required=True)
    paper_mark = SelectField(
        _l("How far it may go"), choices=choices_of({each: MARK_WORDS[each] for each in (Mark.BODY, Mark.NEVER)})
    )
    file = FileField(_l("A picture or a PDF file"))

    def draft(self) -> PaperDraft:
        """What was typed."""
        return PaperDraft(PaperKind(self.paper_kind.data), self.paper_title.data, Mark(self.paper_mark.data))

    def content(self) -> bytes | None:
        """The file, if one was chosen."""
        return uploaded(self.file)


class SentForm(VersionForm):
    """How and when it left."""

    sent_on = DayField(_l("Day on which it left"), default=clock.today, validators=[InputRequired()])
    sent_by = SelectField(_l("How"), choices=choices_of(SENT_WORDS))

    @property
    def way(self) -> SentBy:
        """Which."""
        return SentBy(self.sent_by.data)


class DueForm(FlaskForm):  # type: ignore[misc]
    """Something awaited, or to be done."""

    kind = SelectField(_l("What"), choices=choices_of({k: w for k, w in DUE_WORDS.items() if k != DueKind.ANSWER}))
    due_on = DayField(_l("By which day"), validators=[InputRequired(_l("Enter a date, as in 2026-11-23."))])

    @property
    def chosen(self) -> DueKind:
        """Which."""
        return DueKind(self.kind.data)


class OutcomeForm(VersionForm):
    """What became of it."""

    outcome = SelectField(_l("What became of it"))
    answered_on = DayField(_l("On which day"), default=clock.today, validators=[InputRequired()])

    def offer(self, form: BodyForm) -> None:
        """What this body can decide."""
        self.outcome.choices = choices_of({each: OUTCOME_WORDS[each] for each in form.outcomes})

    @property
    def chosen(self) -> Outcome:
        """Which."""
        return Outcome(self.outcome.data)
