"""What the pages of somebody's situation share: the words, what is known now, and how a refusal reaches its field."""

import uuid
from collections.abc import Iterable
from typing import Any

from flask import render_template

from campaign.accounts.queries import names_of
from campaign.kernel.errors import DomainError
from campaign.prisoners.forms import case_words
from campaign.prisoners.forms.known import known_now
from campaign.prisoners.models import Prisoner
from campaign.web.steps import told


def situation_page(template: str, prisoner: Prisoner, **more: Any) -> str:
    """A page about somebody's situation, with what is known of it now beside it."""
    return render_template(template, prisoner=prisoner, case_words=case_words, **known_now(prisoner.id), **more)


def put(form: Any, field: str, problem: DomainError) -> None:
    """Write a refusal to the field it names, or to the first that is shown."""
    place = form[field] if field in form else form[next(iter(form.shown), "source_title")]
    place.errors = [*place.errors, told(problem)]


def people_named(ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    """Who acted, by id."""
    return dict(names_of({each for each in ids if each is not None}))
