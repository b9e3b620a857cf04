"""What courts decided, and when the term would end."""

import calendar
import uuid
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from campaign.kernel import audit
from campaign.kernel.db import session
from campaign.kernel.errors import N_, NotFound
from campaign.prisoners.models import Case, Episode, Instance, Punishment, Regime, Sentence
from campaign.prisoners.service.cases.dates import check_sentence, refuse_if
from campaign.prisoners.service.cases.record import check_seen, facts_of, note
from campaign.prisoners.service.facts import Source


@dataclass(frozen=True, slots=True)
class SentenceDraft:
    """A decision of a court as a form or a program gives it. The names of the fields are those of the columns."""

    decided_on: date
    court: str
    punishment: Punishment
    instance: Instance = Instance.FIRST
    regime: Regime = Regime.UNKNOWN
    term_months: int | None = None
    in_absentia: bool = False
    expected_release_on: date | None = None
    release_basis: str = ""
    """How the expected day was reckoned, or who named it; needed where there is one."""
    in_force_on: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Release:
    """A day on which a term would end, to be confirmed by a person."""

    on: date
    arrested_on: date
    term_months: int


def record_sentence(
    case: Case, draft: SentenceDraft, source: Source, *, actor: uuid.UUID | None, seen_version: int | None = None
) -> Sentence:
    """Write down what a court decided; an appeal that changes it is another sentence. Flushed.

    Raises BadCase and Conflict.
    """
    check_seen(case, seen_version)
    sentence = Sentence(id=uuid.uuid4(), case_id=case.id, **_checked(draft))
    with session.no_autoflush:
        check_sentence(case, sentence)
    case.sentences.append(sentence)
    note(case, ("sentence", sentence.id), {}, facts_of(sentence), source, actor=actor)
    audit.record("sentence.recorded", actor=actor, about=f"case:{case.id}")
    return sentence


def edit_sentence(
    case: Case, sentence_id: uuid.UUID, draft: SentenceDraft, source: Source, *, actor: uuid.UUID | None,
    seen_version: int | None = None,
) -> Sentence:  # fmt: skip
    """Correct what was written down of a decision. Raises NotFound, BadCase, Conflict."""
    check_seen(case, seen_version)
    sentence = next((each for each in case.sentences if each.id == sentence_id), None)
    if sentence is None:
        raise NotFound
    before = facts_of(sentence)
    with session.no_autoflush:
        for name, value in _checked(draft).items():
            setattr(sentence, name, value)
        check_sentence(case, sentence)
    if note(case, ("sentence", sentence.id), before, facts_of(sentence), source, actor=actor):
        audit.record("sentence.edited", actor=actor, about=f"case:{case.id}")
    return sentence


def suggest_release(case: Case, term_months: int | None) -> Release | None:
    """The latest day on which the term ends: reckoned from the arrest, each day in custody as one.

    A suggestion, since days before the sentence may count for more (article 72 of the criminal code) and other terms
    may be added; None where the arrest or the term is not known.
    """
    if case.episode_id is None or term_months is None:
        return None
    episode = session.get(Episode, case.episode_id)
    if episode is None or not 1 <= term_months <= 1200:
        return None
    return Release(add_months(episode.arrested_on, term_months), episode.arrested_on, term_months)


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or the last of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _checked(draft: SentenceDraft) -> dict[str, Any]:
    refuse_if(not draft.court.strip(), "court", N_("Name the court."))
    refuse_if(
        draft.expected_release_on is not None and not draft.release_basis.strip(), "release_basis",
        N_("Say how this day was reckoned, or who named it."),
    )  # fmt: skip
    values = asdict(draft)
    for name in ("court", "release_basis", "note"):
        values[name] = values[name].strip()
    values["punishment"] = Punishment(draft.punishment).value
    values["instance"], values["regime"] = Instance(draft.instance).value, Regime(draft.regime).value
    return values
