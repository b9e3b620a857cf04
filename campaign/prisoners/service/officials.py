"""Who acted: judges, prosecutors, investigators and others in office, and what each did in which case.

For staff only, unless a released dossier names them. So their facts belong to nobody's page: no fact here names a
prisoner, and what reads a person's facts never meets an official.
"""

import re
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, NotFound
from campaign.kernel.versions import check_version
from campaign.prisoners.models import Case, Office, Official, OfficialAct
from campaign.prisoners.service.cases.dates import BadCase, is_future
from campaign.prisoners.service.facts import Source, Subject, record_facts
from campaign.prisoners.service.names import clean_name, fold, latin_of

URL = re.compile(r"https?://\S{1,490}")
MOST_LISTS = 20


class BadOfficial(BadCase):
    """What was given of an official or an act cannot be; `field` names the place."""


@dataclass(frozen=True, slots=True)
class OfficialDraft:
    """Somebody in office. The names of the fields are those of the columns."""

    name: str
    name_latin: str = ""
    position: str = ""
    sanctioned_by: Sequence[str] = field(default=())


@dataclass(frozen=True, slots=True)
class ActDraft:
    """What an official did, and when."""

    office: Office
    act: str
    acted_on: date | None = None


def add_official(draft: OfficialDraft, source: Source, *, actor: uuid.UUID | None) -> Official:
    """Write down somebody in office; flushed. Raises BadOfficial."""
    values = _checked(draft)
    official = Official(id=uuid.uuid4(), **values)
    session.add(official)
    session.flush()
    record_facts(Subject("official", official.id), {}, _facts_of(official), source, actor=actor)
    audit.record("official.added", actor=actor, about=f"official:{official.id}")
    return official


def edit_official(
    official: Official, draft: OfficialDraft, source: Source, *, seen_version: int, actor: uuid.UUID | None
) -> int:
    """Change what is known of an official; gives how many fields differ now. Raises BadOfficial, and Conflict where
    somebody else changed them after `seen_version` was shown."""
    check_version(official.version, seen_version)
    before = _facts_of(official)
    for name, value in _checked(draft).items():
        setattr(official, name, value)
    session.flush()
    changed = record_facts(Subject("official", official.id), before, _facts_of(official), source, actor=actor)
    if changed:
        audit.record("official.edited", actor=actor, about=f"official:{official.id}", amount=changed)
    return changed


def record_act(
    official: Official, case: Case, draft: ActDraft, source: Source, *, actor: uuid.UUID | None
) -> OfficialAct:
    """Write down what an official did in a case. Needs the address of a source. Raises BadOfficial."""
    if not draft.act.strip():
        raise BadOfficial("act", N_("Say what was done."))
    if is_future(draft.acted_on):
        raise BadOfficial("acted_on", N_("This day lies in the future."))
    if URL.fullmatch(source.url.strip()) is None:
        raise BadOfficial("source_url", N_("What is said of an official needs a source that others can read."))
    act = OfficialAct(
        id=uuid.uuid4(), official_id=official.id, case_id=case.id, office=Office(draft.office).value,
        act=draft.act.strip(), acted_on=draft.acted_on, source_url=source.url.strip(),
        retrieved_on=source.retrieved_on or clock.today(),
    )  # fmt: skip
    session.add(act)
    session.flush()
    record_facts(Subject("official_act", act.id), {}, _facts_of_act(act), source, actor=actor)
    audit.record("official.act_recorded", actor=actor, about=f"official:{official.id}")
    return act


def remove_act(case: Case, act_id: uuid.UUID, reason: str, *, actor: uuid.UUID | None) -> None:
    """Take back an act that was written down wrongly; the history keeps it. Raises NotFound, and BadOfficial without
    a reason."""
    act = session.get(OfficialAct, act_id)
    if act is None or act.case_id != case.id:
        raise NotFound
    if not reason.strip():
        raise BadOfficial("reason", N_("Say why this is taken back."))
    before = _facts_of_act(act)
    record_facts(
        Subject("official_act", act.id), before, dict.fromkeys(before), Source(reason.strip()), actor=actor
    )  # fmt: skip
    audit.record("official.act_removed", actor=actor, about=f"official:{act.official_id}")
    session.delete(act)
    session.flush()


def _checked(draft: OfficialDraft) -> dict[str, Any]:
    name = clean_name(draft.name)
    if not name:
        raise BadOfficial("name", N_("Enter the name."))
    values = asdict(draft)
    latin = clean_name(draft.name_latin) or latin_of(name)
    folded = dict.fromkeys(f"{fold(name)} {fold(latin)}".split())
    lists = [each.strip() for each in draft.sanctioned_by if each.strip()]
    if len(lists) > MOST_LISTS or any(len(each) > 40 for each in lists):
        raise BadOfficial("sanctioned_by", N_("Name the lists in short, as in EU, UK, US."))
    return {
        **values, "name": name, "name_latin": latin, "position": draft.position.strip(),
        "sanctioned_by": list(dict.fromkeys(lists)), "folded": " ".join(folded),
    }  # fmt: skip


def _facts_of(official: Official) -> dict[str, Any]:
    return {name: getattr(official, name) for name in ("name", "name_latin", "position", "sanctioned_by")}


def _facts_of_act(act: OfficialAct) -> dict[str, Any]:
    return {"official": str(act.official_id), "case": str(act.case_id), "office": act.office, "act": act.act,
            "acted_on": act.acted_on, "source_url": act.source_url}  # fmt: skip
