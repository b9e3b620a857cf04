"""Lines of a person's timeline that stand in their own record: what was agreed, noted, and happened between us."""

import uuid
from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from campaign.kernel.registry_people import Happening, interaction_words, people_timelines
from campaign.people.forms.ladder_words import ask_words
from campaign.people.forms.words import ENDED_WORDS, PURPOSE_WORDS, word_of
from campaign.people.models import Interaction, InteractionKind, Purpose
from campaign.people.queries import person_page

TASK = "task"
"""The word of lines that a task wrote."""


def register() -> None:
    """Fill the registries."""
    people_timelines.register("people", list_lines)


def list_lines(person_id: uuid.UUID) -> Sequence[Happening]:
    """Interactions, consents in general, and on which days notes were written."""
    lines = [Happening(each.happened_on, each.kind, _words(each)) for each in person_page.list_interactions(person_id)]
    for consent in person_page.list_consents(person_id):
        if consent.purpose not in set(Purpose):
            continue
        what = word_of(PURPOSE_WORDS, consent.purpose)
        lines.append(Happening(consent.given_on, "agreed", _("Agreed: %(what)s", what=what)))
        if consent.ended_on is not None:
            how = word_of(ENDED_WORDS, consent.ended_how) if consent.ended_how else ""
            ended = _("Agrees no more: %(what)s", what=what)
            lines.append(Happening(consent.ended_on, "agreed", f"{ended} ({how})" if how else ended))
    lines += [Happening(day, "noted", _("A note was written")) for day in person_page.list_note_days(person_id)]
    return lines


def _words(each: Interaction) -> str:
    kind = InteractionKind(each.kind)
    if kind is InteractionKind.GAVE_TIME:
        return str(ngettext("Gave %(num)s minute", "Gave %(num)s minutes", each.amount))
    words = {
        InteractionKind.CALLED: _("Was called"), InteractionKind.MET: _("Met us"),
        InteractionKind.MESSAGED: _("Exchanged messages with us"), InteractionKind.CAME: _("Came to an event"),
        InteractionKind.WROTE: _("Wrote a letter, as told"), InteractionKind.SHARED: _("Spread the word"),
        InteractionKind.ASKED: _("Was asked"),
    }[kind]  # fmt: skip
    if not each.word:
        return str(words)
    if kind is InteractionKind.ASKED and each.word == TASK:
        return str(_("Was asked to do a task"))
    word = ask_words(each.word) if kind is InteractionKind.ASKED else each.word
    return f"{words}: {interaction_words[kind](word) if kind in interaction_words else word}"
