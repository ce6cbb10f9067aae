"""Hands out the collector script with its SHA-256 (evidence-formats 9).

The script is a file of this package, written byte for byte: a changed one shows by its hash. What it does on Windows
could not be run here; that it only reads is proven from its syntax tree.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.resources import files

NAME = "easwizard-collect.ps1"
"""The file name under which admins know it."""


@dataclass(frozen=True)
class Script:
    """A script as it is written to disk."""

    content: bytes
    """ASCII; lines end with CR LF, as a signature needs them to stay."""

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def collector_script() -> Script:
    """The collector; the same bytes on every system."""
    return Script(_text(NAME).replace("\n", "\r\n").encode("ascii"))


def _text(name: str) -> str:
    content = files("easwizard.evidence.collector").joinpath(name).read_text(encoding="ascii")
    return content.replace("\r\n", "\n")
