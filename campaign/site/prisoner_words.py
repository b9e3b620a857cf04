"""What somebody wrote in letters and agreed to show: a few on their page, all of them on a page beside it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from campaign.kernel import clock
from campaign.kernel.errors import NotFound
from campaign.letters.queries.published import few_words_of, page_of_words
from campaign.letters.shown_words import ShownWords, show_words
from campaign.prisoners.queries.public_cards import names_for
from campaign.prisoners.queries.public_person import get_person_page
from campaign.prisoners.views.wish import is_canonical
from campaign.web.headers import public_page
from campaign.web.i18n import current_language
from campaign.web.paging import Page, requested_page

bp = Blueprint("prisoner_words", __name__)
FEW, PER_PAGE = 3, 10


@dataclass(frozen=True, slots=True)
class FewWords:
    """The newest words, and whether there are more."""

    shown: Sequence[ShownWords]
    has_more: bool


def words_from(prisoner_id: uuid.UUID) -> FewWords:
    """What the person's page shows of them."""
    found = few_words_of(prisoner_id, FEW + 1)
    return FewWords([show_words(each) for each in found[:FEW]], len(found) > FEW)


@bp.get("/<slug>/words")
@public_page(survives_outage=False)
def list_words(slug: str) -> ResponseReturnValue:
    """All words of somebody, the newest first. Where there are none, or no page any more, the answer is the same."""
    person, number = get_person_page(slug, clock.now()), requested_page()
    if not is_canonical(iter([("page", str(number))] if number > 1 else [])):
        return redirect(url_for("prisoner_words.list_words", slug=slug, page=number if number > 1 else None))
    found, total = page_of_words(person.row.id, number, PER_PAGE)
    if not found:
        if number > 1:
            return redirect(url_for("prisoner_words.list_words", slug=slug))
        raise NotFound
    name, _other = names_for(current_language(), person.row)
    page = Page([show_words(each) for each in found], number, PER_PAGE, total)
    return render_template("site/prisoner_words.html", person=person.row, name=name, page=page)
