"""Commands of this feature."""

import codecs
import sys
from dataclasses import replace

import click
from flask.cli import AppGroup
from sqlalchemy.exc import SQLAlchemyError

from campaign.designations.service.gate import find_designated
from campaign.kernel import clock
from campaign.kernel.say import NOTHING, PARTLY, refuse
from campaign.letters.checker.check import check
from campaign.letters.checker.context import Context
from campaign.letters.checker.rulebook import LANGUAGES, wording
from campaign.letters.queries.ways import LETTER_WAYS, list_ways
from campaign.letters.service.checking import context_of_stranger
from campaign.prisoners.queries.imports import list_ids_of_slugs

letters_group = AppGroup("letters", help="Letters to prisoners.")
_WAYS = [each.value for each in LETTER_WAYS]
_MOST_BYTES = 4_000_000
"""What is read at all; the check says from which place on it did not look."""


@letters_group.command("check")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", help="Of the advice.")
@click.option("--prisoner", metavar="SLUG", help="Whom it is for: adds the rules of their facility and means.")
@click.option(
    "--channel",
    type=click.Choice(_WAYS),
    help="With --prisoner: by which way; else their first.",
)
def check_letter(language: str, prisoner: str | None, channel: str | None) -> None:
    """Check a text from stdin; one finding a line, nothing when clean.

    Offsets are characters from 0, end exclusive. Exit 1: the register of designations could not be read, so that only
    names of organisations were not looked for. Exit 2: the text is no UTF-8, or nobody has this SLUG.
    """
    if channel and not prisoner:
        raise click.UsageError("--channel needs --prisoner.")
    try:
        # As bytes: reading it as text would turn two signs of a line's end into one, and move every place behind it.
        written = sys.stdin.buffer.read(_MOST_BYTES)
        text = codecs.getincrementaldecoder("utf-8")().decode(written, final=len(written) < _MOST_BYTES)
    except UnicodeDecodeError:
        refuse("The text is not UTF-8.", NOTHING)
    problems: list[SQLAlchemyError] = []

    def find_places(words: str) -> list[tuple[int, int]]:
        try:
            return [(span.start, span.end) for span in find_designated(words)]
        except SQLAlchemyError as problem:
            problems.append(problem)
            return []

    known = _known_of(prisoner, channel) if prisoner else Context()
    for found in check(text, replace(known, designated=find_places)).findings:
        click.echo(f"{found.rule} {found.severity} {found.start}-{found.end} {wording(found.advice, language)}")
    if problems:
        refuse("The register could not be read: names of designated organisations were not looked for.", PARTLY)


def _known_of(slug: str, channel: str | None) -> Context:
    """The same context as the composer's, where somebody unknown writes for the first time."""
    prisoner_id = list_ids_of_slugs([slug]).get(slug)
    if prisoner_id is None:
        refuse(f"Nobody has the slug {slug}.", NOTHING)
    return context_of_stranger(prisoner_id, channel or list_ways(prisoner_id, clock.today())[0])


groups = (letters_group,)
