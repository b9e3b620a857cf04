"""By which mailing a visitor came: `?m=` in the address, a hidden field in forms, no cookie (kernel/arrivals.py)."""

from urllib.parse import urlencode

from flask import redirect, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from campaign.kernel.arrivals import PARAMETER, known_codes, read_code
from campaign.web.here import here, known_parameters


def arrived_by() -> str | None:
    """The code that this request carries; None: none, or one that no present mailing has.

    What a form brings is looked at for its shape alone, since a made-up code counts for nothing in the end.
    """
    if request.method == "POST":
        return read_code(request.form.get(PARAMETER, ""))
    given = request.args.getlist(PARAMETER)
    # Two of them would be one page under as many addresses as there are second ones.
    if len(given) != 1 or PARAMETER not in known_parameters(request.path):
        return None
    code = read_code(given[0])
    return code if code is not None and code in known_codes else None


def arrived_field() -> Markup:
    """For a form: the code, hidden; nothing where none came along."""
    code = arrived_by()
    return Markup('<input type="hidden" name="{}" value="{}">').format(PARAMETER, code) if code else Markup("")


def with_arrival(url: str) -> str:
    """An address of ours with the code of the page at hand, so that it is not lost on the way to a form."""
    code = arrived_by()
    if code is None:
        return url
    path, mark, fragment = url.partition("#")
    return f"{path}{'&' if '?' in path else '?'}{urlencode({PARAMETER: code})}{mark}{fragment}"


def without_made_up() -> Response | None:
    """Where to send whoever asks for a page with a code that nobody has; None: nowhere.

    A redirect is kept by no cache, so that made-up codes cost no place there.
    """
    if PARAMETER not in request.args or PARAMETER not in known_parameters(request.path) or arrived_by() is not None:
        return None
    return redirect((request.script_root or "") + here(**{PARAMETER: None}))
