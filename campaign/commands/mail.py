"""`flask mail …`: mails whose fate nobody knows, settled by kind, and what came back, read from a folder."""

from collections.abc import Callable
from pathlib import Path

import click
from flask.cli import AppGroup

from campaign.kernel.db import transaction
from campaign.kernel.mail import resolve
from campaign.kernel.mail.delivery import post_office
from campaign.kernel.mail.resolve import UnknownGroup
from campaign.kernel.mail.returns import maildir
from campaign.kernel.mail.returns.accept import Flooded, TooLong, accept
from campaign.kernel.mail.rows import Lane
from campaign.kernel.say import PARTLY, refuse, typed

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


@mail_group.command("read-returns")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def read_returns(folder: Path) -> None:
    """Take in what lies in FOLDER (a maildir) and move it to cur; what was taken in before is only moved."""
    sender = post_office.sender
    if sender is None or not (folder / "new").is_dir() or not (folder / "cur").is_dir():
        refuse(f"{folder} is no maildir: it has no new and cur.")
    taken, strange = 0, 0
    for path in maildir.list_new(folder):
        content = maildir.read_message(path)
        recipient = maildir.recipient_of(content, sender)
        try:
            if recipient:
                with transaction():
                    taken += accept(content, recipient)
            strange += not recipient
        except TooLong:
            strange += 1
        except Flooded:
            refuse(f"{taken} taken in; too much is waiting, the rest stays where it is.", PARTLY)
        # Only once it is kept: a crash in between takes it in again, which is the same message and does nothing.
        maildir.put_away(folder, path)
    click.echo(f"taken in {taken}, not ours or too long {strange}")


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
