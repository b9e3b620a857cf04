"""A report for the public as files: PDF by typst, CSV, and pictures."""

import json
import uuid
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask_babel import force_locale, format_decimal
from flask_babel import gettext as _

from campaign.accounting.charts import draw_levels
from campaign.accounting.forms import words
from campaign.accounting.models import PublicReport
from campaign.accounting.queries.reports import get_report
from campaign.kernel.months import month_of
from campaign.web.charts import INKS, Ink
from campaign.web.i18n import day_in
from campaign.web.report_charts import Sheet
from campaign.web.report_columns import draw_lines

TEMPLATE = Path(__file__).resolve().parents[3] / "templates" / "accounting" / "report.typ"
# What is used on paper: black on white prints anywhere, and typst knows this font.
PAPER = Ink("#222222", "#222222", "#bbbbbb")
REMEMBERED = 60


def draw_lines_of(found: PublicReport, ink: Ink) -> str:
    """What it went for, as a picture."""
    return draw_levels(words.lines(found), ink)


def draw_over_time(found: Sequence[PublicReport], sheet: Sheet, scheme: str) -> str:
    """What came in and what was passed on, report by report, in whole units of the currency."""
    told = sorted(found, key=lambda each: each.ends_on)
    labels = [words.short_month(month_of(each.ends_on)) for each in told]
    lines = [
        (name, [int(words.amount(each, key).decimal) for each in told])
        for name, key in ((_("Received"), "received"), (_("Passed on and spent"), "spent"))
    ]
    return draw_lines(lines, labels, sheet=sheet, scheme=scheme, words=lambda value: str(format_decimal(value)))


def table_of(found: PublicReport) -> list[Sequence[object]]:
    """Its rows for a file: part, what, amount, currency."""
    sums = [(_("Together"), name, money) for name, money in words.amounts(found)]
    lines = [(_("What it went for"), name, money) for name, money in words.lines(found)]
    return [
        (_("Month"), words.period(found), "", ""),
        *((part, name, money.decimal, money.currency) for part, name, money in (*sums, *lines)),
        *((_("Roughly"), said, "", "") for said in (words.gifts(found), words.helped(found)) if said),
        *((_("To know"), said, "", "") for said in words.notes(found)),
    ]


@lru_cache(maxsize=REMEMBERED)
def render_pdf(report_id: uuid.UUID, language: str) -> bytes:
    """The report on paper. Remembered, since a published report never changes and each would take a second to make."""
    found = get_report(report_id)
    with force_locale(language):
        content: dict[str, Any] = {
            "lang": language,
            "title": _("What came in, and what it went for"),
            "months": words.title(found),
            "sums": [[name, money.format(language)] for name, money in words.amounts(found)],
            "lines_title": _("What it went for"),
            "lines": [[name, money.format(language)] for name, money in words.lines(found)],
            "roughly": [said for said in (words.gifts(found), words.helped(found)) if said],
            "notes": list(words.notes(found)),
            "published": _("Published on %(day)s", day=day_in(language, found.published_on or found.asked_at.date())),
        }
        chart = draw_lines_of(found, PAPER)
    files = {
        "main": TEMPLATE.read_bytes(), "words.json": json.dumps(content).encode(), "chart.svg": chart.encode(),
    }  # fmt: skip
    import typst  # loaded where it is used: most processes never make a document, and each start would pay for it

    # typst's types know no dictionary of files, which is what keeps this in memory.
    return bytes(typst.compile(files))  # type: ignore[call-overload]


__all__ = ["INKS", "draw_lines_of", "draw_over_time", "render_pdf", "table_of"]
