"""`python -m tests.kill [TIMES] [SEED]` prints a table; exit code 1 where a case lost anything."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.kill.killing import killer


def main() -> int:
    """Without arguments 50 kills."""
    numbers = [int(word) for word in sys.argv[1:]]
    times, seed = (*numbers, *(50, 1)[len(numbers) :])
    bad = written = 0
    print(f"{'kill':>4}  {'moment':<10} {'was':<10} {'written':>7} {'lost in flight':>14}  {'amid':<8} complaint")
    with TemporaryDirectory() as folder, killer(Path(folder), seed) as killing:
        for number in range(times):
            killed = killing.kill(number)
            bad += bool(killed.complaint)
            written += killed.events
            row = f"{number + 1:>4}  {killed.moment:<10} {killed.doing:<10} {killed.events:>7} {killed.lost:>14}"
            print(f"{row}  {killed.amid:<8} {killed.complaint}", flush=True)
        left = killing.case
    print(f"{times - bad} of {times} held everything; {written} events were written, seed {seed};", end=" ")
    print(f"the case holds {len(left.observations)} looks, {len(left.targets)} names, {len(left.answers)} answers")
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
