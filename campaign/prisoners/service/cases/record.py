"""The case itself: what it is called, what it is about, and how far it has come."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, cast

from sqlalchemy import Table, update

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.kernel.versions import check_version
from campaign.prisoners.models import Case, Episode, Prisoner, Stage, Theme
from campaign.prisoners.regions import regions
from campaign.prisoners.service.cases.dates import check_opening, refuse_if
from campaign.prisoners.service.facts import Source, Subject, record_facts


@dataclass(frozen=True, slots=True)
class CaseDraft:
    """A case as a form or an import gives it. The names of the fields are those of the columns."""

    names: Mapping[str, str]
    """By language; English or Russian among them."""
    stage: Stage = Stage.UNDER_INVESTIGATION
    themes: Sequence[Theme] = field(default=())
    group_name: str = ""
    region: str | None = None
    court: str = ""
    opened_on: date | None = None
    episode_id: uuid.UUID | None = None
    """The imprisonment it belongs to, where there is one."""


def add_case(prisoner: Prisoner, draft: CaseDraft, source: Source, *, actor: uuid.UUID | None) -> Case:
    """Open the record of a prosecution; flushed. Raises BadCase."""
    moment = clock.now()
    values = _checked(prisoner.id, draft)
    case = Case(id=uuid.uuid4(), prisoner_id=prisoner.id, created_at=moment, edited_at=moment, **values)
    check_opening(case)
    session.add(case)
    session.flush()
    note(case, ("prisoner_case", case.id), {}, _by_language(values), source, actor=actor)
    audit.record("case.added", actor=actor, about=f"case:{case.id}")
    return case


def edit_case(case: Case, draft: CaseDraft, source: Source, *, seen_version: int, actor: uuid.UUID | None) -> int:
    """Change what is known of a case; gives how many fields differ now. Raises BadCase, and Conflict where somebody
    else changed the case after `seen_version` was shown."""
    check_seen(case, seen_version)
    before, values = _by_language(facts_of(case)), _checked(case.prisoner_id, draft)
    for name, value in values.items():
        setattr(case, name, value)
    check_opening(case)
    after = {**dict.fromkeys(before), **_by_language(values)}
    changed = note(case, ("prisoner_case", case.id), before, after, source, actor=actor)
    if changed:
        audit.record("case.edited", actor=actor, about=f"case:{case.id}", amount=changed)
    return changed


def facts_of(row: Any) -> dict[str, Any]:
    """The columns of a row that are facts, before they change."""
    return {name: getattr(row, name) for name in row.__mapper__.columns.keys() if name not in _NO_FACTS}  # noqa: SIM118


_NO_FACTS = frozenset({"id", "case_id", "prisoner_id", "created_at", "edited_at", "version", "superseded_by_id"})


def check_seen(case: Case, seen_version: int | None) -> None:
    """Raise Conflict when the case is no longer the one that was shown; None: it was not shown to anybody."""
    if seen_version is not None:
        check_version(case.version, seen_version)


def note(
    case: Case, row: tuple[str, uuid.UUID], before: Mapping[str, Any], after: Mapping[str, Any], source: Source,
    *, actor: uuid.UUID | None,
) -> int:  # fmt: skip
    """Write down the facts of one row of a case; where any differ, the case and the person count as changed.

    Flushes. Raises Conflict when somebody else changed the case at the same moment.
    """
    kind, row_id = row
    subject = Subject(kind, row_id, prisoner=case.prisoner_id)
    changed = record_facts(subject, before, after, source, actor=actor)
    if changed:
        touch(case)
    return changed


def touch(case: Case) -> None:
    """Move the version of the case and the day of the person's last change; flushes. Raises Conflict."""
    case.edited_at = clock.now()
    session.flush()
    mark_changed(case.prisoner_id)


def mark_changed(prisoner_id: uuid.UUID) -> None:
    """Move the day of the last change that the public page shows.

    Past the ORM: a change of a case must not look like a change of the person to whoever edits the person.
    """
    person = cast("Table", Prisoner.__table__)
    due = (person.c.id == prisoner_id) & (person.c.changed_on < clock.today())
    session.execute(update(person).where(due).values(changed_on=clock.today()))


def _by_language(values: Mapping[str, Any]) -> dict[str, Any]:
    """The facts with each name as a fact of its own, so that the history shows which language changed."""
    rest = {name: value for name, value in values.items() if name != "names"}
    return {**{f"names.{language}": name for language, name in values["names"].items()}, **rest}


def _checked(prisoner_id: uuid.UUID, draft: CaseDraft) -> dict[str, Any]:
    values = asdict(draft)
    values["names"] = {language: name.strip() for language, name in draft.names.items() if name.strip()}
    values["themes"] = sorted({Theme(each).value for each in draft.themes})
    values["stage"] = Stage(draft.stage).value
    values["region"] = draft.region or None
    names = values["names"]
    refuse_if(not (names.get("en") or names.get("ru")), "name_en", N_("Name the case, in English or in Russian."))
    refuse_if(bool(draft.region) and draft.region not in regions(), "region", N_("There is no such region."))
    refuse_if(not _is_theirs(prisoner_id, draft.episode_id), "episode_id", N_("There is no such imprisonment."))
    return values


def _is_theirs(prisoner_id: uuid.UUID, episode_id: uuid.UUID | None) -> bool:
    if episode_id is None:
        return True
    episode = session.get(Episode, episode_id)
    return episode is not None and episode.prisoner_id == prisoner_id
