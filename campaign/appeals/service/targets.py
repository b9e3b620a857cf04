"""Officials: written down by hand or out of a file, looked at again, retired."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select

from campaign.appeals.models import Target, TargetKind
from campaign.appeals.service.errors import NotComplete, Twice
from campaign.kernel import audit, clock
from campaign.kernel.addresses import BadAddress, deliverable_address
from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.kernel.text import one_line
from campaign.kernel.versions import check_version

LANGUAGES = ("en", "ru", "de")
LONGEST, LONGEST_POSTAL_LINE, MOST_POSTAL_LINES = 200, 80, 8
BROKEN_MAIL = N_("This is no complete e-mail address. It should look like name@example.org.")


@dataclass(frozen=True, slots=True)
class TargetDraft:
    """What is written down of an official."""

    kind: TargetKind
    name: str
    office: str
    body: str
    country: str
    constituency: str
    languages: Sequence[str]
    email: str
    postal: str
    salutations: Mapping[str, str]
    source_title: str
    source_url: str
    checked_on: date
    reference: str = ""
    """The id that a file gives; empty: found again by country, body, office and name."""

    @property
    def key(self) -> str:
        """By which a file finds it again."""
        if self.reference:
            return f"id:{self.reference.casefold()}"
        parts = (self.country, self.body, self.office, self.name, self.constituency)
        return "|".join(" ".join(part.casefold().split()) for part in parts)

    def as_columns(self) -> dict[str, Any]:
        """What is stored of it."""
        return {
            "kind": self.kind.value, "name": self.name, "office": self.office, "body": self.body,
            "country": self.country, "constituency": self.constituency, "languages": list(self.languages),
            "email": self.email, "postal": self.postal, "salutations": dict(self.salutations),
            "source_title": self.source_title, "source_url": self.source_url, "checked_on": self.checked_on,
        }  # fmt: skip


@dataclass(slots=True)
class Cleaned:
    """A draft as it can be stored, or what stands in the way of it."""

    draft: TargetDraft
    problems: list[tuple[str, str]] = field(default_factory=list)
    """The field, and a sentence marked with N_."""


def clean(draft: TargetDraft) -> Cleaned:
    """Take control and bidirectional characters out, read the addresses, and name whatever cannot be kept."""
    problems: list[tuple[str, str]] = []
    email = draft.email.strip()
    if email:
        try:
            email = deliverable_address(email)
        except BadAddress:
            problems.append(("email", BROKEN_MAIL))
    lines = [one_line(each, LONGEST) for each in draft.postal.splitlines()]
    lines = [each for each in lines if each]
    if len(lines) > MOST_POSTAL_LINES or any(len(each) > LONGEST_POSTAL_LINE for each in lines):
        problems.append(("postal", N_("A postal address has at most 8 lines of 80 characters.")))
    kept = TargetDraft(
        draft.kind, one_line(draft.name, LONGEST), one_line(draft.office, LONGEST), one_line(draft.body, LONGEST),
        draft.country, one_line(draft.constituency, LONGEST),
        [each for each in dict.fromkeys(draft.languages) if each in LANGUAGES], email, "\n".join(lines),
        {code: words for code in LANGUAGES if (words := one_line(draft.salutations.get(code, ""), LONGEST))},
        one_line(draft.source_title, LONGEST), one_line(draft.source_url, 500), draft.checked_on,
        one_line(draft.reference, 80),
    )  # fmt: skip
    if not kept.name and not kept.office:
        problems.append(("name", N_("A name or an office is needed.")))
    if not email and not lines:
        problems.append(("email", N_("An e-mail address or a postal address is needed.")))
    if kept.source_url and not kept.source_url.startswith(("https://", "http://")):
        problems.append(("source_url", N_("The address of a source begins with https://.")))
    if not kept.source_title and not kept.source_url:
        problems.append(("source_title", N_("Say where this is from.")))
    if draft.checked_on > clock.today():
        problems.append(("checked_on", N_("This day is still to come.")))
    return Cleaned(kept, problems)


def add_target(draft: TargetDraft, *, actor: uuid.UUID | None, is_demo: bool = False) -> Target:
    """Write an official down. Raises NotComplete, and Twice for one that is here already."""
    kept = _checked(draft)
    if session.scalar(select(Target.id).where(Target.key == kept.key)) is not None:
        raise Twice(N_("This official is here already."))
    made = Target(
        id=uuid.uuid4(), key=kept.key, edited_at=clock.now(), edited_by=actor, is_demo=is_demo, retired_on=None,
        **kept.as_columns(),
    )  # fmt: skip
    session.add(made)
    session.flush()
    audit.record("appeal-target.add", actor=actor, about=f"appeal-target:{made.id}")
    return made


def edit_target(target: Target, draft: TargetDraft, *, seen_version: int, actor: uuid.UUID | None) -> None:
    """Store what holds now. Raises Conflict, NotComplete, and Twice when another is already called so."""
    check_version(target.version, seen_version)
    kept = _checked(draft)
    # One that a file knows by an id keeps it: the next file still finds it.
    key = target.key if target.key.startswith("id:") else kept.key
    if session.scalar(select(Target.id).where(Target.key == key, Target.id != target.id)) is not None:
        raise Twice(N_("This official is here already."))
    put(target, kept, actor)
    target.key = key
    session.flush()
    audit.record("appeal-target.edit", actor=actor, about=f"appeal-target:{target.id}")


def put(target: Target, draft: TargetDraft, actor: uuid.UUID | None) -> None:
    """Write the columns of a clean draft."""
    for name, value in draft.as_columns().items():
        setattr(target, name, value)
    target.edited_at, target.edited_by = clock.now(), actor


def confirm_target(target: Target, *, seen_version: int, actor: uuid.UUID | None) -> None:
    """Say that somebody looked today and all of it still holds. Raises Conflict."""
    check_version(target.version, seen_version)
    target.checked_on, target.edited_at, target.edited_by = clock.today(), clock.now(), actor
    session.flush()
    audit.record("appeal-target.confirm", actor=actor, about=f"appeal-target:{target.id}")


def retire_target(target: Target, *, seen_version: int, actor: uuid.UUID | None) -> None:
    """Ask nobody to write there any more, or, for one that is retired, ask again. Raises Conflict."""
    check_version(target.version, seen_version)
    target.retired_on = clock.today() if target.retired_on is None else None
    target.edited_at, target.edited_by = clock.now(), actor
    session.flush()
    action = "restore" if target.retired_on is None else "retire"
    audit.record(f"appeal-target.{action}", actor=actor, about=f"appeal-target:{target.id}")


def _checked(draft: TargetDraft) -> TargetDraft:
    found = clean(draft)
    if found.problems:
        raise NotComplete(found.problems[0][1])
    return found.draft
