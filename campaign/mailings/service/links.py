"""What a mailing names of other features, and the opaque addresses under which its readers find it."""

import secrets
import string
import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import insert

from campaign.kernel.db import session
from campaign.kernel.registry_mail import BlockCard, mail_blocks
from campaign.mailings.models import Mailing, ShortLink, Variant
from campaign.mailings.service.text.parts import Ref

LETTERS = 8
Cards = Mapping[tuple[str, str], BlockCard | None]
"""By the word of a block and the slug; None: the public may not see it."""


def link_code(mailing: Mailing, variant: str) -> str:
    """What stands behind `?m=` in a mailing's links to our own pages: the same for everybody who got this subject."""
    return mailing.code + ("b" if variant == Variant.B else "")


def find_cards(refs: Iterable[Ref], language: str) -> Cards:
    """What is to be shown of each, as the public may see it now, with the alias of each that has one."""
    cards: dict[tuple[str, str], BlockCard | None] = {}
    for ref in refs:
        key = (ref.kind, ref.slug)
        if key not in cards:
            cards[key] = mail_blocks[ref.kind].find(ref.slug, language) if ref.kind in mail_blocks else None
    own = _aliases_of((kind, card.subject) for (kind, _slug), card in cards.items() if card and not card.alias)
    return {
        key: replace(card, alias=own.get((key[0], card.subject), "")) if card and not card.alias else card
        for key, card in cards.items()
    }


def keep_aliases(refs: Iterable[Ref]) -> None:
    """Give an alias to whatever has none, in the open transaction."""
    missing = {
        (kind, card.subject) for (kind, _slug), card in find_cards(refs, "en").items() if card and not card.alias
    }
    for kind, subject in sorted(missing):
        alias = "".join(secrets.choice(string.ascii_lowercase) for _ in range(LETTERS))
        statement = insert(ShortLink).values(alias=alias, kind=kind, subject_id=subject)
        session.execute(statement.on_conflict_do_nothing(index_elements=["kind", "subject_id"]))


def path_behind(alias: str) -> str | None:
    """The page that an alias of ours stands for, without language; None where the public may not see it."""
    found = session.get(ShortLink, alias)
    return mail_blocks[found.kind].path(found.subject_id) if found is not None and found.kind in mail_blocks else None


def _aliases_of(subjects: Iterable[tuple[str, uuid.UUID]]) -> dict[tuple[str, uuid.UUID], str]:
    wanted: Collection[tuple[str, uuid.UUID]] = list(subjects)
    if not wanted:
        return {}
    statement = select(ShortLink).where(tuple_(ShortLink.kind, ShortLink.subject_id).in_(wanted))
    return {(each.kind, each.subject_id): each.alias for each in session.scalars(statement)}
