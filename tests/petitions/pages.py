"""Driving the staff pages as a browser without JavaScript does."""

import re
import uuid
from io import BytesIO
from typing import Any

from PIL import Image

from campaign.kernel.db import session
from campaign.petitions.models import Petition
from campaign.petitions.queries import get_petition
from tests.support.pages import PageClient, field_values, parse

TEXTS = {
    "en-title": "Open the windows", "en-summary": "A made-up summary.", "en-addressee": "The made-up council",
    "en-body": "A made-up *text*.",
}  # fmt: skip


def home(petition: uuid.UUID) -> str:
    return f"/staff/petitions/{petition}"


def fresh(petition: uuid.UUID) -> Petition:
    """The petition as it is stored now."""
    session.rollback()
    session.expire_all()
    return get_petition(petition)


def write(client: PageClient, **changes: Any) -> uuid.UUID:
    """Write a petition through the form; gives its id."""
    answer = send(client, "/staff/petitions/new", "", **{**TEXTS, **changes})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return uuid.UUID(answer.location.rpartition("/")[2])


def send(client: PageClient, page: str, action: str, **changes: Any) -> Any:
    """Open `page`, fill in its form to `action` ("" is the page itself, "/x" something below it) and send it."""
    html = client.get(page).get_data(as_text=True)
    values = values_of(html, action)
    target = action if action.startswith("/staff") else page + action
    return client.post(target, data={**values, **changes}, content_type="multipart/form-data")


def values_of(html: str, action: str) -> dict[str, str]:
    """What a browser would send from the form to `action`; the main form of the page has no action."""
    if action:
        return field_values(html, action)
    return field_values(without_actions(html), "main-form")


def without_actions(html: str) -> str:
    """The page with a name for the form that is sent to the page's own address."""
    own = r'<form method="post"(?! action)((?: (?!action)[a-z]+(?:="[^"]*")?)*)>'
    return re.sub(own, r'<form method="post" action="main-form"\1>', html)


def step(client: PageClient, petition: uuid.UUID, name: str, **changes: Any) -> Any:
    """Press a button of the petition's staff page, or of the page before it for what is asked twice."""
    page = f"{home(petition)}/{name}" if name in {"close", "archive"} else home(petition)
    return send(client, page, f"{home(petition)}/{name}", **changes)


def press(client: PageClient, petition: uuid.UUID, name: str, **changes: Any) -> Any:
    """Send a step although no button offers it, as from a page that was opened before."""
    html = client.get("/staff/petitions/new").get_data(as_text=True)
    token = values_of(html, "")["csrf_token"]
    data = {"csrf_token": token, "version": str(fresh(petition).version), **changes}
    return client.post(f"{home(petition)}/{name}", data=data)


def text_of(html: str) -> str:
    """What a reader sees of a page."""
    return " ".join(" ".join(parse(html).itertext()).split())


def picture(size: tuple[int, int] = (900, 600), kind: str = "JPEG", **options: Any) -> BytesIO:
    """A made-up picture file, small enough for the test client to keep it in memory."""
    target = BytesIO()
    Image.radial_gradient("L").resize(size).convert("RGB").save(target, kind, **options)
    target.seek(0)
    return target
