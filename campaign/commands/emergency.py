"""`flask emergency …`: for the day on which this server may fall into wrong hands."""

import click
from flask.cli import AppGroup

from campaign.kernel.operations import anew
from campaign.kernel.operations import wipe as wiping
from campaign.kernel.say import NOTHING, PARTLY, problems_told, refuse, typed
from campaign.web.settings import settings

emergency_group = AppGroup("emergency", help="For the day on which this server may fall into wrong hands.")


@emergency_group.command("wipe")
@click.option("--phrase", default=None, help="The phrase, for a script; it names this site's host.")
def wipe(phrase: str | None) -> None:
    """Destroy every key and everything about people, for good. Running it again ends what was interrupted."""
    config = settings()
    warning = (
        f"This destroys the keys of {config.public_url}: everything supporters gave becomes unreadable, here and in"
        " every backup of the database. Nobody can undo it."
    )
    if not typed(f"wipe {config.public_host}", given=phrase, warning=warning):
        refuse("That is not the phrase. Nothing was changed.", NOTHING)
    failed = False
    for step in wiping.wipe(config):
        failed = failed or bool(step.problem)
        click.echo(
            f"{step.name}: {f'FAILED ({step.problem})' if step.problem else step.outcome}", err=bool(step.problem)
        )
    click.echo("What remains:")
    for line in wiping.remains(config):
        click.echo(f"- {line}")
    click.echo("To start again, and only if you want to:")
    for number, line in enumerate(wiping.next_steps(), start=1):
        click.echo(f"{number}. {line}")
    if failed:
        refuse("Some steps failed; run it again when what they need is back.", PARTLY)


@emergency_group.command("begin-anew")
def begin_anew() -> None:
    """Make new keys after the wipe, so that this installation works again. Petitions from before stay ended."""
    with problems_told():
        made = anew.begin_anew()
    for scope in made:
        click.echo(f"new key\t{scope}")
    if not made:
        refuse("The keys are new already. Nothing was changed.", NOTHING)
    click.echo("Start web, workers and beat again: a process that runs since before knows the old keys only.")
