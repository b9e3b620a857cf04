"""Migrations, bound where commands run and nowhere else: importing Alembic would slow every other process's start."""

import os
from pathlib import Path

from flask import Flask

from campaign.kernel.db import db

FOLDER = Path(__file__).resolve().parent.parent / "migrations"


def bind(app: Flask) -> None:
    """Make `flask db …` work on `app`."""
    from flask_migrate import Migrate

    Migrate(app, db, directory=str(FOLDER))


def is_command_line() -> bool:
    """Whether this process runs a `flask` command (Flask sets the variable itself)."""
    return os.environ.get("FLASK_RUN_FROM_CLI") == "true"
