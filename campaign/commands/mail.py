"""`flask mail unknown …`: mails whose fate nobody knows, settled by kind; after a restore there may be thousands."""

from collections.abc import Callable

import click
from flask.cli import AppGroup

from campaign.kernel.db import transaction
from campaign.kernel.mail import resolve
from campaign.kernel.mail.resolve import UnknownGroup
from campaign.kernel.mail.rows import Lane
from campaign.kernel.say import refuse, typed

mail_group = AppGroup("mail", help="Mail that waits for a person.")
unknown_group = AppGroup("unknown", help="Mails that may or may not have arrived.")
mail_group.add_command(unknown_group)

kinds = click.argument("kinds", nargs=-1)
everything = click.option("--all", "is_all", is_flag=True, help="Every kind.")
phrase = click.option("--phrase", default=None, help="The phrase, for a script; it names how many mails there are.")


@unknown_group.command("list")
def list_unknown() -> None:
    """Each kind: name, how many, and the day of the oldest."""
    for group in resolve.list_unknown():
        click.echo(f"{group.name}\t{group.count}\t{group.oldest:%Y-%m-%d}")


@unknown_group.command("resend")
@kinds
@everything
@phrase
def resend(kinds: tuple[str, ...], is_all: bool, phrase: str | None) -> None:
    """Send mails again, under the same Message-IDs; what did arrive may arrive a second time."""
    _settle(kinds, is_all, phrase, "resend", "Those that did arrive arrive a second time.", resolve.send_again)


@unknown_group.command("give-up")
@kinds
@everything
@phrase
def give_up(kinds: tuple[str, ...], is_all: bool, phrase: str | None) -> None:
    """End mails as failed and erase their addresses; what did not arrive never will."""
    _settle(kinds, is_all, phrase, "give up", "Those that did not arrive never will.", resolve.give_up)


def _settle(
    kinds: tuple[str, ...], is_all: bool, phrase: str | None, verb: str, warning: str, act: Callable[..., int]
) -> None:
    chosen = _chosen(kinds, is_all)
    count = sum(group.count for group in chosen)
    if not typed(f"{verb} {count}", given=phrase, warning=f"{count} mails: {_names(chosen)}. {warning}"):
        refuse("That is not the phrase. Nothing was changed.")
    for group in chosen:
        with transaction():
            done = act(Lane(group.lane), group.kind, actor=None)
        click.echo(f"{group.name}\t{done}")


def _chosen(kinds: tuple[str, ...], is_all: bool) -> list[UnknownGroup]:
    waiting = {group.name: group for group in resolve.list_unknown()}
    strangers = [name for name in kinds if name not in waiting]
    if strangers:
        refuse(f"No unknown mail of {', '.join(strangers)}. There is: {_names(list(waiting.values())) or 'none'}.")
    chosen = list(waiting.values()) if is_all else [waiting[name] for name in dict.fromkeys(kinds)]
    if not chosen:
        refuse("No mail of unknown fate." if not waiting else f"Say which, or --all: {_names(list(waiting.values()))}.")
    return chosen


def _names(groups: list[UnknownGroup]) -> str:
    return ", ".join(f"{group.name} ({group.count})" for group in groups)
