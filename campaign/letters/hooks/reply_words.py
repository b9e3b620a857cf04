"""What words of answers in public add to the rest: what takes them back, and on the dashboard what waits for whom."""

import uuid
from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _

from campaign.kernel.actors import Actor
from campaign.kernel.errors import N_
from campaign.kernel.registry import (
    Need,
    RetentionRule,
    after_restore,
    consent_endings,
    dashboard_needs,
    page_withdrawals,
    retention_rules,
)
from campaign.letters import policy
from campaign.letters.queries.published import count_waiting
from campaign.letters.service.reply_publication import Why, take_back_all, take_back_groundless, wait_anew
from campaign.prisoners.models import ConsentKind


def register() -> None:
    """Fill the registries."""
    consent_endings.register("reply-words", consent_ended)
    page_withdrawals.register("reply-words", page_withdrawn)
    after_restore.register("reply-words", wait_anew)
    dashboard_needs.register("reply-words", list_needs)
    retention_rules.register(SHOWN.name, SHOWN)


def consent_ended(prisoner_id: uuid.UUID, kind: str, actor: uuid.UUID | None) -> None:
    """Whose consent to show words ends, of them none is shown any more."""
    if kind == ConsentKind.WORDS:
        take_back_all(prisoner_id, Why.CONSENT, actor=actor)


def page_withdrawn(prisoner_id: uuid.UUID, actor: uuid.UUID | None) -> None:
    """Nothing that somebody wrote outlasts their page."""
    take_back_all(prisoner_id, Why.PAGE, actor=actor)


def list_needs(actor: Actor) -> Sequence[Need]:
    """Words that somebody else proposed."""
    count = count_waiting(actor.id) if policy.can_publish_words(actor) else 0
    url = url_for("replies_staff.list_replies", state="words-asked")
    return [Need(_("Words from letters wait for a second person"), count, url)] if count else []


SHOWN = RetentionRule(
    "reply-words", None, take_back_groundless,
    N_(
        "Words from a prisoner’s letter that are shown because they agreed: erased as soon as the consent ends, their "
        "page goes, or somebody of ours takes the words back. They outlast the scanned pages."
    ),
)  # fmt: skip
