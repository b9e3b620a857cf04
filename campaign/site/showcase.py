"""Every component on one page, for whoever builds the next one. Development only."""

from datetime import date

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice

from campaign.kernel.errors import NotFound
from campaign.web.paging import Page, requested_page
from campaign.web.settings import settings

bp = Blueprint("showcase", __name__)


class ExampleForm(FlaskForm):  # type: ignore[misc]
    """One field of each kind."""

    class Meta:
        """Nothing is sent."""

        csrf = False

    name = StringField("Name")
    wrong = StringField("E-mail address")
    text = TextAreaField("Message")
    country = SelectField("Country", choices=[SelectChoice("", "Prefer not to say"), SelectChoice("DE", "Germany")])
    shown = RadioField(
        "How it is shown", choices=[SelectChoice("count", "Counted only"), SelectChoice("name", "By name")]
    )
    agree = BooleanField("Write to me about this")


@bp.get("/components")
def show_components() -> ResponseReturnValue:
    """The components, each in the states it can be in."""
    if settings().production:
        raise NotFound
    form = ExampleForm()
    form.wrong.data = "name@"
    form.wrong.errors = ["This is not a complete e-mail address. It should look like name@example.org."]
    page: Page[int] = Page(list(range(25)), min(requested_page(), 9), 25, 212)
    rows = [("Memory evening", date(2026, 10, 30), 48), ("Letters on Sunday", date(2026, 11, 8), 1204)]
    return render_template("site/components.html", form=form, page=page, rows=rows, today=date(2026, 11, 23))
