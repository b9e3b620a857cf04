"""Every blueprint with its prefix and its guard, as one table; and the hooks and commands of every feature."""

from dataclasses import dataclass

from flask import Blueprint, Flask

from campaign import commands
from campaign.accounting import hooks as accounting_hooks
from campaign.accounting.staff_views import bp as accounting_staff
from campaign.accounting.views import public as public_reports
from campaign.accounts import cli as accounts_cli
from campaign.accounts import hooks as accounts_hooks
from campaign.accounts.views import account, email, invitations, second_factor, sign_in, vault
from campaign.accounts.views import staff as staff_accounts
from campaign.activities import hooks as activities_hooks
from campaign.activities.staff_views.calls_page import bp as calls_staff
from campaign.activities.staff_views.event_page import bp as events_staff
from campaign.activities.staff_views.task_room import bp as tasks_staff
from campaign.activities.views import account_events, account_tasks, own_events, own_tasks, public_events
from campaign.api import cli as api_cli
from campaign.api import hooks as api_hooks
from campaign.api.staff_views.tokens import bp as api_staff
from campaign.api.views import addresses as api
from campaign.appeals import cli as appeals_cli
from campaign.appeals import hooks as appeals_hooks
from campaign.appeals.staff_views import bp as appeals_staff
from campaign.appeals.views import bp as appeals
from campaign.banking import hooks as banking_hooks
from campaign.banking.staff_views import bp as banking_staff
from campaign.designations import cli as designations_cli
from campaign.designations import hooks as designations_hooks
from campaign.designations import staff_views as designations_staff
from campaign.dossiers import hooks as dossiers_hooks
from campaign.dossiers.staff_views import bp as dossiers_staff
from campaign.funds import cli as funds_cli
from campaign.funds import hooks as funds_hooks
from campaign.funds.staff_views import bp as funds_staff
from campaign.funds.views import public as public_funds
from campaign.gifts import hooks as gifts_hooks
from campaign.gifts.staff_views import gifts_bp as gifts_staff
from campaign.gifts.staff_views import pledges_bp as pledges_staff
from campaign.gifts.views import own as own_pledges
from campaign.gifts.views import pledging
from campaign.kernel import allowance
from campaign.kernel.mail import retention as mail_retention
from campaign.kernel.mail.returns import retention as mail_returns_retention
from campaign.letters import cli as letters_cli
from campaign.letters import hooks as letters_hooks
from campaign.letters.staff_views import batches as batches_staff
from campaign.letters.staff_views import incidents as incidents_staff
from campaign.letters.staff_views import letter_deadlines, letter_statistics
from campaign.letters.staff_views import letters as letters_staff
from campaign.letters.staff_views import moderation as moderation_staff
from campaign.letters.staff_views import relays as relays_staff
from campaign.letters.staff_views import replies as replies_staff
from campaign.letters.staff_views import rules as letter_rules
from campaign.letters.views import guest as guest_letter
from campaign.letters.views import own as own_letters
from campaign.letters.views import own_replies, reply_tasks
from campaign.letters.views import tasks as letter_tasks
from campaign.mailings import hooks as mailings_hooks
from campaign.mailings.staff_views import bp as mailings_staff
from campaign.mirror import cli as mirror_cli
from campaign.needs import hooks as needs_hooks
from campaign.needs.staff_views import bp as needs_staff
from campaign.partners import hooks as partners_hooks
from campaign.partners import staff_views as partners_staff
from campaign.payments import hooks as payments_hooks
from campaign.payments.staff_views import bp as payments_staff
from campaign.payments.staff_views import payees_bp as payees_staff
from campaign.penpals import cli as penpals_cli
from campaign.penpals import hooks as penpals_hooks
from campaign.penpals.staff_views import assignments as assignments_staff
from campaign.penpals.staff_views import attention as attention_staff
from campaign.penpals.staff_views import evenings as evenings_staff
from campaign.penpals.staff_views import group_health, matching
from campaign.penpals.staff_views import volunteers as volunteers_staff
from campaign.penpals.staff_views.groups import bp as groups_staff
from campaign.penpals.views import evenings, group_join, group_leads, group_pages, group_public, volunteer, writing
from campaign.penpals.views.own_assignments import bp as own_assignments
from campaign.people import cli as people_cli
from campaign.people import hooks as people_hooks
from campaign.people.staff_views import automations, ladder, people_acts, people_list, people_views
from campaign.people.staff_views import doubles as people_doubles
from campaign.people.staff_views import exports as people_exports
from campaign.people.staff_views import imports as people_imports
from campaign.people.staff_views import segments as segments_staff
from campaign.people.staff_views.blueprint import bp as person_staff
from campaign.people.staff_views.reports import bp as people_reports
from campaign.people.views import own_asks, own_data, preferences, unsubscribe
from campaign.petitions import hooks as petitions_hooks
from campaign.petitions import staff_views as petitions_staff
from campaign.petitions import views as petitions
from campaign.prisoners import cli as prisoners_cli
from campaign.prisoners import hooks as prisoners_hooks
from campaign.prisoners import views as prisoners
from campaign.prisoners.staff_views import bp as prisoners_staff
from campaign.prisoners.views import tell_us
from campaign.rounds import hooks as rounds_hooks
from campaign.rounds.staff_views import bp as rounds_staff
from campaign.sharing import hooks as sharing_hooks
from campaign.sharing.views import public as sharing
from campaign.sharing.views import staff as sharing_staff
from campaign.signatures import cli as signatures_cli
from campaign.signatures import hooks as signatures_hooks
from campaign.signatures import staff_views as signatures_staff
from campaign.signatures.views import desk as signatures_desk
from campaign.signatures.views import embed
from campaign.signatures.views import public as signatures
from campaign.site import cli as site_cli
from campaign.site import (
    health,
    letter,
    prisoner,
    prisoner_words,
    showcase,
    staff,
    staff_alarms,
    staff_limits,
    staff_mail,
    staff_mail_texts,
    staff_returns,
    staff_suppressions,
    write,
    write_compose,
)
from campaign.site import hooks as site_hooks
from campaign.site import views as site
from campaign.web import guards, place
from campaign.web.guards import Guard


@dataclass(frozen=True, slots=True)
class Place:
    """One line of the map."""

    blueprint: Blueprint
    guard: Guard
    prefix: str | None = None


MAP = (
    Place(site.bp, guards.public),
    Place(api.bp, guards.public, "/api/v1"),
    Place(api.page_bp, guards.public, "/api"),
    Place(api.feeds_bp, guards.public, "/feeds"),
    Place(api_staff, guards.staff, "/staff/programs"),
    Place(site.mailbox_bp, guards.loopback, "/dev"),
    Place(showcase.bp, guards.loopback, "/dev"),
    Place(staff.bp, guards.staff, "/staff"),
    Place(health.bp, guards.public),
    Place(health.metrics_bp, guards.loopback_or_token),
    Place(place.bp, guards.public),
    Place(sign_in.bp, guards.public, "/account"),
    Place(account.bp, guards.signed_in, "/account"),
    Place(second_factor.bp, guards.signed_in, "/account/second-factor"),
    Place(email.token_bp, guards.token, "/account/email"),
    Place(invitations.bp, guards.token, "/invite"),
    Place(staff_accounts.bp, guards.staff, "/staff/accounts"),
    Place(own_assignments, guards.signed_in, "/account/prisoners"),
    Place(own_letters.bp, guards.signed_in, "/account/letters"),
    Place(letters_staff.bp, guards.staff, "/staff/letters"),
    Place(letter_deadlines.bp, guards.staff, "/staff/letters/deadlines"),
    Place(letter_statistics.bp, guards.staff, "/staff/letters/statistics"),
    Place(own_replies.bp, guards.signed_in, "/account/letters/replies"),
    Place(replies_staff.bp, guards.staff, "/staff/replies"),
    Place(incidents_staff.bp, guards.staff, "/staff/incidents"),
    Place(letter_tasks.bp, guards.signed_in, "/account/tasks"),
    Place(reply_tasks.bp, guards.signed_in, "/account/tasks/answers"),
    Place(account_tasks.bp, guards.signed_in, "/account/tasks/own"),
    Place(own_tasks.bp, guards.token, "/tasks/own"),
    Place(tasks_staff, guards.staff, "/staff/tasks"),
    Place(tell_us.bp, guards.public),
    Place(prisoners.bp, guards.public, "/prisoners"),
    Place(prisoner.bp, guards.public, "/prisoners"),
    Place(prisoner_words.bp, guards.public, "/prisoners"),
    Place(write.bp, guards.public),
    Place(write.named_bp, guards.public, "/prisoners"),
    Place(write_compose.bp, guards.public, "/prisoners"),
    Place(letter.bp, guards.token, "/letter"),
    Place(guest_letter.bp, guards.token, "/letters"),
    Place(prisoners.feeds_bp, guards.public, "/feeds"),
    Place(prisoners_staff, guards.staff, "/staff/prisoners"),
    Place(people_imports.bp, guards.staff, "/staff/people/imports"),
    Place(people_exports.bp, guards.staff, "/staff/people/exports"),
    Place(vault.bp, guards.staff, "/staff/vault"),
    Place(designations_staff.bp, guards.staff, "/staff/designations"),
    Place(dossiers_staff, guards.staff, "/staff/dossiers"),
    Place(petitions.bp, guards.public, "/petitions"),
    Place(petitions_staff.bp, guards.staff, "/staff/petitions"),
    Place(partners_staff.bp, guards.staff, "/staff/petitions"),
    Place(signatures.bp, guards.public, "/petitions"),
    Place(signatures_staff.bp, guards.staff, "/staff/petitions"),
    Place(embed.bp, guards.public, "/embed/petitions"),
    Place(embed.oembed_bp, guards.public),
    Place(embed.staff_bp, guards.staff, "/staff/petitions"),
    Place(signatures.token_bp, guards.token),
    Place(signatures_desk.bp, guards.staff, "/staff/petitions"),
    Place(sharing.bp, guards.public, "/share"),
    Place(sharing_staff.bp, guards.staff, "/staff/sharing"),
    Place(groups_staff, guards.staff, "/staff/groups"),
    Place(people_list.bp, guards.staff, "/staff/people"),
    Place(people_acts.bp, guards.staff, "/staff/people/acts"),
    Place(people_doubles.bp, guards.staff, "/staff/people/doubles"),
    Place(people_views.bp, guards.staff, "/staff/people/views"),
    Place(people_reports, guards.staff, "/staff/people/reports"),
    Place(group_health.bp, guards.staff, "/staff/people/reports/groups"),
    Place(volunteers_staff.bp, guards.staff, "/staff/volunteers"),
    Place(segments_staff.bp, guards.staff, "/staff/segments"),
    Place(ladder.bp, guards.staff, "/staff/people/ladder"),
    Place(automations.bp, guards.staff, "/staff/automations"),
    Place(assignments_staff.bp, guards.staff, "/staff/assignments"),
    Place(matching.bp, guards.staff, "/staff/matching"),
    Place(public_events.bp, guards.public, "/events"),
    Place(own_events.bp, guards.token, "/events/own"),
    Place(account_events.bp, guards.signed_in, "/account/events"),
    Place(events_staff, guards.staff, "/staff/events"),
    Place(calls_staff, guards.staff, "/staff/calls"),
    Place(mailings_staff, guards.staff, "/staff/mailings"),
    Place(public_funds.bp, guards.public, "/funds"),
    Place(public_reports.bp, guards.public, "/funds/report"),
    Place(accounting_staff, guards.staff, "/staff/accounting"),
    Place(funds_staff, guards.staff, "/staff/funds"),
    Place(needs_staff, guards.staff, "/staff/needs"),
    Place(payments_staff, guards.staff, "/staff/payments"),
    Place(payees_staff, guards.staff, "/staff/payees"),
    Place(pledging.bp, guards.public, "/funds"),
    Place(own_pledges.bp, guards.token, "/pledges"),
    Place(pledges_staff, guards.staff, "/staff/pledges"),
    Place(gifts_staff, guards.staff, "/staff/gifts"),
    Place(rounds_staff, guards.staff, "/staff/rounds"),
    Place(banking_staff, guards.staff, "/staff/statements"),
    Place(appeals, guards.public, "/appeals"),
    Place(appeals_staff, guards.staff, "/staff/appeals"),
    Place(evenings.bp, guards.public),
    Place(evenings_staff.bp, guards.staff, "/staff/evenings"),
    Place(volunteer.bp, guards.public, "/volunteer"),
    Place(writing.bp, guards.signed_in, "/account/writing"),
    Place(group_public.bp, guards.public, "/groups"),
    Place(group_join.bp, guards.token, "/groups/join"),
    Place(group_pages.bp, guards.signed_in, "/account/groups"),
    Place(group_leads.bp, guards.signed_in, "/account/groups"),
    Place(moderation_staff.bp, guards.staff, "/staff/moderation"),
    Place(letter_rules.bp, guards.staff, "/staff/letters/rules"),
    Place(batches_staff.bp, guards.staff, "/staff/batches"),
    Place(relays_staff.bp, guards.staff, "/staff/relays"),
    Place(staff_mail.bp, guards.staff, "/staff/mail"),
    Place(staff_mail_texts.bp, guards.staff, "/staff/mail/automatic"),
    Place(staff_limits.bp, guards.staff, "/staff/mail/limits"),
    Place(staff_returns.bp, guards.staff, "/staff/mail/returns"),
    Place(staff_suppressions.bp, guards.staff, "/staff/mail/suppressions"),
    Place(own_asks.bp, guards.token, "/asks/own"),
    Place(unsubscribe.bp, guards.token, "/unsubscribe"),
    Place(preferences.bp, guards.public),
    Place(own_data.bp, guards.signed_in, "/account/data"),
    Place(person_staff, guards.staff, "/staff/people"),
    Place(attention_staff.bp, guards.staff, "/staff/attention"),
    Place(staff_alarms.bp, guards.staff, "/staff/alarms"),
)

HOOKS = (
    accounts_hooks,
    mail_retention,
    mail_returns_retention,
    allowance,
    people_hooks,
    designations_hooks,
    prisoners_hooks,
    dossiers_hooks,
    petitions_hooks,
    partners_hooks,
    signatures_hooks,
    activities_hooks,
    needs_hooks,
    mailings_hooks,
    penpals_hooks,
    funds_hooks,
    accounting_hooks,
    payments_hooks,
    gifts_hooks,
    rounds_hooks,
    banking_hooks,
    letters_hooks,
    sharing_hooks,
    appeals_hooks,
    api_hooks,
    site_hooks,
)
COMMANDS = (
    api_cli.groups,
    commands.groups, accounts_cli.groups, people_cli.groups, designations_cli.groups, prisoners_cli.groups,
    signatures_cli.groups, penpals_cli.groups, funds_cli.groups, letters_cli.groups, appeals_cli.groups,
    site_cli.groups, mirror_cli.groups,
)  # fmt: skip


def init_sitemap(app: Flask) -> None:
    """Register all of it."""
    for line in MAP:
        guards.install(app, line.blueprint, line.guard, prefix=line.prefix)
    for hooks in HOOKS:
        hooks.register()
    for groups in COMMANDS:
        for group in groups:
            app.cli.add_command(group)
