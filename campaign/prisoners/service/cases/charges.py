"""What somebody is charged with. A charge that is replaced ends and names what took its place."""

import re
import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from campaign.kernel import audit
from campaign.kernel.db import session
from campaign.kernel.errors import N_, NotFound
from campaign.prisoners.articles import find_article
from campaign.prisoners.models import Case, Charge, Code
from campaign.prisoners.service.cases.dates import BadCase, is_before, is_future, refuse_if
from campaign.prisoners.service.cases.record import check_seen, facts_of, note
from campaign.prisoners.service.facts import Source

ARTICLE = re.compile(r"[1-9][0-9]{0,2}(\.[1-9][0-9]?){0,2}")
PART = re.compile(r"([1-9][0-9]?(\.[1-9])?)?")
CLAUSE = re.compile(r"([а-яё](\.[1-9])?(, [а-яё](\.[1-9])?)*)?")


class UnknownArticle(BadCase):
    """The register has no such article: likely a misprint, or a law that is new. Say so once more, and it is taken."""


@dataclass(frozen=True, slots=True)
class ChargeDraft:
    """One article, as the parser gives it (charge_text.py) or a program knows it."""

    article: str
    part: str = ""
    clause: str = ""
    code: Code = Code.UK
    from_on: date | None = None

    @property
    def is_known(self) -> bool:
        """Whether the register of articles has it."""
        return find_article(self.code, self.article) is not None


def add_charge(
    case: Case, draft: ChargeDraft, source: Source, *, actor: uuid.UUID | None, seen_version: int | None = None,
    is_confirmed: bool = False,
) -> Charge:  # fmt: skip
    """Write down a charge; flushed. The same one again gives the one that stands.

    Raises BadCase, UnknownArticle unless `is_confirmed`, and Conflict where the case changed after `seen_version`.
    """
    check_seen(case, seen_version)
    check_charge(case, draft, is_confirmed=is_confirmed)
    standing = _find_standing(case, draft)
    if standing is not None:
        return standing
    charge = Charge(id=uuid.uuid4(), case_id=case.id, **_columns(draft))
    case.charges.append(charge)
    note(case, ("charge", charge.id), {}, facts_of(charge), source, actor=actor)
    audit.record("charge.added", actor=actor, about=f"case:{case.id}")
    return charge


def replace_charge(
    case: Case, charge_id: uuid.UUID, draft: ChargeDraft, source: Source, *, on: date | None,
    actor: uuid.UUID | None, seen_version: int | None = None, is_confirmed: bool = False,
) -> Charge:  # fmt: skip
    """End one charge on a day and put another in its place; both stay on record. Gives the new one.

    Raises what add_charge raises, NotFound, and BadCase where the charge has ended already or would replace itself.
    """
    check_seen(case, seen_version)
    old = _standing(case, charge_id)
    refuse_if(_find_standing(case, draft) is old, "charges", N_("This is the charge that stands already."))
    _check_end(old, on)
    new = add_charge(
        case, ChargeDraft(draft.article, draft.part, draft.clause, draft.code, draft.from_on or on), source,
        actor=actor, is_confirmed=is_confirmed,
    )  # fmt: skip
    before = facts_of(old)
    old.until_on, old.superseded_by_id = on or new.from_on, new.id
    after = {**facts_of(old), "superseded_by": label_of(new)}
    note(case, ("charge", old.id), before, after, source, actor=actor)
    return new


def end_charge(
    case: Case, charge_id: uuid.UUID, source: Source, *, on: date, actor: uuid.UUID | None,
    seen_version: int | None = None,
) -> Charge:  # fmt: skip
    """End a charge that was dropped. Raises NotFound, BadCase, Conflict."""
    check_seen(case, seen_version)
    charge = _standing(case, charge_id)
    _check_end(charge, on)
    before = facts_of(charge)
    charge.until_on = on
    note(case, ("charge", charge.id), before, facts_of(charge), source, actor=actor)
    audit.record("charge.ended", actor=actor, about=f"case:{case.id}")
    return charge


def label_of(charge: Charge | ChargeDraft) -> str:
    """A charge as Russian courts write it: п. «д» ч. 2 ст. 207.3 УК."""
    clause = f"п. {', '.join(f'«{each}»' for each in charge.clause.split(', '))} " if charge.clause else ""
    part = f"ч. {charge.part} " if charge.part else ""
    return f"{clause}{part}ст. {charge.article} {'УК' if charge.code == Code.UK else 'КоАП'}"


def check_charge(case: Case, draft: ChargeDraft, *, is_confirmed: bool) -> None:
    """Raise BadCase for what no charge can look like, UnknownArticle for one the register lacks."""
    refuse_if(ARTICLE.fullmatch(draft.article) is None, "charges", N_("An article is a number as in 207.3."))
    refuse_if(PART.fullmatch(draft.part) is None, "charges", N_("A part is a number as in 2 or 1.1."))
    refuse_if(CLAUSE.fullmatch(draft.clause) is None, "charges", N_("A clause is a Russian letter."))
    refuse_if(bool(draft.clause) and not draft.part, "charges", N_("A clause belongs to a part: say which."))
    refuse_if(is_future(draft.from_on), "from_on", N_("This day lies in the future."))
    refuse_if(is_before(draft.from_on, case.opened_on), "from_on", N_("The case was opened after this day."))
    if not draft.is_known and not is_confirmed:
        raise UnknownArticle("charges", N_("The register has no such article. Look at it again."))


def _check_end(charge: Charge, on: date | None) -> None:
    refuse_if(is_future(on), "on", N_("This day lies in the future."))
    refuse_if(is_before(on, charge.from_on), "on", N_("The charge was brought after this day."))


def _columns(draft: ChargeDraft) -> dict[str, Any]:
    return {
        "code": Code(draft.code).value, "article": draft.article, "part": draft.part, "clause": draft.clause,
        "from_on": draft.from_on,
    }  # fmt: skip


def _find_standing(case: Case, draft: ChargeDraft) -> Charge | None:
    wanted = (Code(draft.code).value, draft.article, draft.part, draft.clause)
    standing = (each for each in case.charges if each.until_on is None and each.superseded_by_id is None)
    return next((each for each in standing if (each.code, each.article, each.part, each.clause) == wanted), None)


def _standing(case: Case, charge_id: uuid.UUID) -> Charge:
    charge = next((each for each in case.charges if each.id == charge_id), None)
    if charge is None:
        raise NotFound
    refuse_if(
        charge.until_on is not None or charge.superseded_by_id is not None, "charges",
        N_("This charge has ended already."),
    )  # fmt: skip
    session.flush()
    return charge
