"""Acts for tests, and three made-up consequences that keep a diary: a hold, a pause and a mail."""

import uuid
from collections import defaultdict
from datetime import date, timedelta

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.registry import Applied, Change, Choice, Consequence, Forecast
from campaign.prisoners.models import (
    Certainty,
    ChangeKind,
    Evidence,
    FacilityKind,
    Liberty,
    Prisoner,
    PrisonerState,
    Publicity,
    ReleaseReason,
    StatusChange,
)
from campaign.prisoners.queries.situation import situation_stamp
from campaign.prisoners.service import custody, liberty
from campaign.prisoners.service.changes import act
from campaign.prisoners.service.changes.draft import ChangeDraft
from campaign.prisoners.service.custody import StayDraft
from tests.support import make

ARREST = date(2025, 3, 10)


class Diary:
    """What three consequences did. Held is what a letter desk would hold; told is whom a mail reached."""

    def __init__(self) -> None:
        self.held: set[str] = set()
        self.told: list[tuple[str, str]] = []
        self.calls: dict[str, int] = defaultdict(int)
        self.people = 3
        self.breaks = False

    def consequences(self) -> list[Consequence]:
        return [
            Consequence("test.hold", "Letters held: %(count)s", True, self.foresee, self.hold, self.free, self.free),
            Consequence("test.pause", "Groups: %(count)s", True, self.offer, self.pause, self.free, self.free),
            Consequence("test.mail", "Mails: %(count)s", False, self.foresee, self.mail, self.refuse, self.mail_again),
        ]

    def foresee(self, _change: Change) -> Forecast:
        return Forecast(self.people)

    def offer(self, change: Change) -> Forecast:
        options = (("pause", "Pause it"), ("keep", "Keep it"))
        return Forecast(1 if change.kind == "died" else 0, [Choice("g1", {"en": "A made-up group"}, options, "pause")])

    def hold(self, change: Change) -> Applied:
        self.calls["hold"] += 1
        if self.breaks:
            raise RuntimeError("killed between")
        assert not self.held, "what is corrected is freed before"
        self.held.add(str(change.id))
        return Applied(self.people, {"held": str(change.id)})

    def pause(self, change: Change) -> Applied:
        return Applied(0 if change.choices.get("g1") == "keep" else 1, {"held": ""})

    def free(self, _change, memory) -> int:
        self.calls["free"] += 1
        self.held.discard(memory["held"])
        return self.people

    def mail(self, change: Change) -> Applied:
        self.told.append(("news", change.kind))
        return Applied(self.people, {"people": self.people})

    def refuse(self, _change, _memory) -> int:
        raise AssertionError("a mail that has left is not undone")

    def mail_again(self, change, memory) -> int:
        self.told.append(("correction", change.kind))
        return memory["people"]


def held_person() -> uuid.UUID:
    """Somebody arrested, in a remand prison."""
    prisoner = make.prisoner().id
    sizo = make.facility("СИЗО-9", kind=FacilityKind.SIZO)
    with transaction():
        liberty.open_episode(prisoner, ARREST, Liberty.PRETRIAL_CUSTODY, make.SOURCE, actor=None)
        draft = StayDraft(Certainty.CONFIRMED, ARREST, sizo.id, Evidence.LAWYER)
        custody.record_stay(prisoner, draft, make.SOURCE, actor=None)
    return prisoner


def publish(prisoner: uuid.UUID) -> None:
    """Make the page public, as a public figure's."""
    with transaction():
        row = session.get(Prisoner, prisoner)
        row.is_public_figure, row.publicity, row.state = True, Publicity.PUBLIC, PrisonerState.PUBLISHED


def transferred(facility, on=date(2026, 3, 1), **more) -> ChangeDraft:
    return ChangeDraft(
        ChangeKind.TRANSFERRED, on, facility_id=facility.id, evidence=Evidence.LAWYER, **more
    )  # fmt: skip


def released(on=date(2026, 3, 1), **more) -> ChangeDraft:
    return ChangeDraft(ChangeKind.RELEASED, on, reason=ReleaseReason.PAROLE, **more)


def make_change(prisoner: uuid.UUID, draft: ChangeDraft, *, actor=None, **more) -> StatusChange:
    """Make an act as somebody who has looked at the preview."""
    with transaction():
        return act.make_change(
            more.pop("change_id", None) or uuid.uuid4(), prisoner, draft, make.SOURCE,
            seen_stamp=more.pop("seen_stamp", None) or situation_stamp(prisoner), seen_forecast=None, actor=actor,
            **more,
        )  # fmt: skip


def undo(change: StatusChange) -> StatusChange:
    with transaction():
        return act.undo_change(change.prisoner_id, change.id, actor=uuid.uuid4())


def after(minutes: int):
    """A moment so many minutes from now, for the clock of time_machine."""
    return clock.now() + timedelta(minutes=minutes)
