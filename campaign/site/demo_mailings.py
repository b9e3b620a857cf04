"""Mailings of the demo: three drafts and three templates. They name only what the demo made up, and go to nobody."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import select

from campaign.accounts.queries import find_account_by_name
from campaign.activities.queries.events import public_events
from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.mailings.service.templates import make_template
from campaign.mailings.service.text.store import TextDraft
from campaign.mailings.service.write import LANGUAGES, MailingDraft, create_mailing
from campaign.petitions.models import Audience, Petition, PetitionState

TEXTS = Path(__file__).with_name("demo_mailings.toml")


def write_mailings() -> None:
    """Write them in the open transaction."""
    entries, writer = tomllib.loads(TEXTS.read_text()), find_account_by_name("organiser-1")
    by, cards = writer.id if writer is not None else None, _cards()
    for entry in entries["mailing"]:
        draft = MailingDraft(entry["title"], entry["topic"], texts=_texts(entry, cards))
        create_mailing(draft, actor=by, is_demo=True)
    for entry in entries["template"]:
        make_template(entry["title"], _texts(entry, {"petition": "…", "event": "…"}), actor=by, is_demo=True)


def _cards() -> dict[str, str]:
    """Lines for what the demo has; empty where it has none."""
    open_to_all = (Petition.state == PetitionState.OPEN, Petition.audience == Audience.ANYWHERE)
    petition = session.scalar(select(Petition.slug).where(*open_to_all).order_by(Petition.slug.desc()).limit(1))
    event = session.scalars(public_events(clock.today()).limit(1)).first()
    return {
        "petition": f"[[petition:{petition}]]" if petition else "",
        "event": f"[[event:{event.slug}]]" if event is not None else "",
    }


def _texts(entry: Mapping[str, Any], cards: Mapping[str, str]) -> dict[str, TextDraft]:
    return {code: _filled(entry[code], cards) for code in LANGUAGES if code in entry}


def _filled(text: Mapping[str, str], cards: Mapping[str, str]) -> TextDraft:
    body = text["body"].strip()
    for name, card in cards.items():
        body = body.replace("{" + name + "}", card)
    return TextDraft(text["subject"], text.get("subject_b", ""), body)
