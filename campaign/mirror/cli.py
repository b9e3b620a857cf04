"""`flask mirror …`: copies of the public site as static files."""

import os
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from campaign.kernel import audit
from campaign.kernel.db import transaction
from campaign.kernel.places import Place
from campaign.kernel.say import DONE, NOTHING, PARTLY, counting, problems_told, refuse
from campaign.kernel.signing_key import ensure_signing_key, public_key, public_key_text, read_public_key
from campaign.mirror.build import build
from campaign.mirror.manifest import verify

mirror_group = AppGroup("mirror", help="Copies of the public site as static files, signed.")
MOST_PROCESSES = 32
PROBLEMS_TOLD = 50


@mirror_group.command("build")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--place", type=click.Choice(["ru", "out"]), default="ru", show_default=True, help="For readers where.")
@click.option("--processes", type=click.IntRange(1, MOST_PROCESSES), default=None, help="One a processor, as it comes.")
def build_mirror(folder: Path, place: str, processes: int | None) -> None:
    """Write the public site to DIR as readers of one place see it, with a signed manifest and a ZIP of all of it.

    What is the same stays untouched, what is public no longer is removed. Exit 0 done, 1 some pages could not be made,
    2 nothing changed.
    """
    with problems_told():
        ensure_signing_key()
        amount = processes or min(os.cpu_count() or 1, MOST_PROCESSES)
        app = current_app._get_current_object()  # type: ignore[attr-defined]
        with counting("pages") as show, counting("packed") as show_packed:
            built = build(app, folder.absolute(), Place(place), processes=amount, show=show, show_packed=show_packed)
        if built.is_changed:
            with transaction():
                audit.record("mirror.built", about=f"mirror:{place}", amount=built.files)
    for url in built.failed[:PROBLEMS_TOLD]:
        click.echo(f"{url}: the site answered with an error; it is left out", err=True)
    click.echo(f"files {built.files}, written {built.written}, same {built.same}, removed {built.removed}")
    click.echo(f"key {public_key_text()}")
    if built.failed:
        raise SystemExit(PARTLY)
    raise SystemExit(DONE if built.is_changed else NOTHING)


@mirror_group.command("verify")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--key", help="The public key of the site it should come from, in Base64; otherwise this site's.")
def verify_mirror(folder: Path, key: str | None) -> None:
    """Check a mirror: the signature, every file, files that do not belong there, and the ZIP.

    Exit 0 whole, 1 something is wrong (one line each), 2 there is no mirror.
    """
    with problems_told():
        if key is None:
            ensure_signing_key()
        verdict = verify(folder.absolute(), public_key() if key is None else read_public_key(key))
    for problem in verdict.problems:
        # Whoever added a file chose its name, and a terminal obeys what it reads.
        click.echo(problem if problem.isprintable() else ascii(problem))
    if verdict.problems:
        refuse(f"Do not pass this on; problems: {len(verdict.problems)}.", PARTLY)
    click.echo(f"whole: {verdict.files} files")


groups = (mirror_group,)
