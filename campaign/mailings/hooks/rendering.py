"""The text of a mailing in one language as it stands at the moment of leaving, and what fills its slots."""

from collections.abc import Callable, Collection
from functools import cache
from typing import Any

from sqlalchemy import Row

from campaign.kernel.mail.message import Text
from campaign.mailings.documents.render import person_slots, render_mailing
from campaign.mailings.models import Mailing, Variant
from campaign.mailings.queries.leaving import list_texts
from campaign.people.models import NAME, SCOPE

TextFor = Callable[[Mailing, str, Variant], Text | None]


def texts(mailings: Collection[Mailing]) -> TextFor:
    """Gives texts for one batch of mails: each is looked at once, so that who was withdrawn goes out with none of the
    next batch, and a batch asks as little as it can."""
    kept = {(each.mailing_id, each.language): each for each in list_texts({each.id for each in mailings})}

    @cache
    def text_for(mailing: Mailing, language: str, variant: Variant) -> Text | None:
        text = kept.get((mailing.id, language))
        return render_mailing(mailing, text, variant) if text is not None else None

    return text_for


def slots_for(text: Text, row: Row[Any], token: str, language: str) -> dict[str, str]:
    """What somebody's own mail says besides; their name is opened only where the text asks for it."""
    is_asked = bool(text.fallbacks) and row.name_sealed is not None
    name = NAME.unseal(SCOPE, row.person_id, row.name_sealed) if is_asked else ""
    return person_slots(text, name=name, token=token, language=language)
