"""Pledges for staff: the list, one of them."""

import uuid
from collections.abc import Iterator
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import Select

from campaign.accounts.queries import names_of
from campaign.funds.queries import funds
from campaign.gifts.forms.staff_words import fund_choices
from campaign.gifts.models import Donor, Pledge, Schedule, Visibility
from campaign.gifts.queries import gifts as gift_queries
from campaign.gifts.queries import pledges as queries
from campaign.gifts.service import donors, instalments, pledging
from campaign.gifts.service.donors import aliases_of
from campaign.gifts.staff_views.blueprint import (
    LONGEST_SEARCH,
    for_keepers,
    for_readers,
    look_or_erase,
    opened,
    shared_words,
    uuid_of,
)
from campaign.gifts.staff_views.blueprint import pledges_bp as bp
from campaign.kernel import audit, clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import NotFound
from campaign.kernel.money import Money
from campaign.kernel.text import one_line
from campaign.web.csv_files import csv_answer
from campaign.web.guards import fresh
from campaign.web.i18n import current_language
from campaign.web.paging import paginate
from campaign.web.steps import actor_id, step


def _filters() -> dict[str, Any]:
    given = request.args.get
    schedule, state = given("schedule", ""), given("state", "")
    return {
        "search": one_line(given("q", ""), LONGEST_SEARCH), "state": state, "fund_id": uuid_of("fund"),
        "schedule": schedule if schedule in set(Schedule) else "", "sort": given("sort", ""),
    }  # fmt: skip


def _found() -> Select[Pledge]:
    return queries.pledges(clock.today(), **_filters())


@bp.get("")
@for_readers
def list_pledges() -> str:
    """Pledges, newest first unless the address says otherwise."""
    page, chosen = paginate(_found()), _filters()
    ids, today = [each.id for each in page.items], clock.today()
    return render_template(
        "gifts/staff/pledges.html", page=page, chosen=chosen, next=queries.next_of(ids, today),
        late=queries.late_of(ids, today),
        funds=funds.names_of({each.fund_id for each in page.items}, current_language()),
        aliases=aliases_of(frozenset(each.donor_id for each in page.items if each.donor_id)), overdue=queries.OVERDUE,
        to_release=queries.TO_RELEASE,
        fund_choices=fund_choices(), is_narrowed=any(value for name, value in chosen.items() if name != "sort"),
        **shared_words(),
    )  # fmt: skip


@bp.get("/export")
@for_readers
@fresh
def export_pledges() -> ResponseReturnValue:
    """The same list as a file, without donors."""
    with transaction():
        audit.record("pledges.export", actor=actor_id())
    head = (
        _("Code"), _("Fund"), _("State"), _("How often"), _("Amount each time"), _("Currency"), _("Times"),
        _("Confirmed on"), _("Waited for since"),
    )  # fmt: skip
    return csv_answer("pledges", head, _rows())


def _rows() -> Iterator[tuple[object, ...]]:
    found = session.scalars(_found()).all()
    names = funds.names_of({each.fund_id for each in found}, current_language())
    waiting, words = queries.next_of([each.id for each in found], clock.today()), shared_words()["words"]
    for each in found:
        due = waiting.get(each.id)
        yield (
            each.reference, names[each.fund_id], words.PLEDGE_WORDS[each.state],
            words.SCHEDULE_WORDS[each.schedule], str(Money(each.amount, each.currency).decimal), each.currency,
            each.times or "", each.confirmed_on or "", due.due_on if due else "",
        )  # fmt: skip


@bp.get("/<uuid:pledge_id>")
@for_readers
def show_pledge(pledge_id: uuid.UUID) -> str:
    """One of them, by its code."""
    return _page(pledge_id)


@bp.post("/<uuid:pledge_id>/stop")
@for_keepers
def stop(pledge_id: uuid.UUID) -> ResponseReturnValue:
    """End it: nothing more is waited for."""
    return step(
        lambda: pledging.stop(pledge_id, actor=actor_id()), _("It is waited for no more."),
        url_for("pledges_staff.show_pledge", pledge_id=pledge_id), lambda problem: _page(pledge_id, problem),
    )  # fmt: skip


@bp.post("/<uuid:pledge_id>/instalments/<uuid:instalment_id>/waive")
@for_keepers
def waive(pledge_id: uuid.UUID, instalment_id: uuid.UUID) -> ResponseReturnValue:
    """Wait for one part of it no more."""
    return step(
        lambda: instalments.waive(instalment_id, actor=actor_id()), _("This part is waited for no more."),
        url_for("pledges_staff.show_pledge", pledge_id=pledge_id), lambda problem: _page(pledge_id, problem),
    )  # fmt: skip


@bp.post("/<uuid:pledge_id>/donor/<any(look, erase):how>")
@for_keepers
@fresh
def open_donor(pledge_id: uuid.UUID, how: str) -> ResponseReturnValue:
    """Look at who pledged, on record, or forget them."""
    return look_or_erase(
        queries.get_pledge(pledge_id).donor_id, how, url_for("pledges_staff.show_pledge", pledge_id=pledge_id),
        lambda problem: _page(pledge_id, problem),
    )  # fmt: skip


@bp.post("/<uuid:pledge_id>/name/<any(release, refuse):how>")
@for_readers
def decide_on_name(pledge_id: uuid.UUID, how: str) -> ResponseReturnValue:
    """Let the name that a donor asks for be shown on the page of the fund, or not (any more)."""
    donor_id = queries.get_pledge(pledge_id).donor_id
    if donor_id is None:
        raise NotFound
    act, said = {
        "release": (donors.release_name, _("Released. It is shown a month after the gift, among five or more.")),
        "refuse": (donors.unname, _("The name is shown nowhere, and is forgotten.")),
    }[how]
    return step(
        lambda: act(donor_id, actor=actor_id()), said, url_for("pledges_staff.show_pledge", pledge_id=pledge_id),
        lambda problem: _page(pledge_id, problem),
    )  # fmt: skip


def _page(pledge_id: uuid.UUID, problem: str = "") -> str:
    found, today = queries.get_pledge(pledge_id), clock.today()
    events = queries.list_events(pledge_id)
    who = session.get(Donor, found.donor_id, populate_existing=True) if found.donor_id else None
    released_by = who.released_by if who else None
    return render_template(
        "gifts/staff/pledge.html", found=found, problem=problem, made=instalments.list_instalments(pledge_id),
        events=events, names=names_of({each for each in (released_by, *(each.actor_id for each in events)) if each}),
        to_name=who if who is not None and who.visibility == Visibility.PUBLIC else None,
        is_late=pledge_id in queries.late_of([pledge_id], today), gifts=gift_queries.gifts_of_pledge(pledge_id),
        fund=funds.names_of({found.fund_id}, current_language())[found.fund_id], donor=opened(found.donor_id),
        alias=aliases_of(frozenset({found.donor_id})).get(found.donor_id, "") if found.donor_id else "",
        **shared_words(),
    )  # fmt: skip
