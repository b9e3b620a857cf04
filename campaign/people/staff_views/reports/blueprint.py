"""What the reports share: who may come in, what their address asks for, and the figures that are stored."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import format_decimal
from flask_login import current_user

from campaign.kernel import clock
from campaign.kernel.errors import NotFound
from campaign.kernel.registry import role_scopes
from campaign.people import policy
from campaign.people.forms.report_filters import USUAL, Asked, offered_ends, read
from campaign.people.forms.report_words import long_month, split_words
from campaign.people.models import CountState, PeopleReport
from campaign.people.queries.report_reading import figures_of, find_report, first_month
from campaign.people.service.segments.audience import audience_of
from campaign.web.charts import INKS
from campaign.web.guards import requires_some
from campaign.web.report_charts import SHEETS, WIDE, Sheet

bp = Blueprint("people_reports", __name__)
for_some = requires_some(policy.SCOPE, *policy.READERS)


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the stored figures: what was asked for, and what there is."""

    asked: Asked
    audience: str
    report: PeopleReport | None
    figures: Mapping[str, Any]
    groups: Sequence[tuple[uuid.UUID, str]]
    is_narrowed: bool
    """Whether the figures are of some groups alone."""

    @property
    def context(self) -> dict[str, Any]:
        """What every page of a report needs in its template."""
        first = first_month(self.figures)
        return {
            "asked": self.asked, "report": self.report, "figures": self.figures, "groups": self.groups,
            "is_narrowed": self.is_narrowed, "states": CountState, "long_month": long_month,
            "ends": offered_ends(clock.today(), first), "splits": split_words(),
        }  # fmt: skip


def look(*, split: str = "kept_for", usual: int = USUAL) -> Look:
    """What the address asks for, of the people whom the reader may see. Raises Forbidden."""
    groups = my_groups()
    ids = [group for group, _name in groups]
    audience = audience_of(current_user)
    wanted = read(request.args, today=clock.today(), first=None, groups=ids)
    if wanted.group is not None:
        audience = str(wanted.group)
    report = find_report(audience)
    figures = figures_of(report)
    asked = read(
        request.args, today=clock.today(), first=first_month(figures), groups=ids, split=split, usual=usual
    )  # fmt: skip
    return Look(asked, audience, report, figures, groups, audience != "")


def my_groups() -> list[tuple[uuid.UUID, str]]:
    """The groups by which a report can be narrowed: all, or those of whom the role is."""
    if policy.SCOPE not in role_scopes:
        return []
    mine = policy.groups_of(current_user)
    return [pair for pair in role_scopes[policy.SCOPE].list_subjects() if mine is None or pair[0] in mine]


def sheet_of() -> Sheet:
    """How large the picture is that the address asks for."""
    return SHEETS.get(request.args.get("sheet", ""), WIDE)


def picture(scheme: str, draw: Callable[[Sheet, str], str]) -> Response:
    """A picture, in the size and the colours that the address asks for. Raises NotFound for other colours."""
    if scheme not in INKS:
        raise NotFound
    return Response(draw(sheet_of(), scheme), mimetype="image/svg+xml")


def small_pictures(endpoint: str, seen: Look, **values: Any) -> dict[str, str]:
    """The addresses of a card's picture, by light and dark."""
    return {
        scheme: url_for(f"{bp.name}.{endpoint}", scheme=scheme, sheet="small", **values, **seen.asked.arguments)
        for scheme in INKS
    }


def number(value: int) -> str:
    """A number as the reader writes it."""
    return str(format_decimal(value))
