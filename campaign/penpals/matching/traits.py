"""Whom a writer may say they would rather not write to, told from the register's facts."""

from collections.abc import Iterable
from enum import StrEnum


class Avoidable(StrEnum):
    """Whom a writer may say they would rather not write to: no more than the register's facts can tell."""

    MINORS = "minors"
    """Under 18 for all we know."""
    RELIGIOUS_CASES = "religious_cases"
    """Accused of going on with a banned community, which is how believers are mostly prosecuted."""
    VIOLENCE_CHARGES = "violence_charges"
    """Accused of killing, wounding, explosions, arson or an attack, whatever the accusation is worth."""
    TERRORISM_CHARGES = "terrorism_charges"
    TREASON_CHARGES = "treason_charges"
    """Treason, espionage, dealings with a foreign state: whoever writes to them may be looked at most closely."""
    MILITARY = "military"
    """Accused of refusing to serve, of desertion or of leaving a unit."""


AVOIDABLE = frozenset(Avoidable)

# Articles of the criminal code, as `Addressee.articles` has them; a longer one (205.2) is its own article.
_ARTICLES = {
    Avoidable.RELIGIOUS_CASES: frozenset({"148", "205.5", "239", "282.2", "282.3"}),
    Avoidable.VIOLENCE_CHARGES: frozenset(
        {"105", "111", "112", "115", "116", "167", "205", "206", "211", "213", "267", "277", "281", "295", "317", "318"}
    ),
    Avoidable.TERRORISM_CHARGES: frozenset(
        {"205", "205.1", "205.2", "205.3", "205.4", "205.5", "205.6", "206", "208", "211", "277", "360", "361"}
    ),
    Avoidable.TREASON_CHARGES: frozenset({"275", "275.1", "276", "276.1", "283", "283.1", "283.2", "284.1"}),
    Avoidable.MILITARY: frozenset({"328", "332", "337", "338", "339", "352.1"}),
}


def traits_of(articles: Iterable[str], *, is_minor: bool) -> frozenset[Avoidable]:
    """What a writer may avoid about somebody with these articles (as `Addressee.articles` has them)."""
    accused = frozenset(articles)
    found = {trait for trait, known in _ARTICLES.items() if accused & known}
    return frozenset(found | {Avoidable.MINORS}) if is_minor else frozenset(found)
