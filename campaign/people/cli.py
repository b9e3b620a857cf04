"""Commands of this feature."""

import datetime
import uuid
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import click
from flask.cli import AppGroup

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError
from campaign.kernel.pieces import PIECE
from campaign.kernel.say import NOTHING, PARTLY, counting, refuse
from campaign.kernel.tables import BadTable
from campaign.kernel.tables.fields import with_pairs
from campaign.people.models import Basis, ImportState, PeopleImport, RowOutcome, RowVerdict
from campaign.people.service.imports import apply, check, fields, upload
from campaign.people.service.imports.upload import Choices

people_group = AppGroup("people", help="People we may write to.")


@people_group.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option(
    "--map", "pairs", multiple=True, metavar="HEADER=FIELD", help="What a column means; FIELD empty: nothing."
)
@click.option("--source", default="", help="Where the list is from, without anybody's name.")
@click.option("--basis", type=click.Choice([each.value for each in Basis]), default=Basis.NONE.value,
              help="asked: they asked for news; member: members of ours; none: nobody is mailed.")  # fmt: skip
@click.option("--basis-day", type=click.DateTime(["%Y-%m-%d"]), help="When they asked, or since when they are members.")
@click.option("--basis-words", default="", help="The words that they agreed to.")
@click.option("--may-call", is_flag=True, help="They agreed on that day to be called; else no number is kept.")
@click.option("--language", type=click.Choice(["en", "ru", "de"]), default="ru",
              help="To write in, where the row says none.")  # fmt: skip
@click.option("--country", default="", help="Of which telephone numbers without + are: two letters.")
@click.option("--overwrite", is_flag=True, help="What the file says goes before what is known.")
@click.option("--dry-run", is_flag=True, help="Check every row, keep nothing.")
def import_file(
    file: Path, pairs: Sequence[str], *, dry_run: bool, basis_day: datetime.datetime | None, basis: str,
    may_call: bool, overwrite: bool, **said: str,
) -> None:  # fmt: skip
    """Bring a list in from CSV, XLSX or ODS. Empty fields of people who are known are filled.

    Problems are named row by row. Interrupted, it goes on when it is run again with the same file.
    """
    source = said.pop("source") or f"{file.name}, {clock.today().isoformat()}"
    day = basis_day.date() if basis_day else None
    choices = Choices(source=source, basis=Basis(basis), basis_on=day, may_call=may_call, overwrites=overwrite,
                      **{**said, "country": said["country"].upper()})  # fmt: skip
    try:
        import_id = _receive(file, pairs, choices)
        _check(import_id)
        counts = apply.count_rows(import_id) if dry_run else _apply(import_id)
        if dry_run:
            with transaction():
                upload.give_up(import_id, actor=None)
            click.echo("Nothing was kept.", err=True)
    except DomainError as problem:
        refuse(str(problem) if hasattr(problem, "values") else problem.message, NOTHING)
    except KeyboardInterrupt:
        refuse("Interrupted. Run it again with the same file to go on.", 130)
    _close(counts, dry_run=dry_run)


def _receive(file: Path, pairs: Sequence[str], choices: Choices) -> uuid.UUID:
    """Take the file in, or find where an interrupted run of it stands; gives the import."""
    if file.stat().st_size > upload.LARGEST_FILE:
        raise BadTable(f"This file is larger than {upload.LARGEST_FILE // 1024**2} MB. Split it.")
    with transaction():
        received = upload.begin_receiving(actor=None)
    try:
        with file.open("rb") as content:
            while piece := content.read(PIECE):
                with transaction():
                    received.keep(piece)
        with transaction():
            import_, _table = upload.take_file(received, file.name, actor=None)
            _begin(import_, pairs, choices)
    except BaseException:
        with transaction():
            upload.give_up_receiving(received.import_id)
        raise
    session.remove()
    return import_.id


def _begin(import_: PeopleImport, pairs: Sequence[str], choices: Choices) -> None:
    if import_.rows_applied or import_.state in {ImportState.CHECKING, ImportState.APPLYING}:
        click.echo("Going on where the last run of this file stopped.", err=True)
    else:
        mapping = with_pairs(import_.mapping, pairs, fields.known_fields())
        upload.choose(import_, mapping, choices, actor=None)
        for heading in import_.headers:
            click.echo(f"column {heading!r}: {import_.mapping.get(heading, 'left out')}", err=True)
    if import_.state in {ImportState.UPLOADED, ImportState.CHECKING}:
        upload.begin_check(import_, actor=None, by_job=False)


def _check(import_id: uuid.UUID) -> None:
    """Batch by batch, each in a transaction of its own."""
    import_ = upload.get_import(import_id)
    if import_.state != ImportState.CHECKING:
        return
    rows, reader = check.rows_left(import_, upload.open_again(import_)), check.reader_of(import_)
    total, done = import_.rows_total, 0
    with counting("checked") as show:
        while True:
            with transaction():
                import_ = upload.get_import(import_id, locked=True)
                is_ours = import_.state == ImportState.CHECKING
                judged = check.check_batch(import_, reader, rows) if is_ours else ()
            session.remove()
            if not judged:
                return
            for each in judged:
                _tell(each.row.number, each.problems.found)
            done += len(judged)
            show(min(done, total), total)


def _apply(import_id: uuid.UUID) -> Mapping[str, int]:
    with transaction():
        apply.begin_applying(import_id, actor=None, by_job=False)
    counts = apply.count_rows(import_id)
    total, done = counts.get(RowVerdict.NEW, 0) + counts.get(RowVerdict.UPDATE, 0), 0
    with counting("applied") as show:
        while True:
            with transaction():
                count = apply.apply_batch(import_id, by_job=False)
            session.remove()
            done += count
            show(min(done, total), total)
            if count < apply.BATCH:
                return apply.count_rows(import_id)


def _tell(number: int, problems: Iterable[Mapping[str, object]]) -> None:
    for problem in problems:
        message, values, name = str(problem["message"]), problem["values"], problem["field"]
        line = message % values if values else message
        click.echo(f"row {number}: {name}: {line}" if name else f"row {number}: {line}", err=True)


def _close(counts: Mapping[str, int], *, dry_run: bool) -> None:
    """The last line, and the exit status: 1 where rows were refused, 2 where nothing has changed."""
    made, changed = (RowVerdict.NEW, RowVerdict.UPDATE) if dry_run else (RowOutcome.MADE, RowOutcome.CHANGED)
    imported, updated = counts.get(made, 0), counts.get(changed, 0)
    known = counts.get(RowVerdict.DUPLICATE, 0) + counts.get(RowVerdict.UNCHANGED, 0)
    invalid = counts.get(RowVerdict.INVALID, 0) + counts.get(RowVerdict.CONFLICT, 0)
    if counts.get("suppressed"):
        click.echo(f"{counts['suppressed']} asked us not to write to them: kept without consent.", err=True)
    click.echo(f"imported {imported}, updated {updated}, duplicate {known}, invalid {invalid}")
    if dry_run or not imported + updated:
        raise SystemExit(NOTHING)
    if invalid:
        raise SystemExit(PARTLY)


groups = (people_group,)
