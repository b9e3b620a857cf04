"""The command line: `python -m launcher run` and `python -m launcher services`."""

import ctypes
import os
import signal
import sys
import time

from launcher.errors import CannotRun, ServersDidNotStart
from launcher.keeper import attach, wait_until_stopped
from launcher.run import Interrupted, Signals, run
from launcher.settings import Settings, read_settings

USAGE = "usage: python -m launcher run|services\n"
PR_SET_PDEATHSIG = 1


def hold_services(settings: Settings) -> int:
    """Hold the embedded servers and print their addresses, until a signal (0) or until one of them dies (1)."""
    signals = Signals()
    servers = None
    try:
        servers = attach(settings.data_dir)
        sys.stdout.write(f"DATABASE_URL={servers.database_url}\nREDIS_URL={servers.redis_url}\n")
        sys.stdout.flush()
        while servers.are_kept():
            time.sleep(0.5)
        raise CannotRun(f"Stopped: the embedded database or broker has gone; see {settings.data_dir / 'keeper.log'}.")
    except Interrupted:
        return 0
    finally:
        signals.stopping()
        if servers is not None:
            servers.release()
        wait_until_stopped(settings.data_dir)


def _end_with_make() -> None:
    """Stop when the make that started us is killed: it cannot pass on what it never saw."""
    if "MAKELEVEL" in os.environ:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def main(arguments: list[str]) -> int:
    """Run one command and return its exit status: 0 stopped as asked, 1 with one line that says why, 2 for misuse."""
    commands = {"run": run, "services": hold_services}
    if len(arguments) != 1 or arguments[0] not in commands:
        sys.stderr.write(USAGE)
        return 2
    _end_with_make()
    try:
        return commands[arguments[0]](read_settings())
    except (CannotRun, ServersDidNotStart) as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
