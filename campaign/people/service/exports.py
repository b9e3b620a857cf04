"""Lists of people that leave: fixed when asked for, approved by a second person, open to the asker for a day."""

import secrets
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import delete, select

from campaign.kernel import audit, canaries, clock
from campaign.kernel.alarms import AlarmKind, raise_alarm
from campaign.kernel.allowance import DECRYPTING, take
from campaign.kernel.db import copy_rows, end_read, session
from campaign.kernel.errors import N_, Conflict, NotFound
from campaign.kernel.exports import (
    RECORDS_A_PART,
    Line,
    check_download,
    lock_to_decide,
    parts_for,
    with_canaries,
)
from campaign.people.models import (
    FIELD_TEXT,
    IDENTITY,
    NAME,
    SCOPE,
    Consent,
    Person,
    PersonField,
    PersonFieldValue,
    PersonIdentity,
    PersonTag,
    Purpose,
    Tag,
)
from campaign.people.models.exports import PeopleExport, PeopleExportItem
from campaign.people.service.imports.fields import FIELDS, OWN

PAGE = 500
KEPT_DAYS = 30
SINGLE = ("name", "email", "phone", "messenger", "country", "language", "spoken", "skills", "tags", "since")
"""Columns that an import reads again under the same names."""
COLUMNS = (*SINGLE, "news_since", "source")
LABELS = {each.name: each.label for each in FIELDS} | {
    "name": N_("Name"), "tags": N_("Tags"), "news_since": N_("Agreed to news on"), "source": N_("Source"),
}  # fmt: skip


def ask_for_export(
    people: Sequence[uuid.UUID], columns: Sequence[str], *, about: str, reason: str, actor: uuid.UUID
) -> PeopleExport:  # fmt: skip
    """Ask for a list of these people; it waits for a second person. Raises Conflict for nobody or nothing of them."""
    known = {*COLUMNS, *(OWN + slug for slug in session.scalars(select(PersonField.slug)))}
    chosen = [name for name in columns if name in known]
    if not people or not chosen:
        raise Conflict(N_("Nobody is in this list, or no column of it was chosen."))
    shuffled = list(people)
    secrets.SystemRandom().shuffle(shuffled)
    asked = PeopleExport(
        id=uuid.uuid4(), about=about, columns=chosen, count=len(shuffled), reason=reason, asked_by=actor,
        asked_at=clock.now(), is_approved=False, parts=parts_for(len(shuffled)),
    )  # fmt: skip
    session.add(asked)
    session.flush()
    rows = ((asked.id, place, person) for place, person in enumerate(shuffled))
    copy_rows(PeopleExportItem, ("export_id", "place", "person_id"), rows)
    _note("asked", asked, actor, amount=len(shuffled), reason=reason)
    return asked


def decide_export(export_id: uuid.UUID, *, approve: bool, actor: uuid.UUID, mail_host: str) -> None:
    """Approve or decline what another has asked for. Raises Forbidden for the asker, Conflict when it was decided."""
    row = lock_to_decide(PeopleExport, export_id, actor=actor)
    row.decided_by, row.decided_at, row.is_approved = actor, clock.now(), approve
    if approve and "email" in row.columns:
        canaries.remember_canaries(row.id, row.parts, mail_host)
    session.flush()
    _note("approved" if approve else "declined", row, actor, amount=row.count)


def get_export(export_id: uuid.UUID) -> PeopleExport:
    """One of them. Raises NotFound."""
    found = session.get(PeopleExport, export_id)
    if found is None:
        raise NotFound
    return found


def list_exports() -> Sequence[PeopleExport]:
    """The newest first."""
    return session.scalars(select(PeopleExport).order_by(PeopleExport.asked_at.desc()).limit(50)).all()


def begin_download(export: PeopleExport, part: int, *, actor: uuid.UUID) -> bool:
    """Count and audit one download before its first byte leaves; False when the hourly allowance does not cover it.

    That refusal is audited and raises an alarm, and must be committed like a success. Raises Forbidden for anybody but
    the asker, Conflict when the export is not open.
    """
    check_download(export, part, actor=actor)
    amount = min(export.count - part * RECORDS_A_PART, RECORDS_A_PART)
    if not take(DECRYPTING, actor, amount):
        raise_alarm(AlarmKind.BUDGET_SPENT, about=f"account:{actor}")
        _note("refused", export, actor, amount=amount)
        return False
    _note("downloaded", export, actor, amount=amount)
    return True


def export_rows(export: PeopleExport, part: int, mail_host: str, heads: Mapping[str, str]) -> Iterator[Line]:
    """The rows of one part below their heads, read in pages between which nothing is held open.

    Where addresses stand, made-up people with addresses of ours stand between them.
    """
    yield [heads.get(name, name) for name in export.columns]
    lines = _lines(export, part)
    if "email" not in export.columns:
        yield from lines
        return
    expected = min(export.count - part * RECORDS_A_PART, RECORDS_A_PART)
    for line, trap in with_canaries(lines, export, part, expected=expected, host=mail_host):
        yield _trapped(line, trap, export.columns) if trap else line


def forget_old(today: date) -> int:
    """Forget what was asked for more than 30 days ago; gives how many."""
    day = today - timedelta(days=KEPT_DAYS)
    before = datetime(day.year, day.month, day.day, tzinfo=UTC)
    statement = delete(PeopleExport).where(PeopleExport.asked_at < before).returning(PeopleExport.id)
    return len(session.execute(statement).all())


@dataclass(slots=True)
class _Told:
    """What is known of one person, by column."""

    cells: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


def _lines(export: PeopleExport, part: int) -> Iterator[Line]:
    first, last = part * RECORDS_A_PART, (part + 1) * RECORDS_A_PART
    for place in range(first, last, PAGE):
        statement = (
            select(PeopleExportItem.person_id)
            .where(
                PeopleExportItem.export_id == export.id,
                PeopleExportItem.place >= place,
                PeopleExportItem.place < min(place + PAGE, last),
            )
            .order_by(PeopleExportItem.place)
        )
        ids = session.scalars(statement).all()
        told = _tell(ids, export.columns)
        end_read()
        yield from ([", ".join(told[each].cells[name]) for name in export.columns] for each in ids if each in told)
        if len(ids) < PAGE:
            return


def _tell(ids: Sequence[uuid.UUID], columns: Sequence[str]) -> dict[uuid.UUID, _Told]:
    told: dict[uuid.UUID, _Told] = {}
    for person in session.scalars(select(Person).where(Person.id.in_(ids))):
        cells = told.setdefault(person.id, _Told()).cells
        if "name" in columns and person.name_sealed is not None:
            cells["name"].append(NAME.unseal(SCOPE, person.id, person.name_sealed))
        cells["country"] += filter(None, [person.country])
        cells["language"].append(person.language)
        cells["spoken"] += person.spoken
        cells["skills"] += person.skills
        cells["since"].append(person.since_on.isoformat())
        cells["source"].append(person.source)
    for way in session.scalars(
        select(PersonIdentity).where(PersonIdentity.person_id.in_(told), PersonIdentity.kind.in_(columns))
    ):
        told[way.person_id].cells[way.kind].append(IDENTITY.unseal(SCOPE, way.id, way.value_sealed))
    worn = select(PersonTag.person_id, Tag.name).join(Tag, Tag.id == PersonTag.tag_id).order_by(Tag.name)
    for owner, name in session.execute(worn.where(PersonTag.person_id.in_(told))):
        told[owner].cells["tags"].append(name)
    news = select(Consent.person_id, Consent.given_on).where(
        Consent.purpose == Purpose.NEWS, Consent.subject.is_(None), Consent.ended_on.is_(None)
    )
    for owner, day in session.execute(news.where(Consent.person_id.in_(told))):
        told[owner].cells["news_since"].append(day.isoformat())
    values = select(PersonFieldValue, PersonField.slug).join(PersonField, PersonField.id == PersonFieldValue.field_id)
    for value, slug in session.execute(values.where(PersonFieldValue.person_id.in_(told))):
        if OWN + slug in columns:
            told[value.person_id].cells[OWN + slug].append(_shown(value))
    return told


def _shown(value: PersonFieldValue) -> str:
    if value.text_sealed is not None:
        return FIELD_TEXT.unseal(SCOPE, value.id, value.text_sealed)
    if value.flag is not None:
        return "yes" if value.flag else "no"
    held = value.number if value.number is not None else value.day if value.day is not None else value.word
    return str(held)


def _trapped(line: Line, address: str, columns: Sequence[str]) -> Line:
    """A made-up person who looks like the one beside them."""
    name = " ".join(word.rstrip("0123456789").capitalize() for word in address.partition("@")[0].split("."))
    own = {"name": name, "email": address, "phone": "", "messenger": ""}
    beside = list(line) or [""] * len(columns)
    return [own.get(column, cell if not column.startswith(OWN) else "") for column, cell in
            zip(columns, beside, strict=True)]  # fmt: skip


def _note(what: str, export: PeopleExport, actor: uuid.UUID, *, amount: int, reason: str = "") -> None:
    audit.record(f"export.{what}.people", actor=actor, about=f"export:{export.id}", amount=amount, reason=reason)
