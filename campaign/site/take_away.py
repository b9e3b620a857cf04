"""What goes with a letter that its writer posts: the envelope, the code, and what to think of. Words, no files."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from flask_babel import gettext as _

from campaign.penpals.service.codes import show_code
from campaign.penpals.service.reservations import TAKEN_DAYS
from campaign.site.prisoner_letters import Letters
from campaign.web.i18n import current_language

RULE = "—" * 40


@dataclass(frozen=True, slots=True)
class Sheet:
    """The sheet that stays with the writer; it says nothing of us."""

    lang: str
    title: str
    stays: str
    envelope: str
    to: str
    address: Sequence[str]
    note: str
    """What is to be known of these lines."""
    guide_title: str
    guide: Sequence[str]
    code_title: str
    code: str
    """As it is printed; empty where there is none."""
    code_words: str

    def told(self) -> dict[str, Any]:
        """For a document."""
        return asdict(self)


def sheet_of(letters: Letters, code: str, *, is_russian: bool, days: int = TAKEN_DAYS) -> Sheet:
    """The sheet in the reader's language, with the envelope in Russian; for so many days the code can be told."""
    return Sheet(
        lang=current_language(),
        title=_("For you, not for the envelope"),
        stays=_("This sheet stays with you. Only your letter goes into the envelope."),
        envelope=_("On the envelope"),
        to=letters.to,
        address=letters.address,
        note=""
        if letters.is_dative_sure
        else _("The name stands in its basic form: Russian envelopes put it in the dative."),
        guide_title=_("Before you post it"),
        guide=_guide(is_russian),
        code_title=_("Posted? Then tell us by this code"),
        code=show_code(code) if code else "",
        code_words=_(
            "On our page “I have posted a letter”, within %(days)s days. So we know who still waits. The code knows"
            " nothing about you.",
            days=days,
        ),
    )


def _guide(is_russian: bool) -> list[str]:
    return [
        *([] if is_russian else [_("Have it translated first: hardly any prison lets through anything but Russian.")]),
        _("Write the day on the letter and sign with your first name, or one you like to go by."),
        _("Copy the name, the year of birth and the address exactly. The postal index goes into its own field."),
        _(
            "Name as the sender only what the prison may know of you, and no address that could bring trouble to"
            " somebody else. Without an address no answer can come."
        ),
        _("From Russia, put in a clean sheet and a second envelope with a stamp: then they can answer."),
        _("From abroad, ask at the post first whether it takes letters to Russia at present."),
        _("No stickers, no glue, no glitter, no perfume, nothing in code."),
        _("When it is posted, delete the file if others use your device."),
    ]


def plain_text(text: str, sheet: Sheet) -> str:
    """The letter, and beneath a line the sheet."""
    parts = [
        text, RULE, sheet.title, sheet.stays, f"{sheet.envelope}:",
        "\n".join((f"Кому: {sheet.to}", f"Куда: {', '.join(sheet.address)}")), sheet.note, f"{sheet.guide_title}:",
        "\n".join(f"- {each}" for each in sheet.guide),
    ]  # fmt: skip
    if sheet.code:
        parts += [f"{sheet.code_title}: {sheet.code}", sheet.code_words]
    return "\n\n".join(filter(None, parts)) + "\n"
