"""/preferences: whoever has no mail of ours at hand asks for the link to choose what we write about."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.kernel.db import transaction
from campaign.kernel.limits import Buckets, Rate
from campaign.people.forms.mail_words import LinkForm
from campaign.people.service.preferences_link import ask_for_link
from campaign.web.guards import checks_origin
from campaign.web.headers import public_page
from campaign.web.here import stands_at
from campaign.web.i18n import current_language
from campaign.web.network import client_network
from campaign.web.settings import settings

bp = Blueprint("preferences", __name__)
# A class that tries it out together is served; a flood of other people's addresses is not.
asking = Buckets(Rate(burst=30, seconds=30))


@bp.get("/preferences")
@public_page(survives_outage=True)
def ask() -> ResponseReturnValue:
    """One field: the address that gets our mails."""
    return _page(LinkForm())


@bp.post("/preferences")
@checks_origin
def send_link() -> ResponseReturnValue:
    """Owe the link by mail. The answer is the same for every address, and takes as long."""
    form = LinkForm(request.form)
    if not form.validate() or form.mailbox is None:
        return make_response(_page(form), 422)
    network = client_network()
    if settings().rate_limits and network is not None and not asking.take(network):
        return make_response(_page(form, _("Too many are asking at this moment. Wait a minute and try again.")), 429)
    if not form.website.data:
        with transaction():
            ask_for_link(form.mailbox, language=current_language())
    return redirect(url_for("preferences.show_sent"), 303)


@bp.get("/preferences/sent")
@public_page(survives_outage=True)
def show_sent() -> ResponseReturnValue:
    """What happens next, the same for everybody who asked."""
    return render_template("people/mails/sent.html")


def _page(form: LinkForm, problem: str = "") -> str:
    stands_at(url_for("preferences.ask"))
    return render_template("people/mails/ask.html", form=form, problem=problem)
