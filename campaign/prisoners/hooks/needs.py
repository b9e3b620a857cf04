"""What the dashboard says about prisoners: what waits for whoever looks at it."""

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _

from campaign.kernel import clock
from campaign.kernel.actors import Actor
from campaign.kernel.registry import Need
from campaign.prisoners import policy
from campaign.prisoners.queries.changes import count_waiting
from campaign.prisoners.queries.consents import count_publishable
from campaign.prisoners.queries.erasure import list_waiting_for
from campaign.prisoners.queries.facilities import count_stale_facilities
from campaign.prisoners.queries.recheck import count_stale_stays
from campaign.prisoners.queries.reports import count_waiting_reports


def list_facility_needs(actor: Actor) -> Sequence[Need]:
    """Places that this person may look up again; nothing where there are none."""
    if not policy.can_edit(actor):
        return []
    count = count_stale_facilities(clock.today())
    url = url_for("prisoners_staff.list_facilities", only="stale")
    return [Need(_("Facilities wait to be looked up again"), count, url)] if count else []


def list_report_needs(actor: Actor) -> Sequence[Need]:
    """Reports that nobody has taken yet, for those who work on them."""
    if not actor.has_role(*policy.REPORT_READERS):
        return []
    count = count_waiting_reports()
    url = url_for("prisoners_staff.list_reports", state="received")
    return [Need(_("Reports from outside that nobody has taken yet"), count, url, urgent=True)] if count else []


def list_change_needs(actor: Actor) -> Sequence[Need]:
    """Acts whose mails, feed entries and changed texts still wait, and can be stopped."""
    count = count_waiting() if policy.can_edit(actor) else 0
    url = url_for("prisoners_staff.list_changes", waiting="1")
    return [Need(_("Status changes wait to go out"), count, url)] if count else []


def list_review_needs(actor: Actor) -> Sequence[Need]:
    """People whose page waits for this person as the second one."""
    count = count_publishable(actor.id) if policy.can_edit(actor) else 0
    url = url_for("prisoners_staff.list_prisoners", only="mine")
    return [Need(_("People wait for you as the second person"), count, url)] if count else []


def list_stale_needs(actor: Actor) -> Sequence[Need]:
    """People whose place of custody was looked up too long ago."""
    count = count_stale_stays(clock.today()) if policy.can_edit(actor) else 0
    url = url_for("prisoners_staff.list_recheck", group="stale")
    return [Need(_("Places of custody wait to be looked up again"), count, url)] if count else []


def list_erasure_needs(actor: Actor) -> Sequence[Need]:
    """People whom somebody asked to erase, for those who may be the second person; the link leads to the oldest."""
    waiting = list_waiting_for(actor.id) if policy.can_see_family(actor) else []
    if not waiting:
        return []
    url = url_for("prisoners_staff.show_erasure", prisoner_id=waiting[0])
    return [Need(_("Somebody asks that a person be erased"), len(waiting), url, urgent=True)]
