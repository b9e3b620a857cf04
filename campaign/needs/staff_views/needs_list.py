"""The list of needs, narrowed by the address; and the same as a file."""

import re
import uuid
from collections.abc import Collection

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from campaign.kernel import audit
from campaign.kernel.db import session, transaction
from campaign.kernel.text import id_in, one_line
from campaign.needs.models import Need, NeedCategory, NeedSource, NeedState, Urgency
from campaign.needs.queries import needs as queries
from campaign.needs.staff_views.blueprint import bp, for_readers, names_of_prisoners, shared_words
from campaign.prisoners.models import Prisoner
from campaign.prisoners.queries.search import search_people
from campaign.prisoners.service.names import fold
from campaign.web.csv_files import csv_answer
from campaign.web.guards import fresh
from campaign.web.paging import paginate
from campaign.web.steps import actor_id

PER_PAGE, MOST_EXPORTED, LONGEST_SEARCH = 25, 20_000, 80
ALL = "all"
CHOICES = (queries.OPEN, queries.MINE, *NeedState, ALL)
_CODE = re.compile(r"[Nn]?(\d{1,9})", re.ASCII)
HEAD = (
    "need", "prisoner", "category", "in_kind", "amount", "currency", "urgency", "state", "source", "public",
    "reported_on", "expires_on", "ended_on",
)  # fmt: skip


@bp.get("")
@for_readers
def list_needs() -> str:
    """What has not ended, what is urgent first; what narrows it stands in the address."""
    wanted, search = wanted_here()
    page = paginate(queries.select_needs(wanted, account=actor_id()), per_page=PER_PAGE)
    return render_template(
        "needs/staff/list.html", page=page, wanted=wanted, search=search, state=wanted.state or ALL,
        names=names_of_prisoners(page.items), counts=queries.count_by_state(),
        is_narrowed=bool(search or wanted.category or wanted.urgency or wanted.source or wanted.state != queries.OPEN),
        **shared_words(),
    )  # fmt: skip


@bp.route("/export", methods=["GET", "POST"])
@for_readers
@fresh
def export_needs() -> ResponseReturnValue:
    """The list as it is narrowed, as one file without names; audited before its first byte leaves."""
    wanted, search = wanted_here()
    statement = queries.select_needs(wanted, account=actor_id())
    if request.method == "GET":
        amount = paginate(statement, per_page=1).total
        return render_template(
            "needs/staff/export.html", amount=min(amount, MOST_EXPORTED), search=search, **shared_words()
        )  # fmt: skip
    found = session.scalars(statement.limit(MOST_EXPORTED)).all()
    numbers = _numbers_of({each.prisoner_id for each in found if each.prisoner_id is not None})
    with transaction():
        audit.record("needs.exported", actor=actor_id(), amount=len(found))
    return csv_answer("needs", HEAD, [_row(each, numbers) for each in found])


def wanted_here() -> tuple[queries.Wanted, str]:
    """What the address asks for, and what was searched for; what means nothing is left out."""
    given, search = request.args.get, one_line(request.args.get("q", ""), LONGEST_SEARCH)
    state, category, urgency = given("state", queries.OPEN), given("category", ""), given("urgency", "")
    source, sort = given("source", ""), given("sort", "")
    code = _CODE.fullmatch(search)
    prisoner = id_in(given("prisoner", ""))
    prisoners: Collection[uuid.UUID] | None = [prisoner] if prisoner is not None else None
    if search and code is None:
        prisoners = search_people(fold(search), published_only=False)
    return queries.Wanted(
        state=("" if state == ALL else state) if state in CHOICES else queries.OPEN,
        category=category if category in set(NeedCategory) else "", urgency=urgency if urgency in set(Urgency) else "",
        source=source if source in set(NeedSource) else "", prisoners=prisoners,
        number=int(code[1]) if code is not None else None,
        sort=sort if sort.removeprefix("-") in queries.SORTS else "",
    ), search  # fmt: skip


def _row(need: Need, numbers: dict[uuid.UUID, int]) -> tuple[object, ...]:
    money = need.money
    return (
        need.code, numbers.get(need.prisoner_id, "") if need.prisoner_id else "", need.category,
        int(need.is_in_kind), str(money.decimal) if money else "", need.currency or "", need.urgency, need.state,
        need.source, need.visibility, need.reported_on, need.expires_on, need.ended_on or "",
    )  # fmt: skip


def _numbers_of(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    rows = session.execute(select(Prisoner.id, Prisoner.number).where(Prisoner.id.in_(ids)))
    return dict(rows.all())
