"""Every scenario at every vantage with many seeds: `python -m tests.soak [SEEDS]` prints what did not hold.

Draws are random by nature, so a few seeds may miss a fault that has one chance in two: the odds are printed too.
"""

from __future__ import annotations

import sys

from easwizard.cli.lab import complaints_about
from easwizard.lab.scenario_reader import scenario_names
from tests.end_to_end.checking import estate, look
from tests.end_to_end.test_expectations import VANTAGES


def main() -> int:
    """Exit code 0 when everything held for every seed."""
    seeds = range(1, 1 + (int(sys.argv[1]) if len(sys.argv) > 1 else 10))
    bad = 0
    for name in scenario_names():
        for vantage in VANTAGES:
            misses = [(seed, complaint) for seed in seeds for complaint in _complaints(name, vantage, seed)]
            bad += len({seed for seed, _ in misses})
            print(f"{name:<24} {vantage:<8} {len(seeds) - len({s for s, _ in misses})} of {len(seeds)} held")
            for seed, complaint in misses:
                print(f"    seed {seed}: {complaint}")
    return 1 if bad else 0


def _complaints(name: str, vantage: str, seed: int) -> tuple[str, ...]:
    with estate(name, seed) as running:
        report = look(running, "account" if vantage == "account" else "names")
        return complaints_about(report, running.scenario, vantage)


if __name__ == "__main__":
    raise SystemExit(main())
