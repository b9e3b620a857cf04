"""Commands of this feature."""

import uuid

import click
from flask.cli import AppGroup

from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError
from campaign.kernel.say import NOTHING, PARTLY, counting, refuse
from campaign.penpals.models import MatchLevel, ProposalState, RunState
from campaign.penpals.queries import matching as queries
from campaign.penpals.service.matching import accept, ask, run

match_group = AppGroup("match", help="Who should write to whom.")


@match_group.command("run")
@click.option("--level", type=click.Choice([level.value for level in MatchLevel]), required=True)
@click.option("--seed", type=click.IntRange(0, ask.LARGEST_SEED), help="Drawn when left out; the same gives the same.")
@click.option("--accept", "accepts", is_flag=True, help="Accept every line of the proposal at once.")
def run_matching(level: str, seed: int | None, accepts: bool) -> None:
    """Work out who should write to whom; it waits as a proposal on the staff pages.

    Exit 1: lines could not be accepted, since things had changed. Exit 2: nobody to propose, or a run is at work.
    """
    try:
        with transaction():
            asked = ask.ask_for_run(MatchLevel(level), ask.default_settings(), seed=seed, actor=None, by_command=True)
        run_id, used = asked.id, asked.seed
    except DomainError as problem:
        refuse(problem.message, NOTHING)
    count = _carry_out(run_id)
    click.echo(f"run {run_id}, seed {used}: proposed {count}, without {queries.get_run(run_id).figures['without']}")
    if not count:
        raise SystemExit(NOTHING)
    if accepts and _accept(run_id):
        raise SystemExit(PARTLY)


def _carry_out(run_id: uuid.UUID) -> int:
    """Work it out here and now; gives how many lines it proposes."""
    try:
        with counting("matching") as show, transaction():
            is_done = run.carry_out(run_id, tell=lambda _stage, done, total: show(done, total))
    except KeyboardInterrupt:
        with transaction():
            ask.cancel_run(run_id, actor=None)
        refuse("Interrupted. Nothing was kept.", 130)
    session.remove()
    found = queries.get_run(run_id)
    if not is_done or found.state not in {RunState.READY, RunState.CLOSED}:
        refuse(f"The run did not come to its end (state: {found.state} {found.problem}).".replace(" )", ")"), NOTHING)
    return queries.count_lines([run_id])[run_id].total()


def _accept(run_id: uuid.UUID) -> int:
    """Accept line by line, each in a transaction of its own; gives how many were overtaken."""
    ids = list(queries.list_open(run_id))
    session.remove()
    overtaken = 0
    with counting("accepted") as show:
        for number, line_id in enumerate(ids, 1):
            with transaction():
                state = accept.accept(run_id, line_id, actor=None)
            overtaken += state is ProposalState.OVERTAKEN
            show(number, len(ids))
            session.remove()
    click.echo(f"accepted {len(ids) - overtaken}, overtaken {overtaken}")
    return overtaken


groups = (match_group,)
