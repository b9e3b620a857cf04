"""A file comes in: looked at, its columns guessed, kept until it is staged."""

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from campaign.kernel import audit, clock, jobs
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict
from campaign.kernel.tables import Table, guess_mapping, open_table
from campaign.kernel.tables.fields import BadMapping, check_mapping
from campaign.kernel.text import one_line
from campaign.prisoners.jobs import StageImport
from campaign.prisoners.models import ImportState, PrisonerImport
from campaign.prisoners.queries.imports import find_import_of, get_import
from campaign.prisoners.service.imports.fields import BY_NAME, NAMES, SYNONYMS


@dataclass(frozen=True, slots=True)
class Upload:
    """A file with where it is from."""

    content: bytes
    name: str
    source_title: str = ""
    source_url: str = ""

    @property
    def digest(self) -> str:
        """What recognises the very same file."""
        return hashlib.sha256(self.content).hexdigest()


def take_file(upload: Upload, *, actor: uuid.UUID | None) -> tuple[PrisonerImport, Table]:
    """Keep a file with the columns guessed; gives the table too, which has been opened for that.

    Raises BadTable. The same file again gives the import there is, unless that was taken back.
    """
    table = open_table(upload.content)
    known = find_import_of(upload.digest)
    if known is not None:
        return known, table
    moment = clock.now()
    name = one_line(upload.name, 200) or "table"
    made = PrisonerImport(
        id=uuid.uuid4(), state=ImportState.UPLOADED, file_name=name, file_digest=upload.digest, content=upload.content,
        headers=list(table.headings), mapping=guess_mapping(table.headings, SYNONYMS),
        source_title=upload.source_title.strip() or f"{name}, {moment.date().isoformat()}",
        source_url=upload.source_url.strip(), rows_total=table.total, made_by=actor, made_at=moment,
    )  # fmt: skip
    session.add(made)
    session.flush()
    audit.record("import.uploaded", actor=actor, about=f"import:{made.id}", amount=table.total)
    return made, table


def set_mapping(import_: PrisonerImport, mapping: Mapping[str, str], *, actor: uuid.UUID | None) -> None:
    """Say what each column means, once, before the rows are staged; flushed. Raises BadMapping, Conflict."""
    if import_.state not in {ImportState.UPLOADED, ImportState.MAPPED}:
        raise Conflict(N_("The rows of this file are being read already."))
    import_.mapping = checked_mapping(import_.headers, mapping)
    import_.state = ImportState.MAPPED
    session.flush()
    audit.record("import.mapped", actor=actor, about=f"import:{import_.id}")


def checked_mapping(headings: list[str], mapping: Mapping[str, str]) -> dict[str, str]:
    """The mapping without columns that mean nothing, in the order of the file. Raises BadMapping."""
    chosen = check_mapping(headings, mapping, BY_NAME)
    if not set(chosen.values()) & set(NAMES):
        raise BadMapping(N_("One column must hold the name."))
    return chosen


def begin_staging(import_: PrisonerImport, *, actor: uuid.UUID | None, by_job: bool = True) -> None:
    """Let the rows be read; by a job, or by the command that goes on with it itself. Raises Conflict."""
    if import_.state not in {ImportState.MAPPED, ImportState.STAGING}:
        raise Conflict(N_("The columns have to be named first."))
    import_.state = ImportState.STAGING
    session.flush()
    if by_job:
        jobs.enqueue(StageImport(str(import_.id)))
    audit.record("import.staging", actor=actor, about=f"import:{import_.id}")


def cancel_import(import_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Stop after the batch at hand. What is not staged yet is given up with the file; what is applied stays applied and
    the rest can go on later. Safe to press twice."""
    import_ = get_import(import_id, locked=True)
    if import_.state in {ImportState.UPLOADED, ImportState.MAPPED, ImportState.STAGING}:
        import_.state, import_.content = ImportState.CANCELLED, None
    elif import_.state == ImportState.APPLYING:
        import_.state = ImportState.STAGED
    else:
        return
    session.flush()
    audit.record("import.cancelled", actor=actor, about=f"import:{import_.id}")
