"""The walk as text: `python -m tests.end_to_end.walk`. Alignment, then certificates, and the way back."""

from __future__ import annotations

import sys

from tests.end_to_end.checking import estate
from tests.end_to_end.test_fix_walk import CERT_URL, align_after_a_wait, begun, go_back, switch_on
from tests.end_to_end.walking import Walk


def main() -> None:
    """Print what each step stood at when it was done, and what was the matter before, between and after."""
    with estate("article-split") as running:
        walk = begun(running)
        _say(walk, "at first")
        align_after_a_wait(walk)
        _say(walk, "after the alignment, an hour later")
        switch_on(walk)
        walk.answer(CERT_URL, "no")
        walk.check()
        walk.bring()
        _say(walk, "after the four switches")
        go_back(walk)
        _say(walk, "after the way back")


def _say(walk: Walk, when: str) -> None:
    lines, walk.said = walk.said, []
    found = [f"{f.code} ({f.verdict})" for f in walk.diagnosis.findings if f.verdict.asserts]
    sys.stdout.write("".join(f"  {line.rstrip()}\n" for line in lines))
    sys.stdout.write(f"{when}: {', '.join(found) or 'nothing'}\n")


if __name__ == "__main__":
    main()
