"""What mailings show of a person: lines of the timeline, a panel, and conditions of segments."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_login import current_user

from campaign.kernel import clock
from campaign.kernel.errors import N_
from campaign.kernel.registry import Panel
from campaign.kernel.registry_people import (
    DAYS_OR_EVER,
    ConditionField,
    Happening,
    SegmentCondition,
    people_panels,
    people_timelines,
    segment_conditions,
)
from campaign.mailings import policy
from campaign.mailings.models import Outcome
from campaign.mailings.queries.got import (
    UNKNOWN,
    WAITING,
    count_got,
    find_title,
    list_begun,
    list_got,
    select_got,
    select_got_any,
)
from campaign.web.i18n import day_of
from campaign.web.spans import when

MOST_LINES = 200
YEAR = timedelta(days=365)
SECTION = N_("Mailings")


def list_lines(person_id: uuid.UUID) -> Sequence[Happening]:
    """The mailings they got or are to get, by the subject as they got it; nothing of what stood in them."""
    return [
        Happening(each.day, "mailed", _line(each.state, each.subject or _("without a subject")), _page(each.mailing_id))
        for each in list_got(person_id, most=MOST_LINES)
    ]


def panel(person_id: uuid.UUID) -> Panel | None:
    """How many mailings they had in a year, and the last one."""
    found = list_got(person_id, most=1)
    if not found:
        return None
    last = found[0]
    amount = count_got(person_id, clock.today() - YEAR)
    url = _page(last.mailing_id)
    return Panel(
        _("Mailings"),
        [(_("In the last year"), str(amount)), (_("The last one"), f"{day_of(last.day)}: {last.subject}")],
        [(_("To this mailing"), url)] if url else (),
    )


def _line(state: str, subject: str) -> str:
    if state == Outcome.SENT:
        return str(_("Got the mailing “%(subject)s”", subject=subject))
    if state == WAITING:
        return str(_("Is to get the mailing “%(subject)s”", subject=subject))
    if state == UNKNOWN:
        return str(_("May have got the mailing “%(subject)s”: nobody can say", subject=subject))
    return str(_("Did not get the mailing “%(subject)s”", subject=subject))


def _page(mailing_id: uuid.UUID) -> str:
    if not policy.may_write(current_user):
        return ""
    return url_for("mailings_staff.show_mailing", mailing_id=mailing_id)


def _offered() -> Sequence[tuple[str, str]]:
    return [(str(mailing_id), title) for mailing_id, title in list_begun()]


def _title(values: Mapping[str, Any]) -> str:
    return find_title(uuid.UUID(values["mailing"])) or str(_("one that is gone"))


GOT = SegmentCondition(
    "got-mailing", N_("Got a mailing"), (ConditionField("mailing", N_("Mailing"), "choice", _offered),),
    lambda values: select_got(uuid.UUID(values["mailing"])),
    lambda values: str(_("got the mailing “%(title)s”", title=_title(values))),
    lambda values: str(_("did not get the mailing “%(title)s”", title=_title(values))), SECTION,
)  # fmt: skip
GOT_ANY = SegmentCondition(
    "got-any-mailing", N_("Got any mailing"), (DAYS_OR_EVER,),
    lambda values: select_got_any(values["days"]),
    lambda values: when(str(_("got a mailing")), values["days"]),
    lambda values: when(str(_("got no mailing")), values["days"]), SECTION,
)  # fmt: skip


def register() -> None:
    """Fill the registries."""
    people_timelines.register("mailings", list_lines)
    people_panels.register("mailings", panel)
    for condition in (GOT, GOT_ANY):
        segment_conditions.register(condition.name, condition)
