"""One appeal: what happened, to whom one can write, the letter that is composed, and the button "I have sent it"."""

from typing import Any

from babel import Locale
from flask import Response, abort, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.appeals import documents
from campaign.appeals.forms.letter import LetterForm
from campaign.appeals.forms.words import KIND_WORDS
from campaign.appeals.models import Appeal, Audience, Target
from campaign.appeals.queries import public as queries
from campaign.appeals.service import sent
from campaign.appeals.service.letter import Letter, compose, mailto
from campaign.appeals.stamp import make_stamp
from campaign.appeals.views.lists import INTERNATIONAL, bp, country_in, names_of_countries
from campaign.kernel import clock
from campaign.kernel.db import transaction
from campaign.kernel.errors import NotFound
from campaign.kernel.limits import Buckets, Rate
from campaign.kernel.text import id_in
from campaign.petitions.policy import is_hidden_in
from campaign.web.countries import country_name
from campaign.web.guards import checks_origin
from campaign.web.headers import public_page
from campaign.web.here import stands_at
from campaign.web.i18n import current_language
from campaign.web.left_out import pass_gates, plain_without_left_out
from campaign.web.network import client_network
from campaign.web.place import Place, current_place
from campaign.web.settings import settings

# A class or a letter evening behind one address writes at once; a script that presses a button does not get far.
presses = Buckets(Rate(burst=60, seconds=20))
# Setting a sheet of paper costs far more than a page.
sheets = Buckets(Rate(burst=30, seconds=5))


@bp.get("/<slug>")
@public_page(survives_outage=False)
def show_appeal(slug: str) -> ResponseReturnValue:
    """What happened, and the form for a letter; over: what became of it."""
    appeal = _get(slug)
    if is_hidden_in(current_place(), appeal.audience):
        # Not even its title: whoever looks over this visitor's shoulder must not find it (SAFETY.md 17).
        return render_template("appeals/not_here.html")
    country, constituency = request.args.get("country", ""), request.args.get("constituency", "")
    found = queries.addressees_of(appeal.id, country_in(country) if country else None, constituency)
    is_picked = bool(country) and len(found.countries) > 1
    chosen = {"country": _word_of(found) if is_picked else "", "constituency": found.constituency}
    canonical: dict[str, Any] = {name: value for name, value in chosen.items() if value}
    if {name: request.args[name] for name in chosen if name in request.args} != canonical:
        return redirect(url_for("appeals.show_appeal", slug=slug, **canonical))
    if constituency:
        g.cache_control = "no-store"
    return _appeal_page(appeal, found, _form(appeal, found, filled=False))


@bp.post("/<slug>/letter")
@checks_origin
def write_letter(slug: str) -> ResponseReturnValue:
    """The letter, made for this one answer."""
    appeal = _get_open(slug)
    if appeal is None:
        return redirect(url_for("appeals.show_appeal", slug=slug), 303)
    form, target, found = _sent_form(appeal)
    is_whole = form.validate() and target is not None
    if target is None and form.target.data:
        form.target.errors = [_("Choose to whom you write.")]
    if target is None or not is_whole or request.form.get("act") == "edit":
        return make_response(_appeal_page(appeal, found, form), 200 if is_whole else 422)
    stands_at(url_for("appeals.show_appeal", slug=slug))
    letter, text = _compose(appeal, target, form), appeal.text_in(current_language())
    names = Locale.parse(current_language()).languages
    return render_template(
        "appeals/letter.html", appeal=appeal, text=text, title=plain_without_left_out(text.title), target=target,
        form=form, read_there=[names.get(code, code) for code in target.languages],
        is_read=not target.languages or text.language in target.languages,
        readable=[each.language for each in appeal.texts if each.language in target.languages],
        letter=letter, mail=letter.mailto(target.email) if target.email else "",
        short_mail=mailto(target.email, letter.subject) if target.email else "",
        stamp=make_stamp(appeal.id, target.id, clock.now()), recipient=documents.recipient_lines(target),
    )  # fmt: skip


@bp.post("/<slug>/letter/print")
@checks_origin
def print_letter(slug: str) -> ResponseReturnValue:
    """The letter and its envelope for a printer; PDF, in memory alone."""
    appeal = _get_open(slug)
    if appeal is None:
        return redirect(url_for("appeals.show_appeal", slug=slug), 303)
    form, target, found = _sent_form(appeal)
    if target is None or not form.validate():
        return make_response(_appeal_page(appeal, found, form), 422)
    network = client_network()
    if settings().rate_limits and network is not None and not sheets.take(network):
        abort(429)
    content = documents.render_letter(
        _compose(appeal, target, form), target, appeal.text_in(current_language()).language
    )
    answer = Response(content, mimetype="application/pdf")
    # To be saved, so that the page with the letter stays: it could not be asked for again.
    answer.headers["Content-Disposition"] = 'attachment; filename="letter.pdf"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.post("/<slug>/sent")
@checks_origin
def count_letter(slug: str) -> ResponseReturnValue:
    """Count a letter that somebody says they sent; the answer is the same for everybody, counted or not."""
    appeal, network = _get_open(slug), client_network()
    target = id_in(request.form.get("target", ""))
    is_slow = not settings().rate_limits or network is None or presses.take(network)
    if appeal is not None and target is not None and is_slow and not request.form.get("website"):
        with transaction():
            sent.count_sent(appeal, target, request.form.get("stamp", "")[:200])
    return redirect(url_for("appeals.show_sent", slug=slug), 303)


@bp.get("/<slug>/sent")
@public_page(survives_outage=False)
def show_sent(slug: str) -> ResponseReturnValue:
    """What happens next, the same for everybody who pressed the button."""
    appeal = _get(slug)
    if is_hidden_in(current_place(), appeal.audience):
        return render_template("appeals/not_here.html")
    return render_template("appeals/sent.html", appeal=appeal, text=appeal.text_in(current_language()))


def _get(slug: str) -> Appeal:
    appeal = queries.find_public(slug)
    if appeal is None:
        raise NotFound
    return appeal


def _get_open(slug: str) -> Appeal | None:
    """An appeal for which this visitor may write at this moment; None: its page says why not."""
    appeal = _get(slug)
    may_write = appeal.audience == Audience.ANYWHERE or current_place() is Place.ELSEWHERE
    return appeal if may_write and appeal.takes_letters(clock.now()) else None


def _sent_form(appeal: Appeal) -> tuple[LetterForm, Target | None, queries.Addressees]:
    """The form as it was sent, the official it names, and the list in which they stand."""
    chosen = id_in(request.form.get("target", ""))
    target = queries.find_addressee(appeal.id, chosen) if chosen is not None else None
    country = request.form.get("country", "")
    wanted, constituency = country_in(country) if country else None, request.form.get("constituency", "")
    found = queries.addressees_of(appeal.id, wanted, constituency.replace("\x00", ""))
    return _form(appeal, found, filled=True), target, found


def _form(appeal: Appeal, found: queries.Addressees, *, filled: bool) -> LetterForm:
    form = LetterForm(request.form if filled else None)
    form.offer(found.targets, appeal.text_in(current_language()).points)
    return form


def _compose(appeal: Appeal, target: Target, form: LetterForm) -> Letter:
    return compose(appeal.text_in(current_language()), target, form.own(), plain_without_left_out)


def _word_of(found: queries.Addressees) -> str:
    """The word of an address for the country that was picked."""
    return INTERNATIONAL if found.country == "" else found.country or ""


def _appeal_page(appeal: Appeal, found: queries.Addressees, form: LetterForm) -> str:
    pass_gates()
    stands_at(url_for("appeals.show_appeal", slug=appeal.slug))
    language, moment = current_language(), clock.now()
    is_hidden_here = appeal.audience == Audience.OUTSIDE_RUSSIA and current_place() is not Place.ELSEWHERE
    replies, quiet = queries.replies_to(appeal.id, moment.date())
    names = Locale.parse(language).languages
    words: dict[str, Any] = {"kind_words": KIND_WORDS, "language_names": names, "international": INTERNATIONAL}
    return render_template(
        "appeals/appeal.html", appeal=appeal, text=appeal.text_in(language), form=form, found=found,
        countries=names_of_countries(list(found.countries)), people=queries.people_of([appeal.id])[appeal.id],
        total=queries.totals_of([appeal.id])[appeal.id], replies=replies, quiet=quiet, is_over=appeal.is_over(moment),
        is_open=appeal.takes_letters(moment), is_hidden_here=is_hidden_here, language=language,
        country_of=lambda code: country_name(code, language), **words,
    )  # fmt: skip
