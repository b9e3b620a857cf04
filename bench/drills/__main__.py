"""`python -m bench.drills [name …]`: make every fault on purpose, print what came of it, exit 1 if a promise broke."""

import sys
from dataclasses import asdict

from bench import report
from bench.drills.alone import run_alone
from bench.drills.outcome import Outcome, table

NAMES = ("kills", "redis", "database", "relay", "crowd", "slow_clients", "leak")


def main(arguments: list[str]) -> int:
    """Run the named drills, or all; results are stored when all were run."""
    unknown = [name for name in arguments if name not in NAMES]
    if unknown:
        sys.stderr.write(f"unknown: {', '.join(unknown)}; there are {', '.join(NAMES)}\n")
        return 2
    outcomes: list[Outcome] = []
    for name in arguments or NAMES:
        found = run_alone(name)
        print(f"{name}\n{table(found)}", flush=True)
        outcomes += found
    if not arguments:
        report.store("drills", {"outcomes": [asdict(each) for each in outcomes]}, table(outcomes))
    broken = [each.fault for each in outcomes if not each.held]
    if broken:
        sys.stderr.write(f"broken: {'; '.join(broken)}\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
