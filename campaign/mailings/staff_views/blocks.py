"""Putting blocks into a text without a script: a list, a button, and the form comes back with the line in it."""

from typing import Any

from flask import request

from campaign.kernel.registry_mail import mail_blocks
from campaign.kernel.text import one_line
from campaign.mailings.forms.mailing import TextsForm
from campaign.web.i18n import LANGUAGES, current_language

ACT, INTO, SEARCH = "act", "into", "block-search"
LOOK, INSERT = "look", "insert-"
LONGEST_SEARCH = 100


def insert_if_asked(form: TextsForm) -> bool:
    """Whether a button of the blocks was pressed and not the one that saves; then the line stands in the form."""
    act = request.form.get(ACT, "")
    if not form.is_submitted() or not (act == LOOK or act.startswith(INSERT)):
        return False
    kind = act.removeprefix(INSERT)
    slug, into = one_line(request.form.get(f"pick-{kind}", ""), 100), request.form.get(INTO, "")
    if act != LOOK and kind in mail_blocks and slug:
        for code in LANGUAGES if into not in LANGUAGES else (into,):
            body = form[code].form.body
            body.data = f"{(body.data or '').rstrip()}\n\n[[{kind}:{slug}]]\n".lstrip()
    return True


def offer_blocks() -> dict[str, Any]:
    """What can be chosen, as far as it fits what was searched for."""
    search = one_line(request.form.get(SEARCH, ""), LONGEST_SEARCH)
    offered = [
        (name, block.label, block.choices(current_language(), search)) for name, block in mail_blocks.items()
    ]  # fmt: skip
    act = request.form.get(ACT, "")
    return {
        "blocks": offered, "block_search": search, "block_into": request.form.get(INTO, ""),
        "is_putting_in": act == LOOK or act.startswith(INSERT),
    }  # fmt: skip
