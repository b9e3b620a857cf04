"""What the staff views of mailings share: who may come in, the page of one mailing, and its sections."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.accounts.queries import names_of
from campaign.kernel.actors import Role
from campaign.kernel.registry import PersonPanel, Registry
from campaign.mailings import policy
from campaign.mailings.forms import words
from campaign.mailings.models import Mailing, MailingState
from campaign.mailings.queries import mailings as queries
from campaign.mailings.service.text.findings import Finding, check_mailing
from campaign.mailings.service.write import CHANGEABLE
from campaign.web.guards import requires

bp = Blueprint("mailings_staff", __name__)
for_writers = requires(*policy.WRITERS)
for_watchers = requires(*policy.WRITERS, Role.ADMIN)
"""Whoever may hold a mailing or stop it (policy.may_stop)."""

mailing_sections: Registry[Callable[[Mailing], PersonPanel | None]] = Registry("section of a mailing")
"""What sending and results add to the page of one mailing: a template and what it needs, by rank. None: nothing for
whoever looks. Below 50 it stands above the texts."""


def back_to(mailing_id: uuid.UUID, anchor: str | None = None) -> ResponseReturnValue:
    """The mailing's page."""
    return redirect(url_for("mailings_staff.show_mailing", mailing_id=mailing_id, _anchor=anchor), 303)


def shared_words() -> dict[str, Any]:
    """What the templates call things."""
    return {"words": words, "states": MailingState, "may_write": policy.may_write(current_user)}


def told_finding(finding: Finding) -> str:
    """What was found, in the reader's language, with the language and the line of the text."""
    told = str(_(finding.message)) % finding.values if finding.values else str(_(finding.message))
    if not finding.language:
        return told
    language = words.LANGUAGE_WORDS[finding.language]
    if not finding.line:
        return f"{language}: {told}"
    return str(_("%(language)s, line %(line)d: %(words)s", language=language, line=finding.line, words=told))


def mailing_page(found: Mailing, problem: str = "") -> str:
    """The page of one mailing, with what stood in the way of the last step."""
    events = queries.list_events(found.id)
    named = {each.actor_id for each in events} | {found.written_by, found.proposed_by, found.approved_by}
    panels = [panel for section in mailing_sections if (panel := section(found)) is not None]
    panels.sort(key=lambda panel: panel.rank)
    return render_template(
        "mailings/staff/show.html", found=found, problem=problem, texts=queries.texts_of(found.id), events=events,
        above=[each for each in panels if each.rank < 50], below=[each for each in panels if each.rank >= 50],
        findings=[(each, told_finding(each)) for each in check_mailing(found)] if found.state in CHANGEABLE else [],
        names=names_of({each for each in named if each is not None}), is_changeable=found.state in CHANGEABLE,
        **shared_words(),
    )  # fmt: skip
