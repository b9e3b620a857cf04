"""What states, offices and fields are called on staff pages."""

from flask_babel import lazy_gettext as _l

from campaign.appeals.forms.words import KIND_WORDS
from campaign.appeals.models import AppealState, TargetKind

__all__ = ["FIELD_WORDS", "KIND_WORDS", "STATE_WORDS", "TARGET_WORDS"]

STATE_WORDS = {
    AppealState.DRAFT: _l("Draft"),
    AppealState.REVIEW: _l("Waits for a second person"),
    AppealState.PUBLISHED: _l("Published"),
    AppealState.PAUSED: _l("Paused"),
    AppealState.CLOSED: _l("Closed"),
}
TARGET_WORDS = {
    TargetKind.MP: _l("Member of a parliament"),
    TargetKind.MEP: _l("Member of the European Parliament"),
    TargetKind.GOVERNMENT: _l("Government"),
    TargetKind.EMBASSY: _l("Embassy"),
    TargetKind.PRISON: _l("Head of a prison"),
    TargetKind.OMBUDSMAN: _l("Ombudsman"),
    TargetKind.UN: _l("United Nations"),
    TargetKind.OTHER: _l("Other office"),
}
FIELD_WORDS = {
    "name": _l("Name"),
    "office": _l("Office"),
    "kind": _l("Kind of office"),
    "country": _l("Country"),
    "languages": _l("Languages"),
    "email": _l("E-mail address"),
    "postal": _l("Postal address"),
    "source_title": _l("Source"),
    "source_url": _l("Address of the source"),
    "checked_on": _l("Checked on"),
}
