"""People in a list as readers see them: what the directory and the database know of each, put into words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from flask import get_template_attribute, request
from markupsafe import Markup

from campaign.kernel import clock
from campaign.prisoners.models import OVER, Liberty, Precision, Publicity
from campaign.prisoners.queries.public_cards import Card, Portrait
from campaign.prisoners.queries.public_entries import Entry
from campaign.prisoners.queries.reach import Reach
from campaign.prisoners.regions import region_name
from campaign.prisoners.spoken import LIBERTY, day_in_words
from campaign.web.i18n import current_language, ngettext
from campaign.web.i18n import gettext as _

MOST_DRAWN = 3000


@dataclass(frozen=True, slots=True)
class Face:
    """One person in a list."""

    card: Card
    entry: Entry
    age: str
    status: str
    since: str
    region: str
    letters: str
    """How long ago the last letter through us was; empty where that is nobody's business or no question."""

    @property
    def initials(self) -> str:
        """What stands in the place of a portrait that we do not have."""
        return "".join(word[0] for word in self.card.name.split()[:2])

    @property
    def url(self) -> str:
        """The person's page."""
        return f"{request.script_root or ''}/prisoners/{self.card.slug}"

    @property
    def picture_url(self) -> str:
        """The small portrait, by its content; empty where there is none."""
        return portrait_url(self.card.slug, self.card.portrait)


def portrait_url(slug: str, portrait: Portrait | None) -> str:
    """Where a portrait is found; its address names the content. Empty where there is none."""
    if portrait is None:
        return ""
    return f"{request.script_root or ''}/prisoners/{slug}/portrait/{portrait.size}-{portrait.digest}.webp"


def faces_of(entries: Sequence[Entry], cards: Sequence[Card]) -> list[Face]:
    """A face for each card, with what the entry of the same person knows."""
    today, language = clock.today(), current_language()
    known = {entry.id: entry for entry in entries}
    return [_face(card, known[card.id], today, language) for card in cards]


def drawn_faces(entries: Sequence[Entry], cards: Sequence[Card]) -> list[Markup]:
    """The same as HTML; of those seen lately it is kept, by all that it shows: who changes is drawn anew."""
    today, language, known = clock.today(), current_language(), {entry.id: entry for entry in entries}
    return [_draw(card, known[card.id], today, language, request.script_root) for card in cards]


@lru_cache(maxsize=MOST_DRAWN)
def _draw(card: Card, entry: Entry, today: date, language: str, _root: str) -> Markup:
    drawn: Markup = get_template_attribute("prisoners/_face.html", "face")(_face(card, entry, today, language))
    return drawn


def _face(card: Card, entry: Entry, today: date, language: str) -> Face:
    is_limited = entry.publicity == Publicity.LIMITED
    return Face(
        card,
        entry,
        ""
        if is_limited
        else age_in_words(entry.born_on, entry.born_precision, today, died=entry.status == Liberty.DIED),
        _(LIBERTY[entry.status]) if entry.status else "",
        since_in_words(entry.status, entry.since_on, entry.since_precision),
        region_name(entry.region, language),
        "" if is_limited or entry.reach is not Reach.OPEN else letters_in_words(entry.last_letter_on, today),
    )


def _age(entry: Entry, today: date) -> str:
    return age_in_words(entry.born_on, entry.born_precision, today, died=entry.status == Liberty.DIED)


def age_in_words(born_on: date | None, precision: str | None, today: date, *, died: bool = False) -> str:
    """The age where the day of birth is known, the year where only that is or somebody has died, else nothing."""
    if born_on is None:
        return ""
    if died or precision != Precision.DAY:
        return str(_("born in %(year)s", year=str(born_on.year)))
    age = today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day))
    return str(ngettext("%(num)s year old", "%(num)s years old", age))


def since_in_words(status: str | None, since_on: date | None, precision: str) -> str:
    """Since when a status holds; of a release or a death the day itself."""
    if since_on is None:
        return ""
    day = day_in_words(since_on, precision)
    return day if status in OVER else str(_("since %(day)s", day=day))


def letters_in_words(last_letter_on: date | None, today: date) -> str:
    """How long ago the last letter through us was, in steps too wide to tell one writer's letter from another's."""
    if last_letter_on is None:
        return str(_("No letter through us yet"))
    days = (today - last_letter_on).days
    if days <= 7:
        return str(_("Last letter through us: within a week"))
    if days <= 30:
        return str(_("Last letter through us: within a month"))
    if days <= 90:
        return str(_("Last letter through us: within three months"))
    return str(_("Last letter through us: more than three months ago"))
