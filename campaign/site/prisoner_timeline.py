"""What has happened to a person, oldest first, in words that know no gender: nouns, and no verb in the past."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from campaign.dossiers.models import Body, Outcome
from campaign.dossiers.queries.public import PublicFiling
from campaign.kernel.errors import N_
from campaign.prisoners.models import OVER, Certainty, Liberty, Precision, ReleaseReason
from campaign.prisoners.queries.public_parts import Imprisonment, StayAt, ToldCharge, ToldHearing, ToldSentence
from campaign.prisoners.queries.public_person import PersonPage
from campaign.prisoners.queries.reach import AT_HOME
from campaign.prisoners.regions import region_name
from campaign.prisoners.spoken import (
    DEATH,
    FACILITY,
    HEARING,
    HEARING_STATE,
    INSTANCE,
    LIBERTY,
    OPENNESS,
    PUNISHMENT,
    REGIME,
    RELEASE,
    day_in_words,
    term_in_words,
)
from campaign.site.prisoner_case import charge_in_words
from campaign.web.i18n import gettext as _

# What a stay or the end of an imprisonment tells better.
TOLD_OTHERWISE = OVER | {Liberty.IN_TRANSIT, Liberty.WHEREABOUTS_UNKNOWN, Liberty.DETAINED_48H}
ENDS = {ReleaseReason.DEATH, ReleaseReason.EXCHANGE}
FILED = {
    Body.WGAD: N_("Complaint to the UN Working Group on Arbitrary Detention"),
    Body.SPECIAL_PROCEDURES: N_("Complaint to the special procedures of the UN Human Rights Council"),
}
OUTCOME = {
    Outcome.ARBITRARY: N_("Opinion of the UN Working Group: the detention is arbitrary"),
    Outcome.PARTLY_ARBITRARY: N_("Opinion of the UN Working Group: the detention is arbitrary in part"),
    Outcome.NOT_ARBITRARY: N_("Opinion of the UN Working Group: the detention is not arbitrary"),
    Outcome.LETTER_SENT: N_("Letter of UN experts to the government"),
}


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the timeline."""

    on: date
    precision: str
    title: str
    details: Sequence[str] = ()
    is_ahead: bool = False

    @property
    def when(self) -> str:
        """The date, as exactly as it is known."""
        return day_in_words(self.on, self.precision)


def timeline_of(
    person: PersonPage, today: date, language: str, filings: Sequence[PublicFiling] = ()
) -> list[Event]:  # fmt: skip
    """Arrests, charges, days in court, decisions, stays, releases and complaints that staff told of; what is still
    ahead last."""
    events = [
        *_arrests_and_ends(person),
        *_charges(person.charges, language),
        *(_hearing(each, today) for each in person.hearings),
        *(_sentence(each) for each in person.sentences),
        *(_stay(each, language) for each in person.stays),
        *_statuses(person),
        *_expected_release(person, today),
        *_filings(filings),
    ]
    # A sort keeps the order above for things of one day: the arrest before the charge, the charge before the stay.
    return sorted(events, key=lambda event: (event.is_ahead, event.on))


def _filings(filings: Sequence[PublicFiling]) -> Iterator[Event]:
    for each in filings:
        yield Event(each.sent_on, Precision.DAY, _(FILED[each.body]))
        if each.outcome in OUTCOME and each.answered_on is not None:
            yield Event(each.answered_on, Precision.DAY, _(OUTCOME[each.outcome]))


def _arrests_and_ends(person: PersonPage) -> Iterator[Event]:
    for each in person.episodes:
        yield Event(each.arrested_on, each.arrested_precision, _("Arrest"))
        if each.ended_on is not None:
            yield Event(each.ended_on, each.ended_precision, *_end(each))
    # Somebody may die, or be let go, without any imprisonment that we know of.
    told = {each.ended_on for each in person.episodes}
    for status in person.statuses:
        if status.status in OVER and status.since_on not in told:
            yield Event(status.since_on, status.since_precision, _(LIBERTY[status.status]))


def _end(episode: Imprisonment) -> tuple[str, Sequence[str]]:
    reason = ReleaseReason(episode.end_reason or ReleaseReason.OTHER)
    if reason is ReleaseReason.DEATH:
        kind = DEATH.get(episode.death_kind or "")
        return _("Death"), [_(kind)] if kind else []
    if reason is ReleaseReason.EXCHANGE:
        return _("Release in an exchange of prisoners"), []
    return _("Release"), [_(RELEASE[reason])] if RELEASE[reason] else []


def _charges(charges: Sequence[ToldCharge], language: str) -> Iterator[Event]:
    dated = sorted((each for each in charges if each.from_on), key=lambda each: (each.from_on, each.case_id))
    for (day, _case), group in groupby(dated, key=lambda each: (each.from_on, each.case_id)):
        if day is not None:
            words = [charge_in_words(each, language) for each in group]
            details = [": ".join(filter(None, (each.article, each.about))) for each in words]
            yield Event(day, Precision.DAY, _("Charges"), details)


def _hearing(hearing: ToldHearing, today: date) -> Event:
    details = [
        hearing.court,
        _("at %(time)s, local time of the court", time=hearing.starts_at) if hearing.starts_at else "",
        *(_(each) for each in (OPENNESS[hearing.openness], HEARING_STATE[hearing.state]) if each),
        hearing.outcome,
    ]
    is_ahead = hearing.state == "set" and hearing.held_on >= today
    return Event(hearing.held_on, Precision.DAY, _(HEARING[hearing.instance]), _said(details), is_ahead)


def _sentence(sentence: ToldSentence) -> Event:
    punishment = [
        _(PUNISHMENT[sentence.punishment]),
        term_in_words(sentence.term_months) if sentence.term_months else "",
        _(REGIME[sentence.regime]) if REGIME[sentence.regime] else "",
        _("in absence") if sentence.in_absentia else "",
    ]
    details = [
        ", ".join(_said(punishment)),
        sentence.court,
        _("in force since %(day)s", day=day_in_words(sentence.in_force_on)) if sentence.in_force_on else "",
        sentence.note,
    ]
    return Event(sentence.decided_on, Precision.DAY, _(INSTANCE[sentence.instance]), _said(details))


def _stay(stay: StayAt, language: str) -> Event:
    if stay.certainty == Certainty.IN_TRANSIT:
        return Event(stay.from_on, stay.from_precision, _("Being moved, destination unknown"))
    if stay.certainty == Certainty.UNKNOWN:
        return Event(stay.from_on, stay.from_precision, _("Whereabouts unknown"))
    is_sure = stay.certainty == Certainty.CONFIRMED
    title = _("Held in: %(place)s", place=facility_name(stay, language))
    details = [facility_words(stay, language), "" if is_sure else _("Probably; nobody has confirmed it.")]
    return Event(stay.from_on, stay.from_precision, title, _said(details))


def facility_name(stay: StayAt, language: str) -> str:
    """A place by its name in the reader's alphabet, in the other where there is none."""
    names = (stay.name_ru, stay.name_latin) if language == "ru" else (stay.name_latin, stay.name_ru)
    return next(filter(None, names), "")


def facility_words(stay: StayAt, language: str) -> str:
    """What kind of place it is, and in which region."""
    kind = FACILITY.get(stay.kind or "")
    return ", ".join(_said([_(kind) if kind else "", region_name(stay.region, language)]))


def _statuses(person: PersonPage) -> Iterator[Event]:
    # An arrest and a stay of the same day say as much, and more.
    told = {each.arrested_on for each in person.episodes} | {each.from_on for each in person.stays}
    for each in person.statuses:
        if each.status in TOLD_OTHERWISE or (each.since_on in told and each.status not in AT_HOME):
            continue
        yield Event(each.since_on, each.since_precision, _(LIBERTY[each.status]))


def _expected_release(person: PersonPage, today: date) -> Iterator[Event]:
    """The day that the latest decision of each case says, while the imprisonment goes on."""
    if person.status is not None and person.status.status in OVER:
        return
    latest = {each.case_id: each for each in person.sentences}
    for sentence in latest.values():
        day = sentence.expected_release_on
        if day is not None and day >= today:
            details = [_("As the term is reckoned. It may come earlier or later.")]
            yield Event(day, Precision.DAY, _("Expected release"), details, is_ahead=True)


def _said(parts: Sequence[str]) -> list[str]:
    return [part for part in parts if part]
