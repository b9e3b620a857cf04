"""Handlers of the jobs on statements."""

import uuid

from flask import current_app

from campaign.banking import jobs
from campaign.banking.service import lines_in, suggesting
from workers.kinds import PATIENT, QUICK
from workers.queues import handles


@handles(jobs.ReadBankStatement, retry=PATIENT)
def read_bank_statement(job: jobs.ReadBankStatement) -> None:
    """Some lines of a file."""
    lines_in.read_some(uuid.UUID(job.statement_id))


@handles(jobs.KeepBankLines, retry=PATIENT)
def keep_bank_lines(job: jobs.KeepBankLines) -> None:
    """Some lines that were read."""
    lines_in.keep_some(uuid.UUID(job.statement_id))


@handles(jobs.SuggestForBankLines, retry=PATIENT)
def suggest_for_bank_lines(job: jobs.SuggestForBankLines) -> None:
    """Some open lines; those who take them give what fits its address, as on a page."""
    with current_app.test_request_context():
        suggesting.suggest_some(_id(job.statement_id), _id(job.after))


@handles(jobs.AcceptBankLines, retry=QUICK)
def accept_bank_lines(job: jobs.AcceptBankLines) -> None:
    """Some lines for which it is certain what they are."""
    with current_app.test_request_context():
        suggesting.accept_some(_id(job.statement_id), _id(job.after))


def _id(word: str) -> uuid.UUID | None:
    return uuid.UUID(word) if word else None
