"""Reads the words of `check` into targets, resolvers and accounts. Every error names the option and the mend."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import TypeVar

from easwizard.case.requests import Member, Resolver, Target
from easwizard.cli.console import UsageError
from easwizard.exchange.routing import Mailbox
from easwizard.workflow import naming

Read = TypeVar("Read")


def target(text: str) -> Target:
    """`[ROLE=]HOST[:PORT]`; the role is guessed from the name where it is not given."""
    return _read(naming.target, text)


def resolver(text: str) -> Resolver:
    """`LABEL=IP[:PORT]`."""
    return _read(naming.resolver, text, "--resolver ")


def member(text: str, targets: Collection[Target]) -> Member:
    """`HOST=IP[:PORT]`: a machine to be reached directly under one of the names that are looked at."""
    return _read(lambda word: naming.member(word, targets), text, "--connect-to ")


def mailbox(text: str) -> Mailbox:
    """`PRODUCT[@AD-SITE]`."""
    return _read(naming.mailbox, text, "--mailbox ")


def _read(read: Callable[[str], Read], text: str, option: str = "") -> Read:
    try:
        return read(text)
    except naming.Unreadable as error:
        raise UsageError(f"{option}{error}") from None


def proxy(text: str) -> str:
    """`http://HOST:PORT`. A user name or password in it is refused: secrets have no place in arguments."""
    match = re.fullmatch(r"http://([^/@]+)/?", text)
    if "@" in text:
        raise UsageError("--proxy takes no user name or password; only proxies that ask for none can be used")
    if match is None:
        raise UsageError(f"--proxy '{text}' is not http://HOST:PORT")
    host, port = _read(lambda place: naming.place(place, text), match[1], "--proxy ")
    if port is None:
        raise UsageError(f"--proxy '{text}' names no port; give http://HOST:PORT")
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def pace(text: str) -> tuple[float, bool]:
    """Seconds between two sign-ins, and whether to be careful after a failure (J11)."""
    if text == "careful":
        return 3.0, True
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= 3600:
        raise UsageError(f"--pace '{text}' is neither 'careful' nor seconds from 0 to 3600")
    return seconds, False
