"""Lint, format and types are part of the tests: one command tells whether the tree is fit to hand over."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

CHECKS = (
    ("ruff", "check", "easwizard", "tests"),
    ("ruff", "format", "--check", "easwizard", "tests"),
    ("mypy",),
)


@pytest.mark.parametrize("check", CHECKS, ids=" ".join)
def test_the_tree_is_clean(check: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *check], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=300
    )
    assert done.returncode == 0, f"{' '.join(check)}\n{done.stdout}\n{done.stderr}"
