"""Sentences as people write them in one cell: "5 лет 6 месяцев колонии общего режима", "3.5 years", "штраф"."""

import re
from dataclasses import dataclass

from campaign.kernel.errors import N_
from campaign.kernel.tables.cells import BadCell, shortened
from campaign.prisoners.models import Punishment, Regime

_YEARS = re.compile(r"(\d{1,2}(?:[.,]5)?)\s*(?:лет|год(?:а|ов)?|г\.?(?!\w)|л\.?(?!\w)|years?|y(?!\w))")
_MONTHS = re.compile(r"(\d{1,4})\s*(?:мес\w*\.?|м\.?(?!\w)|months?|mo(?!\w))")
_BARE = re.compile(r"\d{1,2}(?:[.,]5)?")
_PUNISHMENTS = (
    ("условн|suspended|probation", Punishment.SUSPENDED),
    ("поселени|settlement", Punishment.SETTLEMENT_COLONY),
    ("принудительн\\w* работ|forced labour|forced labor", Punishment.FORCED_LABOUR),
    ("принудительн\\w* лечени|психиатр|psychiatric|compulsory treatment", Punishment.COMPULSORY_PSYCHIATRIC),
    ("исправительн\\w* работ|corrective", Punishment.CORRECTIVE),
    ("обязательн\\w* работ|community", Punishment.COMMUNITY),
    ("ограничени\\w* свобод|restriction", Punishment.RESTRICTION),
    ("штраф|fine", Punishment.FINE),
    ("запрет|ban on", Punishment.BAN_ON_ACTIVITY),
)
_REGIMES = (
    ("особ|special", Regime.SPECIAL), ("строг|strict", Regime.STRICT), ("общ|general", Regime.GENERAL),
    ("поселени|settlement", Regime.SETTLEMENT), ("тюрьм|prison regime", Regime.PRISON_PART),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Term:
    """What a sentence imposes."""

    punishment: Punishment
    regime: Regime
    months: int | None


def read_term(text: str) -> Term:
    """The punishment, its regime and its months; raises BadCell where nothing of the kind is said."""
    plain = " ".join(text.lower().replace("ё", "е").split())
    months = _months_of(plain)
    punishment = _first(_PUNISHMENTS, plain)
    if punishment is None and months is None:
        raise BadCell(N_("This sentence could not be read: %(text)s. Left out."), text=shortened(text))
    regime = _first(_REGIMES, plain)
    return Term(Punishment(punishment or Punishment.IMPRISONMENT), Regime(regime or Regime.UNKNOWN), months)


def _first(known: tuple[tuple[str, str], ...], text: str) -> str | None:
    return next((value for pattern, value in known if re.search(pattern, text)), None)


def _months_of(text: str) -> int | None:
    """The term in months; a bare number is years, as in a column headed "term"."""
    if _BARE.fullmatch(text):
        return round(float(text.replace(",", ".")) * 12) or None
    years, months = _YEARS.search(text), _MONTHS.search(text)
    total = (round(float(years.group(1).replace(",", ".")) * 12) if years else 0) + (
        int(months.group(1)) if months else 0
    )
    return total if 1 <= total <= 1200 else None
