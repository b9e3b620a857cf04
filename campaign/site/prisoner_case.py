"""Cases and charges in a reader's words."""

from collections.abc import Sequence
from dataclasses import dataclass

from campaign.prisoners.articles import article_label
from campaign.prisoners.models import Code
from campaign.prisoners.queries.public_parts import ToldCase, ToldCharge
from campaign.prisoners.queries.public_person import PersonPage
from campaign.prisoners.regions import region_name
from campaign.prisoners.spoken import STAGE, day_in_words
from campaign.web.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class ChargeInWords:
    """An article as the code has it, and what it is about."""

    article: str
    about: str
    until: str
    """The day on which it was dropped or replaced, in words; empty for one that stands."""


@dataclass(frozen=True, slots=True)
class CaseInWords:
    """One prosecution."""

    name: str
    stage: str
    court: str
    region: str
    charges: Sequence[ChargeInWords]
    former_charges: Sequence[ChargeInWords]


def cases_of(person: PersonPage, language: str) -> list[CaseInWords]:
    """Every case, the latest first, with the charges that stand and those that stood before."""
    return [_case(each, person.charges, language) for each in person.cases]


def _case(case: ToldCase, charges: Sequence[ToldCharge], language: str) -> CaseInWords:
    own = [charge_in_words(charge, language) for charge in charges if charge.case_id == case.id]
    return CaseInWords(
        case.names.get(language) or case.names.get("en") or next(iter(case.names.values())),
        _(STAGE[case.stage]),
        case.court,
        region_name(case.region, language),
        [charge for charge in own if not charge.until],
        [charge for charge in own if charge.until],
    )


def charge_in_words(charge: ToldCharge, language: str) -> ChargeInWords:
    """An article with part and clause, and what it is about in plain words."""
    parts = [_("Article %(number)s", number=charge.article)]
    if charge.part:
        parts.append(_("part %(number)s", number=charge.part))
    if charge.clause:
        parts.append(_("clause “%(letter)s”", letter=charge.clause))
    code = _("Criminal Code") if charge.code == Code.UK else _("Code of Administrative Offences")
    return ChargeInWords(
        f"{', '.join(parts)}, {code}",
        article_label(charge.code, charge.article, language),
        day_in_words(charge.until_on) if charge.until_on else "",
    )
