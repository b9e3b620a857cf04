"""PostgreSQL's own programs, and how they reach the database without a password in their arguments."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import make_url

from campaign.kernel.errors import DomainError

DEBIAN_FOLDER = Path("/usr/lib/postgresql")
# Only what a program needs to run and to reach the server, no secret of ours.
KEPT_VARIABLES = re.compile(r"PATH|HOME|LD_LIBRARY_PATH|PG(PASSFILE|SERVICE|SERVICEFILE|SSL\w+)")


class ProgramMissing(DomainError):
    """One of PostgreSQL's programs is not installed, or too old for the server."""


def find_program(name: str, server_major: int) -> Path:
    """Return the path of pg_dump, pg_restore or psql, of the server's own version if there is one, else a newer.

    Looks where Debian keeps them, in PATH, and in the package that carries the embedded server. Raises ProgramMissing.
    """
    found = {major: path for path in _candidates(name, server_major) if (major := _major(path)) >= server_major}
    if not found:
        raise ProgramMissing(
            f"{name} of PostgreSQL {server_major} is missing; install postgresql-client-{server_major}."
        )
    return found[min(found)]


def reach(url: str) -> tuple[str, dict[str, str]]:
    """Return the address for `--dbname` and the environment to run in.

    Every user of a machine may read the arguments of its processes, so the password goes by PGPASSWORD; without one in
    the address, libpq looks into its password file.
    """
    address = make_url(url)
    environment = {name: value for name, value in os.environ.items() if KEPT_VARIABLES.fullmatch(name)}
    environment |= {"LC_ALL": "C", "PGCONNECT_TIMEOUT": "10", "PGAPPNAME": "unforgotten operations"}
    if address.password is not None:
        environment["PGPASSWORD"] = str(address.password)
    # Not set(): it takes None for "leave as it is", and the password would stay.
    bare = address.set(drivername="postgresql")._replace(password=None)
    return bare.render_as_string(hide_password=False), environment


def _candidates(name: str, server_major: int) -> Iterator[Path]:
    yield DEBIAN_FOLDER / str(server_major) / "bin" / name
    in_path = shutil.which(name)
    if in_path:
        yield Path(in_path)
    # A development dependency, which an installation with servers of its own does without.
    from launcher.binaries import postgres_program
    from launcher.errors import ServersDidNotStart

    try:
        yield postgres_program(name)
    except ServersDidNotStart:
        return


def _major(program: Path) -> int:
    if not os.access(program, os.X_OK):
        return 0
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    number = re.search(r"(\d+)(\.|devel|beta|rc| |$)", told)
    return int(number[1]) if number else 0
