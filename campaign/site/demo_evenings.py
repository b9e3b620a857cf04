"""Letter evenings of the demo: ahead, and nobody reserved yet, so that a coordinator can do it."""

from datetime import timedelta

from sqlalchemy import select

from campaign.activities.service import EventDraft
from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.penpals.models import Group, GroupKind
from campaign.penpals.service.evenings import EveningDraft, plan_evening

EVENINGS = (
    ("Briefe und Tee", "Berlin, ein erfundenes Café", 9, 24, "de"),
    ("An evening of letters", "Riga, the made-up library", 23, 40, "en"),
    ("Вечер писем", "Tbilisi", 37, 60, "ru"),
)
"""Title, place, days ahead, people to write to, language of the prints."""


def plan_evenings() -> None:
    """Plan them, each by the group of that town, in the open transaction."""
    groups = session.scalars(
        select(Group).where(Group.is_demo, Group.kind != GroupKind.PENPAL).order_by(Group.is_public.desc(), Group.slug)
    ).all()
    for (title, place, days, people, language), group in zip(EVENINGS, groups, strict=False):
        draft = EventDraft(title, place, clock.today() + timedelta(days=days))
        plan_evening(EveningDraft(draft, group.id, people, language), actor=None, is_demo=True)
