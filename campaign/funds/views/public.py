"""Funds before the public: all of them, and one with its need, what came in, what was passed on and where to give."""

import uuid
from datetime import date

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from campaign.funds.charts import INKS, draw_figures, rows_of
from campaign.funds.models import Fund, FundState
from campaign.funds.queries import public as queries
from campaign.funds.service.giving import giving_of
from campaign.kernel import clock
from campaign.kernel.money import Money
from campaign.kernel.places import Place
from campaign.kernel.registry_money import FundSection, fund_figures, fund_sections
from campaign.web.headers import public_page
from campaign.web.i18n import DEFAULT_LANGUAGE, current_language
from campaign.web.paging import paginate
from campaign.web.place import current_place

bp = Blueprint("funds", __name__)
PER_PAGE = 12


@bp.get("")
@public_page(survives_outage=False)
def list_funds() -> ResponseReturnValue:
    """All that have a page. An address that means nothing leads to the one that does."""
    page = paginate(queries.public_funds(), per_page=PER_PAGE)
    canonical = {"page": str(page.number)} if page.number > 1 else {}
    if {name: request.args[name] for name in ("page",) if name in request.args} != canonical:
        return redirect(url_for("funds.list_funds", page=canonical.get("page")))
    return render_template(
        "funds/list.html", page=page, figures=queries.figures_of(page.items, clock.today()),
        language=current_language(), states=FundState,
    )  # fmt: skip


@bp.get("/<slug>")
@public_page(survives_outage=False)
def show_fund(slug: str) -> str:
    """One of them."""
    found, language = queries.get_public_fund(slug), current_language()
    figures = queries.figures_of([found], clock.today()).get(found.id)
    giving = giving_of(found) if current_place() == Place.ELSEWHERE else None
    about, about_in = _text(found.abouts, language)
    words, words_in = _text(giving.texts, language) if giving else ("", "")
    return render_template(
        "funds/show.html", found=found, figures=figures, rows=[*rows_of(figures), *_others(found)] if figures else [],
        whose=queries.find_whose(found), giving=giving, about=about, about_in=about_in, words=words, words_in=words_in,
        language=language, states=FundState, title_in=_language_of(found, language), sections=sections_of(found.id),
    )  # fmt: skip


@bp.get("/<slug>/figures-<scheme>.svg")
@public_page(survives_outage=False)
def draw(slug: str, scheme: str) -> Response:
    """The figures as a picture."""
    found = queries.get_public_fund(slug)
    figures = queries.figures_of([found], clock.today()).get(found.id)
    if scheme not in INKS or figures is None:
        abort(404)
    return Response(draw_figures(figures, INKS[scheme]), mimetype="image/svg+xml")


def sections_of(fund_id: uuid.UUID) -> list[FundSection]:
    """What other features show on the page of a fund, in order of rank."""
    made = (make(fund_id) for make in fund_sections)
    return sorted((each for each in made if each is not None), key=lambda each: each.rank)


def _others(found: Fund) -> list[tuple[str, Money, date]]:
    """Figures of other features, beside the fund's own."""
    made = (make(found.id) for make in fund_figures)
    return [each for each in made if each is not None]


def _text(texts: dict[str, str], language: str) -> tuple[str, str]:
    """A text and the language it is in: the reader's, else English, else whichever there is."""
    for code in (language, DEFAULT_LANGUAGE, *texts):
        if texts.get(code):
            return texts[code], code
    return "", language


def _language_of(found: Fund, language: str) -> str:
    return language if found.titles.get(language) else DEFAULT_LANGUAGE
