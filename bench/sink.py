"""postfix's smtp-sink: takes any mail as fast as it can and keeps none."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bench.machine import program
from bench.stage import LOOPBACK, free_port
from launcher import leash


@contextmanager
def mail_sink(*, pipelining: bool = True) -> Iterator[str]:
    """A running sink; gives its address as SMTP_URL wants it. `pipelining`: whether it announces that (RFC 2920)."""
    port = free_port()
    # It refuses to work as root without another account to become.
    options = ["-u", "nobody"] if os.geteuid() == 0 else []
    options += [] if pipelining else ["-p"]
    process = subprocess.Popen(
        leash.command_line([program("smtp-sink"), *options, f"{LOOPBACK}:{port}", "1000"], grace=2),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        _wait(port, process)
        yield f"smtp://{LOOPBACK}:{port}"
    finally:
        process.terminate()
        process.communicate()


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with socket.create_connection((LOOPBACK, port), timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("smtp-sink did not start")
