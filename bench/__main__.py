"""`python -m bench [name …]`: run benchmarks, print them beside their limits, exit 1 when one misses."""

import sys

from bench import report
from bench.machine import MissingProgram, program

NAMES = (
    "signing", "page", "mail", "mail_bulk", "mailing_out", "growth", "imports", "prisoners", "people", "match",
    "attention", "letters", "letters_print", "people_import", "segments", "people_doubles", "ledger",
    "banking", "organising", "mirror", "share",
    "dossier",
    "api",
)  # fmt: skip


def main(arguments: list[str]) -> int:
    """Run the named benchmarks, or all."""
    unknown = [name for name in arguments if name not in NAMES]
    if unknown:
        sys.stderr.write(f"unknown: {', '.join(unknown)}; there are {', '.join(NAMES)}\n")
        return 2
    try:
        for name in ("wrk", "smtp-sink"):
            program(name)
    except MissingProgram as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    measures = []
    for name in arguments or NAMES:
        found = _measure(name)
        report.write(name, found)
        measures += found
        print(f"{name}\n{report.table(found)}", flush=True)
    missed = [each.name for each in measures if each.missed]
    if missed:
        sys.stderr.write(f"missed: {'; '.join(missed)}\n")
    return 1 if missed else 0


def _measure(name: str) -> list[report.Measure]:
    # Imported here: a benchmark that is not asked for should not have to be importable.
    from importlib import import_module

    found: list[report.Measure] = import_module(f"bench.{name}").measure()
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
