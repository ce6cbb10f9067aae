"""`easwizard collector`: write the read-only PowerShell script that collects what the wizard reads."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from easwizard.cli.console import ExitCode, UsageError, complain, write
from easwizard.evidence.collector.collector import NAME, collector_script


def run(arguments: argparse.Namespace) -> int:
    """Write the script to a new file, or to stdout with `-o -`; its SHA-256 goes to stderr."""
    script = collector_script()
    if arguments.output == "-":
        # Byte for byte, so that the hash holds on Windows too, where text would get other line ends.
        sys.stdout.flush()
        sys.stdout.buffer.write(script.content)
        sys.stdout.flush()
    else:
        path = Path(arguments.output or NAME)
        _write_new(path, script.content)
        write(f"{path}\n")
    complain(f"SHA-256 {script.sha256}")
    complain("run it in the Exchange Management Shell, as administrator, on each Client Access server; it only reads")
    return ExitCode.NO_PROBLEM


def _write_new(path: Path, content: bytes) -> None:
    """Write to a file that is not there yet, or that is this same script."""
    try:
        if path.exists() and path.read_bytes() != content:
            raise UsageError(f"{path} is already there with other content; name another file with -o")
        path.write_bytes(content)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror or error}") from None
