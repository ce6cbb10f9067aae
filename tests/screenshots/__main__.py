"""`python -m tests.screenshots`: which pictures differ; `--write` makes them anew, `--record` the cases too."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time

from tests.screenshots.scenes import SCENES
from tests.screenshots.showing import CHECK, WRITE, show
from tests.screenshots.stored import HOW, MADE_WITH, PICTURES, SNAPSHOTS


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots", description=__doc__)
    parser.add_argument("--write", action="store_true", help="store what the wizard shows now")
    parser.add_argument("--record", action="store_true", help="run the practice estates anew first")
    parser.add_argument("scene", nargs="*", help="only scenes with such a word in their name")
    said = parser.parse_args()
    if sys.version_info[:2] != MADE_WITH:
        parser.error("pictures are made with Python " + ".".join(map(str, MADE_WITH)))
    _same_looks()
    if said.record:
        from tests.screenshots.recording import record

        record()
    wanted = [s for s in SCENES if not said.scene or any(word in s.name for word in said.scene)]
    if not wanted:
        parser.error(f"no scene is called so; there are: {', '.join(sorted({s.name for s in SCENES}))}")
    if said.write and not said.scene:
        _clear()
    different = [line for scene in wanted for line in show(scene, WRITE if said.write else CHECK)]
    if said.write:
        _paint()
    for line in different:
        print(line)
    if different:
        print(HOW, file=sys.stderr)
    return 1 if different else 0


def _same_looks() -> None:
    """The same hour and colours everywhere."""
    os.environ["TZ"] = "UTC"
    os.environ.pop("NO_COLOR", None)
    if sys.platform != "win32":
        time.tzset()


def _clear() -> None:
    """Without what no scene shows any more."""
    for file in (*SNAPSHOTS.glob("*.txt"), *PICTURES.glob("*.svg"), *PICTURES.glob("*.png")):
        file.unlink()


def _paint() -> None:
    """PNG files for pages that show no SVG; by rsvg-convert (librsvg), a program and no Python package."""
    program = shutil.which("rsvg-convert")
    if program is None:
        print("no rsvg-convert here: the PNG files were not made", file=sys.stderr)
        return
    for svg in sorted(PICTURES.glob("*.svg")):
        subprocess.run([program, "-o", str(svg.with_suffix(".png")), str(svg)], check=True)


if __name__ == "__main__":
    sys.exit(main())
