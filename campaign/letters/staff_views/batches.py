"""Batches for coordinators: what waits, what is under way, one batch, and its documents."""

import uuid
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ParamSpec

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError, Forbidden, NotFound
from campaign.kernel.jobs import JobState
from campaign.kernel.text import id_in, one_line
from campaign.letters.forms.batches import (
    ACCOUNT_WORDS,
    CHANNEL_WORDS,
    DOCUMENT_WORDS,
    LETTER_WORDS,
    PROBLEM_WORDS,
    STATE_WORDS,
    LockForm,
    PostForm,
)
from campaign.letters.models import BatchState, LetterBatch, LetterState
from campaign.letters.queries import batches as queries
from campaign.letters.queries.by_group import NO_GROUP, is_batch_within
from campaign.letters.service import batches as service
from campaign.letters.service.rendering import read_document
from campaign.penpals.policy import COORDINATORS, SCOPE
from campaign.penpals.queries.groups import list_names
from campaign.penpals.service.codes import show_code
from campaign.prisoners.models import Facility
from campaign.web.guards import fresh, requires, requires_some
from campaign.web.i18n import current_language
from campaign.web.paging import page_of, paginate
from campaign.web.steps import actor_id, told

P = ParamSpec("P")
bp = Blueprint("batches_staff", __name__)
for_coordinators = requires(*COORDINATORS)
LONGEST_SEARCH = 100
LETTERS_A_PAGE = 50


def back_to(batch_id: uuid.UUID) -> ResponseReturnValue:
    """The batch's page."""
    return redirect(url_for("batches_staff.show_batch", batch_id=batch_id), 303)


def within() -> frozenset[uuid.UUID] | None:
    """The groups whose letters one reaches; None: all letters."""
    found: frozenset[uuid.UUID] | None = current_user.subjects_of(SCOPE, *COORDINATORS)
    return found


def for_some(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Coordinators; whose role is narrowed to groups, for batches in which no other group's letters lie."""

    @requires_some(SCOPE, *COORDINATORS)
    @wraps(view)
    def inner(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        groups, batch_id = within(), kwargs.get("batch_id")
        if groups is not None and isinstance(batch_id, uuid.UUID):
            # Before anything is looked up, so that the answer tells nothing of another's batch.
            _check_within(batch_id, groups)
        return view(*args, **kwargs)

    return inner


def _check_within(batch_id: uuid.UUID, groups: frozenset[uuid.UUID]) -> None:
    if not is_batch_within(batch_id, groups, actor_id()):
        raise Forbidden


@bp.get("")
@for_some
def list_batches() -> ResponseReturnValue:
    """What waits by place and channel, and batches under way or past; all of it in the address."""
    is_past = request.args.get("when") == "past"
    chosen = {name: one_line(request.args.get(name, ""), LONGEST_SEARCH) for name in ("channel", "state", "facility")}
    groups, group = within(), group_in(request.args)
    page = paginate(
        queries.list_batches(is_past=is_past, actor=actor_id(), within=groups, group=group, **chosen), whole_rows=True
    )
    waiting = [] if is_past else queries.list_waiting(groups, group)
    names = dict(list_names(current_language(), groups))
    states = {each: word for each, word in STATE_WORDS.items() if (each in queries.PAST) == is_past}
    return render_template(
        "letters/staff/batches/list.html", page=page, is_past=is_past,
        waiting=waiting, has_relay=bool(queries.relays_for(groups, "")), states=states, group=group, names=names,
        no_group=NO_GROUP if groups is None else "", sees_all=groups is None, **chosen, **words(),
    )  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
@for_some
def lock() -> ResponseReturnValue:
    """Choose what is locked into a batch, all of it or single letters."""
    if not request.args:
        # The address alone names no place: what waits, by place, is on the list.
        return redirect(url_for("batches_staff.list_batches"))
    facility, channel = _facility(), request.args.get("channel", "")
    if channel not in queries.BY_LETTER:
        raise NotFound
    form, groups, group = LockForm(), within(), group_in(request.args)
    form.offer(queries.relays_for(groups, group))
    if request.method == "GET":
        return _lock_page(form, facility, channel)
    has_relay = channel not in queries.SERVICES
    if has_relay and not form.validate():
        return _lock_page(form, facility, channel), 422
    chosen = [known for each in request.form.getlist("letter") if (known := id_in(each)) is not None]
    is_all = request.form.get("act") == "all"
    if not is_all and not chosen:
        return _lock_page(form, facility, channel, _("Tick at least one letter, or lock all of them.")), 422
    try:
        with transaction():
            batch = service.lock_batch(
                channel, facility.id, relay_id=form.relay_id if has_relay else None, actor=actor_id(),
                letter_ids=None if is_all else chosen, language=current_language(), within=groups, group=group,
            )  # fmt: skip
    except DomainError as problem:
        return _lock_page(form, facility, channel, told(problem)), 409
    flash(ngettext("%(num)s letter is locked in.", "%(num)s letters are locked in.", batch.letters))
    missed = 0 if is_all else len(set(chosen)) - batch.letters
    if missed:
        flash(ngettext(
            "%(num)s letter is not: it lies in another batch by now, or something is missing.",
            "%(num)s letters are not: they lie in another batch by now, or something is missing.", missed,
        ))  # fmt: skip
    return back_to(batch.id)


@bp.get("/<uuid:batch_id>")
@for_some
def show_batch(batch_id: uuid.UUID) -> ResponseReturnValue:
    """One batch."""
    return batch_page(queries.get_batch(batch_id))


@bp.get("/<uuid:batch_id>/progress")
@for_some
def show_progress(batch_id: uuid.UUID) -> ResponseReturnValue:
    """How far the documents are, for the script that follows."""
    batch = queries.get_batch(batch_id)
    return jsonify(done=batch.rendered, is_at_work=_is_at_work(batch))


@bp.post("/<uuid:batch_id>/documents/<uuid:document_id>")
@for_some
@fresh
def download(batch_id: uuid.UUID, document_id: uuid.UUID) -> ResponseReturnValue:
    """One part of what is printed, as PDF; a POST, since it is on record (docs/adr/0012)."""
    batch = queries.get_batch(batch_id)
    with transaction():
        row, content = read_document(batch_id, document_id, actor=actor_id())
    response = Response(content, mimetype="application/pdf")
    name = f"{batch.number}-{row.kind.replace('_', '-')}-{row.part}.pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def batch_page(batch: LetterBatch, problem: str = "", form: PostForm | None = None) -> str:
    """The page, with what stood in the way of the last step."""
    counts = queries.count_by_state(batch.id)
    documents: dict[str, list[Any]] = {}
    for each in queries.list_documents(batch):
        documents.setdefault(each.kind, []).append(each)
    is_at_work = _is_at_work(batch)
    stopped = service.find_rendering(batch) if batch.state == BatchState.LOCKED else None
    is_service = batch.channel in queries.SERVICES
    return render_template(
        "letters/staff/batches/show.html", batch=batch, problem=problem, counts=counts, documents=documents,
        place=session.get_one(Facility, batch.facility_id), is_at_work=is_at_work, is_service=is_service,
        is_failed=stopped is not None and stopped.state == JobState.FAILED,
        is_stuck=not is_service and batch.state == BatchState.LOCKED and stopped is None,
        tries_again=stopped is not None and bool(stopped.error) and stopped.state != JobState.FAILED,
        page=paginate(queries.letters_of(batch.id), per_page=LETTERS_A_PAGE, whole_rows=True),
        fallen_out=queries.list_fallen_out(batch.id), events=queries.list_events(batch.id),
        is_open=batch.state in queries.OPEN, unchecked=len(queries.list_unchecked(batch.id)),
        post_form=form or PostForm(formdata=None), may_post=_may_post(batch, counts), sees_all=within() is None,
        **words(),
    )  # fmt: skip


def words() -> dict[str, Any]:
    """What templates say of it all."""
    return {
        "channel_words": CHANNEL_WORDS, "state_words": STATE_WORDS, "letter_words": LETTER_WORDS,
        "problem_words": PROBLEM_WORDS, "document_words": DOCUMENT_WORDS, "account_words": ACCOUNT_WORDS,
        "show_code": show_code, "services": queries.SERVICES, "today": clock.today(),
    }  # fmt: skip


def _is_at_work(batch: LetterBatch) -> bool:
    if batch.state != BatchState.LOCKED or batch.channel in queries.SERVICES:
        return False
    job = service.find_rendering(batch)
    return job is not None and job.state != JobState.FAILED


def _may_post(batch: LetterBatch, counts: Any) -> bool:
    is_on_paper = batch.state == BatchState.PRINTED or batch.channel in queries.SERVICES
    is_open = batch.state in queries.OPEN
    return is_open and is_on_paper and not counts.get(LetterState.BATCHED) and sum(counts.values()) > 0


def _facility() -> Facility:
    given = request.args.get("facility", "")
    known = id_in(given)
    found = session.get(Facility, known) if known is not None else None
    if found is None:
        raise NotFound
    return found


def group_in(given: Mapping[str, str]) -> str:
    """The group that is asked for: its id, "none", or empty."""
    group = given.get("group", "")
    return str(id_in(group) or "") if group != NO_GROUP else NO_GROUP


def _name_of(group: str, groups: frozenset[uuid.UUID] | None) -> str:
    """What the chosen group is called; empty for none, and for another's."""
    return next((name for known, name in list_names(current_language(), groups) if str(known) == group), "")


def _lock_page(form: LockForm, facility: Facility, channel: str, problem: str = "") -> str:
    groups, group = within(), group_in(request.args)
    rows = session.execute(queries.queued_for(facility.id, channel, groups, group)).all()
    page = page_of(rows, per_page=LETTERS_A_PAGE)
    candidates = queries.list_candidates(page.items, facility.id, channel, clock.today())
    return render_template(
        "letters/staff/batches/lock.html", form=form, facility=facility, channel=channel, problem=problem, page=page,
        candidates=candidates, ready=sum(each.problem is None for each in candidates), most=service.MOST_LETTERS,
        group=group, group_name=_name_of(group, groups),
        sees_all=groups is None, **words(),
    )  # fmt: skip
