"""Appeals on a person's pages, and what becomes of them when a page goes or somebody's situation changes."""

import uuid
from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _

from campaign.appeals import policy
from campaign.appeals.forms import staff_words as words
from campaign.appeals.models import AppealKind
from campaign.appeals.queries.offered import is_spoken_for
from campaign.appeals.queries.public import list_open_for
from campaign.appeals.queries.staff import appeals_of
from campaign.appeals.service.consequences import STOP, pause_of_person
from campaign.appeals.service.write import LINKS
from campaign.kernel.places import Place
from campaign.kernel.registry import (
    Offer,
    PersonPanel,
    consequences,
    page_withdrawals,
    person_erasers,
    person_offers,
    prisoner_panels,
)

URGENT_RANK, RANK = 5, 25
"""An urgent action stands above everything else that one can do."""
MOST_OFFERED = 3
PAGE_WITHDRAWN = "the person's page was taken away"


def offers_for(prisoner_id: uuid.UUID, place: Place, language: str) -> Sequence[Offer]:
    """The appeals for a prisoner for which one can write now."""
    if not is_spoken_for(prisoner_id):
        # For most people there is none, and a person's page has a budget of statements.
        return []
    return [
        Offer(
            URGENT_RANK if appeal.kind == AppealKind.URGENT else RANK,
            _("Write to an official: %(title)s", title=text.title), text.summary,
            url_for("appeals.show_appeal", slug=appeal.slug),
        )
        for appeal in list_open_for(prisoner_id, place, MOST_OFFERED)
        for text in (appeal.text_in(language),)
    ]  # fmt: skip


def appeals_panel(prisoner_id: uuid.UUID) -> PersonPanel:
    """The appeals for somebody, in any state, on their staff page."""
    context = {"appeals": appeals_of(prisoner_id), "words": words, "readers": policy.ORGANISERS}
    return PersonPanel("appeals/staff/_of_person.html", context, rank=42)


def page_withdrawn(prisoner_id: uuid.UUID, actor: uuid.UUID | None) -> None:
    """Nobody is asked to write about somebody who wants to be public no longer; the pages are hidden besides."""
    pause_of_person(prisoner_id, actor, PAGE_WITHDRAWN)


def register() -> None:
    """Fill the registries."""
    person_offers.register("appeals", offers_for)
    prisoner_panels.register("appeals", appeals_panel)
    person_erasers.register("appeals", LINKS)
    page_withdrawals.register("appeals", page_withdrawn)
    consequences.register(STOP.name, STOP)
