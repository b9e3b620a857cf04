"""What answers add to the rest: staff pages, what needs somebody, what is forgotten when, what goes with a person."""

import uuid
from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import delete, func, select

from campaign.kernel.actors import Actor
from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.kernel.registry import (
    Need,
    PersonEraser,
    RetentionRule,
    StaffLink,
    dashboard_needs,
    person_erasers,
    retention_rules,
    staff_links,
)
from campaign.letters import policy
from campaign.letters.models import Incident, Reply, ReplyState, ReportedNeed
from campaign.letters.queries.incidents import count_open
from campaign.letters.queries.replies import count_by_state
from campaign.letters.queries.reply_tasks import count_handed_in
from campaign.letters.service import incidents, needs, reply_retention, reply_scans

REPLIES = StaffLink("replies_staff.list_replies", N_("Answers"), frozenset(policy.REPLY_READERS), 33)
INCIDENTS = StaffLink("incidents_staff.list_incidents", N_("Incidents"), frozenset(policy.INCIDENT_READERS), 34)
OF_A_PERSON = (Incident, ReportedNeed, Reply)


def register() -> None:
    """Fill the registries."""
    staff_links.register("replies", REPLIES)
    staff_links.register("incidents", INCIDENTS)
    dashboard_needs.register("replies", list_reply_needs)
    dashboard_needs.register("incidents", list_incident_needs)
    for rule in RULES:
        retention_rules.register(rule.name, rule)
    person_erasers.register("replies", ERASER)


def list_reply_needs(actor: Actor) -> Sequence[Need]:
    """Answers that wait for whoever looks."""
    if not actor.has_role(*policy.REPLY_READERS):
        return []
    counts, page = count_by_state(), "replies_staff.list_replies"
    waiting = [(_("Answers wait to be screened"), ReplyState.MATCHED, True)]
    if policy.can_work_on_replies(actor):
        waiting += [
            (_("Envelopes wait for a scan"), ReplyState.LOGGED, False),
            (_("Answers wait to be matched"), ReplyState.SCANNED, True),
            (_("Answers of which nobody knows whom they answer"), ReplyState.UNMATCHED, False),
            (_("Answers are screened and not passed on"), ReplyState.SCREENED, True),
        ]
    found = [(title, state, counts.get(state, 0), urgent) for title, state, urgent in waiting]
    needs = [
        Need(title, count, url_for(page, state=state.value), urgent) for title, state, count, urgent in found if count
    ]
    typed = count_handed_in()
    if typed:
        needs.append(Need(_("Texts of volunteers wait to be compared"), typed, url_for("replies_staff.list_work")))
    return needs


def list_incident_needs(actor: Actor) -> Sequence[Need]:
    """Incidents that nobody has taken on."""
    count = count_open() if actor.has_role(*policy.INCIDENT_READERS) else 0
    url = url_for("incidents_staff.list_incidents", state="open")
    return [Need(_("Incidents that nobody has taken on"), count, url, urgent=True)] if count else []


def _count(prisoner_id: uuid.UUID) -> int:
    return session.scalar(select(func.count()).select_from(Reply).where(Reply.prisoner_id == prisoner_id)) or 0


def _erase(prisoner_id: uuid.UUID) -> int:
    amount = _count(prisoner_id)
    for table in OF_A_PERSON:
        session.execute(delete(table).where(table.prisoner_id == prisoner_id))
    return amount


ERASER = PersonEraser(N_("Answers from them, with pages, incidents and needs: %(count)s"), _count, _erase)
RULES = (
    RetentionRule(
        "reply-pages", reply_retention.AFTER_READ, reply_retention.erase_old,
        N_(
            "The scanned pages of a prisoner’s answer: erased 90 days after its writer has read it, a year after it "
            "was passed on unread, a month after it was closed, or as soon as the writer wants."
        ),
    ),
    RetentionRule(
        "incident-words", incidents.AFTER_CLOSED, incidents.erase_old,
        N_(
            "What is written down when an answer tells of ill-treatment, a threat or a danger to somebody’s life, and "
            "what was done about it: erased a year after the matter was closed; that there was one, and when, stays."
        ),
    ),
    RetentionRule(
        "need-words", needs.AFTER_CLOSED, needs.erase_old,
        N_(
            "What is written down about something a prisoner asks for in an answer: erased 180 days after it was "
            "closed; what kind of thing it was, and when, stays."
        ),
    ),
    RetentionRule(
        "reply-files", reply_scans.DAYS, reply_scans.drop_old,
        N_(
            "A PDF in which an answer was scanned: kept sealed until its pages are drawn, which takes minutes, then "
            "deleted; after 7 days at the latest."
        ),
    ),
)  # fmt: skip
