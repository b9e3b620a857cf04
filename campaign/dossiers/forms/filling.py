"""What the case says, as English answers to the questions of a form: a start that a person goes on from.

English whatever the page's language is, since the body reads nothing else. Names of courts are transliterated with
what kind of court it is translated; who writes the dossier puts them right.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date

from flask_babel import force_locale

from campaign.dossiers.bodies import BodyForm
from campaign.dossiers.bodies.shared import OFFICES
from campaign.dossiers.queries.case import CaseFacts
from campaign.kernel import clock
from campaign.prisoners.articles import article_label
from campaign.prisoners.models import (
    AT_LIBERTY,
    OVER,
    Case,
    Certainty,
    Charge,
    Code,
    Custody,
    FacilityKind,
    Gender,
    Instance,
    Office,
    Precision,
    Prisoner,
    Sentence,
    Theme,
)
from campaign.prisoners.regions import region_name
from campaign.prisoners.service.names import latin_of
from campaign.prisoners.spoken import (
    FACILITY,
    HEARING,
    INSTANCE,
    LIBERTY,
    OPENNESS,
    PUNISHMENT,
    REGIME,
    RELEASE,
    STAGE,
    day_in_words,
    term_in_words,
)
from campaign.web.countries import country_name
from campaign.web.i18n import gettext as _

Filler = Callable[[CaseFacts], str]
GENDERS = {Gender.FEMALE: "Female", Gender.MALE: "Male"}
COURTS = (
    ("верховный суд российской федерации", "Supreme Court of the Russian Federation"),
    ("кассационный суд общей юрисдикции", "Cassation Court of General Jurisdiction"),
    ("апелляционный суд общей юрисдикции", "Appeal Court of General Jurisdiction"),
    ("окружной военный суд", "District Military Court"), ("гарнизонный военный суд", "Garrison Military Court"),
    ("районный суд", "District Court"), ("городской суд", "City Court"), ("областной суд", "Regional Court"),
    ("краевой суд", "Territorial Court"), ("верховный суд", "Supreme Court"), ("суд", "Court"),
)  # fmt: skip
EXPRESSION = frozenset({Theme.ANTI_WAR, Theme.SPEECH, Theme.JOURNALIST, Theme.FOREIGN_AGENT})
RIGHTS: tuple[tuple[frozenset[Theme], str], ...] = (
    (EXPRESSION, "freedom of expression (article 19 of the Covenant)"),
    (frozenset({Theme.ASSEMBLY}), "peaceful assembly (article 21)"),
    (frozenset({Theme.ASSOCIATION, Theme.UNDESIRABLE_ORG, Theme.EXTREMIST_ORG, Theme.NAVALNY_FBK}),
     "freedom of association (article 22)"),
    (frozenset({Theme.RELIGION}), "freedom of religion (article 18)"),
    (frozenset({Theme.ELECTION}), "taking part in public affairs (article 25)"),
)  # fmt: skip
MANDATES: tuple[tuple[frozenset[Theme], str], ...] = (
    (EXPRESSION, "Special Rapporteur on the right to freedom of opinion and expression"),
    (frozenset({Theme.ASSEMBLY, Theme.ASSOCIATION, Theme.UNDESIRABLE_ORG, Theme.EXTREMIST_ORG}),
     "Special Rapporteur on the rights to freedom of peaceful assembly and of association"),
    (frozenset({Theme.RELIGION}), "Special Rapporteur on freedom of religion or belief"),
    (frozenset({Theme.LAWYER}), "Special Rapporteur on the independence of judges and lawyers"),
)  # fmt: skip
_PUNCTUATION = re.compile(r"\s+([,.])")


def fill_from_case(form: BodyForm, facts: CaseFacts) -> dict[str, str]:
    """The answers that the case gives, by question; what it does not know is left out."""
    with force_locale("en"):
        found = {each.key: FILLERS[each.fill](facts).strip() for each in form.questions() if each.fill}
    return {key: text for key, text in found.items() if text}


def court_in_english(name: str) -> str:
    """The kind of court translated and the rest transliterated; a name in Latin letters as it is."""
    for russian, english in COURTS:
        before, found, after = _cut(name, russian)
        if found:
            words = " ".join(filter(None, [latin_of(before), english, latin_of(after)]))
            return _PUNCTUATION.sub(r"\1", words)
    return latin_of(name)


def _cut(name: str, part: str) -> tuple[str, str, str]:
    at = name.lower().find(part)
    return (name, "", "") if at < 0 else (name[:at].strip(), part, name[at + len(part) :].strip())


def charge_in_english(charge: Charge) -> str:
    """Article, part and clause, the code, and what it is about."""
    parts = [f"article {charge.article}"]
    if charge.part:
        parts.append(f"part {charge.part}")
    if charge.clause:
        parts.append(f"clause “{latin_of(charge.clause)}”")
    code = "Criminal Code" if charge.code == Code.UK else "Code of Administrative Offences"
    label = article_label(charge.code, charge.article, "en")
    about = f" ({label[:1].lower()}{label[1:]})" if label else ""
    return f"{', '.join(parts)} of the {code} of the Russian Federation{about}"


def _name(prisoner: Prisoner) -> str:
    return prisoner.name_in("en")


def _birth(facts: CaseFacts) -> str:
    person = facts.prisoner
    return day_in_words(person.born_on, person.born_precision or Precision.DAY) if person.born_on else ""


def _nationality(facts: CaseFacts) -> str:
    return ", ".join(country_name(each, "en") for each in facts.prisoner.citizenships)


def _occupation(facts: CaseFacts) -> str:
    text = next((each for each in facts.prisoner.texts if each.language == "en"), None)
    return text.occupation if text else ""


def _summary(facts: CaseFacts) -> str:
    text = next((each for each in facts.prisoner.texts if each.language == "en"), None)
    return text.summary if text else ""


def _arrest(facts: CaseFacts) -> str:
    return day_in_words(facts.episode.arrested_on, facts.episode.arrested_precision) if facts.episode else ""


def _duration(facts: CaseFacts) -> str:
    episode = facts.episode
    if episode is None:
        return ""
    until = episode.ended_on or clock.today()
    months = (until.year - episode.arrested_on.year) * 12 + until.month - episode.arrested_on.month
    months -= until.day < episode.arrested_on.day
    held = term_in_words(months) if months > 0 else "Less than a month"
    if episode.ended_on is not None:
        return f"{held}, until {day_in_words(episode.ended_on, episode.ended_precision)}"
    expected = max((each.expected_release_on for each in _sentences(facts) if each.expected_release_on), default=None)
    ahead = f"; the term as it is reckoned ends on {day_in_words(expected)}" if expected else ""
    return f"{held} on {day_in_words(until)}{ahead}"


def _holding(facts: CaseFacts) -> str:
    stay = next((each for each in facts.stays if each.until_on is None and each.facility is not None), None)
    if stay is None or stay.facility is None:
        return ""
    if stay.facility.kind == FacilityKind.IVS:
        return "Ministry of Internal Affairs of the Russian Federation"
    if stay.facility.kind == FacilityKind.PSYCH_HOSPITAL:
        return "Ministry of Health of the Russian Federation"
    return "Federal Penitentiary Service of the Russian Federation (FSIN)"


def _places(facts: CaseFacts) -> str:
    return "\n".join(f"- {_stay(each)}" for each in reversed(facts.stays))


def _stay(stay: Custody) -> str:
    since = day_in_words(stay.from_on, stay.from_precision)
    until = f"to {day_in_words(stay.until_on)}" if stay.until_on else "until now"
    if stay.facility is None:
        where = "being moved" if stay.certainty == Certainty.IN_TRANSIT else "whereabouts unknown"
        return f"From {since} {until}: {where}"
    kind = FACILITY.get(stay.facility.kind)
    name = stay.facility.name_latin or latin_of(stay.facility.name_ru)
    details = ", ".join(filter(None, [_(kind) if kind else "", region_name(stay.facility.region, "en")]))
    doubt = "" if stay.certainty == Certainty.CONFIRMED else " (probably)"
    return f"From {since} {until}: {name}{f' ({details})' if details else ''}{doubt}"


def _sentences(facts: CaseFacts) -> list[Sentence]:
    return sorted((each for case in facts.cases for each in case.sentences), key=lambda each: each.decided_on)


def _sentence(sentence: Sentence) -> str:
    words = [
        _(PUNISHMENT[sentence.punishment]), term_in_words(sentence.term_months) if sentence.term_months else "",
        _(REGIME[sentence.regime]) if REGIME[sentence.regime] else "", "in absence" if sentence.in_absentia else "",
    ]  # fmt: skip
    in_force = f"; in force since {day_in_words(sentence.in_force_on)}" if sentence.in_force_on else ""
    return (
        f"{day_in_words(sentence.decided_on)}, {court_in_english(sentence.court)},"
        f" {_(INSTANCE[sentence.instance]).lower()}: {', '.join(filter(None, words))}{in_force}"
    )


def _decisions(facts: CaseFacts) -> str:
    stages = [f"- {case.name_in('en')}: {_(STAGE[case.stage]).lower()}" for case in facts.cases]
    return "\n".join([*stages, *(f"- {_sentence(each)}" for each in _sentences(facts))])


def _standing(facts: CaseFacts) -> Iterator[Charge]:
    return (each for case in facts.cases for each in case.charges if each.until_on is None)


def _charges(facts: CaseFacts) -> str:
    return "\n".join(f"- {_upper(charge_in_english(each))}" for each in _standing(facts))


def _accusation(facts: CaseFacts) -> str:
    names = [case.name_in("en") for case in facts.cases]
    charges = [charge_in_english(each) for each in _standing(facts)]
    if not charges:
        return "\n".join(names)
    return f"{'. '.join(names)}.\nThe charges: {'; '.join(charges)}."


def _courts(facts: CaseFacts) -> str:
    courts = [each.court for each in _sentences(facts)] + [case.court for case in facts.cases if case.court]
    return "\n".join(f"- {court_in_english(each)}" for each in dict.fromkeys(filter(None, courts)))


def _chronology(facts: CaseFacts) -> str:
    events: list[tuple[date, str, str]] = []
    for episode in facts.episodes:
        events.append((episode.arrested_on, episode.arrested_precision, "arrest."))
        if episode.ended_on:
            reason = RELEASE.get(episode.end_reason or "")
            events.append((episode.ended_on, episode.ended_precision,
                           f"end of the imprisonment{f', {_(reason)}' if reason else ''}."))  # fmt: skip
    for case in facts.cases:
        events += _court_events(case)
    for stay in facts.stays:
        if stay.facility is not None:
            name = stay.facility.name_latin or latin_of(stay.facility.name_ru)
            events.append((stay.from_on, stay.from_precision, f"held in {name}."))
    events.sort(key=lambda each: each[0])
    told = [f"- {day_in_words(day, precision)}: {text}" for day, precision, text in events]
    return "\n".join(filter(None, [_summary(facts), "", *told])) if told else _summary(facts)


def _court_events(case: Case) -> Iterator[tuple[date, str, str]]:
    dated: dict[date, list[str]] = {}
    for charge in case.charges:
        if charge.from_on:
            dated.setdefault(charge.from_on, []).append(charge_in_english(charge))
    for day, charges in dated.items():
        yield day, Precision.DAY, f"charged under {'; '.join(charges)}."
    for hearing in case.hearings:
        if hearing.state == "held":
            openness = _(OPENNESS[hearing.openness]) if OPENNESS[hearing.openness] else ""
            words = [f"{_(HEARING[hearing.instance]).lower()} at {court_in_english(hearing.court)}", openness]
            yield hearing.held_on, Precision.DAY, f"{', '.join(filter(None, words))}."
    for sentence in case.sentences:
        yield sentence.decided_on, Precision.DAY, f"{_sentence(sentence).partition(', ')[2]}."


def _remedies(facts: CaseFacts) -> str:
    later = [each for each in _sentences(facts) if each.instance != Instance.FIRST]
    heard = [
        f"- {day_in_words(each.held_on)}, {court_in_english(each.court)}: {_(HEARING[each.instance]).lower()}"
        for case in facts.cases for each in case.hearings if each.instance != Instance.FIRST and each.state == "held"
    ]  # fmt: skip
    return "\n".join([*(f"- {_sentence(each)}" for each in later), *heard])


def _themes(facts: CaseFacts) -> set[str]:
    return {each for case in facts.cases for each in case.themes}


def _categories(facts: CaseFacts) -> str:
    themes = _themes(facts)
    rights = [right for of, right in RIGHTS if of & themes]
    told = f"Category II: the detention results from the use of {', '.join(rights)}." if rights else ""
    closed = any(each.openness == "closed" for case in facts.cases for each in case.hearings)
    unfair = "Category III: hearings were held behind closed doors." if closed else ""
    return "\n".join(filter(None, [told, unfair]))


def _mandates(facts: CaseFacts) -> str:
    themes = _themes(facts)
    own = [f"- {mandate}" for of, mandate in MANDATES if of & themes]
    country = "- Special Rapporteur on the situation of human rights in the Russian Federation"
    return "\n".join([*own, country])


def _region(facts: CaseFacts) -> str:
    return ", ".join(dict.fromkeys(region_name(case.region, "en") for case in facts.cases if case.region))


def _perpetrators(facts: CaseFacts) -> str:
    courts = [f"- {court_in_english(each)}" for each in dict.fromkeys(one.court for one in _sentences(facts))]
    named = {each.official.id: each for each in facts.acts}
    people = [
        f"- {each.official.name_latin or latin_of(each.official.name)}, {OFFICES[Office(each.act.office)]}"
        for each in named.values()
    ]  # fmt: skip
    return "\n".join([*courts, *people])


def _introduced(facts: CaseFacts) -> str:
    born = f"born {_birth(facts)}" if facts.prisoner.born_on else ""
    return ", ".join(filter(None, [_name(facts.prisoner), _occupation(facts).lower(), born]))


def _who(facts: CaseFacts) -> str:
    status = ""
    if facts.status is not None:
        ended = facts.status.status in OVER | AT_LIBERTY
        status = f" {_(LIBERTY[facts.status.status])}{'' if ended else ' now'}."
    charges = "; ".join(charge_in_english(each) for each in _standing(facts))
    latest = _sentences(facts)[-1:]
    return (
        f"{_introduced(facts)}.{status}"
        f"{f' Charged under {charges}.' if charges else ''}{f' {_sentence(latest[0])}.' if latest else ''}"
    )


def _who_short(facts: CaseFacts) -> str:
    return f"{_introduced(facts)}. {_summary(facts)}".strip()


def _facts_short(facts: CaseFacts) -> str:
    arrest = f"Arrested {_arrest(facts)}. " if facts.episode else ""
    charges = "; ".join(charge_in_english(each) for each in _standing(facts))
    decided = " ".join(f"{_sentence(each)}." for each in _sentences(facts))
    return f"{arrest}{f'Charged under {charges}. ' if charges else ''}{decided}"


def _headline(facts: CaseFacts) -> str:
    case = next(iter(facts.cases), None)
    return f"{_name(facts.prisoner)}: {case.name_in('en')}" if case else _name(facts.prisoner)


def _act(facts: CaseFacts) -> str:
    lines = []
    for each in facts.acts:
        day = f"{day_in_words(each.act.acted_on)}, as" if each.act.acted_on else "As"
        office = OFFICES[Office(each.act.office)]
        lines.append(f"- {day} {office} in the case “{each.case.name_in('en')}”: {each.act.act}")
    return "\n".join(lines)


def _link(facts: CaseFacts) -> str:
    if facts.official is None or not facts.acts:
        return ""
    offices = dict.fromkeys(OFFICES[Office(each.act.office)] for each in facts.acts)
    cases = dict.fromkeys(each.case.name_in("en") for each in facts.acts)
    return (
        f"{facts.official.name_latin or latin_of(facts.official.name)} acted as {' and '.join(offices)} in the case of"
        f" {_name(facts.prisoner)} ({', '.join(cases)})."
    )


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


FILLERS: dict[str, Filler] = {
    "family_name": lambda facts: facts.prisoner.last_latin or latin_of(facts.prisoner.last_ru),
    "first_name": lambda facts: facts.prisoner.first_latin or latin_of(facts.prisoner.first_ru),
    "gender": lambda facts: GENDERS.get(Gender(facts.prisoner.gender), ""),
    "birth": _birth, "nationality": _nationality, "occupation": _occupation,
    "residence": lambda facts: region_name(facts.prisoner.home_region, "en"),
    "arrest_date": _arrest, "detention_date": _arrest, "duration": _duration, "holding_forces": _holding,
    "places": _places, "courts": _courts, "decisions": _decisions, "charges": _charges, "accusation": _accusation,
    "chronology": _chronology, "remedies": _remedies, "categories": _categories, "mandates": _mandates,
    "region": _region, "perpetrators": _perpetrators, "who": _who, "who_short": _who_short,
    "facts_short": _facts_short, "headline": _headline, "acts_account": _act, "official_link": _link,
    "official_name": lambda facts: (
        (facts.official.name_latin or latin_of(facts.official.name)) if facts.official else ""
    ),
    "official_name_ru": lambda facts: facts.official.name if facts.official else "",
    "official_position": lambda facts: facts.official.position if facts.official else "",
    "listed_elsewhere": lambda facts: ", ".join(facts.official.sanctioned_by) if facts.official else "",
    "eu_regime": lambda _facts: (
        "Council Decision (CFSP) 2024/1484 and Regulation (EU) 2024/1485: persons responsible for serious human rights"
        " violations or abuses, or for the repression of civil society and democratic opposition, in Russia."
    ),
    "us_regime": lambda _facts: (
        "Executive Order 13818 (Global Magnitsky Human Rights Accountability Act): foreign persons responsible for, or"
        " complicit in, serious human rights abuse."
    ),
}  # fmt: skip
