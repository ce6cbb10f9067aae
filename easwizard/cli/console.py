"""Exit codes, standard error and questions on the terminal have one owner: stdout is data, stderr is talk."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Mapping
from enum import IntEnum


class ExitCode(IntEnum):
    """What a command says to a script."""

    NO_PROBLEM = 0
    PROBLEM = 1
    USAGE = 2
    INCONCLUSIVE = 3
    INTERRUPTED = 130


class UsageError(Exception):
    """Wrong or missing input; the message names the option or file and what to do."""


def complain(message: str) -> None:
    """One line of talk on stderr."""
    print(f"easwizard: {message}", file=sys.stderr, flush=True)


def write(text: str) -> None:
    """Data on stdout, also where the terminal's encoding lacks some of our characters."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
    sys.stdout.flush()


def secret(variable: str, question: str, environment: Mapping[str, str]) -> str:
    """A secret from the environment, or asked for on the terminal. Without either it is named as missing."""
    if variable in environment:
        return environment[variable]
    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageError(f"{question} is missing and there is no terminal to ask; set {variable}")
    return getpass.getpass(f"{question}: ")
