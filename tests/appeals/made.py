"""Makes officials and appeals for tests, through the services."""

import uuid
from datetime import date, datetime
from itertools import count
from typing import Any

from campaign.appeals.models import Appeal, AppealKind, AppealState, Audience, Target, TargetKind
from campaign.appeals.queries.offered import forget_spoken_for
from campaign.appeals.queries.staff import get_appeal
from campaign.appeals.service import states, targets, write
from campaign.kernel import clock
from campaign.kernel.db import session, transaction

_numbers = count(1)
AUTHOR, SECOND = uuid.UUID(int=1), uuid.UUID(int=2)


def target_draft(**changes: Any) -> targets.TargetDraft:
    """A made-up official."""
    values: dict[str, Any] = {
        "kind": TargetKind.MEP, "name": f"Made Up {next(_numbers)}", "office": "Member", "body": "Made-up Parliament",
        "country": "DE", "constituency": "", "languages": ["en"], "email": "made.up@parliament.example",
        "postal": "1 Nowhere Street\nMade-up Town", "salutations": {"en": "Dear Ms Up,"}, "source_title": "The list",
        "source_url": "", "checked_on": date(2026, 11, 1) if clock.today() > date(2026, 11, 1) else clock.today(),
    }  # fmt: skip
    return targets.TargetDraft(**{**values, **changes})


def target(**changes: Any) -> Target:
    """A committed official."""
    with transaction():
        return targets.add_target(target_draft(**changes), actor=AUTHOR)


def text(language: str = "en", **changes: Any) -> write.TextDraft:
    """What an appeal says."""
    values: dict[str, Any] = {
        "title": "Ask for the windows", "summary": "A made-up summary.", "body": "A made-up *text*.",
        "subject": "Windows", "opening": "I write about the windows.",
        "points": ["Please open them.", "Please say when."], "closing": "I hope to hear from you.",
    }  # fmt: skip
    return write.TextDraft(language=language, **{**values, **changes})


def draft(**changes: Any) -> write.AppealDraft:
    """What is edited of an appeal."""
    values: dict[str, Any] = {
        "slug": f"windows-{next(_numbers)}", "kind": AppealKind.MEP_LETTER, "audience": Audience.ANYWHERE,
        "deadline_at": None, "texts": [text()],
    }  # fmt: skip
    return write.AppealDraft(**{**values, **changes})


def appeal(
    *to: Target, people: tuple[uuid.UUID, ...] = (), state: AppealState = AppealState.PUBLISHED, **changes: Any
) -> Appeal:
    """A committed appeal, published unless said otherwise; to one made-up official where none is given."""
    addressees = to or (target(),)
    with transaction():
        made = write.create_appeal(draft(**changes), author=AUTHOR)
        for person in people:
            write.add_person(made, person, actor=AUTHOR)
        write.add_addressees(made, [each.id for each in addressees], actor=AUTHOR)
    path = {
        AppealState.DRAFT: (), AppealState.REVIEW: (AppealState.REVIEW,),
        AppealState.PUBLISHED: (AppealState.REVIEW, AppealState.PUBLISHED),
        AppealState.PAUSED: (AppealState.REVIEW, AppealState.PUBLISHED, AppealState.PAUSED),
        AppealState.CLOSED: (AppealState.REVIEW, AppealState.PUBLISHED, AppealState.CLOSED),
    }[state]  # fmt: skip
    with transaction():
        for step in path:
            states.change_state(made, step, actor=AUTHOR if step is AppealState.REVIEW else SECOND)
    forget_spoken_for()
    session.expunge_all()
    return made


def reload(made: Appeal) -> Appeal:
    """As it is stored now."""
    session.rollback()
    session.expire_all()
    return get_appeal(made.id)


def at(hour: int, day: int = 27) -> datetime:
    """A moment of November 2026."""
    return datetime.fromisoformat(f"2026-11-{day}T{hour:02}:00:00+00:00")
