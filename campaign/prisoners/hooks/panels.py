"""The sections of a person's staff page."""

import uuid

from flask_babel import gettext as _
from flask_login import current_user

from campaign.accounts.queries import names_of
from campaign.kernel.registry import PersonPanel
from campaign.prisoners import policy
from campaign.prisoners.forms import case_words
from campaign.prisoners.forms.family import LISTED_WORDS
from campaign.prisoners.forms.known import known_lately
from campaign.prisoners.forms.publication import EVIDENCE_WORDS, GIVER_WORDS, KIND_WORDS, PUBLICITY_WORDS
from campaign.prisoners.models import PrisonerState
from campaign.prisoners.queries import get_prisoner
from campaign.prisoners.queries.cases import list_cases, list_listings
from campaign.prisoners.queries.consents import list_consents
from campaign.prisoners.queries.relatives import count_relatives, find_watch
from campaign.prisoners.service import publication
from campaign.prisoners.service.cases.charges import label_of


def publication_panel(prisoner_id: uuid.UUID) -> PersonPanel:
    """The section of a person's staff page that says whether the public sees it, and by what right."""
    prisoner, consents = get_prisoner(prisoner_id), list_consents(prisoner_id)
    people = {each for row in consents for each in (row.recorded_by, row.revoked_by) if each}
    return PersonPanel(
        "prisoners/staff/people/_publication.html",
        {
            "steps": publication.STEPS[PrisonerState(prisoner.state)],
            "missing": [_(publication.MISSING[name]) for name in publication.find_missing(prisoner)],
            "is_own": prisoner.author_id == current_user.id,
            "consents": consents,
            "names": names_of(people | ({prisoner.author_id} if prisoner.author_id else set())),
            "kind_words": KIND_WORDS,
            "giver_words": GIVER_WORDS,
            "evidence_words": EVIDENCE_WORDS,
            "publicity_words": PUBLICITY_WORDS,
            "may_edit": policy.can_edit(current_user),
        },
        rank=10,
    )


def cases_panel(prisoner_id: uuid.UUID) -> PersonPanel:
    """The sections of a person's staff page about prosecutions, and about who recognises them."""
    return PersonPanel(
        "prisoners/staff/cases/_panel.html",
        {
            "cases": list_cases(prisoner_id),
            "listings": list_listings(prisoner_id),
            "words": case_words,
            "label_of": label_of,
            "may_edit": policy.can_edit(current_user),
        },
        rank=30,
    )


def situation_panel(prisoner_id: uuid.UUID) -> PersonPanel:
    """Where somebody is, and what happened to them lately."""
    return PersonPanel("prisoners/staff/situation/_panel.html", known_lately(prisoner_id), rank=20)


def family_panel(prisoner_id: uuid.UUID) -> PersonPanel | None:
    """That contacts of the family are sealed, and what the state's list says; nothing for others than coordinators and
    admins."""
    if not policy.can_see_family(current_user):
        return None
    return PersonPanel(
        "prisoners/staff/people/_family.html",
        {"count": count_relatives(prisoner_id), "watch": find_watch(prisoner_id), "listed_words": LISTED_WORDS},
        rank=40,
    )
