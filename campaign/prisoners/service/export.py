"""People as files: what the public may read, for staff at once; everybody, asked for by one and approved by another.

Sealed fields, the family, the state's financial list and officials are in none of them.
"""

import json
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar

from campaign.kernel import audit, clock
from campaign.kernel.db import end_read, session
from campaign.kernel.errors import N_, Conflict, Forbidden
from campaign.kernel.spreadsheets import neutral
from campaign.prisoners.models import Case, Charge, Code, Episode, Precision, PrisonerExport
from campaign.prisoners.queries.exports import list_ids_after
from campaign.prisoners.queries.imported import Known, read_known
from campaign.prisoners.service.imports.changes import charge_label

Shape = TypeVar("Shape")
OPEN_FOR = timedelta(hours=24)
WAITS_FOR = timedelta(days=7)
PAGE = 200
SCHEMA = "schema/people-1.json"
"""Under the static files; docs/operations.md names it."""
TEXTS = ("occupation", "summary", "story")
LANGUAGES = ("ru", "en", "de")
COLUMNS = (
    "id", "last_ru", "first_ru", "patronymic_ru", "last_latin", "first_latin", "aliases", "born_on", "gender",
    "citizenships", "home_region", "languages_read", "interests", "letters_policy", "reply_means",
    *(f"{kind}_{language}" for kind in TEXTS for language in LANGUAGES),
    "case_name", "articles", "arrested_on", "status", "sentence", "sentenced_on", "court", "facility", "postal_index",
    "listing", "listing_url", "listed_on",
)  # fmt: skip
"""The names of the import's fields, so that the file comes in again as it went out."""


def ask_for_export(reason: str, *, actor: uuid.UUID) -> PrisonerExport:
    """Ask for everybody; it waits for a second person."""
    asked = PrisonerExport(id=uuid.uuid4(), reason=reason, asked_by=actor, asked_at=clock.now(), is_approved=False)
    session.add(asked)
    session.flush()
    audit.record("prisoners.export_asked", actor=actor, about=f"export:{asked.id}", reason=reason)
    return asked


def decide_export(export_id: uuid.UUID, *, approve: bool, actor: uuid.UUID) -> None:
    """Approve or decline what another has asked for. Raises Forbidden for the asker, Conflict when it was decided."""
    row = session.get(PrisonerExport, export_id, with_for_update=True, populate_existing=True)
    if row is None or row.decided_at is not None:
        raise Conflict(N_("Somebody else has decided on this export already."))
    if row.asked_by == actor:
        raise Forbidden(N_("Who asks for an export does not approve it. A second person must."))
    if clock.now() - row.asked_at > WAITS_FOR:
        raise Conflict(N_("This was asked for more than a week ago. Let it be asked for again."))
    row.decided_by, row.decided_at, row.is_approved = actor, clock.now(), approve
    session.flush()
    audit.record("prisoners.export_approved" if approve else "prisoners.export_declined", actor=actor,
                 about=f"export:{row.id}")  # fmt: skip


def is_open(export: PrisonerExport) -> bool:
    """Whether the asker may download it now."""
    return export.is_approved and export.decided_at is not None and clock.now() < export.decided_at + OPEN_FOR


def begin_download(export: PrisonerExport | None, *, actor: uuid.UUID) -> None:
    """Audit a download before its first byte leaves; None: of what is public anyway.

    Raises Forbidden for anybody but the asker, Conflict when the export is not open.
    """
    if export is not None and export.asked_by != actor:
        raise Forbidden(N_("Only who asked for an export may download it."))
    if export is not None and not is_open(export):
        raise Conflict(N_("This export is not open. An approved export can be downloaded for 24 hours."))
    about = f"export:{export.id}" if export is not None else "export:published"
    audit.record("prisoners.export_downloaded", actor=actor, about=about)


def people(shape: Callable[[Known], Shape], *, published_only: bool) -> Iterator[Shape]:
    """Everybody, or who is public, in a shape, read in pages between which nothing is held open."""
    after = 0
    while page := list_ids_after(after, PAGE, published_only=published_only):
        known = read_known([each for _number, each in page])
        shaped = [shape(known[each]) for _number, each in page if each in known]
        after = page[-1][0]
        end_read()
        yield from shaped


def csv_rows(*, published_only: bool) -> Iterator[Sequence[str]]:
    """Headings and rows for a CSV writer; nothing a spreadsheet would run is left as it is."""
    yield COLUMNS
    for values in people(flat, published_only=published_only):
        yield [neutral(values.get(name) or "") for name in COLUMNS]


def json_pieces(*, published_only: bool) -> Iterator[str]:
    """A JSON document that fits the schema, in pieces."""
    head = json.dumps({"schema": SCHEMA, "made_on": clock.today().isoformat()})
    yield head.removesuffix("}") + ', "people": ['
    separator = "\n"
    for each in people(document, published_only=published_only):
        yield separator + json.dumps(each, ensure_ascii=False)
        separator = ",\n"
    yield "\n]}\n"


def document(known: Known) -> dict[str, Any]:
    """One person as the schema describes them."""
    person = known.prisoner
    return {
        "id": str(person.id), "slug": person.slug, "state": person.state,
        "name_ru": {"last": person.last_ru, "first": person.first_ru, "patronymic": person.patronymic_ru},
        "name_latin": {"last": person.last_latin, "first": person.first_latin}, "aliases": list(person.aliases),
        "born": _dated(person.born_on, person.born_precision), "gender": person.gender,
        "citizenships": list(person.citizenships), "home_region": person.home_region,
        "languages_read": list(person.languages_read), "interests": [each.slug for each in person.interests],
        "letters_policy": person.letters_policy, "reply_means": person.reply_means,
        "texts": {text.language: {kind: getattr(text, kind) for kind in TEXTS} for text in person.texts},
        "cases": [_case(each) for each in known.cases], "imprisonments": [_episode(each) for each in known.episodes],
        "status": known.status and {"status": known.status.status,
                                    "since": _dated(known.status.since_on, known.status.since_precision)},
        "place": _place(known),
        "listings": [
            {"source": each.source, "status": each.status, "since_on": _iso(each.since_on), "url": each.url}
            for each in known.listings
        ],
    }  # fmt: skip


def flat(known: Known) -> Mapping[str, str | None]:
    """One person as a row of the import's fields; of several cases, listings and stays the newest."""
    person, stay = known.prisoner, known.stay
    values: dict[str, str | None] = {
        name: getattr(person, name)
        for name in ("last_ru", "first_ru", "patronymic_ru", "last_latin", "first_latin", "gender", "home_region",
                     "letters_policy", "reply_means")
    }  # fmt: skip
    values |= {"id": str(person.id), "born_on": _exact(person.born_on, person.born_precision)}
    for name in ("aliases", "citizenships", "languages_read"):
        values[name] = "\n".join(getattr(person, name))
    values["interests"] = "\n".join(each.slug for each in person.interests)
    for text in person.texts:
        values |= {f"{kind}_{text.language}": getattr(text, kind) for kind in TEXTS}
    if stay is not None and stay.facility is not None:
        address = stay.facility.address
        values |= {"facility": stay.facility.code or stay.facility.name_ru,
                   "postal_index": address.postal_index if address else None}  # fmt: skip
    return values | _flat_case(known) | _flat_listing(known)


def _flat_case(known: Known) -> dict[str, str | None]:
    arrest = max(known.episodes, key=lambda each: each.arrested_on, default=None)
    values: dict[str, str | None] = {
        "arrested_on": _exact(arrest.arrested_on, arrest.arrested_precision) if arrest else None,
        "status": known.status.status if known.status else None,
    }
    if not known.cases:
        return values
    case = known.cases[-1]
    standing = [each for each in case.charges if each.until_on is None]
    values |= {"case_name": case.name_in("ru"), "articles": "; ".join(_charge(each) for each in standing)}
    if case.sentences:
        last = case.sentences[-1]
        term = f"{last.term_months} months" if last.term_months else ""
        words = (last.punishment.replace("_", " "), last.regime if last.regime != "unknown" else "", term)
        values |= {
            "sentence": " ".join(filter(None, words)),
            "sentenced_on": _iso(last.decided_on),
            "court": last.court,
        }
    return values


def _charge(charge: Charge) -> str:
    label = charge_label({"article": charge.article, "part": charge.part, "clause": charge.clause})
    return f"{label} {'КоАП' if charge.code == Code.KOAP else 'УК'} РФ"


def _flat_listing(known: Known) -> dict[str, str | None]:
    if not known.listings:
        return {}
    last = known.listings[-1]
    return {"listing": last.source, "listing_url": last.url, "listed_on": _iso(last.since_on)}


def _case(case: Case) -> dict[str, Any]:
    return {
        "names": dict(case.names), "stage": case.stage, "themes": list(case.themes), "region": case.region,
        "court": case.court, "opened_on": _iso(case.opened_on),
        "charges": [
            {"code": each.code, "article": each.article, "part": each.part, "clause": each.clause,
             "from_on": _iso(each.from_on), "until_on": _iso(each.until_on)}
            for each in case.charges
        ],
        "sentences": [
            {"decided_on": _iso(each.decided_on), "court": each.court, "instance": each.instance,
             "punishment": each.punishment, "regime": each.regime, "term_months": each.term_months,
             "expected_release_on": _iso(each.expected_release_on)}
            for each in case.sentences
        ],
    }  # fmt: skip


def _episode(episode: Episode) -> dict[str, Any]:
    return {
        "arrested": _dated(episode.arrested_on, episode.arrested_precision),
        "ended": _dated(episode.ended_on, episode.ended_precision) if episode.ended_on else None,
        "end_reason": episode.end_reason,
    }


def _place(known: Known) -> dict[str, Any] | None:
    stay = known.stay
    if stay is None:
        return None
    place = stay.facility
    return {
        "certainty": stay.certainty, "since": _dated(stay.from_on, stay.from_precision),
        "verified_on": _iso(stay.verified_on),
        "facility": place and {"code": place.code, "name_ru": place.name_ru, "region": place.region},
    }  # fmt: skip


def _dated(day: date | None, precision: str | None) -> dict[str, str] | None:
    return {"on": day.isoformat(), "precision": str(precision)} if day is not None else None


def _exact(day: date | None, precision: str | None) -> str | None:
    """The date as far as it is known: 1980, 1980-05 or 1980-05-17."""
    if day is None:
        return None
    return day.isoformat()[: {Precision.YEAR: 4, Precision.MONTH: 7}.get(Precision(precision or "day"), 10)]


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None
