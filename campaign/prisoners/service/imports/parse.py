"""One row into what we would write down, with every problem named by its field."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from campaign.kernel import clock
from campaign.kernel.errors import N_
from campaign.kernel.spreadsheets import bare
from campaign.kernel.tables.cells import ERROR, NOTE, WARNING, BadCell, Problems, shortened
from campaign.kernel.tables.days import Day, NotADay, read_day
from campaign.kernel.tables.names import repair_lookalikes, split_name
from campaign.prisoners.models import OVER, FacilityKind, Liberty, Precision
from campaign.prisoners.queries.imports import PlaceLine
from campaign.prisoners.service.cases import ChargeDraft
from campaign.prisoners.service.cases.dates import BadCase
from campaign.prisoners.service.charge_text import Unreadable, read_charges
from campaign.prisoners.service.imports import readers
from campaign.prisoners.service.imports.fields import TEXTS
from campaign.prisoners.service.imports.places import Places, says_in_transit, says_unknown
from campaign.prisoners.service.imports.terms import read_term
from campaign.prisoners.service.names import clean_name

YOUNGEST = 10
"""Years between birth and arrest below which one of the two dates is wrong."""
OLDEST = 110
LONGEST_NAME = 100
LONGEST_LINE = 200
LONGEST_TEXT = 40_000
DOUBTFUL_NAME = 0.65
_LETTER = re.compile(r"[^\W\d_]")
_CYRILLIC = re.compile("[а-яёіїєґ]", re.I)
_SIMPLE: dict[str, Callable[[str], Any]] = {
    "gender": readers.read_gender,
    "citizenships": readers.read_countries,
    "home_region": readers.read_region,
    "languages_read": readers.read_languages,
    "letters_policy": readers.read_letters_policy,
    "reply_means": readers.read_reply_means,
}


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What reading rows needs from the database, read once a batch."""

    places: Places
    interests: Mapping[str, str]
    """Label or slug, lower-case > slug."""


@dataclass(slots=True)
class Reading:
    """One row while it is read."""

    cells: Mapping[str, str]
    """Field > text, without what says nothing."""
    knowledge: Knowledge
    confirmed: frozenset[str]
    problems: Problems

    def text(self, name: str) -> str:
        """One cell, or nothing."""
        return self.cells.get(name, "")

    def refuse(self, name: str, message: str, **values: object) -> None:
        """A problem that keeps the row out until somebody mends it."""
        self.problems.add(ERROR, name, message, **values)

    def doubt(self, name: str, message: str, **values: object) -> None:
        """A problem that somebody should look at."""
        self.problems.add(WARNING, name, message, **values)

    def read(self, name: str, reader: Callable[[str], Any]) -> Any:
        """What `reader` makes of a cell, None where it is empty or cannot be read."""
        if not self.text(name):
            return None
        try:
            return reader(self.text(name))
        except BadCell as problem:
            self.problems.add(WARNING, name, problem.message, **problem.values)
            return None


def parse(
    cells: Mapping[str, str], knowledge: Knowledge, *, confirmed: frozenset[str] = frozenset(),
    formulas: frozenset[str] = frozenset(),
) -> tuple[dict[str, Any], Problems]:  # fmt: skip
    """What a row says, as JSON values, and its problems. Only what the row gives is in it."""
    problems = Problems()
    said = {name: _bare(text) for name, text in cells.items() if not readers.is_empty(text) or _says_none(name, text)}
    reading = Reading(
        {name: text for name, text in said.items() if name not in formulas}, knowledge, confirmed, problems
    )
    for name in formulas:
        reading.refuse(name, N_("This cell holds a formula. Put its value there."))
    parsed = {
        "id": reading.text("id"),
        "person": _person(reading),
        "arrest": _arrest(reading),
        "case": _case(reading),
        "sentence": _sentence(reading),
        "place": _place(reading),
        "listing": _listing(reading),
        "source": _source(reading),
    }
    _check_order(reading, parsed)
    return {name: part for name, part in parsed.items() if part}, problems


def _says_none(name: str, text: str) -> bool:
    """Whether "none" is an answer here: nobody may write, or the person has no means to answer."""
    return name in {"letters_policy", "reply_means"} and text.strip().lower() == "none"


def _bare(text: str) -> str:
    """A cell without the apostrophe that our own exports put before what looks like a formula."""
    text = text.strip()
    return bare(text)


def _person(reading: Reading) -> dict[str, Any]:
    person: dict[str, Any] = _names(reading)
    born = _day(reading, "born_on")
    if born is not None:
        if born.value > clock.today():
            reading.refuse("born_on", N_("This day of birth lies in the future."))
        elif clock.today().year - born.value.year > OLDEST:
            reading.refuse("born_on", N_("Nobody born then is in prison today: %(text)s"), text=reading.text("born_on"))
        else:
            person |= {"born_on": born.value.isoformat(), "born_precision": born.precision}
    for name, reader in _SIMPLE.items():
        value = reading.read(name, reader)
        if value:
            person[name] = value
    person |= _interests(reading)
    for name in (f"{kind}_{language}" for kind in TEXTS for language in ("en", "ru", "de")):
        if reading.text(name):
            person[name] = _text(reading, name)
    return person


def _text(reading: Reading, name: str) -> str:
    text = reading.text(name)
    longest = LONGEST_TEXT if name.startswith("story") else 500
    if len(text) > longest:
        reading.refuse(name, N_("At most %(most)s characters; these are %(count)s."), most=longest, count=len(text))
    return text[:longest] if name.startswith("story") else " ".join(text[:longest].split())


def _names(reading: Reading) -> dict[str, Any]:
    """Names from one column or from several; separate columns go before a merged one."""
    names: dict[str, Any] = {}
    for name in ("full_name", "full_name_latin"):
        names |= _whole_name(reading, name)
    for name in ("last_ru", "first_ru", "patronymic_ru", "last_latin", "first_latin"):
        if reading.text(name):
            names[name] = _name(reading, name)
    # A last name in Latin letters in the Russian column belongs to the other one.
    if names.get("last_ru") and not _CYRILLIC.search(names["last_ru"]):
        for part in ("last", "first"):
            names.setdefault(f"{part}_latin", names.pop(f"{part}_ru", ""))
        names.pop("patronymic_ru", None)
    aliases = [*names.pop("aliases", ()), *map(clean_name, readers.read_list(reading.text("aliases")))]
    if aliases:
        names["aliases"] = list(dict.fromkeys(alias for alias in aliases if alias))[:20]
    names = {name: value for name, value in names.items() if value}
    if not names.get("last_ru") and not names.get("last_latin") and not reading.text("id"):
        named = next((name for name in ("last_ru", "full_name", "last_latin") if name in reading.cells), "last_ru")
        reading.refuse(named, N_("There is no last name."))
    return names


def _whole_name(reading: Reading, name: str) -> dict[str, Any]:
    text = reading.text(name)
    if not text:
        return {}
    parts = split_name(_mended(reading, name, text))
    if len(text) > 3 * LONGEST_NAME or not _LETTER.search(parts.last):
        reading.refuse(name, N_("This is no name: %(text)s"), text=shortened(text))
        return {}
    if parts.confidence < DOUBTFUL_NAME:
        reading.doubt(name, N_("Read as last name “%(last)s”, first name “%(first)s”. Is that right?"),
                      last=parts.last, first=parts.first)  # fmt: skip
    if parts.is_latin:
        return {"last_latin": parts.last, "first_latin": parts.first, "aliases": list(parts.aliases)}
    return {"last_ru": parts.last, "first_ru": parts.first, "patronymic_ru": parts.patronymic,
            "aliases": list(parts.aliases)}  # fmt: skip


def _name(reading: Reading, name: str) -> str:
    text = clean_name(_mended(reading, name, reading.text(name)))
    if len(text) > LONGEST_NAME or not _LETTER.search(text) or any(character.isdigit() for character in text):
        reading.refuse(name, N_("This is no name: %(text)s"), text=shortened(text))
        return ""
    return text.title() if text.isupper() and len(text) > 2 else text


def _mended(reading: Reading, name: str, text: str) -> str:
    mended = repair_lookalikes(text)
    if mended != text:
        reading.problems.add(NOTE, name, N_("Letters of two alphabets were mixed; read as “%(text)s”."), text=mended)
    return mended


def _interests(reading: Reading) -> dict[str, Any]:
    wanted = readers.read_list(reading.text("interests"))
    known = [reading.knowledge.interests.get(" ".join(each.lower().split())) for each in wanted]
    unknown = [each for each, slug in zip(wanted, known, strict=True) if slug is None]
    if unknown:
        reading.doubt("interests", N_("Not in the vocabulary, left out: %(words)s"),
                      words=shortened(", ".join(unknown), 120))  # fmt: skip
    slugs = sorted({slug for slug in known if slug})
    return {"interests": slugs} if slugs else {}


def _day(reading: Reading, name: str) -> Day | None:
    text = reading.text(name)
    if not text:
        return None
    try:
        day = read_day(text)
    except NotADay:
        reading.refuse(name, N_("No date can be read here: %(text)s"), text=shortened(text))
        return None
    if day.is_guess:
        reading.doubt(name, N_("Read as %(day)s. Is that right?"), day=_shown(day))
    return day


def _shown(day: Day) -> str:
    return {"day": day.value.isoformat(), "month": f"{day.value:%Y-%m}"}.get(day.precision, str(day.value.year))


def _past_day(reading: Reading, name: str) -> Day | None:
    day = _day(reading, name)
    if day is not None and day.value > clock.today():
        reading.refuse(name, N_("This day lies in the future."))
        return None
    return day


def _arrest(reading: Reading) -> dict[str, Any]:
    day = _past_day(reading, "arrested_on")
    status = _status(reading)
    made = {"on": day.value.isoformat(), "precision": day.precision} if day is not None else {}
    return made | ({"status": status} if status else {})


def _status(reading: Reading) -> str:
    """Where the law has put them; what would end an imprisonment is an act of its own and no matter of a table."""
    text = reading.text("status")
    if not text:
        return ""
    try:
        status = readers.read_status(text)
    except BadCell as problem:
        reading.doubt("status", problem.message, **problem.values)
        return ""
    if Liberty(status) in OVER:
        reading.doubt("status", N_("An import sets nobody free. Record it with the guided form: %(text)s"),
                      text=shortened(text))  # fmt: skip
        return ""
    return status


def _case(reading: Reading) -> dict[str, Any]:
    name = " ".join(reading.text("case_name").split())[:LONGEST_LINE]
    charges = _charges(reading)
    case: dict[str, Any] = {"name": name} if name else {}
    if charges:
        case["charges"] = [
            {"code": each.code.value, "article": each.article, "part": each.part, "clause": each.clause}
            for each in charges
        ]
    return case


@lru_cache(maxsize=10_000)
def _charges_in(text: str) -> tuple[ChargeDraft, ...]:
    """Kept, since a file says the same of hundreds."""
    return tuple(read_charges(text))


def _charges(reading: Reading) -> tuple[ChargeDraft, ...]:
    try:
        charges = _charges_in(reading.text("articles"))
    except (Unreadable, BadCase) as problem:
        reading.refuse("articles", problem.message, words=getattr(problem, "words", ""))
        return ()
    unknown = [each for each in charges if not each.is_known]
    if unknown and "articles" not in reading.confirmed:
        message = N_("The register has no article %(articles)s. Mend it, or confirm that it is right.")
        articles = ", ".join(f"{each.article} ({each.code.value})" for each in unknown)
        reading.refuse("articles", message, articles=articles)
    return charges


def _sentence(reading: Reading) -> dict[str, Any]:
    day = _past_day(reading, "sentenced_on")
    court = " ".join(reading.text("court").split())[:LONGEST_LINE]
    text = reading.text("sentence")
    if not text:
        return {}
    try:
        term = read_term(text)
    except BadCell as problem:
        reading.doubt("sentence", problem.message, **problem.values)
        return {}
    if day is None or day.precision != Precision.DAY or not court:
        reading.doubt("sentence", N_("A sentence needs its day and its court; it is left out."))
        return {}
    return {
        "decided_on": day.value.isoformat(), "court": court, "punishment": term.punishment.value,
        "regime": term.regime.value, "term_months": term.months,
    }  # fmt: skip


def _place(reading: Reading) -> dict[str, Any]:
    facility, address = reading.text("facility"), " ".join(reading.text("address").split())
    index = reading.read("postal_index", readers.read_index) or ""
    said = index or next(iter(re.findall(r"(?<!\d)\d{3}\s?\d{3}(?!\d)", address)), "").replace(" ", "")
    if says_in_transit((facility, address)):
        return {"certainty": "in_transit"}
    if says_unknown((facility, address)) and not index:
        return {"certainty": "unknown"}
    if not facility and not said:
        return {}
    try:
        found = reading.knowledge.places.find(facility, index=said, address=address)
    except BadCell as problem:
        reading.doubt("facility", problem.message, **problem.values)
        return {}
    if said and found.postal_index and said != found.postal_index:
        reading.doubt("postal_index", N_("%(place)s has the index %(ours)s with us; the file says %(theirs)s."),
                      place=found.label, ours=found.postal_index, theirs=said)  # fmt: skip
    return {"certainty": "probable", "facility": str(found.id), "label": found.label, "status": _status_in(found)}


_STATUS_IN = {
    FacilityKind.IVS: Liberty.DETAINED_48H, FacilityKind.SIZO: Liberty.PRETRIAL_CUSTODY,
    FacilityKind.FSB_SIZO: Liberty.PRETRIAL_CUSTODY, FacilityKind.PFRSI: Liberty.PRETRIAL_CUSTODY,
    FacilityKind.TRANSIT_POINT: Liberty.IN_TRANSIT, FacilityKind.COLONY_SETTLEMENT: Liberty.SERVING_SETTLEMENT,
    FacilityKind.IK_GENERAL: Liberty.SERVING_COLONY, FacilityKind.IK_STRICT: Liberty.SERVING_COLONY,
    FacilityKind.IK_SPECIAL: Liberty.SERVING_COLONY, FacilityKind.WOMEN_IK: Liberty.SERVING_COLONY,
    FacilityKind.JUVENILE_VK: Liberty.SERVING_COLONY, FacilityKind.PRISON_T: Liberty.SERVING_PRISON,
    FacilityKind.MEDICAL: Liberty.PRISON_HOSPITAL, FacilityKind.TB_HOSPITAL: Liberty.PRISON_HOSPITAL,
    FacilityKind.PSYCH_HOSPITAL: Liberty.PSYCHIATRIC_HOSPITAL,
    FacilityKind.FORCED_LABOUR: Liberty.FORCED_LABOUR_CENTRE,
}  # fmt: skip


def _status_in(place: PlaceLine) -> str:
    """What being held in such a place means, where the file does not say it."""
    return str(_STATUS_IN.get(FacilityKind(place.kind), ""))


def _listing(reading: Reading) -> dict[str, Any]:
    url = reading.read("listing_url", readers.read_url) or ""
    since = _past_day(reading, "listed_on")
    if not reading.text("listing"):
        return {}
    try:
        source = readers.read_listing(reading.text("listing"))
    except BadCell as problem:
        reading.doubt("listing", problem.message, **problem.values)
        return {}
    return {"source": source, "url": url, "since_on": since.value.isoformat() if since else None}


def _source(reading: Reading) -> dict[str, Any]:
    """Where the row is known from; words in the column of addresses are a title."""
    title, address = " ".join(reading.text("source_title").split()), reading.text("source_url")
    url = ""
    if address:
        try:
            url = readers.read_url(address.split()[0])
        except BadCell:
            title = title or " ".join(address.split())
    return {"title": title[:LONGEST_LINE], "url": url} if title or url else {}


def _check_order(reading: Reading, parsed: Mapping[str, Any]) -> None:
    """Dates that contradict each other, named by the later field."""
    born, arrested = parsed["person"].get("born_on"), parsed["arrest"].get("on")
    decided = parsed["sentence"].get("decided_on")
    if born and arrested and date.fromisoformat(arrested).year - date.fromisoformat(born).year < YOUNGEST:
        reading.refuse("arrested_on", N_("Arrested on %(arrested)s and born on %(born)s: one of the two is wrong."),
                       arrested=arrested, born=born)  # fmt: skip
    if arrested and decided and parsed["arrest"]["precision"] == Precision.DAY and decided < arrested:
        reading.refuse("sentenced_on", N_("Sentenced on %(decided)s, before the arrest on %(arrested)s."),
                       decided=decided, arrested=arrested)  # fmt: skip
