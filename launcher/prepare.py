"""`python -m launcher.prepare [--demo | --sign-ins]`: migrate, fill an empty database with demo content, list sign-ins.

These are the project's own `flask` commands, run one after the other in one interpreter: loading the application
takes longer than any of them has to do on a second start. Standard output carries the sign-ins and nothing else.
With `--sign-ins` they are listed and nothing else is done.
"""

import os
import sys
from collections.abc import Sequence

import click
from flask.cli import cli

NOTHING_CHANGED = 2


def run_command(arguments: Sequence[str]) -> int:
    """Run one `flask --app wsgi` command and return its exit status; problems are told on standard error."""
    try:
        outcome = cli.main(["--app", "wsgi", *arguments], prog_name="flask", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return 1
    except click.Abort:
        return 1
    except SystemExit as error:
        outcome = error.code
    if isinstance(outcome, str):
        sys.stderr.write(f"{outcome}\n")
        return 1
    return outcome if isinstance(outcome, int) else 0


def main(arguments: list[str]) -> int:
    """Run the commands; return the status of the first that failed."""
    answer = os.dup(1)
    os.dup2(2, 1)
    listed = "--sign-ins" in arguments
    demo = listed or "--demo" in arguments
    for command in () if listed else (["db", "upgrade"], *([["demo", "load"]] if demo else [])):
        status = run_command(command)
        if status not in {0, NOTHING_CHANGED}:
            sys.stderr.write(f"flask {' '.join(command)} ended with status {status}.\n")
            return status
    sys.stdout.flush()
    os.dup2(answer, 1)
    if demo and run_command(["demo", "sign-ins"]) != 0:
        sys.stderr.write("The demo sign-ins could not be listed.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
