"""Places of detention: the list, the page of one, and what is written down about it."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.accounts.queries import names_of
from campaign.kernel import clock
from campaign.kernel.db import transaction
from campaign.kernel.errors import Conflict, NotFound
from campaign.kernel.text import one_line
from campaign.prisoners import policy
from campaign.prisoners.forms.facilities import (
    CHANNEL_WORDS,
    KIND_WORDS,
    SEVERITY_WORDS,
    STRANGERS_WORDS,
    AddressForm,
    ChannelForm,
    FacilityForm,
    RuleForm,
)
from campaign.prisoners.models import Channel, Facility
from campaign.prisoners.queries import facilities as queries
from campaign.prisoners.regions import region_name, region_options
from campaign.prisoners.service import facilities as service
from campaign.prisoners.service.codes import code_key
from campaign.prisoners.staff_views.blueprint import bp, for_editors, for_readers
from campaign.web.i18n import current_language
from campaign.web.paging import paginate
from campaign.web.steps import actor_id, told

LONGEST_SEARCH = 100


@bp.get("/facilities")
@for_readers
def list_facilities() -> ResponseReturnValue:
    """Every place, by words, code, kind and region; all of it in the address."""
    search = one_line(request.args.get("q", ""), LONGEST_SEARCH)
    chosen = {name: request.args.get(name, "") for name in ("kind", "region", "only", "sort")}
    page = paginate(queries.facilities(search=search, key=code_key(search), today=clock.today(), **chosen))
    return render_template(
        "prisoners/staff/facilities/list.html", page=page, search=search, **chosen, **_words(),
        residents=queries.count_residents([each.id for each in page.items]), stale=_is_stale,
        regions=region_options(current_language()), may_edit=policy.can_edit(current_user),
        stale_count=queries.count_stale_facilities(clock.today()),
    )  # fmt: skip


@bp.get("/facilities/<uuid:facility_id>")
@for_readers
def show_facility(facility_id: uuid.UUID) -> ResponseReturnValue:
    """One place: where it is, how mail reaches it, who is held there, and from where all that is known."""
    facility = queries.get_facility(facility_id)
    facts = queries.list_facility_facts(facility.id)
    return render_template(
        "prisoners/staff/facilities/show.html", facility=facility, **_words(), stale=_is_stale, facts=facts,
        names=names_of({each for fact in facts for each in (fact.entered_by, fact.verified_by) if each}),
        valid_days=service.validity_of(facility.kind).days, may_edit=policy.can_edit(current_user),
        page=paginate(queries.residents(facility.id)), channels=Channel,
    )  # fmt: skip


@bp.route("/facilities/new", methods=["GET", "POST"])
@for_editors
def create_facility() -> ResponseReturnValue:
    """Write down a place."""
    form = FacilityForm()
    if not form.validate_on_submit():
        return _edit_page(form, None), 422 if form.errors else 200
    try:
        with transaction():
            facility = service.create_facility(form.draft(), form.source(), actor=actor_id())
    except service.FacilityExists as problem:
        return _exists(form, None, problem)
    flash(_("The facility is written down. Its address comes next."))
    return redirect(url_for("prisoners_staff.set_facility_address", facility_id=facility.id), 303)


@bp.route("/facilities/<uuid:facility_id>/edit", methods=["GET", "POST"])
@for_editors
def edit_facility(facility_id: uuid.UUID) -> ResponseReturnValue:
    """Change what is known of a place."""
    facility, form = queries.get_facility(facility_id), FacilityForm()
    if not form.is_submitted():
        form.show(facility)
    if not form.validate_on_submit():
        return _edit_page(form, facility), 422 if form.errors else 200
    try:
        with transaction():
            service.edit_facility(
                facility, form.draft(), form.source(), seen_version=form.seen_version, actor=actor_id()
            )
    except service.FacilityExists as problem:
        return _exists(form, facility, problem)
    except Conflict:
        stored = queries.get_facility(facility_id)
        form.version.data = str(stored.version)
        return _edit_page(form, stored, stored=stored), 409
    flash(_("The facility is saved."))
    return _back(facility_id)


@bp.route("/facilities/<uuid:facility_id>/address", methods=["GET", "POST"])
@for_editors
def set_facility_address(facility_id: uuid.UUID) -> ResponseReturnValue:
    """Write down a new version of the address."""
    facility, form, problem = queries.get_facility(facility_id), AddressForm(), ""
    if not form.is_submitted() and facility.address is not None:
        form.show(facility.address)
    if form.validate_on_submit():
        try:
            with transaction():
                service.set_address(facility, form.draft(), form.source(), actor=actor_id())
        except (service.AddressUnchanged, Conflict) as refusal:
            problem = told(refusal)
        else:
            flash(_("The address is saved. Letters printed from now on carry it."))
            return _back(facility_id)
    page = render_template("prisoners/staff/facilities/address.html", form=form, facility=facility, problem=problem)
    return page, 422 if form.errors or problem else 200


@bp.route("/facilities/<uuid:facility_id>/channels/<channel>", methods=["GET", "POST"])
@for_editors
def set_facility_channel(facility_id: uuid.UUID, channel: str) -> ResponseReturnValue:
    """Write down what is known of one channel."""
    facility, known, form = queries.get_facility(facility_id), _channel(channel), ChannelForm()
    stored = next((each for each in facility.channels if each.channel == known), None)
    if not form.is_submitted() and stored is not None:
        form.show(stored)
    if form.validate_on_submit():
        with transaction():
            service.set_channel(facility, form.draft(known), form.source(), actor=actor_id())
        flash(_("The channel is saved."))
        return _back(facility_id)
    page = render_template(
        "prisoners/staff/facilities/channel.html", form=form, facility=facility, word=CHANNEL_WORDS[known],
        stored=stored, channel=known,
    )  # fmt: skip
    return page, 422 if form.errors else 200


@bp.post("/facilities/<uuid:facility_id>/channels/<channel>/remove")
@for_editors
def remove_facility_channel(facility_id: uuid.UUID, channel: str) -> ResponseReturnValue:
    """Take back a channel that was written down by mistake."""
    with transaction():
        service.remove_channel(queries.get_facility(facility_id), _channel(channel), actor=actor_id())
    flash(_("The channel is taken back."))
    return _back(facility_id)


@bp.route("/facilities/<uuid:facility_id>/rules/new", methods=["GET", "POST"])
@for_editors
def add_facility_rule(facility_id: uuid.UUID) -> ResponseReturnValue:
    """Write down what a place does not let through."""
    facility, form = queries.get_facility(facility_id), RuleForm()
    if not form.validate_on_submit():
        page = render_template("prisoners/staff/facilities/rule.html", form=form, facility=facility)
        return page, 422 if form.errors else 200
    with transaction():
        service.add_rule(facility, form.draft(), form.source(), actor=actor_id())
    flash(_("The rule is saved."))
    return _back(facility_id)


@bp.post("/facilities/<uuid:facility_id>/rules/<uuid:rule_id>/end")
@for_editors
def end_facility_rule(facility_id: uuid.UUID, rule_id: uuid.UUID) -> ResponseReturnValue:
    """Say that a rule holds no longer."""
    with transaction():
        service.end_rule(queries.get_facility(facility_id), rule_id, actor=actor_id())
    flash(_("The rule has ended. It stays on record."))
    return _back(facility_id)


@bp.post("/facilities/<uuid:facility_id>/verify")
@for_editors
def verify_facility(facility_id: uuid.UUID) -> ResponseReturnValue:
    """Say that everything stored was looked up today."""
    with transaction():
        service.verify_facility(queries.get_facility(facility_id), actor=actor_id())
    flash(_("Noted: looked up today."))
    return _back(facility_id)


def _exists(form: FacilityForm, facility: Facility | None, problem: service.FacilityExists) -> ResponseReturnValue:
    words = _(problem.message, name=problem.facility.name_ru)
    form.code.errors = [*form.code.errors, words]
    return _edit_page(form, facility, twin=problem.facility), 422


def _edit_page(
    form: FacilityForm, facility: Facility | None, *, stored: Facility | None = None, twin: Facility | None = None
) -> str:
    return render_template(
        "prisoners/staff/facilities/edit.html", form=form, facility=facility, stored=stored, twin=twin, **_words()
    )


def _words() -> dict[str, object]:
    return {
        "kind_words": KIND_WORDS, "channel_words": CHANNEL_WORDS, "strangers_words": STRANGERS_WORDS,
        "severity_words": SEVERITY_WORDS, "region_name": lambda code: region_name(code, current_language()),
    }  # fmt: skip


def _is_stale(facility: Facility) -> bool:
    verified = facility.verified_on
    return verified is None or clock.today() - verified > service.validity_of(facility.kind)


def _channel(text: str) -> Channel:
    try:
        return Channel(text)
    except ValueError as problem:
        raise NotFound from problem


def _back(facility_id: uuid.UUID) -> ResponseReturnValue:
    return redirect(url_for("prisoners_staff.show_facility", facility_id=facility_id), 303)
