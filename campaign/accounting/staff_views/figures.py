"""The reports for treasurers: each as page, picture and file; they print as they are."""

from datetime import date

from flask import Response, render_template, request, url_for

from campaign.accounting.forms.tables import KINDS, LENGTHS, Asked, Kind
from campaign.accounting.queries import spending
from campaign.accounting.service.figures import base_currency
from campaign.accounting.staff_views.blueprint import bp, for_readers, shared_words
from campaign.kernel import clock
from campaign.kernel.errors import NotFound
from campaign.kernel.money import Money
from campaign.web.charts import INKS
from campaign.web.csv_files import csv_answer
from campaign.web.report_bars import draw_bars
from campaign.web.report_charts import SHEETS, WIDE

USUAL = 6
FIRST = "cash"


@bp.get("/figures")
@bp.get("/figures/<name>")
@for_readers
def show_figures(name: str = FIRST) -> str:
    """One of the reports."""
    kind, asked = _kind(name), _asked()
    tabs = [
        (url_for("accounting_staff.show_figures", name=each), str(other.title), each == name)
        for each, other in KINDS.items()
    ]
    return render_template(
        "accounting/staff/figures.html", name=name, kind=kind, asked=asked, table=kind.make(asked), tabs_of_kind=tabs,
        lengths=LENGTHS, currencies=spending.currencies(), is_money=lambda cell: isinstance(cell, Money),
        arguments=_arguments(kind, asked), **shared_words(),
    )  # fmt: skip


@bp.get("/figures/<name>-<any(light, dark):scheme>.svg")
@for_readers
def draw_figures(name: str, scheme: str) -> Response:
    """Its picture."""
    if scheme not in INKS:
        raise NotFound
    sheet = SHEETS.get(request.args.get("sheet", ""), WIDE)
    svg = draw_bars(_kind(name).make(_asked()).bars, sheet=sheet, scheme=scheme, legend=[])
    return Response(svg, mimetype="image/svg+xml")


@bp.get("/figures/<name>.csv")
@for_readers
def save_figures(name: str) -> Response:
    """Its table as a file; amounts in their currency's own units, with the currency after them."""
    table = _kind(name).make(_asked())
    rows = [
        [f"{cell.decimal} {cell.currency}" if isinstance(cell, Money) else cell for cell in row] for row in table.rows
    ]  # fmt: skip
    return csv_answer(name, table.head, rows)


def _kind(name: str) -> Kind:
    if name not in KINDS:
        raise NotFound
    return KINDS[name]


def _asked() -> Asked:
    """What the address asks for; what means nothing in it is as if it was not there."""
    today, known = clock.today(), spending.currencies()
    try:
        day = min(date.fromisoformat(request.args.get("day", "")), today)
    except ValueError:
        day = today
    typed, currency = request.args.get("length", ""), request.args.get("currency", "")
    length = int(typed) if typed in {str(each) for each in LENGTHS} else USUAL
    return Asked(max(day, date(2000, 1, 1)), length, currency if currency in known else base_currency())


def _arguments(kind: Kind, asked: Asked) -> dict[str, str]:
    values = {"day": asked.day.isoformat(), "length": str(asked.length), "currency": asked.currency}
    return {name: value for name, value in values.items() if name in kind.asks}
