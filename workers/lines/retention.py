"""What the clock makes go away: every retention rule."""

from dataclasses import dataclass

import structlog

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.registry import retention_rules

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Retained:
    """What a round of retention came to: rows gone by rule, and the rules that failed."""

    gone: dict[str, int]
    failed: list[str]


class RetentionFailed(Exception):
    """Some rules failed and will be tried again."""


def run_retention() -> Retained:
    """Apply every retention rule, each in a transaction of its own so that one failure stops no other."""
    outcome = Retained({}, [])
    for name, rule in retention_rules.items():
        try:
            with transaction():
                outcome.gone[name] = rule.apply(clock.today())
        except Exception as problem:
            log.error("retention.failed", rule=name, exc_info=problem)
            session.remove()
            outcome.failed.append(name)
            continue
        if outcome.gone[name]:
            log.info("retention.applied", rule=name, rows=outcome.gone[name])
    return outcome


def keep_retention() -> None:
    """Apply every rule; a failed one makes the whole line run again."""
    outcome = run_retention()
    if outcome.failed:
        raise RetentionFailed(len(outcome.failed))
