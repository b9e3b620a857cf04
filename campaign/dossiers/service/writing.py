"""Dossiers begun, filled from the case, and written section by section."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from campaign.dossiers.bodies import BodyForm, Question, form_of
from campaign.dossiers.models import (
    ANSWER,
    EDITABLE,
    FILLED,
    NOTE,
    SANCTIONS,
    SCOPE,
    Body,
    Dossier,
    DossierAnswer,
    DossierSource,
    DossierState,
    Mark,
    Origin,
    Step,
)
from campaign.dossiers.queries.case import KnownSource, list_acts
from campaign.dossiers.queries.dossiers import list_answers, list_sources
from campaign.dossiers.service.moves import GONE, BadDossier, NotThatStep, lock, record, touch
from campaign.kernel import audit, clock
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.errors import N_, NotFound
from campaign.kernel.versions import check_version
from campaign.prisoners.models import Official, Prisoner

LONGEST_ANSWER, LONGEST_NOTE = 40_000, 4_000
MOST_SOURCES = 60
LONGEST_TITLE, LONGEST_URL = 300, 1_000


@dataclass(frozen=True, slots=True)
class AnswerDraft:
    """What somebody typed for one question."""

    text: str
    mark: Mark
    note: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer as it stands, opened."""

    text: str
    mark: Mark
    origin: Origin
    note: str = ""
    filled: str = ""


@dataclass(frozen=True, slots=True)
class Drift:
    """A question to which the case has another answer than when it was filled from it last."""

    question: Question
    stands: str
    """What the dossier says."""
    now: str
    """What the case says."""
    is_written: bool
    """Somebody wrote it: taking it over replaces their words."""


def begin(
    prisoner_id: uuid.UUID, body: Body, official_id: uuid.UUID | None, *, fills: Mapping[str, str],
    sources: Sequence[KnownSource], actor: uuid.UUID, is_demo: bool = False,
) -> Dossier:  # fmt: skip
    """A draft, filled from the case. Raises NotFound, BadDossier for sanctions without an official who acted there."""
    if session.get(Prisoner, prisoner_id) is None:
        raise NotFound
    if body in SANCTIONS:
        if official_id is None or session.get(Official, official_id) is None:
            raise BadDossier(N_("A submission for sanctions is about one official: choose whom."))
        if not list_acts(prisoner_id, official_id):
            raise BadDossier(N_("Nothing is written down of what this official did in this person’s cases."))
    made = Dossier(
        id=uuid.uuid4(), body=body, state=DossierState.DRAFT, prisoner_id=prisoner_id, written_by=actor,
        official_id=official_id if body in SANCTIONS else None, created_on=clock.today(), changed_on=clock.today(),
        is_demo=is_demo,
    )  # fmt: skip
    session.add(made)
    session.flush()
    keyring.ensure(SCOPE)
    for question in form_of(body).questions():
        if fills.get(question.key):
            _fill(_answer(made, question, actor), fills[question.key])
    for each in sources[:MOST_SOURCES]:
        session.add(_source(made, each, is_from_case=True))
    session.flush()
    record(made, Step.BEGUN, actor=actor)
    return made


def save_section(
    dossier_id: uuid.UUID, section_key: str, drafts: Mapping[str, AnswerDraft], *, seen_stamp: int, actor: uuid.UUID
) -> int:
    """Keep what was typed in one section; gives how many answers differ now. Questions that are missing stay.

    Raises NotFound, NotThatStep once it was sent, and Conflict where somebody else saved this section meanwhile.
    """
    dossier = lock(dossier_id)
    section = form_of(dossier.body).section(section_key)
    if section is None:
        raise NotFound
    answers = list_answers(dossier_id)
    check_version(stamp_of(section.questions, answers), seen_stamp)
    changed = 0
    for question in section.questions:
        draft = drafts.get(question.key)
        if draft is not None and _differs(question, answers.get(question.key), draft):
            touch(dossier, actor=actor)
            keyring.ensure(SCOPE)
            _write(answers.get(question.key) or _answer(dossier, question, actor), draft, actor)
            changed += 1
    if changed:
        session.flush()
        audit.record("dossier.written", actor=actor, about=f"dossier:{dossier.id}", amount=changed, reason=section.key)
    return changed


def stamp_of(questions: Sequence[Question], answers: Mapping[str, DossierAnswer]) -> int:
    """A number that grows with every change of these answers: what whoever types has seen."""
    return sum(answers[each.key].version for each in questions if each.key in answers)


def open_answers(dossier: Dossier) -> dict[str, Answered]:
    """Every question of the form with its answer; the caller has put the look on record."""
    rows = list_answers(dossier.id)
    return {each.key: _opened(each, rows.get(each.key)) for each in form_of(dossier.body).questions()}


def find_drifts(form: BodyForm, answers: Mapping[str, Answered], fills: Mapping[str, str]) -> list[Drift]:
    """Where the case says something else than when the dossier was filled from it; pure."""
    return [
        Drift(question, stands.text, now, stands.origin == Origin.WRITTEN)
        for question in form.questions()
        if question.fill and (now := fills.get(question.key, "")) and (stands := answers[question.key])
        and now not in (stands.filled, stands.text)
    ]  # fmt: skip


def take_over(
    dossier_id: uuid.UUID, keys: Collection[str], fills: Mapping[str, str], *, seen_version: int, actor: uuid.UUID
) -> int:
    """Let the case answer these questions anew, whoever had written them; the others are not asked about this again.

    Gives how many changed. Raises NotFound, Conflict, NotThatStep.
    """
    dossier = lock(dossier_id, seen_version)
    if dossier.state not in EDITABLE:
        raise NotThatStep(GONE)
    form, rows, taken = form_of(dossier.body), list_answers(dossier_id), 0
    keyring.ensure(SCOPE)
    for drift in find_drifts(form, open_answers(dossier), fills):
        row = rows.get(drift.question.key) or _answer(dossier, drift.question, actor)
        if drift.question.key in keys:
            touch(dossier, actor=actor)
            _fill(row, drift.now)
            row.written_by, row.written_on = actor, clock.today()
            taken += 1
        else:
            row.filled_sealed = FILLED.seal(SCOPE, row.id, drift.now)
            # Somebody chose these words over those of the case.
            row.origin = Origin.WRITTEN if row.origin == Origin.FILLED else row.origin
    session.flush()
    if taken:
        audit.record("dossier.taken_over", actor=actor, about=f"dossier:{dossier.id}", amount=taken)
    return taken


def add_source(dossier_id: uuid.UUID, source: KnownSource, *, actor: uuid.UUID, is_from_case: bool = False) -> None:
    """One more source of the annex; the same address again only gets the newer title and day. Raises BadDossier."""
    dossier = lock(dossier_id)
    known = list_sources(dossier_id)
    same = next((each for each in known if each.url == source.url), None)
    if not source.url.startswith(("http://", "https://")) or len(source.url) > LONGEST_URL or " " in source.url:
        raise BadDossier(N_("A source is an address that begins with https:// and that others can read."))
    if not source.title.strip():
        raise BadDossier(N_("Say what it is: publication, title and day."))
    if same is None and len(known) >= MOST_SOURCES:
        raise BadDossier(N_("An annex has 60 sources at most. Keep those that prove something."))
    touch(dossier, actor=actor)
    if same is not None:
        same.title, same.retrieved_on = source.title.strip()[:LONGEST_TITLE], source.retrieved_on
    else:
        session.add(_source(dossier, source, is_from_case=is_from_case))
    session.flush()
    audit.record("dossier.source", actor=actor, about=f"dossier:{dossier.id}")


def remove_source(dossier_id: uuid.UUID, source_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Take a source out of the annex. Raises NotFound, NotThatStep."""
    dossier = lock(dossier_id)
    found = session.get(DossierSource, source_id)
    if found is None or found.dossier_id != dossier_id:
        raise NotFound
    touch(dossier, actor=actor)
    session.delete(found)
    session.flush()
    audit.record("dossier.source_removed", actor=actor, about=f"dossier:{dossier.id}")


def want_picture(dossier_id: uuid.UUID, *, is_wanted: bool, seen_version: int, actor: uuid.UUID) -> None:
    """Put the person's picture into it, or leave it out. Raises NotFound, Conflict, NotThatStep."""
    dossier = lock(dossier_id, seen_version)
    if dossier.has_picture != is_wanted:
        touch(dossier, actor=actor)
        dossier.has_picture = is_wanted
        session.flush()


def look(dossier_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Put on record that somebody opens what it says. Raises NotFound."""
    if session.get(Dossier, dossier_id) is None:
        raise NotFound
    audit.record("dossier.look", actor=actor, about=f"dossier:{dossier_id}")


def _answer(dossier: Dossier, question: Question, actor: uuid.UUID) -> DossierAnswer:
    made = DossierAnswer(
        id=uuid.uuid4(), dossier_id=dossier.id, question=question.key, origin=Origin.EMPTY, mark=question.mark,
        written_by=actor, written_on=clock.today(), version=0,
    )  # fmt: skip
    session.add(made)
    return made


def _fill(row: DossierAnswer, text: str) -> None:
    row.origin, row.version = Origin.FILLED, row.version + 1
    row.text_sealed = ANSWER.seal(SCOPE, row.id, text)
    row.filled_sealed = FILLED.seal(SCOPE, row.id, text)


def _write(row: DossierAnswer, draft: AnswerDraft, actor: uuid.UUID) -> None:
    text, note = _clean(draft.text), draft.note.strip()[:LONGEST_NOTE]
    filled = FILLED.unseal(SCOPE, row.id, row.filled_sealed) if row.filled_sealed else ""
    row.origin = Origin.EMPTY if not text else Origin.FILLED if text == filled else Origin.WRITTEN
    row.mark, row.written_by, row.written_on, row.version = draft.mark, actor, clock.today(), row.version + 1
    row.text_sealed = ANSWER.seal(SCOPE, row.id, text) if text else None
    row.note_sealed = NOTE.seal(SCOPE, row.id, note) if note else None


def _differs(question: Question, row: DossierAnswer | None, draft: AnswerDraft) -> bool:
    stands = _opened(question, row)
    typed = (_clean(draft.text), draft.mark, draft.note.strip()[:LONGEST_NOTE])
    return typed != (stands.text, stands.mark, stands.note)


def _opened(question: Question, row: DossierAnswer | None) -> Answered:
    if row is None:
        return Answered("", question.mark, Origin.EMPTY)
    return Answered(
        ANSWER.unseal(SCOPE, row.id, row.text_sealed) if row.text_sealed else "", Mark(row.mark), Origin(row.origin),
        NOTE.unseal(SCOPE, row.id, row.note_sealed) if row.note_sealed else "",
        FILLED.unseal(SCOPE, row.id, row.filled_sealed) if row.filled_sealed else "",
    )  # fmt: skip


def _clean(text: str) -> str:
    lines = (line.rstrip() for line in text.replace("\r\n", "\n").strip()[:LONGEST_ANSWER].split("\n"))
    return "\n".join(lines)


def _source(dossier: Dossier, source: KnownSource, *, is_from_case: bool) -> DossierSource:
    return DossierSource(
        id=uuid.uuid4(), dossier_id=dossier.id, title=source.title.strip()[:LONGEST_TITLE], url=source.url,
        retrieved_on=source.retrieved_on, is_from_case=is_from_case,
    )  # fmt: skip
