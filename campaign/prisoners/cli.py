"""Commands of this feature."""

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import click
from flask.cli import AppGroup

from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError
from campaign.kernel.say import NOTHING, PARTLY, counting, refuse
from campaign.kernel.tables import LARGEST_FILE, BadTable, Table
from campaign.kernel.tables.fields import with_pairs
from campaign.prisoners.models import ImportState, PrisonerImport, RowOutcome, RowVerdict
from campaign.prisoners.queries import imports as queries
from campaign.prisoners.service.imports import apply, stage, upload
from campaign.prisoners.service.imports.evaluate import Judged
from campaign.prisoners.service.imports.fields import BY_NAME

prisoners_group = AppGroup("prisoners", help="People in prison.")


class DryRun(Exception):
    """Rolls everything back once it has been shown."""


@prisoners_group.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option(
    "--map", "pairs", multiple=True, metavar="HEADER=FIELD", help="What a column means; FIELD empty: nothing."
)
@click.option("--source", default="", help="Where the file is from: publication and day, or who gave it.")
@click.option("--dry-run", is_flag=True, help="Read and match every row, keep nothing.")
@click.option("--apply", "applies", is_flag=True, help="Apply what needs no decision, once it is staged.")
def import_file(file: Path, pairs: Sequence[str], source: str, dry_run: bool, applies: bool) -> None:
    """Read a CSV, XLSX or ODS file into staging, where somebody looks at it; nothing becomes public.

    Problems are named row by row. Interrupted, it goes on when it is run again with the same file.
    """
    if file.stat().st_size > LARGEST_FILE:
        refuse(f"This file is larger than {LARGEST_FILE // 1024**2} MB. Split it.", NOTHING)
    coming = upload.Upload(file.read_bytes(), file.name, source)
    try:
        invalid = _rehearse(coming, pairs) if dry_run else _import(coming, pairs, applies=applies)
    except DomainError as problem:
        refuse(_sentence(problem), NOTHING)
    except KeyboardInterrupt:
        refuse("Interrupted. Run it again with the same file to go on.", 130)
    if invalid:
        raise SystemExit(PARTLY)


def _import(coming: upload.Upload, pairs: Sequence[str], *, applies: bool) -> int:
    """Stage a file, or go on with it; gives how many rows are invalid."""
    with transaction():
        import_, table = upload.take_file(coming, actor=None)
        is_new = import_.state == ImportState.UPLOADED
        if is_new:
            _map(import_, pairs)
        if import_.state in {ImportState.MAPPED, ImportState.STAGING}:
            upload.begin_staging(import_, actor=None, by_job=False)
    if import_.state != ImportState.STAGING:
        click.echo(f"This very file was staged before (state: {import_.state}).", err=True)
        if not applies:
            _close(queries.count_verdicts(import_.id))
            raise SystemExit(NOTHING)
    else:
        _stage(import_.id, table)
    if applies:
        _apply(import_.id)
    return _close(queries.count_verdicts(import_.id))


def _stage(import_id: uuid.UUID, table: Table) -> None:
    """Batch by batch, each in a transaction of its own."""
    rows = stage.rows_left(queries.get_import(import_id), table)
    session.remove()
    done = 0
    with counting("staged") as show:
        while True:
            with transaction():
                import_ = queries.get_import(import_id, locked=True)
                judged = stage.stage_batch(import_, rows) if import_.state == ImportState.STAGING else ()
            if not judged:
                break
            done += len(judged)
            _tell(judged)
            show(min(done, table.total), table.total)
            session.remove()


def _rehearse(coming: upload.Upload, pairs: Sequence[str]) -> int:
    """All of it in one transaction that is rolled back at the end."""
    counted: Counter[str] = Counter()
    try:
        with transaction(), counting("read") as show:
            import_, table = upload.take_file(coming, actor=None)
            if import_.state != ImportState.UPLOADED:
                raise BadTable("This very file was staged before.")
            _map(import_, pairs)
            upload.begin_staging(import_, actor=None, by_job=False)
            rows = stage.rows_left(import_, table)
            while judged := stage.stage_batch(import_, rows):
                counted.update(each.verdict for each in judged)
                _tell(judged)
                show(sum(counted.values()), table.total)
            raise DryRun
    except DryRun:
        click.echo("Nothing was kept.", err=True)
    return _close(counted)


def _apply(import_id: uuid.UUID) -> None:
    with transaction():
        apply.begin_applying(import_id, actor=None, by_job=False)
    total = sum(queries.count_verdicts(import_id).get(verdict, 0) for verdict in apply.APPLICABLE)
    done = 0
    with counting("applied") as show:
        while True:
            with transaction():
                count = apply.apply_batch(import_id, by_job=False)
            done += count
            show(min(done, total), total)
            session.remove()
            if count < apply.BATCH:
                break
    outcomes = queries.count_outcomes(import_id)
    words = (RowOutcome.MADE, RowOutcome.CHANGED, RowOutcome.WAITS, RowOutcome.REFUSED)
    click.echo(", ".join(f"{word.value} {outcomes.get(word, 0)}" for word in words))


def _map(import_: PrisonerImport, pairs: Sequence[str]) -> None:
    """What the headings say, with what the options say instead."""
    mapping = with_pairs(import_.mapping, pairs, BY_NAME)
    upload.set_mapping(import_, mapping, actor=None)
    for heading in import_.headers:
        click.echo(f"column {heading!r}: {import_.mapping.get(heading, 'left out')}", err=True)


def _tell(judged: Iterable[Judged]) -> None:
    for each in judged:
        for line in _lines(each):
            click.echo(f"row {each.number}: {line}", err=True)


def _lines(judged: Judged) -> Iterable[str]:
    for problem in judged.problems.found:
        text = problem["message"] % problem["values"] if problem["values"] else problem["message"]
        yield f"{problem['field']}: {text}" if problem["field"] else text
    if judged.verdict is RowVerdict.DUPLICATE:
        yield f"the same person as in row {judged.candidates[0]['row']}"
    if judged.verdict is RowVerdict.UNSURE:
        yield "may be somebody who is known already; decide on the staff page"


def _close(counts: "Counter[str] | dict[str, int]") -> int:
    """The last line: rows that can be looked at, and rows that cannot be taken as they are."""
    invalid = counts.get(RowVerdict.INVALID, 0)
    click.echo(f"staged {sum(counts.values()) - invalid}, invalid {invalid}")
    return invalid


def _sentence(problem: DomainError) -> str:
    return str(problem) if hasattr(problem, "values") else problem.message


groups = (prisoners_group,)
