"""The file that a partner is given: its sealed records, what each is, what was taken back, and how to open it."""

import csv
import io
import uuid
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from campaign.partners.models import Partner, PartnerExport
from campaign.partners.service.keys import fingerprint
from campaign.petitions.models import Petition

DATA = Path(__file__).parents[1] / "data"
GUIDES = ("README.txt", "README.ru.txt")


@dataclass(frozen=True, slots=True)
class Carried:
    """One opt-in as it leaves."""

    id: uuid.UUID
    on_day: date
    text_number: int
    key_number: int
    sealed: bytes
    """An age file."""


def make_archive(
    petition: Petition, partner: Partner, export: PartnerExport, carried: Sequence[Carried], told: Sequence[uuid.UUID]
) -> bytes:
    """A ZIP of all of it. The same input gives the same bytes: nothing in it depends on when it is made."""
    by_number = {each.number: each for each in partner.terms}
    index = [
        (
            str(each.id),
            each.on_day.isoformat(),
            str(each.text_number),
            fingerprint(by_number[each.key_number].recipient),
        )
        for each in carried
    ]
    sentences = [
        (str(terms.number), language, str(words))
        for terms in partner.terms if terms.is_or_was_current
        for language, words in sorted(terms.sentences.items())
    ]  # fmt: skip
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for name in GUIDES:
            _put(archive, export, name, _guide(name, petition, partner, export, carried, told))
        _put(archive, export, "index.csv", _table(("id", "day", "consent", "key"), index))
        _put(archive, export, "consents.csv", _table(("consent", "language", "sentence"), sentences))
        _put(archive, export, "withdrawn.csv", _table(("id",), [(str(each),) for each in told]))
        for each in carried:
            _put(archive, export, f"records/{each.id}.age", each.sealed)
    return made.getvalue()


def _put(archive: zipfile.ZipFile, export: PartnerExport, name: str, content: bytes) -> None:
    day = export.decided_at or export.asked_at
    entry = zipfile.ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0))
    entry.external_attr = 0o600 << 16
    archive.writestr(entry, content)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow(head)
    writer.writerows(rows)
    return made.getvalue().encode()


def _guide(
    name: str, petition: Petition, partner: Partner, export: PartnerExport, carried: Sequence[Carried],
    told: Sequence[uuid.UUID],
) -> bytes:  # fmt: skip
    language = "ru" if ".ru." in name else "en"
    words = {
        "organisation": partner.organisation.name_in(language),
        "petition": petition.text_in(language).title,
        "day": (export.decided_at or export.asked_at).date().isoformat(),
        "records": str(len(carried)),
        "withdrawn": str(len(told)),
        "export": str(export.id),
    }
    text = (DATA / name).read_text()
    for key, value in words.items():
        text = text.replace(f"[[{key}]]", value)
    return text.encode()
