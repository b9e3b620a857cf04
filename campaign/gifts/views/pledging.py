"""The form of a pledge, and what follows once it was sent: the same for everybody."""

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.funds.models import Fund
from campaign.funds.queries.public import get_public_fund
from campaign.gifts.forms.pledge import PledgeForm, empty_form
from campaign.gifts.models import SCOPE
from campaign.gifts.service import pledging
from campaign.gifts.stamp import make_stamp, stamped_at
from campaign.kernel import clock
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import transaction
from campaign.kernel.errors import DomainError
from campaign.kernel.limits import Buckets, Rate
from campaign.kernel.switches import Switch, require
from campaign.signatures.challenge import Subject, make_challenge
from campaign.signatures.service.admit import Gate
from campaign.web.guards import checks_origin
from campaign.web.headers import public_page
from campaign.web.here import stands_at
from campaign.web.i18n import current_language
from campaign.web.left_out import pass_gates
from campaign.web.network import client_network
from campaign.web.place import Place, current_place
from campaign.web.settings import settings

PLEDGING = Gate(Buckets(Rate(burst=30, seconds=10)), Buckets(Rate(burst=60, seconds=5)))
"""Of pledges alone: on the day of a verdict a rush of signatures stops none of them. Fewer than of signatures, since
fewer pledge from one place; over Tor and from this machine there is no network, and nothing is counted for it."""

bp = Blueprint("pledging", __name__)


@bp.get("/<slug>/pledge")
@public_page(survives_outage=False)
def show_form(slug: str) -> str:
    """The form alone; only for visitors who said that they are outside Russia."""
    fund = get_public_fund(slug)
    return _page(fund, empty_form(fund))


@bp.post("/<slug>/pledge")
@checks_origin
def pledge(slug: str) -> ResponseReturnValue:
    """Take a pledge; the answer is the same for every address."""
    require(Switch.CONFIRM_MAIL)
    fund = get_public_fund(slug)
    if current_place() != Place.ELSEWHERE or not pledging.takes_pledges(fund):
        return redirect(url_for("funds.show_fund", slug=slug), 303)
    form = PledgeForm(request.form)
    form.offer(fund.currency)
    if not form.validate():
        return make_response(_page(fund, form), 422)
    draft, is_ours = form.draft(current_language()), True
    if settings().rate_limits:
        if not PLEDGING.lets_in(
            _subject(fund), client_network(), draft.mailbox.domain, proof=form.proof.data, ticket=form.ticket.data
        ):
            return _challenge_page(fund, form)
        is_ours = stamped_at(form.stamp.data or "", fund.id, clock.now())
    if is_ours and not form.looks_automatic:
        try:
            with transaction():
                pledging.pledge(fund, draft)
        except DomainError as problem:
            return make_response(_page(fund, form, _(problem.message)), 409)
    return redirect(url_for("pledging.show_pledged", slug=slug), 303)


@bp.get("/<slug>/pledged")
@public_page(survives_outage=False)
def show_pledged(slug: str) -> str:
    """What happens next, the same for everybody who pressed the button."""
    fund = get_public_fund(slug)
    return render_template("gifts/pledged.html", fund=fund, language=current_language())


def _challenge_page(fund: Fund, form: PledgeForm) -> Response:
    """Ask for a proof or a minute's patience; what was typed travels along in the page and is stored nowhere."""
    challenge = make_challenge(_subject(fund), clock.now(), former_ticket=form.ticket.data or "")
    stands_at(url_for("pledging.show_form", slug=fund.slug))
    names = [each.name for each in form if each.name not in {"proof", "ticket"}]
    fields = [(name, request.form[name]) for name in names if name in request.form]
    page = render_template("gifts/challenge.html", fund=fund, fields=fields, challenge=challenge)
    response = make_response(page, 429 if form.proof.data else 200)
    response.headers["Cache-Control"] = "no-store"
    return response


def _subject(fund: Fund) -> Subject:
    keyring.ensure(SCOPE)
    return Subject(SCOPE, f":pledge:{fund.id}")


def _page(fund: Fund, form: PledgeForm, problem: str = "") -> str:
    pass_gates()
    stands_at(url_for("pledging.show_form", slug=fund.slug))
    form.stamp.data = form.stamp.data or make_stamp(fund.id, clock.now())
    return render_template(
        "gifts/pledge.html", fund=fund, form=form, problem=problem, language=current_language(),
        is_open=pledging.takes_pledges(fund),
    )  # fmt: skip
