"""Starts the far side in its own process, so that its work is not counted as ours."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
_SECONDS_TO_END = 30


@contextmanager
def far_side(*arguments: str) -> Iterator[dict[str, Any]]:
    """What `tests.benchmarks.serving` says of itself with these arguments, for as long as it serves."""
    command = [sys.executable, "-m", "tests.benchmarks.serving", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            if not line:
                raise RuntimeError(f"{' '.join(command)} ended before it served")
            yield json.loads(line)
        finally:
            process.stdin.close()
            try:
                process.wait(_SECONDS_TO_END)
            except subprocess.TimeoutExpired:
                process.kill()


@contextmanager
def practice_estate(scenario: str) -> Iterator[dict[str, Any]]:
    """The estate of a scenario's text."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "estate.toml").write_text(scenario, encoding="utf-8")
        with far_side("lab", "estate", folder) as told:
            yield told
