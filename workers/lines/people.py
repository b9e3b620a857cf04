"""What the clock does for the records of people."""

from campaign.kernel import clock
from campaign.kernel.db import transaction
from campaign.people.service import activity, consents, doubles
from campaign.people.service.automations import run as automations
from campaign.people.service.ladder import answers
from campaign.people.service.ladder import count as ladder_count
from campaign.people.service.reports import count as report_counts


def find_doubles() -> None:
    """Begin to look for records of one person."""
    with transaction():
        doubles.start_by_itself()


def follow_asks() -> None:
    """Find out what came of asking people for the next step, and count the ladder anew."""
    with transaction():
        answers.sweep(clock.today())
    with transaction():
        ladder_count.ask_for_all()


def count_reports() -> int:
    """Let the figures of the reports be counted anew."""
    with transaction():
        return report_counts.count_all_again()


def run_automations() -> int:
    """Ask for a run of every rule that is on."""
    with transaction():
        return automations.start_round()


def follow_people() -> None:
    """Note of people on which day they last did something, as far as other features know it."""
    while True:
        with transaction():
            if activity.follow_activity(clock.today()) < activity.PIECE:
                return


def seal_evidence() -> None:
    """Seal what proves consents that were written down before it was sealed."""
    while True:
        with transaction():
            if consents.seal_plain_evidence() < consents.SEALED_AT_ONCE:
                return
