"""What kinds of appeals are called; lazy, so that templates show them as they are."""

from flask_babel import lazy_gettext as _l

from campaign.appeals.models import AppealKind

KIND_WORDS = {
    AppealKind.URGENT: _l("Urgent action"),
    AppealKind.MP_LETTER: _l("Letter to a member of parliament"),
    AppealKind.MEP_LETTER: _l("Letter to the European Parliament"),
    AppealKind.GODPARENT: _l("Ask a member of parliament to stand for a prisoner"),
    AppealKind.EMBASSY: _l("Letter to an embassy"),
    AppealKind.PRISON: _l("Letter to the head of a prison"),
    AppealKind.OMBUDSMAN: _l("Letter to an ombudsman"),
    AppealKind.UN: _l("Letter to the United Nations"),
}
