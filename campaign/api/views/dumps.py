"""The dump of what is public, to be fetched."""

from collections.abc import Mapping
from datetime import date

from flask import Response, send_file
from flask_babel import gettext as _

from campaign.api.forms import documents as shapes
from campaign.api.forms.wishes import Wish
from campaign.api.service import dump
from campaign.api.views.blueprint import answer, bp, public
from campaign.api.views.public import COPIES
from campaign.kernel import signing_key
from campaign.kernel.db import end_read
from campaign.kernel.errors import N_, NotFound
from campaign.web.problems import problem
from campaign.web.settings import settings

Asked = Mapping[str, str]
HALF_A_MINUTE = "public, max-age=30"
"""A file that must be gone soon after somebody has withdrawn."""


@public(
    "/dump",
    about=COPIES,
    gives=shapes.DumpShown,
    says=N_("The dump of everything public, and the key it is signed with"),
)
def show_dump(wish: Asked) -> Response:
    """Where the newest one is, and its digest."""
    found = dump.find_dump(settings().data_dir, wish.get("place", ""))
    place, origin = "?place=out" if wish.get("place") else "", settings().public_url.rstrip("/")
    document = {
        "day": found.day.isoformat(), "url": f"{origin}/api/v1/dump/{found.day}.zip{place}", "bytes": found.size,
        "sha256": found.sha256, "public_key": signing_key.public_key_text(),
    }  # fmt: skip
    return answer(document, survives_outage=False)


def fetch_dump(wish: Asked, name: str) -> Response:
    """With a signed manifest in it."""
    try:
        day = None if name == "latest" else date.fromisoformat(name)
    except ValueError:
        raise NotFound from None
    found = dump.find_dump(settings().data_dir, wish.get("place", ""), day)
    end_read()
    response = send_file(found.file, mimetype="application/zip", conditional=True, etag=found.sha256[:24], max_age=30)
    response.headers["Cache-Control"] = HALF_A_MINUTE
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def say_no_dump(error: dump.NoDump) -> Response:
    """It is being made."""
    response = problem(503, _("Not at the moment"), _(error.message))
    response.headers["Retry-After"] = "900"
    return response


bp.register_error_handler(dump.NoDump, say_no_dump)
_SAYS = N_("The dump itself: JSON Lines in a ZIP; latest, or by day")
_FILE = {"type": "string", "format": "binary"}
_described = bp.response(200, _FILE, content_type="application/zip")(bp.doc(summary=_SAYS)(fetch_dump))
bp.route("/dump/<name>.zip", tags=[COPIES])(bp.arguments(Wish, location="query")(_described))
