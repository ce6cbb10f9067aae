"""What the first screen brings along: nothing that is not on it. Times are measured in the benchmarks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_SCRIPT = """
import asyncio, sys
from easwizard.cli.practice import PracticeEstates
from easwizard.cli.wizard import services_here
from easwizard.tui.app import Wizard

async def main():
    app = Wizard(services_here(PracticeEstates()))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        print(*sorted(sys.modules))

asyncio.run(main())
"""
HEAVY = {
    "httpx",
    "h11",
    "dns",
    "cryptography",
    "OpenSSL",
    "spnego",
    "truststore",
    "cattrs",
    "filelock",
    "markdown_it",
}
PARTS = ("lab", "probes", "diagnosis", "reports", "exchange")


def test_nothing_heavy_is_loaded_before_the_first_frame(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT],
        env={**os.environ, "EASWIZARD_CASES": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    loaded = done.stdout.split()
    assert "easwizard.tui.screens.start" in loaded
    assert not HEAVY & {name.partition(".")[0] for name in loaded}
    assert [name for name in loaded if name.startswith(tuple(f"easwizard.{part}" for part in PARTS))] == []
