"""One letter now: the prisoner who needs it, or one asked for by name; and the button that keeps them for a visitor."""

import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import structlog
from flask import Blueprint, Response, abort, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.kernel import clock
from campaign.kernel.db import transaction
from campaign.kernel.errors import Conflict, NotFound
from campaign.kernel.limits import Buckets, Rate
from campaign.kernel.switches import Switch, is_on, require
from campaign.letters.queries.ways import list_ways
from campaign.penpals.drawing import Candidate, Wish
from campaign.penpals.queries.field import field
from campaign.penpals.queries.own_draw import OwnDraw
from campaign.penpals.queries.reservations import find_promise, list_open
from campaign.penpals.service import reservations
from campaign.penpals.service.codes import BadCode, read_code
from campaign.penpals.service.offers import Offer, OfferKind, new_seed, read_offer, sign_offer
from campaign.prisoners.models import Publicity
from campaign.prisoners.queries.public_cards import list_cards
from campaign.prisoners.queries.public_directory import directory
from campaign.prisoners.queries.public_entries import attention_bucket
from campaign.prisoners.queries.public_person import PersonPage, get_person_page
from campaign.prisoners.views.faces import Face, faces_of
from campaign.site.guest_form import GuestLetterForm
from campaign.site.prisoner import heading_of
from campaign.site.prisoner_letters import letters_to
from campaign.site.write_form import (
    AVOID_CHOICES,
    Asked,
    PostedForm,
    PromiseForm,
    language_choices,
    read_asked,
    way_choices,
)
from campaign.site.write_gates import find_why_not, letters_with, may, own_draw
from campaign.web.arrivals import arrived_by, with_arrival
from campaign.web.guards import checks_origin
from campaign.web.headers import public_page
from campaign.web.here import stands_at
from campaign.web.i18n import current_language
from campaign.web.place import current_place
from campaign.web.settings import settings

bp = Blueprint("write", __name__)
named_bp = Blueprint("write_named", __name__)
log = structlog.get_logger()
OTHERS = 3
# A class writes together from behind one address; a flood does not get far. Looking is counted too: each look is a
# page made for one visitor.
looking = Buckets(Rate(burst=60, seconds=1))
promising = Buckets(Rate(burst=40, seconds=15))
telling = Buckets(Rate(burst=60, seconds=5))


@dataclass(frozen=True, slots=True)
class Shown:
    """Somebody who is offered, and the offer for the form."""

    face: Face
    candidate: Candidate
    offer: str
    seed: int


@bp.get("/write")
@public_page(survives_outage=False)
def show_offer() -> ResponseReturnValue:
    """Offer one prisoner, and write nothing; another visitor sees somebody else."""
    _made_for_one()
    asked = _asked()
    if len(request.args.getlist("avoid")) > 1:
        # A form without a script sends each box on its own: one word for all of them can be shared and translated.
        return redirect(f"{url_for('write.show_offer')}?{urlencode(asked.pairs(seed=asked.seed))}", 303)
    return _offer_page(asked, PromiseForm(formdata=None))


@bp.post("/write")
@checks_origin
def promise_letter() -> ResponseReturnValue:
    """Keep the prisoner who was shown: at once for a signed-in writer, else once the mail's button is pressed."""
    require(Switch.LETTERS)
    asked, form, own = read_asked(request.form), PromiseForm(), own_draw()
    stands_at(url_for("write.show_offer"))
    offer = _offer_in(form, OfferKind.DRAWN)
    if offer is None or _is_apart(own, offer) or not field().is_offered(offer.prisoner_id, _wish(asked, own)):
        gone = _("This offer is over, or somebody else was quicker. Here is another person who waits for a letter.")
        return _again(_offer_page(asked, PromiseForm(formdata=None, email=form.email.data), problem=gone))
    return _promise(offer, form, lambda problem, status: _again(_offer_page(asked, form, offer, problem), status))


@bp.get("/write/sent")
@public_page(survives_outage=True)
def show_sent() -> ResponseReturnValue:
    """What happens next, the same for everybody who pressed the button."""
    return render_template("site/write/sent.html")


@bp.get("/write/handed")
@public_page(survives_outage=True)
def show_handed() -> ResponseReturnValue:
    """What happens next with a letter that was handed over, the same for everybody who pressed the button."""
    return render_template("site/write/handed.html")


@bp.get("/write/posted")
@public_page(survives_outage=True)
def show_posted() -> ResponseReturnValue:
    """Where a code is told: the letter is posted."""
    return render_template("site/write/posted.html", form=PostedForm(formdata=None), is_told=False)


@bp.post("/write/posted")
@checks_origin
def tell_posted() -> ResponseReturnValue:
    """A letter was posted. The answer names nobody: a code may have been found on a table."""
    stands_at(url_for("write.show_posted"))
    form = PostedForm()
    if not may(telling):
        form.code.errors = [_("Too many codes were tried from your network. Wait a few minutes.")]
        return make_response(render_template("site/write/posted.html", form=form, is_told=False), 429)
    try:
        with transaction():
            reservations.report_written(form.code.data or "")
    except BadCode as problem:
        form.code.errors = [_(problem.message)]
    except NotFound:
        form.code.errors = [_("No letter waits under this code. It may have been given back, or be over for a month.")]
    is_told = not form.code.errors
    page = render_template("site/write/posted.html", form=form, is_told=is_told)
    return make_response(page, 200 if is_told else 422)


@named_bp.get("/<slug>/write")
@public_page(survives_outage=False)
def show_named(slug: str) -> ResponseReturnValue:
    """Somebody asked for by name: how many letters they get, and who gets none."""
    _made_for_one()
    if "promise" in request.args and not _promise_code():
        return redirect(url_for("write_named.show_named", slug=slug), 303)
    return _named_page(slug, PromiseForm(formdata=None))


@named_bp.post("/<slug>/write")
@checks_origin
def promise_named(slug: str) -> ResponseReturnValue:
    """Keep a letter to this person."""
    require(Switch.LETTERS)
    form, person = PromiseForm(), get_person_page(slug, clock.now())
    stands_at(url_for("write_named.show_named", slug=slug))
    offer = _offer_in(form, OfferKind.NAMED)
    if offer is None or offer.prisoner_id != person.row.id or find_why_not(person, own_draw()):
        over = _("This page stood open for too long, or something has changed. Please look at it again.")
        return _again(_named_page(slug, PromiseForm(formdata=None, email=form.email.data), problem=over))
    return _promise(offer, form, lambda problem, status: _again(_named_page(slug, form, problem), status))


def _promise(offer: Offer, form: PromiseForm, again: Callable[[str, int], Response]) -> ResponseReturnValue:
    """Reserve for a writer or ask by mail; what goes wrong is told on the same page, with nothing lost."""
    if form.is_trapped:
        # A program filled in what people do not see. It is told that all went well, and nothing is kept.
        return redirect(url_for("write.show_sent"), 303)
    own = own_draw()
    try:
        if own is not None:
            with transaction():
                made = reservations.reserve(
                    offer.prisoner_id, own.writer.id, language=current_language(), arrived_by=arrived_by()
                )
            return redirect(url_for("letter.show_letter", token=reservations.token_of(made)), 303)
        mailbox = form.read_mailbox()
        if mailbox is None:
            return again("", 422)
        if not may(promising):
            return again(_("Very much is coming in at once. Wait a few minutes and press the button again."), 429)
        with transaction():
            asked = reservations.Asked(offer.prisoner_id, mailbox, current_language(), offer.seed, arrived_by())
            reservations.ask(asked)
    except Conflict as problem:
        return again(_(problem.message), 409)
    return redirect(url_for("write.show_sent"), 303)


def _offer_page(asked: Asked, form: PromiseForm, offer: Offer | None = None, problem: str = "") -> str:
    own = own_draw()
    wish, apart = _wish(asked, own), own.apart if own is not None else frozenset()
    shown = _shown_again(offer) if offer is not None else _draw(asked, wish, apart)
    form.offer.data = shown.offer if shown else ""
    return render_template(
        "site/write/offer.html",
        shown=shown,
        form=form,
        asked=asked,
        problem=problem,
        another=with_arrival(_another(asked, shown)) if shown else "",
        hidden=replace(asked, without=()).pairs(seed=shown.seed) if shown else {},
        is_alone=shown is not None
        and {each.id for each in field().pool(wish).candidates} - apart <= {shown.candidate.id},
        tongues=language_choices(own),
        ways=way_choices(own),
        avoidable=AVOID_CHOICES,
        avoided=asked.avoided(own) if own is not None else (),
        writer=own.writer if own is not None else None,
        promised=_promised(own),
        is_open=is_on(Switch.LETTERS),
        hours=int(reservations.LASTS.total_seconds() // 3600),
    )


def _named_page(slug: str, form: PromiseForm, problem: str = "") -> str:
    person = get_person_page(slug, clock.now())
    letters = letters_to(person, clock.today(), current_language())
    own = own_draw()
    why_not, quarters = find_why_not(person, own), person.row.quarters or 0
    form.offer.data = _signed(Offer(OfferKind.NAMED, person.row.id, new_seed()))
    is_limited = person.row.publicity == Publicity.LIMITED
    letter = None if why_not else GuestLetterForm(formdata=None).offering(list_ways(person.row.id, clock.today()))
    is_full = not why_not and not is_limited and quarters >= field().soft_cap
    promise = find_promise(_promise_code(), person.row.id, clock.now()) if letter is not None else None
    if letter is not None and promise is not None:
        # It goes along with the letter: its own code tells that it was posted, and handing it in keeps it.
        letter.code.data = promise.code
    return render_template(
        "site/write/named.html",
        person=person.row,
        heading=heading_of(person, letters.reach),
        letters=letters,
        why_not=why_not,
        attention="" if is_limited else attention_bucket(quarters),
        is_full=is_full,
        others=_others(person, own) if is_full or why_not else [],
        form=form,
        letter=letter,
        room=letter.room(person.row.id) if letter is not None else None,
        problem=problem,
        writer=own.writer if own is not None else None,
        promise=promise,
        has_promised=own is not None and person.row.id in own.promised,
        leads_to=letters_with(person.row.id, own) if own is not None and why_not == "writes" else "",
        is_open=is_on(Switch.LETTERS),
        hours=int(reservations.LASTS.total_seconds() // 3600),
    )


def _promise_code() -> str:
    """The code of a promise that the address carries; empty for what is none."""
    try:
        return read_code(request.args.get("promise", ""))
    except BadCode:
        return ""


def _others(person: PersonPage, own: OwnDraw | None) -> list[Face]:
    """Three of those who get least, for somebody who came for one who gets many or cannot be written to."""
    apart = own.apart if own is not None else frozenset()
    return _faces(field().draw_several(OTHERS, _wish(Asked(), own), new_seed(), apart | {person.row.id}))


def _draw(asked: Asked, wish: Wish, apart: frozenset[uuid.UUID]) -> Shown | None:
    """Somebody of the field who is still public; who was withdrawn within the last seconds is passed over."""
    seed = asked.seed if asked.seed is not None else new_seed()
    passed = {each.id for each in field().candidates if each.slug in asked.without}
    for without in (apart | passed, apart):
        found = _draw_public(wish, seed, without)
        if found is not None:
            return found
    return None


def _draw_public(wish: Wish, seed: int, without: Collection[uuid.UUID]) -> Shown | None:
    passed = set(without)
    for _attempt in range(5):
        candidate = field().draw(wish, seed, passed)
        if candidate is None:
            return None
        faces = _faces([candidate])
        if faces:
            signed = _signed(Offer(OfferKind.DRAWN, candidate.id, seed))
            _log_draw(wish, seed, candidate, len(passed))
            return Shown(faces[0], candidate, signed, seed)
        passed.add(candidate.id)
    return None


def _log_draw(wish: Wish, seed: int, candidate: Candidate, passed: int) -> None:
    """Let a draw be followed afterwards; neither who was drawn nor who looked is told."""
    pool = field().pool(wish)
    log.info(
        "write.drawn", seed=f"{seed:x}", pool=len(pool.candidates), passed=passed, weight=candidate.weight,
        chance=round(pool.chance_of(candidate.id), 6),
    )  # fmt: skip


def _shown_again(offer: Offer) -> Shown | None:
    candidate = field().by_id.get(offer.prisoner_id)
    faces = _faces([candidate]) if candidate is not None else []
    return Shown(faces[0], candidate, _signed(offer), offer.seed) if candidate is not None and faces else None


def _faces(candidates: list[Candidate]) -> list[Face]:
    known = directory()
    entries = [known.entries[known.position[each.id]] for each in candidates if each.id in known.position]
    return faces_of(entries, list_cards([each.id for each in entries], current_language()))


def _another(asked: Asked, shown: Shown) -> str:
    # From the seed at hand, so that a link opened twice leads to the same person (Knuth's MMIX generator).
    following = (shown.seed * 6364136223846793005 + 1442695040888963407) % 2**64
    return f"{url_for('write.show_offer')}?{urlencode(asked.pairs(seed=following, without=shown.candidate.slug))}"


def _promised(own: OwnDraw | None) -> list[tuple[Face, str]]:
    """Who this writer has promised a letter to, with the page of each promise."""
    if own is None or not own.promised:
        return []
    tokens = {each.prisoner_id: reservations.token_of(each) for each in list_open(own.writer.id, clock.now())}
    known = directory()
    entries = [known.entries[known.position[each]] for each in tokens if each in known.position]
    faces = faces_of(entries, list_cards([each.id for each in entries], current_language()))
    return [(each, url_for("letter.show_letter", token=tokens[each.card.id])) for each in faces]


def _asked() -> Asked:
    arguments = request.args.to_dict()
    if "avoid" in arguments:
        arguments["avoid"] = ",".join(request.args.getlist("avoid"))
    return read_asked(arguments)


def _wish(asked: Asked, own: OwnDraw | None) -> Wish:
    return asked.wish(own, current_place())


def _is_apart(own: OwnDraw | None, offer: Offer) -> bool:
    """Whether they must not be brought together, or are; who is promised already is promised once more to no harm."""
    return own is not None and offer.prisoner_id in own.blocked | own.writes_to


def _signed(offer: Offer) -> str:
    return sign_offer(offer, clock.now(), settings().secret_key)


def _offer_in(form: PromiseForm, kind: OfferKind) -> Offer | None:
    offer = read_offer(form.offer.data or "", clock.now(), settings().secret_key)
    return offer if offer is not None and offer.kind is kind else None


def _made_for_one() -> None:
    """This page is drawn for one visitor: kept nowhere, and counted by network."""
    g.cache_control = "no-store"
    if not may(looking):
        abort(429)


def _again(page: str, status: int = 422) -> Response:
    return make_response(page, status)
