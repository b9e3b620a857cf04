"""A table as a CSV file that spreadsheet programs open without harm."""

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Response

from campaign.kernel import clock
from campaign.kernel.spreadsheets import neutral


def csv_answer(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """A file to save, behind a mark of UTF-8, without which Excel shows Cyrillic as noise."""
    file = io.StringIO()
    file.write("\ufeff")
    out = csv.writer(file)
    out.writerow([neutral(cell) for cell in head])
    for row in rows:
        out.writerow([each if isinstance(each, int) else neutral(str(each)) for each in row])
    response = Response(file.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-{clock.today().isoformat()}.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response
