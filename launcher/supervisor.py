"""Keeps the platform's processes together: all of them run, or none does."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from launcher import leash
from launcher.programs import last_lines, open_log

# Celery finishes the task at hand first; what takes longer is done again from its row.
GRACE_SECONDS = 15


@dataclass(frozen=True)
class Command:
    """One process of the platform, by the name its log carries; a `late` one starts when the others are ready."""

    name: str
    arguments: list[str]
    late: bool = False


@dataclass
class Child:
    """A running command: its leash, which leads a session of its own, and its log."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path | None = None
    shown: int = 0

    def has_ended(self) -> bool:
        """Say whether it ended, without collecting it: until then nobody else can get its process group's number."""
        if self.process.returncode is not None:
            return True
        return os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def kill_rest(self) -> int:
        """Kill whatever is left of its session, collect it and return its exit status."""
        if self.process.returncode is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        return self.process.wait()

    def last_words(self) -> str:
        """Return the end of its log for the person at the terminal."""
        lines = last_lines(self.log, 1) if self.log else []
        return f"last line: {lines[0]} (log: {self.log})" if lines else f"log: {self.log}"


class Supervisor:
    """Starts children that write to logs of their own, and ends them all.

    They write to files rather than to a pipe of ours: somebody who starts the platform and stops reading its output
    must not bring it to a halt. On a terminal the logs are shown as they grow.
    """

    def __init__(self, logs: Path, environment: dict[str, str], inherited: int) -> None:
        logs.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._logs = logs
        self.environment = environment
        self._inherited = inherited
        self.children: list[Child] = []

    def start(self, command: Command) -> None:
        """Start a child whose output goes to its log."""
        log = self._logs / f"{command.name}.log"
        output = open_log(log)
        try:
            self.children.append(Child(command.name, self._spawn(command, output, output), log))
        finally:
            os.close(output)

    def finish(self, command: Command) -> tuple[int, str]:
        """Run a command to its end and return its exit status and its standard output; its errors go to ours."""
        answer = self._logs / f"{command.name}.out"
        output = open_log(answer)
        try:
            child = Child(command.name, self._spawn(command, output, sys.stderr))
        finally:
            os.close(output)
        self.children.append(child)
        while not child.has_ended():
            time.sleep(0.02)
        self.children.remove(child)
        status, text = child.kill_rest(), answer.read_text(errors="replace")
        # It may hold passwords, and has done its service.
        answer.unlink()
        return status, text

    def _spawn(self, command: Command, stdout: TextIO | int, stderr: TextIO | int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            leash.command_line(command.arguments, GRACE_SECONDS),
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            pass_fds=(self._inherited,),
            start_new_session=True,
        )

    def first_ended(self) -> Child | None:
        """Return a child that has ended, if any."""
        return next((child for child in self.children if child.has_ended()), None)

    def show_logs(self, screen: TextIO) -> None:
        """Write what has come into the logs since the last call, each line after its child's name."""
        for child in self.children:
            if child.log is None:
                continue
            with child.log.open("rb") as file:
                file.seek(child.shown)
                complete, newline, _ = file.read().rpartition(b"\n")
            child.shown += len(complete) + len(newline)
            for line in complete.decode(errors="replace").splitlines():
                screen.write(f"{child.name:<12}| {line}\n")
        screen.flush()

    def stop(self, in_a_hurry: Callable[[], bool]) -> None:
        """End all children: asked first, and killed when their grace is over or somebody is in a hurry."""
        for child in self.children:
            if not child.has_ended():
                child.process.terminate()
        deadline = time.monotonic() + GRACE_SECONDS + 2
        for child in self.children:
            while not child.has_ended() and not in_a_hurry() and time.monotonic() < deadline:
                time.sleep(0.02)
            child.kill_rest()
        self.children.clear()
