"""The staff list of people, the page of one, and writing down who somebody is."""

import uuid
from collections.abc import Sequence

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from campaign.accounts.queries import names_of
from campaign.kernel import clock
from campaign.kernel.db import transaction
from campaign.kernel.errors import Conflict, DomainError
from campaign.kernel.registry import prisoner_panels
from campaign.kernel.text import one_line
from campaign.prisoners import policy
from campaign.prisoners.forms.person import FIELD_WORDS, LETTERS_WORDS, REPLY_WORDS, PersonForm
from campaign.prisoners.forms.situation_words import LIBERTY_WORDS
from campaign.prisoners.models import Prisoner, PrisonerState
from campaign.prisoners.queries import get_prisoner, people_list, situation
from campaign.prisoners.queries.portraits import find_portrait
from campaign.prisoners.regions import region_name, region_options
from campaign.prisoners.service.facts import verify_fact, verify_facts
from campaign.prisoners.service.names import fold
from campaign.prisoners.service.people import BadPerson, create_prisoner, edit_prisoner
from campaign.prisoners.staff_views.blueprint import back_to, bp, for_editors, for_readers
from campaign.prisoners.staff_views.suggest import fill_in
from campaign.web.compare import Difference, differences
from campaign.web.i18n import current_language
from campaign.web.paging import paginate
from campaign.web.steps import actor_id, told

LONGEST_SEARCH = 100


@bp.get("")
@for_readers
def list_prisoners() -> ResponseReturnValue:
    """Every person, by name in any spelling, state, status, region and letters; all of it in the address."""
    search = one_line(request.args.get("q", ""), LONGEST_SEARCH)
    chosen = {name: request.args.get(name, "") for name in ("state", "status", "region", "letters", "only", "sort")}
    page = paginate(people_list.people(folded=fold(search), today=clock.today(), reader=actor_id(), **chosen))
    ids = [each.id for each in page.items]
    return render_template(
        "prisoners/staff/people/list.html", page=page, search=search, **chosen, states=PrisonerState,
        statuses=situation.find_current_statuses(ids), stays=situation.find_current_stays(ids),
        liberty_words=LIBERTY_WORDS, letters_words=LETTERS_WORDS, regions=region_options(current_language()),
        may_edit=policy.can_edit(current_user),
    )  # fmt: skip


@bp.get("/<uuid:prisoner_id>")
@for_readers
def show_prisoner(prisoner_id: uuid.UUID) -> ResponseReturnValue:
    """One person: who, where, what is known and from where, and what can be done; the history of one field alone where
    the address names it."""
    return person_page(get_prisoner(prisoner_id))


@bp.post("/<uuid:prisoner_id>/facts/<int:fact_id>/verify")
@for_editors
def verify_person_fact(prisoner_id: uuid.UUID, fact_id: int) -> ResponseReturnValue:
    """Say that one has looked a fact up in its source: a second person does."""
    prisoner = get_prisoner(prisoner_id)
    try:
        with transaction():
            verify_fact(fact_id, actor=actor_id())
    except DomainError as problem:
        return person_page(prisoner, told(problem)), 409
    flash(_("Noted: you have looked it up."))
    return back_to(prisoner_id)


@bp.post("/<uuid:prisoner_id>/facts/verify")
@for_editors
def verify_person_facts(prisoner_id: uuid.UUID) -> ResponseReturnValue:
    """Say that one has looked up all that one save wrote down from one source."""
    prisoner = get_prisoner(prisoner_id)
    ids = {int(text) for text in request.form.getlist("fact") if text.isdecimal() and len(text) < 19}
    try:
        with transaction():
            count = verify_facts(prisoner_id, ids, actor=actor_id())
    except Conflict as problem:
        return person_page(prisoner, told(problem)), 409
    flash(ngettext("Noted: you have looked up %(num)s fact.", "Noted: you have looked up %(num)s facts.", count))
    return back_to(prisoner_id)


@bp.route("/new", methods=["GET", "POST"])
@for_editors
def create_person() -> ResponseReturnValue:
    """Write down a person; the public does not see it yet."""
    form = PersonForm(_interests())
    if _only_looks(form) or not form.validate_on_submit():
        return _edit_page(form, None), 422 if form.errors else 200
    try:
        with transaction():
            prisoner = create_prisoner(form.draft(), form.source(), actor=actor_id())
    except BadPerson as problem:
        form.refuse(problem, told(problem))
        return _edit_page(form, None), 422
    flash(_("The person is written down. The arrest, the case and the place of custody come next."))
    return back_to(prisoner.id)


@bp.route("/<uuid:prisoner_id>/edit", methods=["GET", "POST"])
@for_editors
def edit_person(prisoner_id: uuid.UUID) -> ResponseReturnValue:
    """Change what is known of a person."""
    prisoner, form = get_prisoner(prisoner_id), PersonForm(_interests())
    if not form.is_submitted():
        form.show(prisoner)
    if _only_looks(form) or not form.validate_on_submit():
        return _edit_page(form, prisoner), 422 if form.errors else 200
    try:
        with transaction():
            changed = edit_prisoner(
                prisoner, form.draft(), form.source(), seen_version=form.seen_version, actor=actor_id()
            )
    except BadPerson as problem:
        form.refuse(problem, told(problem))
        return _edit_page(form, prisoner), 422
    except Conflict:
        stored, shown = get_prisoner(prisoner_id), PersonForm(_interests(), formdata=None)
        shown.show(stored)
        # The form now carries the stored version, so that saving again, after having read it, is a choice.
        form.version.data = str(stored.version)
        return _edit_page(form, stored, changed=differences(shown, form), has_conflict=True), 409
    flash(_("Saved.") if changed else _("Nothing differs from what was stored."))
    return back_to(prisoner_id)


def person_page(prisoner: Prisoner, problem: str = "") -> str:
    """The page, with what stood in the way of the last step."""
    field = one_line(request.args.get("field", ""), 60)
    page = paginate(people_list.list_person_facts(prisoner.id, field=field), per_page=60)
    known = people_list.current_facts(prisoner.id)
    people = {each for fact in [*page.items, *known.values()] for each in (fact.entered_by, fact.verified_by) if each}
    made = (make(prisoner.id) for make in prisoner_panels)
    panels = sorted((panel for panel in made if panel is not None), key=lambda panel: panel.rank)
    return render_template(
        "prisoners/staff/people/show.html", prisoner=prisoner, text=prisoner.text_in(current_language()),
        panels=panels, facts=page.items, page=page, known=known, names=names_of(people), problem=problem,
        field=field, field_words=FIELD_WORDS,
        status=situation.find_current_status(prisoner.id), stay=situation.find_current_stay(prisoner.id),
        liberty_words=LIBERTY_WORDS, letters_words=LETTERS_WORDS, reply_words=REPLY_WORDS,
        region_name=lambda code: region_name(code, current_language()), may_edit=policy.can_edit(current_user),
        me=current_user.id, may_erase=policy.can_see_family(current_user), picture=find_portrait(prisoner.id),
    )  # fmt: skip


def _edit_page(
    form: PersonForm, prisoner: Prisoner | None, *, changed: Sequence[Difference] = (), has_conflict: bool = False
) -> str:
    last = fold(form.last_ru.data or form.last_latin.data or "")
    born = form.born.data[-4:] if form.born.data and form.born.data[-4:].isdecimal() else ""
    namesakes = people_list.find_namesakes(last, int(born) if born else None) if last and prisoner is None else []
    is_preview = request.form.get("act") == "preview"
    return render_template(
        "prisoners/staff/people/edit.html", form=form, prisoner=prisoner, changed=changed, has_conflict=has_conflict,
        namesakes=namesakes, previews=form.stories() if is_preview else [],
    )  # fmt: skip


def _only_looks(form: PersonForm) -> bool:
    """The buttons that suggest or preview, and save nothing: they work without a script."""
    act = request.form.get("act")
    if act == "suggest":
        fill_in(form)
    return act in {"suggest", "preview"}


def _interests() -> list[tuple[str, str]]:
    language = current_language()
    return [(each.slug, each.label_in(language)) for each in people_list.list_interests()]
