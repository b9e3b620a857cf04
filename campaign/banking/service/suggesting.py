"""What a line may stand for: what other parts expect, each with a score and the reasons for it.

Only one thing is accepted by itself: exactly one thing that bears a reference which the line names, of which exactly
the line's amount in the line's currency is open. Everything else waits for a person.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from psycopg.types.json import Jsonb
from sqlalchemy import ColumnElement, delete, select, text, tuple_
from sqlalchemy.exc import OperationalError

from campaign.banking.jobs import AcceptBankLines, SuggestForBankLines
from campaign.banking.models import BankLine, BankSuggestion, LineState
from campaign.banking.queries import facts_by_line
from campaign.banking.service.matching import match
from campaign.kernel import audit, jobs
from campaign.kernel.db import copy_rows, session
from campaign.kernel.errors import DomainError
from campaign.kernel.money import Money
from campaign.kernel.registry_money import BankFacts, Candidate, line_takers

LINES_A_BATCH = 1_000
BATCHES_A_JOB = 5
ACCEPTED_AT_ONCE = 100
"""Posted in one transaction: each holds the chain of the ledger until its end, for about a second then."""
MOST_EACH = 8
CERTAIN = 100
REFERENCE, AMOUNT, PART, DAY, NEAR_DAY = 60, 25, 10, 14, 7
DAYS, NEAR_DAYS = 3, 20
_COLUMNS = ("line_id", "kind", "candidate_id", "amount", "score", "reasons")
_BEST = """
UPDATE bank_line AS line SET best_score = best.score
FROM unnest(CAST(:ids AS uuid[]), CAST(:scores AS smallint[])) AS best (id, score)
WHERE line.id = best.id AND line.best_score IS DISTINCT FROM best.score
"""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One thing that a line may stand for."""

    kind: str
    candidate: Candidate
    amount: Money
    """So much of the line: all that is open of it, or of the other where that is less."""
    score: int
    reasons: tuple[str, ...]
    """Words of REASONS."""


REASONS = ("reference", "amount", "line_is_more", "line_is_less", "day", "near_day", "two_alike")


def suggest(lines: Sequence[BankFacts]) -> Mapping[uuid.UUID, Sequence[Suggestion]]:
    """By line, the best first. One round of statements for each taker; a thousand lines at most."""
    found: dict[uuid.UUID, list[Suggestion]] = {line.line_id: [] for line in lines}
    by_id = {line.line_id: line for line in lines}
    for kind, taker in line_takers.items():
        for line_id, candidates in taker.candidates(lines).items():
            fitting = (score(kind, by_id[line_id], each) for each in candidates)
            found[line_id] += [each for each in fitting if each is not None]
    return {line_id: _ranked(some) for line_id, some in found.items()}


def score(kind: str, line: BankFacts, candidate: Candidate) -> Suggestion | None:
    """How well the two fit; None for another currency or direction, or for nothing in common."""
    one, other = line.amount.minor, candidate.amount.minor
    if candidate.amount.currency != line.amount.currency or one * other <= 0:
        return None
    points, reasons = 0, []
    if candidate.reference and candidate.reference in line.references:
        points, reasons = REFERENCE, ["reference"]
    if one == other:
        points += AMOUNT
        reasons.append("amount")
        if "reference" in reasons:
            points = CERTAIN
    elif points:
        points += PART
        reasons.append("line_is_more" if abs(one) > abs(other) else "line_is_less")
    if not points:
        return None
    if candidate.due_on is not None:
        apart = abs((candidate.due_on - line.day).days)
        points += DAY if apart <= DAYS else NEAR_DAY if apart <= NEAR_DAYS else 0
        reasons += ["day"] if apart <= DAYS else ["near_day"] if apart <= NEAR_DAYS else []
    amount = line.amount if abs(one) <= abs(other) else candidate.amount
    return Suggestion(kind, candidate, amount, min(points, CERTAIN), tuple(reasons))


def suggest_some(statement_id: uuid.UUID | None, after: uuid.UUID | None) -> int:
    """Look through the next open lines, of one statement or of all, and ask for those after them; gives how many.

    When all are looked through, what is certain is accepted by jobs of their own.
    """
    done = 0
    for _batch in range(BATCHES_A_JOB):
        ids = _next_open(statement_id, after, LINES_A_BATCH)
        _store(ids, suggest(facts_by_line(ids)))
        done, after = done + len(ids), ids[-1] if ids else after
        if len(ids) < LINES_A_BATCH:
            jobs.enqueue(AcceptBankLines(_word(statement_id), ""))
            return done
    jobs.enqueue(SuggestForBankLines(_word(statement_id), _word(after)))
    return done


def begin_suggesting(*, actor: uuid.UUID) -> None:
    """Look through all open lines anew: something else may be expected by now."""
    jobs.enqueue(SuggestForBankLines("", ""))
    audit.record("bank.suggest", actor=actor)


def accept_some(statement_id: uuid.UUID | None, after: uuid.UUID | None) -> int:
    """Accept what is certain for the next lines in one transaction, and ask for those after them; gives how many.

    Each stands for itself: what a taker refuses stays with its suggestion. Once the first has posted, the chain of the
    ledger is held, so nothing is waited for any longer than a moment: whoever holds a row and waits for the chain would
    wait for us. Such a line stays, too.
    """
    done, ids = 0, _certain(statement_id, after)
    # Looked at anew: what was certain may be so no more.
    found, used = suggest(facts_by_line(ids)), set[uuid.UUID]()
    for line_id in ids:
        best = [each for each in found.get(line_id, ()) if each.score == CERTAIN]
        if len(best) != 1 or best[0].candidate.id in used:
            continue
        if done == 1:
            session.execute(text("SET LOCAL lock_timeout = '200ms'"))
        try:
            with session.begin_nested():
                match(line_id, best[0].kind, best[0].candidate.id, best[0].amount, None)
        except (DomainError, OperationalError) as problem:
            if isinstance(problem, OperationalError) and problem.connection_invalidated:
                raise
        else:
            used.add(best[0].candidate.id)
            done += 1
    if len(ids) == ACCEPTED_AT_ONCE:
        jobs.enqueue(AcceptBankLines(_word(statement_id), _word(ids[-1])))
    return done


def _ranked(found: Sequence[Suggestion]) -> Sequence[Suggestion]:
    once = {(each.kind, each.candidate.id): each for each in found}.values()
    ranked = sorted(once, key=lambda each: (-each.score, each.candidate.due_on is None, str(each.candidate.due_on),
                                             each.candidate.reference))[:MOST_EACH]  # fmt: skip
    certain = [each for each in ranked if each.score == CERTAIN]
    if len(certain) < 2:
        return ranked
    return [
        Suggestion(each.kind, each.candidate, each.amount, CERTAIN - 1, (*each.reasons, "two_alike"))
        if each.score == CERTAIN else each
        for each in ranked
    ]  # fmt: skip


def _store(ids: Sequence[uuid.UUID], found: Mapping[uuid.UUID, Sequence[Suggestion]]) -> None:
    if not ids:
        return
    session.execute(delete(BankSuggestion).where(BankSuggestion.line_id.in_(ids)))
    rows = (
        (line_id, each.kind, each.candidate.id, each.amount.minor, each.score, Jsonb(list(each.reasons)))
        for line_id, some in found.items()
        for each in some
    )
    copy_rows(BankSuggestion, _COLUMNS, rows)
    scores = [some[0].score if (some := found.get(line_id)) else None for line_id in ids]
    session.execute(text(_BEST), {"ids": list(ids), "scores": scores})


def _next_open(statement_id: uuid.UUID | None, after: uuid.UUID | None, most: int) -> Sequence[uuid.UUID]:
    """The next open lines, in the order of their days."""
    wanted = select(BankLine.id).where(BankLine.state == LineState.OPEN, *_of(statement_id, after))
    return session.scalars(wanted.order_by(BankLine.day, BankLine.id).limit(most)).all()


def _certain(statement_id: uuid.UUID | None, after: uuid.UUID | None) -> Sequence[uuid.UUID]:
    wanted = select(BankLine.id).where(
        BankLine.state == LineState.OPEN, BankLine.best_score == CERTAIN, *_of(statement_id, after)
    )
    return session.scalars(wanted.order_by(BankLine.day, BankLine.id).limit(ACCEPTED_AT_ONCE)).all()


def _of(statement_id: uuid.UUID | None, after: uuid.UUID | None) -> list[ColumnElement[bool]]:
    narrowed: list[ColumnElement[bool]] = []
    if statement_id is not None:
        narrowed.append(BankLine.statement_id == statement_id)
    if after is not None:
        last = select(BankLine.day).where(BankLine.id == after).scalar_subquery()
        narrowed.append(tuple_(BankLine.day, BankLine.id) > tuple_(last, after))
    return narrowed


def _word(one: uuid.UUID | None) -> str:
    return str(one) if one is not None else ""
