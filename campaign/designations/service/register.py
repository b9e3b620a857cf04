"""Loading the register from its data file, as often as one likes."""

import tomllib
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from campaign.designations.models import (
    USUAL_POSITION,
    Designation,
    DesignationKind,
    Organisation,
    OrganisationKind,
    Precision,
    Work,
)
from campaign.designations.service.gate import touch_register
from campaign.kernel import audit
from campaign.kernel.db import session
from campaign.kernel.errors import DomainError

REGISTER = Path(__file__).parent.parent / "data" / "register.toml"


class BadRegister(DomainError):
    """The data file is not a register; the message names the entry."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load changed."""

    organisations: int
    added: int
    changed: int


def load_register(path: Path = REGISTER) -> Loaded:
    """Bring organisations and designations into the database as the file has them.

    Entries go by their slug; nothing is deleted, a day on which staff checked an entry is never moved back, and what
    staff changed by two persons stays as they left it. Raises BadRegister. Audited with the number of designations
    that were added or changed, when there are any.
    """
    organisations, added, changed, words = 0, 0, 0, 0
    for entry in tomllib.loads(path.read_text())["organisation"]:
        try:
            organisation, differs = _upsert_organisation(entry)
            organisations, words = organisations + 1, words + differs
            for line in entry.get("designation", []):
                is_new, differs = _upsert_designation(organisation, line)
                added, changed = added + is_new, changed + differs
        except (KeyError, ValueError) as problem:
            raise BadRegister(f"{entry.get('slug', '?')}: {problem}") from problem
    session.flush()
    if added or changed or words:
        touch_register()
    if added or changed:
        audit.record("designations.loaded", about="designations", amount=added + changed)
    return Loaded(organisations, added, changed)


def _upsert_organisation(entry: dict[str, Any]) -> tuple[Organisation, bool]:
    """(the organisation, it reads differently now)."""
    organisation = session.scalar(select(Organisation).where(Organisation.slug == entry["slug"]))
    if organisation is not None and organisation.staff_edited_at is not None:
        return organisation, False
    wanted = {
        "names": entry["names"], "descriptions": entry["descriptions"], "url": entry["url"],
        "kind": OrganisationKind(entry.get("kind", "organisation")).value, "aliases": entry.get("aliases", []),
        "domains": entry.get("domains", []), "is_listed": entry.get("is_listed", True),
        "works": [Work(each).value for each in entry.get("works", [])], "reach": entry.get("reach", {}),
        "support": entry.get("support", {}), "sources": entry.get("sources", []),
        "described_on": entry.get("described_on"), "position": entry.get("position", USUAL_POSITION),
    }  # fmt: skip
    if organisation is None:
        organisation = Organisation(id=uuid.uuid4(), slug=entry["slug"], **wanted)
        session.add(organisation)
        session.flush()
        return organisation, True
    differs = any(getattr(organisation, name) != value for name, value in wanted.items())
    for name, value in wanted.items():
        setattr(organisation, name, value)
    session.flush()
    return organisation, differs


def _upsert_designation(organisation: Organisation, line: dict[str, Any]) -> tuple[bool, bool]:
    """(it is new, an existing one now reads differently)."""
    wanted = {
        "organisation_id": organisation.id,
        "kind": DesignationKind(line["kind"]).value,
        "since_on": line["since_on"],
        "since_precision": Precision(line.get("since_precision", "day")).value,
        "ended_on": line.get("ended_on"),
        "act": line["act"],
        "source_url": line["source_url"],
        "source_name": line["source_name"],
    }
    known = session.scalar(select(Designation).where(Designation.slug == line["slug"]))
    if known is None:
        session.add(Designation(id=uuid.uuid4(), slug=line["slug"], checked_on=line["checked_on"], **wanted))
        return True, False
    if known.staff_edited_at is not None:
        return False, False
    differs = any(getattr(known, name) != value for name, value in wanted.items())
    for name, value in wanted.items():
        setattr(known, name, value)
    if line["checked_on"] > known.checked_on:
        known.checked_on, differs = line["checked_on"], True
    return False, differs
