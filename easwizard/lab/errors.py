"""What can go wrong in the lab, for callers to catch at one root.

LabError
    ScenarioError    a scenario file that cannot be used
    TlsFailure       the far side broke off, or was refused, during TLS
"""

from __future__ import annotations


class LabError(Exception):
    """The lab cannot do what it was asked for; the text says why in words for people."""


class ScenarioError(LabError):
    """A scenario file is missing or wrong; names the file and the key."""

    def __init__(self, file: str, key: str, problem: str) -> None:
        super().__init__(f"{file}: {key}: {problem}")
        self.file = file
        self.key = key
        self.problem = problem


class TlsFailure(LabError):
    """A TLS conversation ended early: an alert, a reset, or bytes that are not TLS."""
