"""What the site adds to the rest: its lines of the staff navigation, and what needs an operator."""

from flask import url_for
from flask_babel import gettext as _

from campaign.kernel import jobs
from campaign.kernel.actors import STAFF_ROLES, Actor, Role
from campaign.kernel.alarms import list_alarms
from campaign.kernel.errors import N_
from campaign.kernel.jobs import JobState
from campaign.kernel.mail.relays import list_relays
from campaign.kernel.mail.resolve import list_unknown
from campaign.kernel.mail.returns import desk
from campaign.kernel.mail.returns.models import ReturnState
from campaign.kernel.mail.rows import Lane, minutes_waiting
from campaign.kernel.registry import ANY_SCOPE, Need, StaffLink, dashboard_needs, staff_links
from campaign.site import mail_tests

DASHBOARD = StaffLink("staff.show_dashboard", N_("What needs me"), STAFF_ROLES, 0, scope=ANY_SCOPE)
MAIL = StaffLink("staff_mail.show_mail", N_("Mail and jobs"), frozenset({Role.ADMIN}), 80)
TEXTS = StaffLink("staff_mail_texts.list_texts", N_("Automatic mails"), frozenset({Role.ADMIN, Role.ORGANISER}), 82)
RETURNS = StaffLink(
    "staff_returns.show_returns", N_("Mail that comes back"), frozenset({Role.ADMIN, Role.ORGANISER}), 81
)
ALARMS = StaffLink("staff_alarms.show_alarms", N_("Alarms"), frozenset({Role.ADMIN, Role.ORGANISER}), 85)
SWITCHES = StaffLink("staff.show_switches", N_("Switches"), frozenset({Role.ADMIN, Role.ORGANISER}), 90)
LATE_MINUTES = 10
WORDS_OF_LATE: dict[str, str] = {
    Lane.FAST: N_("minutes is how long a confirmation or reset has waited"),
    Lane.LETTERS: N_("minutes is how long a mail about a letter has waited"),
    Lane.BULK: N_("minutes is how long a single bulk mail has waited"),
}


def register() -> None:
    """Fill the registries."""
    staff_links.register("dashboard", DASHBOARD)
    staff_links.register("mail", MAIL)
    staff_links.register("mail-texts", TEXTS)
    staff_links.register("returns", RETURNS)
    mail_tests.register()
    staff_links.register("alarms", ALARMS)
    staff_links.register("switches", SWITCHES)
    dashboard_needs.register("site-alarms", raised_alarms)
    dashboard_needs.register("site-mail", unknown_mails)
    dashboard_needs.register("site-relays", relays_left_alone)
    dashboard_needs.register("site-waiting", waiting_mail)
    dashboard_needs.register("site-returns", came_back)
    dashboard_needs.register("site-jobs", failed_jobs)


def raised_alarms(actor: Actor) -> list[Need]:
    """What the platform noticed by itself: counts that differ, a leaked list, an allowance that is spent."""
    count = len(list_alarms()) if actor.has_role(*ALARMS.roles) else 0
    return [Need(_("alarms to look into"), count, url_for(ALARMS.endpoint), urgent=True)] if count else []


def unknown_mails(actor: Actor) -> list[Need]:
    """Mails that may or may not have arrived."""
    count = sum(group.count for group in list_unknown()) if actor.has_role(*MAIL.roles) else 0
    return [Need(_("mails whose fate is unknown"), count, url_for(MAIL.endpoint))] if count else []


def relays_left_alone(actor: Actor) -> list[Need]:
    """Relays that do not answer."""
    if not actor.has_role(*MAIL.roles):
        return []
    count = sum(relay.open_since is not None for relay in list_relays())
    return [Need(_("mail relays that do not answer"), count, url_for(MAIL.endpoint), urgent=True)] if count else []


def waiting_mail(actor: Actor) -> list[Need]:
    """How long the oldest single mail waits, where that is too long: a worker or a relay is away."""
    if not actor.has_role(*MAIL.roles):
        return []
    return [
        Need(_(WORDS_OF_LATE[lane]), late, url_for(MAIL.endpoint), urgent=True)
        for lane, late in minutes_waiting().items()
        if lane in WORDS_OF_LATE and late >= LATE_MINUTES
    ]


def came_back(actor: Actor) -> list[Need]:
    """What people wrote to us, and what proves nothing and waits for somebody to look."""
    if not actor.has_role(Role.ORGANISER):
        return []
    counts, listed = desk.count_by_state(), "staff_returns.list_returns"
    needs = [
        Need(_("letters of people to answer"), counts.get(ReturnState.REPLY, 0), url_for(listed, state="reply")),
        Need(
            _("returned mails that prove nothing"), counts.get(ReturnState.QUARANTINED, 0),
            url_for(listed, state="quarantined"),
        ),
    ]  # fmt: skip
    return [need for need in needs if need.count]


def failed_jobs(actor: Actor) -> list[Need]:
    """Background work that was given up."""
    count = jobs.count_by_state().get(JobState.FAILED, 0) if actor.has_role(*MAIL.roles) else 0
    return [Need(_("jobs that failed"), count, url_for(MAIL.endpoint), urgent=True)] if count else []
