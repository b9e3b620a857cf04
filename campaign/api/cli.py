"""Commands of the API."""

import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from campaign.api.service import dump
from campaign.kernel import signing_key
from campaign.web.settings import settings

api_group = AppGroup("api", help="The API: dumps of what is public.")


@api_group.command("dump")
@click.option("--force", is_flag=True, help="Make it anew although today’s stands.")
def make_dump(force: bool) -> None:
    """Make today’s dumps unless they stand; prints their files, and the public key to stderr."""
    config = settings()
    origin = config.public_url.rstrip("/")
    if force:
        dump.build(config.data_dir, origin)
    else:
        dump.build_due(config.data_dir, origin)
    for place in dump.PLACES:
        found = dump.find_dump(config.data_dir, place)
        click.echo(f"{found.file} {found.size} {found.sha256}")
    click.echo(f"public key: {signing_key.public_key_text()}", err=True)


@api_group.command("verify")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--key", help="The public key in Base64; else the one of this site.")
def verify_dump(file: Path, key: str | None) -> None:
    """Check a dump: signed with the key, and exactly what was signed; exits with 2 when not."""
    try:
        public = signing_key.read_public_key(key) if key else signing_key.public_key()
        manifest = dump.verify(file, public)
    except (dump.NotOurs, signing_key.BadPublicKey) as problem:
        click.echo(problem.message, err=True)
        sys.exit(2)
    for name, told in sorted(manifest["files"].items()):
        click.echo(f"{name}: {told['lines']}")
    click.echo(f"ok: {manifest['day']} {manifest['site']} place={manifest['place']}")


groups = (api_group,)
