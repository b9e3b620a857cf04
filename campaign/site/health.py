"""Whether this server works: for a balancer, for `make run`, and for monitoring."""

from datetime import timedelta

from flask import Blueprint, Response, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy import select, text

from campaign.kernel import clock, jobs
from campaign.kernel.db import session
from campaign.kernel.mail import pace, relays, rows
from campaign.kernel.mail.returns import desk, rates
from campaign.kernel.schedule import PeriodicRun
from campaign.mailings.queries.results import count_running

bp = Blueprint("health", __name__)
metrics_bp = Blueprint("metrics", __name__)
WORKER_PULSE = "pulse"
PULSE_AGE = timedelta(seconds=90)


@bp.get("/healthz")
def healthz() -> Response:
    """This process answers."""
    return _plain("ok\n", 200)


@bp.get("/readyz")
def readyz() -> Response:
    """The database answers and a worker was there within the last minute and a half; otherwise 503 and what is missing.

    `?since=<seconds since 1970>` asks for a worker that was there later than that: whoever has just started one wants
    to hear of this one. Signing needs no worker, so a balancer that takes a node out should ask /healthz.
    """
    session.execute(text("SELECT 1"))
    last = session.scalar(select(PeriodicRun.last_run_at).where(PeriodicRun.name == WORKER_PULSE))
    if last is None or clock.now() - last > PULSE_AGE or last.timestamp() < request.args.get("since", 0.0, float):
        return _plain("no worker has answered lately\n", 503)
    return _plain("ready\n", 200)


@metrics_bp.get("/metrics")
def metrics() -> Response:
    """Queues and mail in the Prometheus text format; numbers only."""
    registry = CollectorRegistry()
    mails = Gauge("unforgotten_mail_rows", "Mail rows by lane and state", ["lane", "state"], registry=registry)
    for (lane, state), count in rows.count_by_state().items():
        mails.labels(lane, state).set(count)
    _measure_waiting(registry)
    returned = Gauge("unforgotten_mail_returned", "Mails back in 30 days", ["mail_kind", "returned"], registry=registry)
    for (mail_kind, kind), count in rates.count_by_kind().items():
        returned.labels(mail_kind, kind).set(count)
    running = Gauge("unforgotten_mailing_mails", "Mails of mailings under way", ["mailing", "state"], registry=registry)
    for mailing_id, state, count in count_running():
        running.labels(str(mailing_id), state).set(count)
    held = Gauge("unforgotten_mail_returns", "Messages that came in, by state", ["state"], registry=registry)
    for state, count in desk.count_by_state().items():
        held.labels(state).set(count)
    work = Gauge("unforgotten_jobs", "Jobs by state", ["state"], registry=registry)
    for state, count in jobs.count_by_state().items():
        work.labels(state).set(count)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _measure_waiting(registry: CollectorRegistry) -> None:
    """Ages of the oldest mails that are due, and relays that are left alone."""
    ages = {place: (clock.now() - moment).total_seconds() for place, moment in rows.oldest_waiting().items()}
    single = [age for place, age in ages.items() if place != rows.BATCHES]
    oldest = Gauge("unforgotten_mail_oldest_seconds", "Age of the oldest single mail that is due", registry=registry)
    oldest.set(max(single, default=0))
    by_lane = Gauge(
        "unforgotten_mail_waiting_seconds", "The same by lane, and of mailings", ["lane"], registry=registry
    )
    for place in (*rows.Lane, rows.BATCHES):
        by_lane.labels(place).set(ages.get(place, 0))
    left = Gauge("unforgotten_mail_relay_left_alone", "1 while its breaker is open", ["relay"], registry=registry)
    for relay in relays.list_relays():
        left.labels(relay.place).set(relay.open_since is not None)
    sent = Gauge("unforgotten_mail_host_hour", "Mails of mailings this hour by mail host", ["host"], registry=registry)
    for each in pace.list_paces():
        sent.labels(each.provider).set(each.in_hour)


def _plain(body: str, status: int) -> Response:
    response = Response(body, status, mimetype="text/plain")
    response.headers["Cache-Control"] = "no-store"
    return response
