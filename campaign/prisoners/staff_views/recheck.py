"""The work list: what is stale, contradicts itself or is missing, each line with what to do and where."""

import uuid
from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from campaign.kernel import clock
from campaign.kernel.db import transaction
from campaign.prisoners import policy
from campaign.prisoners.forms.place import place_label
from campaign.prisoners.forms.recheck import ADVICE, DOUBT_WORDS, GROUP_WORDS, LookUpForm
from campaign.prisoners.models import Facility
from campaign.prisoners.queries import recheck as queries
from campaign.prisoners.queries.recheck import GROUP_OF, Doubt, Group
from campaign.prisoners.queries.situation import find_current_stays
from campaign.prisoners.service.recheck import look_up
from campaign.prisoners.staff_views.blueprint import bp, for_editors, for_readers
from campaign.web.paging import paginate
from campaign.web.steps import actor_id

PER_PAGE = 30
# Where each doubt is settled: the view, and which id of the row it takes beside the person's.
_PERSON_PAGES = {
    Doubt.FREE_IN_CUSTODY: "show_custody", Doubt.RELEASE_PAST: "change_situation", Doubt.NO_PLACE: "record_stay",
    Doubt.NO_STATUS: "record_arrest", Doubt.SERVING_WITHOUT_SENTENCE: "list_cases",
    Doubt.ARRESTED_AS_CHILD: "show_custody", Doubt.CONSENT_OPEN: "record_consent",
    Doubt.NOTHING_LOOKED_UP: "show_prisoner",
}  # fmt: skip
_CASE_PAGES = {Doubt.CHARGE_AFTER_END, Doubt.SENTENCE_BEFORE_ARREST, Doubt.HEARING_PAST}
_FIELDS = {
    Doubt.NO_BIRTH_YEAR: "born", Doubt.NO_PATRONYMIC: "patronymic_ru", Doubt.DATIVE_UNCONFIRMED: "dative_ru",
    Doubt.LETTERS_UNKNOWN: "letters_policy-0",
}  # fmt: skip


@bp.get("/recheck")
@for_readers
def list_recheck() -> ResponseReturnValue:
    """Everything doubtful, by kind; the kind stands in the address."""
    return _page(LookUpForm(formdata=None), frozenset())


@bp.post("/recheck")
@for_editors
def look_up_many() -> ResponseReturnValue:
    """Say of several stays and facilities that they still hold, from one source."""
    form = LookUpForm()
    ticked = {name: _ids(name) for name in ("stay", "facility")}
    chosen = ticked["stay"] | ticked["facility"]
    if not form.validate():
        return _page(form, chosen), 422
    if not chosen:
        return _page(form, chosen, problem=_("Tick what you have looked up.")), 422
    with transaction():
        result = look_up(ticked["stay"], ticked["facility"], form.source(), actor=actor_id())
    flash(ngettext("Noted: %(num)s still holds.", "Noted: %(num)s still hold.", result.done))
    if result.left:
        flash(ngettext(
            "%(num)s had ended meanwhile and was left alone.", "%(num)s had ended meanwhile and were left alone.",
            result.left,
        ))  # fmt: skip
    return redirect(url_for("prisoners_staff.list_recheck", _external=False, **_asked()), 303)


def _page(form: LookUpForm, chosen: frozenset[uuid.UUID], problem: str = "") -> str:
    today, asked = clock.today(), _asked()
    counts = queries.count_doubts(today)
    total = sum(counts[each] for each in queries.chosen(**asked))
    page = paginate(queries.doubts(today, **asked), per_page=PER_PAGE, whole_rows=True, total=total)
    held = find_current_stays([row.prisoner_id for row in page.items if row.doubt == Doubt.STALE_STAY])
    return render_template(
        "prisoners/staff/recheck.html", page=page, form=form, chosen=chosen, counts=counts, problem=problem,
        total=sum(counts.values()), groups=_groups(counts), doubt_words=DOUBT_WORDS, advice=ADVICE, asked=asked,
        people=queries.list_people({row.prisoner_id for row in page.items if row.prisoner_id}),
        places=_places(page.items), stays=held, place_label=place_label, link_of=_link,
        may_edit=policy.can_edit(current_user), can_tick=any(_is_ticked_off(row) for row in page.items),
        is_ticked_off=_is_ticked_off,
    )  # fmt: skip


def _asked() -> dict[str, str]:
    """What the address narrows the list to, as far as it means anything."""
    group, doubt = request.args.get("group", ""), request.args.get("doubt", "")
    return {"group": group if group in set(Group) else "", "doubt": doubt if doubt in set(Doubt) else ""}


def _groups(counts: Mapping[Doubt, int]) -> list[tuple[Group, Any, int, list[Doubt]]]:
    """Each kind with its words, how many there are, and the doubts of which there are any."""
    found = []
    for group, words in GROUP_WORDS.items():
        mine = [each for each in Doubt if GROUP_OF[each] == group]
        found.append((group, words, sum(counts[each] for each in mine), [each for each in mine if counts[each]]))
    return found


def _places(rows: Any) -> Mapping[uuid.UUID, Facility]:
    return queries.list_places({row.facility_id for row in rows if row.facility_id})


def _is_ticked_off(row: Any) -> bool:
    return row.doubt in {Doubt.STALE_STAY, Doubt.STALE_FACILITY}


def _link(row: Any) -> str:
    """Where this doubt is settled."""
    doubt = Doubt(row.doubt)
    if doubt is Doubt.STALE_FACILITY:
        return url_for("prisoners_staff.show_facility", facility_id=row.facility_id)
    if doubt is Doubt.NO_ADDRESS:
        return url_for("prisoners_staff.set_facility_address", facility_id=row.facility_id)
    if doubt is Doubt.STALE_STAY:
        return url_for("prisoners_staff.verify_stay", prisoner_id=row.prisoner_id, stay_id=row.subject_id)
    if doubt in _CASE_PAGES:
        return url_for("prisoners_staff.show_case", prisoner_id=row.prisoner_id, case_id=row.subject_id)
    if doubt in _FIELDS:
        return url_for("prisoners_staff.edit_person", prisoner_id=row.prisoner_id, _anchor=_FIELDS[doubt])
    return url_for(f"prisoners_staff.{_PERSON_PAGES[doubt]}", prisoner_id=row.prisoner_id)


def _ids(name: str) -> frozenset[uuid.UUID]:
    """The rows that were ticked; what is no id is no row."""
    found = set()
    for text in request.form.getlist(name):
        try:
            found.add(uuid.UUID(text))
        except ValueError:
            continue
    return frozenset(found)
