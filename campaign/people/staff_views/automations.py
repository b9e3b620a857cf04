"""Automations: the list, one rule as a sentence, its form, and turning it on and off."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.accounts.queries import names_of
from campaign.kernel.db import transaction
from campaign.kernel.errors import Conflict, DomainError, Forbidden
from campaign.kernel.registry_automations import automation_acts
from campaign.people import policy
from campaign.people.forms import automation_forms as forms
from campaign.people.forms import automation_words as words
from campaign.people.forms.automation_forms import RuleForm
from campaign.people.models import Automation, AutomationState, DeedState, HistoryKind, Segment
from campaign.people.queries import automations as queries
from campaign.people.queries.segments import list_segments, titles_of
from campaign.people.service.automations import checks, rules
from campaign.people.service.automations.rules import RuleDraft
from campaign.web.guards import fresh, requires_some

P = ParamSpec("P")
R = TypeVar("R")
bp = Blueprint("automations", __name__)
DAYS = 30


def for_everybody(view: Callable[P, R]) -> Callable[P, R]:
    """For who sees everybody. A role for some groups is told why it is not for them."""

    @requires_some(policy.SCOPE, *policy.READERS)
    @wraps(view)
    def inner(*args: P.args, **kwargs: P.kwargs) -> R:
        if not policy.can_automate(current_user):
            raise Forbidden(policy.AUTOMATES_EVERYBODY)
        return view(*args, **kwargs)

    return inner


@bp.get("")
@for_everybody
def list_automations() -> str:
    """Every rule, whether it is on, and how much it did."""
    listed = queries.list_automations()
    ids, titles = [rule.id for rule in listed], titles_of({rule.segment_id for rule in listed if rule.segment_id})
    return render_template(
        "people/staff/automations/list.html", rules=listed, week=queries.count_done(ids, 7), words=words,
        month=queries.count_done(ids, DAYS), states=AutomationState,
        sentence=lambda rule: words.sentence(rule, _segment_words(rule, titles)),
    )  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
@for_everybody
def add_automation() -> ResponseReturnValue:
    """A new rule: when, if, then."""
    if request.method == "GET":
        return _form_page(forms.empty_form())
    form = forms.typed(request.form, [each.id for each in _segments()])

    def save() -> Automation:
        return rules.make_rule(form.draft, actor=current_user)

    return _saved(form, save)


@bp.get("/<uuid:automation_id>")
@for_everybody
def show_automation(automation_id: uuid.UUID) -> str:
    """The rule as a sentence, what it did, what stands in its way, and its history."""
    return _rule_page(queries.get_automation(automation_id))


@bp.route("/<uuid:automation_id>/edit", methods=["GET", "POST"])
@for_everybody
def edit_automation(automation_id: uuid.UUID) -> ResponseReturnValue:
    """Another version of the rule."""
    rule = queries.get_automation(automation_id)
    if request.method == "GET":
        return _form_page(forms.form_of(rules.draft_of(rule)), rule)
    form, seen = forms.typed(request.form, [each.id for each in _segments(rule)]), seen_version()

    def save() -> Automation:
        return rules.edit_rule(automation_id, form.draft, seen_version=seen, actor=current_user)

    return _saved(form, save, rule)


@bp.get("/<uuid:automation_id>/on")
@for_everybody
@fresh
def confirm_on(automation_id: uuid.UUID) -> ResponseReturnValue:
    """What turning it on means, with the figures of the dry run."""
    return _on_page(queries.get_automation(automation_id))


@bp.post("/<uuid:automation_id>/on")
@for_everybody
@fresh
def turn_on(automation_id: uuid.UUID) -> ResponseReturnValue:
    """Let it act, from today on, with the rights of whoever says so."""
    try:
        with transaction():
            rules.turn_on(automation_id, seen_version=seen_version(), actor=current_user)
    except Conflict as problem:
        return _on_page(queries.get_automation(automation_id), _(problem.message)), 409
    flash(_("It is on. It looks now, and then once an hour, whether there is somebody to meet."))
    return back_to(automation_id)


@bp.post("/<uuid:automation_id>/off")
@for_everybody
def turn_off(automation_id: uuid.UUID) -> ResponseReturnValue:
    """Stop it at once."""
    with transaction():
        was_on = rules.turn_off(automation_id, actor=current_user)
    flash(_("It is off. What it did stands; it can be taken back in the log.") if was_on else _("It is off."))
    return back_to(automation_id)


@bp.post("/<uuid:automation_id>/delete")
@for_everybody
def delete_automation(automation_id: uuid.UUID) -> ResponseReturnValue:
    """Take it off the list for good."""
    with transaction():
        rules.delete_rule(automation_id, actor=current_user)
    flash(_("The rule is deleted. What it did stays on people's records."))
    return redirect(url_for("automations.list_automations"), 303)


def back_to(automation_id: uuid.UUID, anchor: str | None = None) -> ResponseReturnValue:
    """The rule's page."""
    return redirect(url_for("automations.show_automation", automation_id=automation_id, _anchor=anchor), 303)


def seen_version() -> int:
    """The version that the form was made from."""
    text = request.form.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def sentence_of(rule: Automation) -> str:
    """The rule in words."""
    titles = titles_of({rule.segment_id} if rule.segment_id else set())
    return words.sentence(rule, _segment_words(rule, titles))


def _segment_words(rule: Automation, titles: dict[uuid.UUID, str]) -> str:
    gone = str(_("a segment that is gone"))
    return gone if rule.segment_id is None else titles.get(rule.segment_id, gone)


def _segments(rule: Automation | None = None) -> list[Segment]:
    """Those one may see, and the one that the rule has already."""
    mine = list(list_segments(current_user.id))
    if rule is not None and rule.segment_id is not None and all(each.id != rule.segment_id for each in mine):
        try:
            held = checks.find_segment(rule, current_user)
        except checks.Broken:
            held = None
        mine += [held] if held is not None else []
    return mine


def _saved(form: RuleForm, save: Callable[[], Automation], rule: Automation | None = None) -> ResponseReturnValue:
    """Save what was typed, or show the form again with it."""
    if form.errors:
        return _form_page(form, rule), 422
    try:
        with transaction():
            made = save()
            automation_id, state = made.id, made.state
    except Forbidden:
        raise
    except DomainError as problem:
        if not problem.message:
            raise
        current = None if rule is None else queries.get_automation(rule.id)
        return _form_page(form, current, _(problem.message)), 409 if isinstance(problem, Conflict) else 422
    flash(_("Saved.") if state == AutomationState.ON else _("Saved. It does nothing until it is turned on."))
    return back_to(automation_id)


def _form_page(form: RuleForm, rule: Automation | None = None, problem: str = "") -> str:
    return render_template(
        "people/staff/automations/form.html", form=form, rule=rule, problem=problem, states=AutomationState,
        segments=_segments(rule),
    )  # fmt: skip


def _rule_page(rule: Automation, problem: str = "") -> str:
    steps, ids = queries.list_steps(rule.id), [rule.id]
    drafts = {step.id: RuleDraft(**step.rule) for step in steps if step.rule is not None}
    segments = {uuid.UUID(str(each.segment_id)) for each in drafts.values() if each.segment_id}
    titles = titles_of(segments | ({rule.segment_id} if rule.segment_id else set()))
    gone = str(_("a segment that is gone"))
    by_step = {
        step: words.sentence_of(
            draft, titles.get(uuid.UUID(str(draft.segment_id)), gone) if draft.segment_id else ""
        )
        for step, draft in drafts.items()
    }  # fmt: skip
    people: set[uuid.UUID | None] = {rule.on_by, rule.off_by, rule.made_by, *(step.actor_id for step in steps)}
    days = queries.count_by_day(rule.id, DAYS)
    return render_template(
        "people/staff/automations/show.html", rule=rule, problem=problem, steps=steps, by_step=by_step, words=words,
        sentence=words.sentence(rule, _segment_words(rule, titles)), names=names_of({each for each in people if each}),
        states=AutomationState, kinds=HistoryKind, tried=queries.find_valid_dry_run(rule, current_user.id),
        dry_run=queries.find_dry_run(rule.id, by=current_user.id), neighbours=checks.find_neighbours(rule),
        broken=_broken(rule), days=days, week=queries.count_done(ids, 7).get(rule.id, 0),
        month=sum(count for _day, count in days), counts=queries.count_states(rule.id), deed_states=DeedState,
        needs_other=_needs_other(rule), told=queries.count_told(rule), segment_title=_segment_words(rule, titles),
    )  # fmt: skip


def _on_page(rule: Automation, problem: str = "") -> str:
    return render_template(
        "people/staff/automations/on.html", rule=rule, problem=problem, sentence=sentence_of(rule), words=words,
        tried=queries.find_valid_dry_run(rule, current_user.id), neighbours=checks.find_neighbours(rule),
        is_on=rule.state == AutomationState.ON,
    )  # fmt: skip


def _needs_other(rule: Automation) -> bool:
    """Whether somebody else must turn it on, since it writes to people and this person wrote it."""
    needs_two = rule.act in automation_acts and automation_acts[rule.act].needs_two
    return needs_two and queries.find_author(rule.id) == current_user.id


def _broken(rule: Automation) -> str:
    """What of it is gone, in words; empty for nothing."""
    try:
        checks.read_rule(rule)
        checks.find_segment(rule, current_user)
    except checks.Broken as problem:
        return str(words.OFF_WORDS[problem.reason])
    return ""
