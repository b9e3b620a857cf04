"""A person's public page: the person, the case, how to write, and what one can do today (PRODUCT.md, "The look")."""

from dataclasses import dataclass
from datetime import date

from babel import Locale
from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from campaign.dossiers.queries.public import list_filings
from campaign.kernel import clock
from campaign.kernel.registry import Offer, person_offers
from campaign.needs.forms.category_words import CATEGORY_WORDS
from campaign.needs.queries.needs import public_needs
from campaign.prisoners.models import PortraitSize, Publicity
from campaign.prisoners.queries.public_cards import Portrait, names_for
from campaign.prisoners.queries.public_entries import attention_bucket
from campaign.prisoners.queries.public_person import PersonPage, get_person_page
from campaign.prisoners.queries.reach import Reach
from campaign.prisoners.spoken import CHANGE, LIBERTY, day_in_words
from campaign.prisoners.views.faces import age_in_words, portrait_url, since_in_words
from campaign.site.prisoner_case import cases_of
from campaign.site.prisoner_letters import letters_to
from campaign.site.prisoner_sources import listings_shown, sources_shown
from campaign.site.prisoner_timeline import timeline_of
from campaign.site.prisoner_words import words_from
from campaign.web.headers import public_page
from campaign.web.i18n import current_language, ngettext
from campaign.web.i18n import gettext as _
from campaign.web.place import current_place

bp = Blueprint("prisoner_page", __name__)


@dataclass(frozen=True, slots=True)
class Heading:
    """Who it is, in the reader's words."""

    name: str
    other_name: str
    full_name_ru: str
    age: str
    status: str
    since: str
    portrait_url: str
    letters: str

    @property
    def initials(self) -> str:
        """What stands in the place of a portrait that we do not have."""
        return "".join(word[0] for word in self.name.split()[:2])


@bp.get("/<slug>")
@public_page(survives_outage=False)
def show_prisoner(slug: str) -> ResponseReturnValue:
    """One person. Who is not public, or no longer, is answered exactly as somebody who never was (ADR 0008)."""
    person = get_person_page(slug, clock.now())
    language, place, today = current_language(), current_place(), clock.today()
    letters = letters_to(person, today, language)
    return render_template(
        "site/prisoner.html",
        person=person.row,
        page=person,
        heading=heading_of(person, letters.reach),
        told=person.told_in(language),
        reads=_languages(person.row.languages_read, language),
        interests=[labels.get(language) or labels["en"] for labels in person.interests],
        cases=cases_of(person, language),
        events=timeline_of(person, today, language, list_filings(person.row.id)),
        letters=letters,
        words=words_from(person.row.id),
        needs=public_needs(person.row.id),
        category_words=CATEGORY_WORDS,
        offers=_offers(person, letters.reach),
        listings=listings_shown(person.listings, place),
        sources=sources_shown(person.sources),
        change_words=CHANGE,
        day_in_words=day_in_words,
        attention="" if person.row.publicity == Publicity.LIMITED else attention_bucket(person.row.quarters or 0),
    )


def letters_in_days(last_letter_on: date | None, bucket: str, today: date) -> str:
    """How many days ago the last letter through us was, and how many there were in 90 days, as `bucket` has it."""
    if last_letter_on is None:
        return (
            _("No letter through us yet") if bucket == "none" else _("No letter through us yet; the first is promised")
        )
    days = max((today - last_letter_on).days, 0)
    ago = ngettext("Last letter through us: %(num)s day ago", "Last letter through us: %(num)s days ago", days)
    if days == 0:
        ago = _("Last letter through us: today")
    amounts = {
        "none": _("none in 90 days"), "1-4": _("1 to 4 in 90 days"), "5-19": _("5 to 19 in 90 days"),
        "20+": _("20 or more in 90 days"),
    }  # fmt: skip
    return f"{ago} · {amounts[bucket]}"


def _languages(codes: list[str], language: str) -> list[str]:
    names = Locale(language).languages
    return [names.get(code, code) for code in codes]


def heading_of(person: PersonPage, reach: Reach) -> Heading:
    """What stands at the head of a page about this person."""
    row, status, today = person.row, person.status, clock.today()
    is_limited = row.publicity == Publicity.LIMITED
    name, other_name = names_for(current_language(), row)
    return Heading(
        name,
        other_name,
        " ".join(filter(None, (row.last_ru, row.first_ru, row.patronymic_ru))),
        "" if is_limited else age_in_words(row.born_on, row.born_precision, today, died=reach is Reach.DIED),
        _(LIBERTY[status.status]) if status else "",
        since_in_words(status.status, status.since_on, status.since_precision) if status else "",
        _portrait_url(person),
        ""
        if is_limited or reach is not Reach.OPEN
        else letters_in_days(row.last_letter_on, attention_bucket(row.quarters or 0), today),
    )


def _portrait_url(person: PersonPage) -> str:
    large = person.portraits.get(PortraitSize.LARGE)
    if large is None:
        return ""
    return portrait_url(person.row.slug, Portrait(large.name, large.digest, large.width, large.height, ""))


def _offers(person: PersonPage, reach: Reach) -> list[Offer]:
    """What higher features have for this person, in the order of their rank; nothing for somebody who has died."""
    if reach is Reach.DIED:
        return []
    found = [
        offer
        for offers_for in person_offers
        for offer in offers_for(person.row.id, current_place(), current_language())
    ]
    return sorted(found, key=lambda offer: offer.rank)
