"""A letter written without an account: composed and checked within the page, then taken away or handed over.

What is typed comes as a form and goes back as a page: until it is handed over it is stored nowhere, logged nowhere and
part of no address.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from campaign.kernel import clock
from campaign.kernel.db import transaction
from campaign.kernel.errors import DomainError
from campaign.kernel.limits import Buckets, Rate
from campaign.kernel.switches import Switch, is_on
from campaign.letters.checker.findings import Report
from campaign.letters.documents import render_take_away
from campaign.letters.forms.marks import Piece, Remark, pieces_of, remarks_of
from campaign.letters.forms.own import OPENINGS
from campaign.letters.forms.words import SEVERITY_WORDS
from campaign.letters.queries.ways import list_ways
from campaign.letters.service import guests
from campaign.letters.service.checking import check_words
from campaign.letters.service.typed import clean_text
from campaign.penpals.models import Reservation
from campaign.penpals.queries.groups import list_public
from campaign.penpals.queries.reservations import find_promise
from campaign.penpals.service import reservations
from campaign.penpals.service.codes import show_code
from campaign.prisoners.queries.public_person import PersonPage, get_person_page
from campaign.site.guest_form import GuestLetterForm
from campaign.site.prisoner import heading_of
from campaign.site.prisoner_letters import Letters, letters_to
from campaign.site.take_away import Sheet, plain_text, sheet_of
from campaign.site.write_gates import find_why_not, letters_with, may, own_draw
from campaign.web.arrivals import arrived_by
from campaign.web.guards import checks_origin
from campaign.web.here import stands_at
from campaign.web.i18n import current_language
from campaign.web.settings import settings

bp = Blueprint("write_compose", __name__)
MOST_BYTES = 4 * 1024 * 1024
"""A letter of a million characters still comes back in the page that refuses it."""
# A class writes together from behind one address; a flood does not get far.
checking = Buckets(Rate(burst=60, seconds=3))
taking = Buckets(Rate(burst=40, seconds=60))
handing = Buckets(Rate(burst=40, seconds=15))
# Everybody's together: over Tor there is no rule by address, and a code is a row. Who finds it empty gets their letter
# all the same, without a code.
codes = Buckets(Rate(burst=600, seconds=20))


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in a letter, and whether it can go on as it is."""

    text: str = ""
    """As it would be printed; empty where it cannot go on."""
    problem: str = ""
    is_read: bool = False
    """Whether the checker read it: it reads Russian."""
    remarks: Sequence[Remark] = ()
    pieces: Sequence[Piece] = field(default=())


@bp.post("/<slug>/write/letter")
@checks_origin
def work_on_letter(slug: str) -> ResponseReturnValue:
    """Check it, take it away or hand it over, as the button says. Whatever goes wrong, the text comes back."""
    # Told before the form is read: what is refused for its length is to come back all the same.
    request.max_content_length = request.max_form_memory_size = MOST_BYTES
    stands_at(url_for("write_named.show_named", slug=slug))
    person = get_person_page(slug, clock.now())
    form = GuestLetterForm().offering(list_ways(person.row.id, clock.today()), list_public(current_language()))
    if not is_on(Switch.LETTERS):
        off = _("Letters are paused at the moment. Your text stands below: copy it, and come back another day.")
        return _composer(person, form, Checked(problem=off), 503)
    own = own_draw()
    why_not = find_why_not(person, own)
    if why_not == "writes" and own is not None:
        return _composer(person, form, Checked(), leads_to=letters_with(person.row.id, own))
    if why_not:
        over = _("No letter can be written to this person now, or not from where you are. Your text stands below.")
        return _composer(person, form, Checked(problem=over), 409)
    if not may(checking):
        return _composer(person, form, Checked(problem=_too_much()), 429)
    checked = _check(person.row.id, form)
    if checked.problem:
        return _composer(person, form, checked, 422)
    step = STEPS.get(request.form.get("step", ""))
    return step(person, form, checked) if step is not None else _composer(person, form, checked)


def _check(prisoner_id: uuid.UUID, form: GuestLetterForm) -> Checked:
    """Look at the letter; what does not fit is not read."""
    try:
        text = clean_text(form.text.data or "")
    except DomainError as problem:
        return Checked(problem=str(_(problem.message)))
    room = form.room(prisoner_id)
    if not text.strip():
        return Checked(problem=_("The letter is empty. Write a few lines first."))
    if len(text) > room.most_characters:
        return Checked(problem=_too_long(room.pages(text), room.most_pages))
    if not form.is_russian:
        return Checked(text)
    report = check_words(text, prisoner_id, form.channel.data)
    return _told(text, report)


def _told(text: str, report: Report) -> Checked:
    remarks = remarks_of(report, text, current_language())
    return Checked(text, "", True, remarks, pieces_of(report, text, remarks))


def _too_long(pages: int, most: int) -> str:
    makes = ngettext("This makes %(num)s page.", "This makes %(num)s pages.", pages)
    takes = ngettext(
        "This way of sending takes %(num)s page at most: shorten it, or make two letters of it.",
        "This way of sending takes %(num)s pages at most: shorten it, or make two letters of it.",
        most,
    )
    return f"{makes} {takes}"


def _too_much() -> str:
    return str(_("Very much is coming in at once. Wait a few minutes and press the button again."))


def _take(person: PersonPage, form: GuestLetterForm, checked: Checked) -> Response:
    """The page of a letter that goes away on paper: its code, its envelope, and the two files."""
    if not may(taking):
        return _composer(person, form, Checked(problem=_too_much()), 429)
    form.code.data = form.known_code() or _new_code(person.row.id)
    letters = letters_to(person, clock.today(), current_language())
    return make_response(
        render_template(
            "site/write/take_away.html", person=person.row, heading=heading_of(person, letters.reach), form=form,
            sheet=_sheet(person, form, letters), letters=letters,
            code=show_code(form.code.data) if form.code.data else "",
        )
    )  # fmt: skip


def _sheet(person: PersonPage, form: GuestLetterForm, letters: Letters) -> Sheet:
    """The sheet with the letter's code; the code of a promise can be told for as long as promises are kept."""
    is_promised = _promise(person, form) is not None
    days = reservations.KEPT_DAYS if is_promised else reservations.TAKEN_DAYS
    return sheet_of(letters, form.known_code(), is_russian=form.is_russian, days=days)


def _promise(person: PersonPage, form: GuestLetterForm) -> Reservation | None:
    """The promise that this letter keeps, where its code came along."""
    return find_promise(form.known_code(), person.row.id, clock.now())


def _give_pdf(person: PersonPage, form: GuestLetterForm, checked: Checked) -> Response:
    if not may(taking):
        return _composer(person, form, Checked(problem=_too_much()), 429)
    letters = letters_to(person, clock.today(), current_language())
    sheet = _sheet(person, form, letters)
    return _file(render_take_away(checked.text, sheet.told()), "letter.pdf", "application/pdf")


def _give_text(person: PersonPage, form: GuestLetterForm, checked: Checked) -> Response:
    letters = letters_to(person, clock.today(), current_language())
    sheet = _sheet(person, form, letters)
    return _file(plain_text(checked.text, sheet).encode(), "letter.txt", "text/plain; charset=utf-8")


def _hand_over(person: PersonPage, form: GuestLetterForm, checked: Checked) -> Response:
    """Hand it to a group, once the mail's button is pressed; the same answer for every address."""
    handed = url_for("write.show_handed")
    if form.is_trapped:
        # A program filled in what people do not see. It is told that all went well, and nothing is kept.
        return make_response(redirect(handed, 303))
    mailbox = form.read_mailbox()
    if mailbox is None:
        return _composer(person, form, checked, 422)
    if not may(handing):
        return _composer(person, form, Checked(problem=_too_much()), 429)
    promise = _promise(person, form)
    letter = guests.Handed(
        person.row.id, mailbox, checked.text, form.language.data, form.channel.data, form.chosen_group(),
        current_language(), promise.id if promise is not None else None, arrived_by(),
    )  # fmt: skip
    try:
        with transaction():
            guests.hand_over(letter)
    except DomainError as problem:
        return _composer(person, form, replace(checked, problem=str(_(problem.message))), 409)
    return make_response(redirect(handed, 303))


STEPS = {"hand": _hand_over, "take": _take, "pdf": _give_pdf, "text": _give_text}


def _new_code(prisoner_id: uuid.UUID) -> str:
    """A code by which to say that the letter is posted; empty where none is to be had."""
    if settings().rate_limits and not codes.take("everybody"):
        return ""
    with transaction():
        taken = reservations.take_away(prisoner_id, language=current_language())
    return taken.code


def _file(content: bytes, name: str, kind: str) -> Response:
    """A file whose name tells nothing."""
    answer = make_response(content)
    answer.headers["Content-Type"] = kind
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _composer(
    person: PersonPage, form: GuestLetterForm, checked: Checked, status: int = 200, *, leads_to: str = ""
) -> Response:  # fmt: skip
    letters, language = letters_to(person, clock.today(), current_language()), current_language()
    page = render_template(
        "site/write/compose.html",
        person=person.row,
        heading=heading_of(person, letters.reach),
        interests=[labels.get(language) or labels["en"] for labels in person.interests],
        form=form,
        room=form.room(person.row.id),
        checked=checked,
        severity_words=SEVERITY_WORDS,
        openings=OPENINGS,
        leads_to=leads_to,
        promise=_promise(person, form),
    )
    return make_response(page, status)
