"""Measures everything, prints one table, and ends with 1 where a target is missed."""

from __future__ import annotations

import argparse

from tests.benchmarks import first_frame, logs, memory, reading, sampling, starting, sweep
from tests.benchmarks.ratio import table

BENCHMARKS = {
    "sweep": sweep.measure,
    "sampling": sampling.measure,
    "starting": starting.measure,
    "first-frame": first_frame.measure,
    "memory": memory.measure,
    "reading": reading.measure,
    "logs": logs.measure,
}


def main() -> int:
    """Exit code 0 when every target is met."""
    arguments = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    arguments.add_argument("which", nargs="*", choices=[*BENCHMARKS, []], help="only these")
    which = arguments.parse_args().which or list(BENCHMARKS)
    ratios = [ratio for name in which for ratio in BENCHMARKS[name]()]
    print(table(ratios))
    return 0 if all(ratio.met for ratio in ratios) else 1


if __name__ == "__main__":
    raise SystemExit(main())
