"""The filters of the list, each with its choices in words and how many fit them."""

from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import gettext as _

from campaign.prisoners.articles import article_label
from campaign.prisoners.models import Code
from campaign.prisoners.queries.public_directory import STATUS_GROUPS, Directory
from campaign.prisoners.regions import region_name
from campaign.prisoners.spoken import LISTING, STATUS_GROUP
from campaign.prisoners.views.wish import WHO, Wish
from campaign.web.i18n import current_language
from campaign.web.place import Place, current_place

LONGEST_LABEL = 60


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a filter."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter as a list of choices; the first one, "all", has no value."""

    name: str
    label: str
    everything: str
    options: list[Option]
    chosen: str

    @property
    def chosen_label(self) -> str:
        """The chosen one in words; empty where none is."""
        return next((option.label for option in self.options if option.value == self.chosen), "")


def filters_for(people: Directory, wish: Wish) -> list[Filter]:
    """Every filter that the visitor may use, choices that nobody fits left out (but the chosen one)."""
    language = current_language()
    spoken: list[tuple[str, str, str, Callable[[str], str]]] = [
        ("status", _("Situation"), _("Any"), lambda value: _(STATUS_GROUP[value])),
        ("region", _("Region"), _("All regions"), lambda value: region_name(value, language)),
        ("article", _("Charged under"), _("Any article"), lambda value: article_in_words(value, language)),
        ("listing", _("Recognised by"), _("Anybody"), lambda value: _(LISTING[value])),
        ("who", _("Who"), _("Everybody"), lambda value: {"women": _("Women"), "minors": _("Under 18")}[value]),
        ("need", _("Letters"), _("No matter"), lambda _value: _("Needs letters")),
    ]
    if current_place() is Place.RUSSIA:
        # The names of most of these sources must not be shown to who is there (SAFETY.md 17).
        spoken = [each for each in spoken if each[0] != "listing"]
    return [_filter(people, wish, *each) for each in spoken]


def _filter(people: Directory, wish: Wish, name: str, label: str, everything: str, say: Callable[[str], str]) -> Filter:
    chosen = getattr(wish, name)
    counts = people.counts(name, wish.choices)
    counts.setdefault(chosen, 0)
    shown = [value for value, count in counts.items() if value and (count or value == chosen)]
    options = [Option(value, say(value), counts[value]) for value in shown]
    return Filter(name, label, everything, _sorted(name, options), chosen)


def _sorted(name: str, options: list[Option]) -> list[Option]:
    fixed = {"status": list(STATUS_GROUPS), "who": list(WHO)}.get(name)
    if fixed is not None:
        return sorted(options, key=lambda option: fixed.index(option.value))
    if name == "article":
        return sorted(options, key=lambda option: -option.count)
    return sorted(options, key=lambda option: option.label)


def article_in_words(key: str, language: str) -> str:
    """An article with what it is about, short enough for a choice."""
    code, number = (Code.KOAP, key[5:]) if key.startswith("koap-") else (Code.UK, key)
    about = article_label(code, number, language)
    if len(about) > LONGEST_LABEL:
        about = about[:LONGEST_LABEL].rsplit(" ", 1)[0] + "…"
    named = _("%(number)s, administrative", number=number) if code is Code.KOAP else number
    return f"{named}: {about}" if about else named
