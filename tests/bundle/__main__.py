"""Builds offline bundles for jump boxes; ends with 1 if there is no wheel for something."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.bundle.build import build
from tests.bundle.fetch import BuildError, build_project
from tests.bundle.targets import PLATFORMS, PYTHONS
from tests.bundle.wheels import sha256_of

ROOT = Path(__file__).parents[2]


def main() -> int:
    """One bundle per platform; a platform that fails does not keep the others from being built."""
    arguments = _parser().parse_args()
    out: Path = arguments.out
    failed = False
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch)
        try:
            out.mkdir(parents=True, exist_ok=True)
            project = build_project(ROOT, work / "project")
        except (BuildError, OSError) as error:
            print(f"no bundle: {error}", file=sys.stderr)
            return 1
        for name in arguments.platform or PLATFORMS:
            begun = time.monotonic()
            try:
                archive = build(project, PLATFORMS[name], arguments.python or PYTHONS, out, work)
            except BuildError as error:
                print(f"no bundle for {name}:\n{error}", file=sys.stderr)
                failed = True
            else:
                print(_summary(archive, time.monotonic() - begun))
    return 1 if failed else 0


def _summary(archive: Path, seconds: float) -> str:
    size = archive.stat().st_size / 1e6
    return f"{archive}  {size:.1f} MB  {seconds:.0f} s\n    SHA-256 {sha256_of(archive)}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bundle", description=__doc__)
    parser.add_argument("-o", "--out", type=Path, required=True, help="the folder for the bundles")
    parser.add_argument("--platform", action="append", choices=list(PLATFORMS), help="only this one (again for more)")
    parser.add_argument("--python", action="append", choices=PYTHONS, help="only this one (again for more)")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
