"""What the views of cases share: how a refusal reaches the field it is about, and what a page of a case shows."""

from collections.abc import Callable
from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.kernel.db import transaction
from campaign.kernel.errors import Conflict
from campaign.prisoners.articles import article_label
from campaign.prisoners.forms import case_words as words
from campaign.prisoners.models import Case
from campaign.prisoners.queries import get_prisoner
from campaign.prisoners.queries.cases import list_case_facts
from campaign.prisoners.regions import region_name
from campaign.prisoners.service.cases import BadCase
from campaign.prisoners.service.cases.charges import label_of
from campaign.web.i18n import current_language

DONE = 303


def attempt(form: Any, case: Case | None, act: Callable[[], object]) -> int:
    """Do one act in one transaction. Gives DONE, or the status with which the form is shown again.

    What was refused stands at its field. After a conflict the form carries the stored version, so that sending it
    again, after having read what changed, is a choice.
    """
    try:
        with transaction():
            act()
    except BadCase as problem:
        put(form, problem)
        return 422
    except Conflict:
        if case is not None and "version" in form:
            form.version.data = str(case.version)
        return 409
    return DONE


def submit(form: Any, case: Case, act: Callable[[], object]) -> int:
    """Show a form that was not sent yet with the version of the case, refuse it, or do the act; gives the status."""
    if not form.is_submitted():
        form.version.data = str(case.version)
        return 200
    return attempt(form, case, act) if form.validate() else 422


def put(form: Any, problem: BadCase) -> None:
    """Write a refusal to the field it names, or to the first of the form."""
    field = form[problem.field] if problem.field in form else next(iter(form))
    field.errors = [*field.errors, str(_(problem.message))]


def form_page(template: str, form: Any, case: Case, status: int, **more: Any) -> ResponseReturnValue:
    """A form about a case; with what others changed meanwhile after a conflict."""
    prisoner = get_prisoner(case.prisoner_id)
    changed = list_case_facts(case, 12) if status == 409 else []
    page = render_template(template, form=form, case=case, prisoner=prisoner, changed=changed, **spoken(), **more)
    return page, status


def to_case(case: Case) -> ResponseReturnValue:
    """The page of a case."""
    return redirect(url_for("prisoners_staff.show_case", prisoner_id=case.prisoner_id, case_id=case.id), DONE)


def spoken() -> dict[str, Any]:
    """The words and labels that templates of cases use."""
    language = current_language()
    return {
        "words": words,
        "label_of": label_of,
        "about": lambda charge: article_label(charge.code, charge.article, language),
        "region_name": lambda code: region_name(code, language),
    }
