"""The forms with which staff choose to whom a mailing goes, when it begins, and say yes to it."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, RadioField, SelectField, StringField, TimeField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional

from campaign.mailings.models import Audience, Mailing
from campaign.mailings.queries.zones import DEFAULT_ZONE
from campaign.mailings.service.setting import MOST_HOURS, MOST_QUIET_DAYS, MOST_SHARE, AudienceChoice, Schedule
from campaign.web.fields import DayField, VersionForm

NOW, AT, LOCAL = "now", "at", "local"
ZONES = (
    DEFAULT_ZONE, "UTC", "Europe/London", "Europe/Vilnius", "Europe/Warsaw", "Asia/Tbilisi", "Asia/Yerevan",
    "Asia/Almaty", "America/New_York",
)  # fmt: skip


def _number(label: object, low: int, high: int) -> IntegerField:
    wrong = _l("A whole number within these bounds, please.")
    return IntegerField(label, validators=[InputRequired(wrong), NumberRange(low, high, wrong)])


class AudienceForm(VersionForm):
    """Among whom the recipients are found."""

    kind = RadioField(
        _l("To whom"),
        choices=[
            SelectChoice(Audience.SEGMENT.value, _l("The people of a segment")),
            SelectChoice(Audience.SIGNERS.value, _l("Those who signed a petition and asked for its news")),
        ],
    )
    segment = SelectField(_l("Segment"))
    petition = SelectField(_l("Petition"))
    quiet_days = _number(_l("Leave out whoever got a mailing within so many days"), 0, MOST_QUIET_DAYS)

    def offer(self, segments: Sequence[tuple[uuid.UUID, str]], petitions: Sequence[tuple[uuid.UUID, str]]) -> None:
        """What can be chosen."""
        nothing = SelectChoice("", _l("– choose –"))
        self.segment.choices = [nothing, *(SelectChoice(str(each), title) for each, title in segments)]
        self.petition.choices = [nothing, *(SelectChoice(str(each), title) for each, title in petitions)]

    def show(self, found: Mailing) -> None:
        """Fill in what is stored."""
        self.kind.data, self.quiet_days.data, self.version.data = found.audience, found.quiet_days, str(found.version)
        self.segment.data, self.petition.data = str(found.segment_id or ""), str(found.petition_id or "")

    def choice(self) -> AudienceChoice:
        """What was chosen."""
        is_segment = self.kind.data == Audience.SEGMENT
        chosen = (self.segment if is_segment else self.petition).data
        named = uuid.UUID(chosen) if chosen else None
        quiet = self.quiet_days.data or 0
        return AudienceChoice(named, None, quiet) if is_segment else AudienceChoice(None, named, quiet)


class ScheduleForm(VersionForm):
    """When it begins, and whether two subjects are tried."""

    when = RadioField(
        _l("When it begins"),
        choices=[
            SelectChoice(NOW, _l("As soon as a second person has said yes")),
            SelectChoice(AT, _l("At one moment for all")),
            SelectChoice(LOCAL, _l("When it is that hour where each reader lives")),
        ],
    )
    day = DayField(_l("Day"), validators=[Optional()])
    hour = TimeField(_l("Time"), validators=[Optional()])
    zone = SelectField(_l("Time in"), choices=[SelectChoice(each, each.replace("_", " ")) for each in ZONES])
    tries = BooleanField(_l("Try two subjects first"))
    ab_share = _number(_l("Of 100 readers so many for each subject"), 0, MOST_SHARE)
    ab_hours = _number(_l("Hours until the better one goes to the rest"), 1, MOST_HOURS)

    def show(self, found: Mailing) -> None:
        """Fill in what is stored."""
        self.version.data = str(found.version)
        self.when.data = NOW if found.send_at is None else LOCAL if found.by_local_time else AT
        self.zone.data = DEFAULT_ZONE
        if found.send_at is not None:
            moment = found.send_at.astimezone(UTC if found.by_local_time else ZoneInfo(DEFAULT_ZONE))
            self.day.data, self.hour.data = moment.date(), moment.time().replace(second=0, microsecond=0)
        self.tries.data, self.ab_share.data, self.ab_hours.data = (
            bool(found.ab_share), found.ab_share or 10, found.ab_hours,
        )  # fmt: skip

    def schedule(self) -> Schedule | None:
        """What was chosen; None where a day or an hour is missing."""
        share = (self.ab_share.data or 0) if self.tries.data else 0
        hours = self.ab_hours.data or 0
        if self.when.data == NOW:
            return Schedule(None, False, share, hours)
        if self.day.data is None or self.hour.data is None:
            return None
        is_local = self.when.data == LOCAL
        zone = UTC if is_local else ZoneInfo(self.zone.data)
        moment = datetime.combine(self.day.data, self.hour.data, zone).astimezone(UTC)
        return Schedule(moment, is_local, share, hours)


class ApproveForm(VersionForm):
    """The yes of a second person."""

    typed = StringField(_l("Type the number of people who get it"))

    @property
    def number(self) -> int | None:
        """What was typed, with spaces and separators between the thousands or without."""
        digits = "".join(each for each in self.typed.data or "" if each not in " .,'\u00a0\u202f’")
        return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 10 else None
