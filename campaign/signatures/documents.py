"""Delivery packs as files: PDF by typst, CSV and XLSX. Names are data everywhere, never markup and never a formula."""

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

from flask_babel import force_locale, format_decimal
from flask_babel import gettext as _

from campaign.kernel.spreadsheets import neutral
from campaign.signatures import charts
from campaign.signatures.service.pack import PackContent
from campaign.web.countries import country_name
from campaign.web.i18n import day_of

TEMPLATE = Path(__file__).resolve().parents[2] / "templates" / "signatures" / "pack.typ"
FONT = "Libertinus Serif"
# A thousand pages are enough for any desk; the tables hold every name.
MOST_NAMES_PRINTED = 100_000
NAMES_A_GROUP = 40
MIMETYPES = {
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def render_pack(content: PackContent, language: str, file_format: str) -> bytes:
    """The pack as a file of one format, in one language."""
    make = {"pdf": _pdf, "csv": _csv, "xlsx": _xlsx}[file_format]
    with force_locale(language):
        return make(content, language)


def _pdf(content: PackContent, language: str) -> bytes:
    by_day = charts.by_day(content.days)
    chart = charts.draw(by_day, language, replace(charts.LIGHT, font=FONT), "")
    printed = content.names[:MOST_NAMES_PRINTED]
    words = {
        "lang": language,
        "title": content.title,
        "facts": [[label, value] for label, value in _facts(content)],
        "countries_title": _("Confirmed signatures by country"),
        "countries": [[name, format_decimal(count)] for name, count in _countries(content, language)],
        "chart_title": _("Confirmed signatures by week") if by_day.is_weekly else _("Confirmed signatures by day"),
        "has_chart": bool(by_day.shown),
        "names_title": _("Those who chose to be named"),
        "names_hint": _names_hint(content),
        "names": [printed[at : at + NAMES_A_GROUP] for at in range(0, len(printed), NAMES_A_GROUP)],
        "no_names": _("Nobody chose to be named."),
        "note": _(
            "Each signature was confirmed by its signer through a link sent by mail. Countries with fewer than five"
            " signatures are counted together. Addresses are not part of this document."
        ),
    }
    files = {
        "main": TEMPLATE.read_bytes(), "words.json": json.dumps(words).encode(), "chart.svg": chart.encode(),
    }  # fmt: skip
    import typst  # loaded where it is used: most processes never make a document, and each start would pay for it

    # typst's types know no dictionary of files, which is what keeps this in memory.
    return bytes(typst.compile(files))  # type: ignore[call-overload]


def _csv(content: PackContent, language: str) -> bytes:
    target = StringIO()
    rows = csv.writer(target)
    rows.writerow([_("Part"), _("What"), _("Number")])
    for part, what, number in _rows(content, language):
        rows.writerow([part, neutral(what), number])
    # With the byte order mark spreadsheet programs read Cyrillic as what it is.
    return target.getvalue().encode("utf-8-sig")


def _xlsx(content: PackContent, language: str) -> bytes:
    import xlsxwriter  # as typst

    target = BytesIO()
    # In memory, since the names must not pass through temporary files; text stays text, whatever it begins with.
    book = xlsxwriter.Workbook(
        target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    sheet_of: dict[str, Any] = {}
    for part, what, number in _rows(content, language):
        if part not in sheet_of:
            sheet_of[part] = [book.add_worksheet(part[:31]), 0]
            sheet_of[part][0].set_column(0, 0, 48)
        sheet, at = sheet_of[part]
        sheet.write_string(at, 0, neutral(what))
        if number != "":
            sheet.write(at, 1, number)
        sheet_of[part][1] += 1
    book.close()
    return target.getvalue()


def _rows(content: PackContent, language: str) -> Iterator[tuple[str, str, int | str]]:
    about, countries, names = _("Petition"), _("Countries"), _("Names")
    yield about, content.title, ""
    for label, value in _facts(content):
        yield about, f"{label}: {value}", ""
    yield about, _("Confirmed signatures"), content.count
    for name, count in _countries(content, language):
        yield countries, name, count
    for name in content.names:
        yield names, name, ""


def _facts(content: PackContent) -> list[tuple[str, str]]:
    facts = [(_("To"), content.addressee), (_("Confirmed signatures"), format_decimal(content.count))]
    if content.opened_on is not None:
        facts.append((_("Opened"), day_of(content.opened_on)))
    if content.changed_on:
        days = ", ".join(day_of(day) for day in content.changed_on)
        facts.append((_("Text changed on"), days))
    if content.closed_on is not None:
        facts.append((_("Closed"), day_of(content.closed_on)))
    return [*facts, (_("As of"), day_of(content.as_of))]


def _countries(content: PackContent, language: str) -> Sequence[tuple[str, int]]:
    cells = [(country_name(cell.country, language), cell.count) for cell in content.countries]
    return [*cells, (_("Other countries, or not given"), content.elsewhere)] if content.elsewhere else cells


def _names_hint(content: PackContent) -> str:
    shown, printed = len(content.names), min(len(content.names), MOST_NAMES_PRINTED)
    if shown > printed:
        return str(_(
            "%(printed)s of %(shown)s names, by alphabet; the table that goes with this document holds all of them.",
            printed=format_decimal(printed), shown=format_decimal(shown),
        ))  # fmt: skip
    return str(_("%(shown)s names, by alphabet. The others signed without being named.", shown=format_decimal(shown)))
