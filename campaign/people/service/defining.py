"""Fields and tags as staff define them, under the lock of their row: a field that holds something is never deleted."""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError, NotFound
from campaign.kernel.text import one_line
from campaign.kernel.versions import check_version
from campaign.people.models import LONGEST_TAG, FieldKind, PersonField, PersonFieldValue, PersonTag, Tag

LONGEST_LABEL, LONGEST_OPTION, MOST_OPTIONS = 60, 60, 60


class BadField(DomainError):
    """The definition cannot stand so."""


class FieldInUse(Conflict):
    """Records hold something in it."""


class TagTaken(Conflict):
    """Another tag is called so; `tag_id` says which, so that the two can be merged."""

    def __init__(self, tag_id: uuid.UUID) -> None:
        super().__init__(N_("Another tag is called so already. You can merge this one into it."))
        self.tag_id = tag_id


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a choice as it is to be; `was` is what it was called, empty for a new one."""

    was: str
    now: str


def define_field(
    kind: FieldKind, labels: Mapping[str, str], options: Sequence[str], *, actor: uuid.UUID
) -> PersonField:  # fmt: skip
    """Define a field, behind those there are. Raises BadField."""
    kept = _labels(labels)
    last = session.scalar(select(func.max(PersonField.position))) or 0
    field = PersonField(
        id=uuid.uuid4(), slug=_slug(kept), kind=kind, labels=kept, position=last + 1, created_on=clock.today(),
        options=_options(options) if kind is FieldKind.CHOICE else [],
    )  # fmt: skip
    session.add(field)
    session.flush()
    audit.record("person_field.add", actor=actor, about=f"person_field:{field.id}")
    return field


def edit_field(
    field_id: uuid.UUID, labels: Mapping[str, str], options: Sequence[Option], *, seen_version: int, actor: uuid.UUID
) -> int:
    """Call a field or its options otherwise, add options, order them, or take unused ones out.

    What records hold follows a new name; gives how many did. Raises BadField, FieldInUse, NotFound, Conflict.
    """
    field = _lock_field(field_id)
    check_version(field.version, seen_version)
    field.labels = _labels(labels)
    renamed = 0
    if field.kind == FieldKind.CHOICE:
        now = _options([each.now for each in options])
        gone = set(field.options) - {each.was for each in options if each.now.strip()}
        if gone and _count_values(PersonFieldValue.field_id == field.id, PersonFieldValue.word.in_(gone)):
            raise FieldInUse(N_("An option that records hold can be renamed, but not taken out."))
        renamed = _rename_words(field.id, {each.was: each.now.strip() for each in options if each.was})
        field.options = now
    session.flush()
    audit.record("person_field.edit", actor=actor, about=f"person_field:{field.id}", amount=renamed)
    return renamed


def put_field_away(field_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Show a field on no record any more; what it holds stays. Safe to repeat. Raises NotFound."""
    field = _lock_field(field_id)
    if field.put_away_on is None:
        field.put_away_on = clock.today()
        session.flush()
        audit.record("person_field.put_away", actor=actor, about=f"person_field:{field.id}")


def take_field_back(field_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Show a field again that was put away. Safe to repeat. Raises NotFound."""
    field = _lock_field(field_id)
    if field.put_away_on is not None:
        field.put_away_on = None
        session.flush()
        audit.record("person_field.take_back", actor=actor, about=f"person_field:{field.id}")


def move_field(field_id: uuid.UUID, *, up: bool, actor: uuid.UUID) -> None:
    """Let a field stand one place higher or lower; at the end it stays. Raises NotFound."""
    rows = session.scalars(select(PersonField).order_by(PersonField.position, PersonField.slug).with_for_update()).all()
    at = next((place for place, each in enumerate(rows) if each.id == field_id), None)
    if at is None:
        raise NotFound
    order, other = list(rows), at - 1 if up else at + 1
    if 0 <= other < len(order):
        order[at], order[other] = order[other], order[at]
    for place, each in enumerate(order):
        if each.position != place:
            each.position = place
    session.flush()
    audit.record("person_field.move", actor=actor, about=f"person_field:{field_id}")


def delete_field(field_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Delete a field that no record holds anything in. Raises FieldInUse, NotFound."""
    field = _lock_field(field_id)
    if _count_values(PersonFieldValue.field_id == field.id):
        raise FieldInUse(N_("Records hold something in this field. Put it away instead: nothing is lost then."))
    session.delete(field)
    session.flush()
    audit.record("person_field.delete", actor=actor, about=f"person_field:{field_id}")


def rename_tag(tag_id: uuid.UUID, name: str, *, actor: uuid.UUID) -> None:
    """Call a tag otherwise. Raises BadField, TagTaken, NotFound."""
    tag, line = lock_tag(tag_id), one_line(name, LONGEST_TAG)
    if not line:
        raise BadField(N_("A tag needs a name."))
    other = session.scalar(select(Tag.id).where(func.lower(Tag.name) == func.lower(line), Tag.id != tag.id))
    if other is not None:
        raise TagTaken(other)
    tag.name = line
    try:
        session.flush()
    except IntegrityError as problem:
        raise Conflict(N_("Another tag was just called so. Please look again.")) from problem
    audit.record("tag.rename", actor=actor, about=f"tag:{tag.id}")


def merge_tag(tag_id: uuid.UUID, into: uuid.UUID, *, actor: uuid.UUID) -> int:
    """Let everybody who carries a tag carry another one instead, and delete it. Gives how many carried it.

    Raises NotFound, and BadField where both are one.
    """
    if tag_id == into:
        raise BadField(N_("Choose another tag."))
    for each in sorted((tag_id, into)):
        lock_tag(each)
    carried = select(PersonTag.person_id, literal(into), PersonTag.given_on).where(PersonTag.tag_id == tag_id)
    amount = session.scalar(select(func.count()).select_from(PersonTag).where(PersonTag.tag_id == tag_id)) or 0
    moving = insert(PersonTag).from_select(["person_id", "tag_id", "given_on"], carried)
    session.execute(moving.on_conflict_do_nothing())
    session.execute(delete(Tag).where(Tag.id == tag_id))
    audit.record("tag.merge", actor=actor, about=f"tag:{tag_id}", amount=amount, reason=f"> {into}")
    return amount


def delete_tag(tag_id: uuid.UUID, *, seen: int, actor: uuid.UUID) -> int:
    """Delete a tag, and take it off the `seen` people who carry it. Raises NotFound; Conflict when by now others do."""
    lock_tag(tag_id)
    amount = session.scalar(select(func.count()).select_from(PersonTag).where(PersonTag.tag_id == tag_id)) or 0
    if amount != seen:
        raise Conflict(N_("By now another number of people carry this tag. Look at it again before you go on."))
    session.execute(delete(Tag).where(Tag.id == tag_id))
    audit.record("tag.delete", actor=actor, about=f"tag:{tag_id}", amount=amount)
    return amount


def lock_tag(tag_id: uuid.UUID) -> Tag:
    """The tag under the lock of its row. Raises NotFound."""
    tag = session.get(Tag, tag_id, with_for_update=True, populate_existing=True)
    if tag is None:
        raise NotFound
    return tag


def _lock_field(field_id: uuid.UUID) -> PersonField:
    field = session.get(PersonField, field_id, with_for_update=True, populate_existing=True)
    if field is None:
        raise NotFound
    return field


def _labels(labels: Mapping[str, str]) -> dict[str, str]:
    kept = {code: one_line(labels.get(code, ""), LONGEST_LABEL) for code in ("en", "ru")}
    kept = {code: line for code, line in kept.items() if line}
    if not kept:
        raise BadField(N_("Say what the field is called, in English, in Russian or in both."))
    return kept


def _options(typed: Sequence[str]) -> list[str]:
    found = [line for line in (one_line(each, LONGEST_OPTION) for each in typed) if line]
    if not found:
        raise BadField(N_("A choice needs at least one option."))
    if len({each.casefold() for each in found}) < len(found):
        raise BadField(N_("Two options are called the same."))
    if len(found) > MOST_OPTIONS:
        raise BadField(N_("A choice has 60 options at most."))
    return found


def _slug(labels: Mapping[str, str]) -> str:
    base = re.sub(r"[^a-z0-9]+", "-", labels.get("en", "").lower()).strip("-")[:32].strip("-") or "field"
    taken = set(session.scalars(select(PersonField.slug).where(PersonField.slug.startswith(base))))
    return base if base not in taken else f"{base}-{uuid.uuid4().hex[:6]}"


def _rename_words(field_id: uuid.UUID, names: Mapping[str, str]) -> int:
    changed = {was: now for was, now in names.items() if now and was != now}
    if not changed:
        return 0
    # One statement, so that two options may exchange their names.
    held = (PersonFieldValue.field_id == field_id, PersonFieldValue.word.in_(changed))
    renaming = update(PersonFieldValue).where(*held).values(word=case(changed, value=PersonFieldValue.word))
    return len(session.scalars(renaming.returning(PersonFieldValue.id)).all())


def _count_values(*conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(PersonFieldValue).where(*conditions)) or 0
