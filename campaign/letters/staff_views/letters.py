"""All letters for coordinators: the list, one letter's history, and the same as a file. Never a word of a text."""

import csv
import io
import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from campaign.accounts.queries import names_of
from campaign.kernel import audit, clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError, Forbidden
from campaign.kernel.spreadsheets import neutral
from campaign.kernel.text import one_line
from campaign.letters.forms.staff_letters import ONLY_WORDS, OutcomeForm, outcomes_for
from campaign.letters.forms.words import CHANNEL_WORDS, HOLD_WORDS, SEVERITY_WORDS, STATE_WORDS, event_words
from campaign.letters.models import HoldReason, Letter, LetterState
from campaign.letters.queries import staff_letters as queries
from campaign.letters.queries.by_group import is_batch_within
from campaign.letters.queries.own import list_events
from campaign.letters.queries.ways import LETTER_WAYS
from campaign.letters.service.moves import STEPS
from campaign.letters.service.queue import WAITS
from campaign.penpals import policy
from campaign.penpals.service.codes import read_code, show_code
from campaign.prisoners.service.names import fold
from campaign.web.guards import fresh, requires_some
from campaign.web.i18n import current_language
from campaign.web.paging import paginate

bp = Blueprint("letters_staff", __name__)
for_some = requires_some(policy.SCOPE, *policy.COORDINATORS)
LONGEST_SEARCH = 80
MOST_EXPORTED = 50_000
SHOWN_STATES = tuple(each for each in LetterState if each not in queries.PRIVATE)


@bp.get("")
@for_some
def list_letters() -> ResponseReturnValue:
    """Every letter that was handed in; what narrows and sorts the list stands in the address."""
    asked = _asked()
    page = paginate(_found(asked), whole_rows=True)
    return render_template(
        "letters/staff/letters/list.html", page=page, asked=asked, state_words=STATE_WORDS, hold_words=HOLD_WORDS,
        channel_words=CHANNEL_WORDS, only_words=ONLY_WORDS, states=SHOWN_STATES, channels=LETTER_WAYS,
        holds=HoldReason, show_code=show_code, language=current_language(), today=clock.today(),
        sees_all=current_user.has_role(*policy.COORDINATORS),
    )  # fmt: skip


@bp.route("/export", methods=["GET", "POST"])
@for_some
@fresh
def export_letters() -> ResponseReturnValue:
    """The list as it is narrowed, as one file; audited before its first byte leaves."""
    asked = _asked()
    rows = session.execute(_found(asked).limit(MOST_EXPORTED)).all()
    if request.method == "GET":
        return render_template("letters/staff/letters/export.html", amount=len(rows), asked=asked)
    with transaction():
        audit.record("letters.exported", actor=current_user.id, amount=len(rows))
    response = Response(_csv(rows), mimetype="text/csv")
    name = f"letters-{clock.today().isoformat()}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/<uuid:letter_id>")
@for_some
def show_letter(letter_id: uuid.UUID) -> ResponseReturnValue:
    """Where one letter is and was, and what can be done with it."""
    return letter_page(get_mine(letter_id))


def within() -> frozenset[uuid.UUID] | None:
    """The groups whose letters one sees; None: all letters."""
    found: frozenset[uuid.UUID] | None = current_user.subjects_of(policy.SCOPE, *policy.COORDINATORS)
    return found


def get_mine(letter_id: uuid.UUID) -> queries.Known:
    """The letter, as far as one's role reaches it. Raises NotFound, Forbidden."""
    found = queries.get_letter(letter_id)
    groups = within()
    if groups is not None and found.thread.group_id not in groups:
        raise Forbidden
    return found


def letter_page(known: queries.Known, *, form: OutcomeForm | None = None, problem: str = "") -> str:
    """One letter's page."""
    letter = known.letter
    form = form or OutcomeForm(formdata=None)
    form.version.data = str(letter.version)
    words = outcomes_for(letter)
    form.outcome.choices = [each for each in form.outcome.choices if each.value in words]
    events = list_events(letter.id)
    again = queries.find_second_try(letter.id)
    is_back = letter.state == LetterState.RETURNED and letter.body_erased_on is None and again is None
    return render_template(
        "letters/staff/letters/show.html", known=known, letter=letter, person=known.person, form=form,
        problem=problem, events=events, event_words=event_words, findings=queries.list_findings(letter.id),
        names=names_of({each.actor_id for each in events if each.actor_id}), again=again,
        state_words=STATE_WORDS, hold_words=HOLD_WORDS, channel_words=CHANNEL_WORDS, severity_words=SEVERITY_WORDS,
        show_code=show_code, language=current_language(),
        sees_batches=_sees_batch(letter), can_report=bool(words) and again is None,
        can_hold=letter.state in WAITS and letter.held_reason != HoldReason.BY_STAFF,
        can_free=letter.state == LetterState.HELD, is_back=is_back,
        can_give_up=is_back or LetterState.GIVEN_UP in STEPS[LetterState(letter.state)],
    )  # fmt: skip


def _sees_batch(letter: Letter) -> bool:
    """Whether the batch in which it lies opens to whoever looks."""
    groups = within()
    return groups is None or (letter.batch_id is not None and is_batch_within(letter.batch_id, groups, current_user.id))


def _asked() -> dict[str, str]:
    """What the address narrows and sorts by, as far as it means anything."""
    known: dict[str, Collection[str]] = {
        "state": {each.value for each in SHOWN_STATES}, "channel": set(LETTER_WAYS), "held": set(HoldReason),
        "only": set(queries.ONLY), "sort": set(queries.SORTS),
    }  # fmt: skip
    asked = {name: request.args.get(name, "") for name in known}
    found = {name: word if word in known[name] else "" for name, word in asked.items()}
    for name in ("q", "facility"):
        found[name] = one_line(request.args.get(name, ""), LONGEST_SEARCH)
    return found


def _found(asked: Mapping[str, str]) -> Any:
    text = asked["q"]
    wanted = queries.Wanted(
        state=asked["state"], channel=asked["channel"], facility=asked["facility"], held=asked["held"],
        only=asked["only"], sort=asked["sort"], code=_code(text) or text, folded=fold(text),
    )  # fmt: skip
    return queries.select_letters(wanted, within(), clock.today())


def _code(text: str) -> str:
    try:
        return read_code(text)
    except DomainError:
        return ""


def _csv(rows: Sequence[Any]) -> str:
    """One line a letter, behind a mark of UTF-8, without which Excel shows Cyrillic as noise."""
    file = io.StringIO()
    file.write("\ufeff")
    out = csv.writer(file)
    out.writerow([
        "code", "name", "name_ru", "channel", "facility", "state", "held_reason", "since", "submitted_on",
        "dispatched_on", "due_on", "outcome_on", "in_part", "pages",
    ])  # fmt: skip
    for letter, person, facility, since in rows:
        out.writerow([
            show_code(letter.code), neutral(person.name_in("en")), neutral(person.full_name_ru), letter.channel,
            neutral(facility.code or facility.name_ru) if facility else "", letter.state, letter.held_reason or "",
            *(day.isoformat() if day else "" for day in (
                since, letter.submitted_on, letter.dispatched_on, letter.due_on, letter.outcome_on)),
            "yes" if letter.is_partly else "no", letter.pages,
        ])  # fmt: skip
    return file.getvalue()
