"""That a task can be about a letter or an answer: work on them is made where they are."""

import uuid
from collections.abc import Mapping

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.kernel.registry_tasks import TaskSubject, task_subjects
from campaign.letters.models import Letter, Reply


def letter_names(ids: frozenset[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    """Letters by their number."""
    rows = session.execute(select(Letter.id, Letter.number).where(Letter.id.in_(ids)))
    return {letter: _("Letter %(number)s", number=number) for letter, number in rows}


def letter_url(letter_id: uuid.UUID) -> str:
    """Where staff see a letter."""
    return url_for("letters_staff.show_letter", letter_id=letter_id)


def reply_names(ids: frozenset[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    """Answers by their number."""
    rows = session.execute(select(Reply.id, Reply.number).where(Reply.id.in_(ids)))
    return {reply: _("Answer %(number)s", number=number) for reply, number in rows}


def reply_url(reply_id: uuid.UUID) -> str:
    """Where staff see an answer."""
    return url_for("replies_staff.show_reply", reply_id=reply_id)


LETTER = TaskSubject(N_("Letter"), letter_names, letter_url)
REPLY = TaskSubject(N_("Answer"), reply_names, reply_url)


def register() -> None:
    """Fill the registry."""
    task_subjects.register("letter", LETTER)
    task_subjects.register("reply", REPLY)
