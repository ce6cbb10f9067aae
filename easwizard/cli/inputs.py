"""Reads the words of `check` into targets, resolvers and accounts. Every error names the option and the mend."""

from __future__ import annotations

import re
from ipaddress import ip_address

from easwizard.case.requests import Resolver, Target
from easwizard.cli.console import UsageError
from easwizard.exchange.inventory import Role
from easwizard.exchange.products import Product
from easwizard.exchange.routing import Mailbox

_HTTPS, _DNS = 443, 53
_LABEL = r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)"
_HOST = re.compile(rf"{_LABEL}(\.{_LABEL})*")


def target(text: str) -> Target:
    """`[ROLE=]HOST[:PORT]`; the role is guessed from the name where it is not given."""
    role_text, equals, place = text.rpartition("=")
    host, port = _host_and_port(place, _HTTPS, text)
    role = _role(role_text, text) if equals else guessed_role(host)
    return Target(host, port, role)


def guessed_role(host: str) -> Role:
    """What a name is probably for, by its first label; correctable with ROLE=."""
    first = host.partition(".")[0].casefold()
    if "autodiscover" in first:
        return Role.AUTODISCOVER
    certificate = any(word in first for word in ("cert", "cba", "smartcard"))
    if any(word in first for word in ("legacy", "old", "2007", "2010")):
        return Role.LEGACY_CERT if certificate else Role.LEGACY_GENERIC
    return Role.CERT if certificate else Role.GENERIC


def _role(name: str, text: str) -> Role:
    try:
        return Role(name)
    except ValueError:
        raise UsageError(f"'{text}': '{name}' is no role; use one of {', '.join(Role)}") from None


def _host_and_port(place: str, default: int, text: str) -> tuple[str, int]:
    bracketed = re.fullmatch(r"\[([^\]]+)\](?::(\d+))?", place)
    match = bracketed or re.fullmatch(r"([^:\[\]/]+)(?::(\d+))?", place)
    if match is None:
        raise UsageError(
            f"'{text}' is not HOST or HOST:PORT; an IPv6 address goes in brackets, a path does not belong"
        )
    host, port = match[1].rstrip(".").casefold(), int(match[2] or default)
    if not 0 < port < 65536:
        raise UsageError(f"'{text}': {port} is no port")
    if bracketed:
        _address(host, text)
    elif not _HOST.fullmatch(_ascii(host, text)) or len(host) > 253:
        raise UsageError(f"'{text}': '{match[1]}' is no host name")
    return (host if bracketed else _ascii(host, text)), port


def _ascii(host: str, text: str) -> str:
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        raise UsageError(f"'{text}': '{host}' is no host name") from None


def _address(host: str, text: str) -> str:
    try:
        return str(ip_address(host))
    except ValueError:
        raise UsageError(f"'{text}': '{host}' is no IP address") from None


def resolver(text: str) -> Resolver:
    """`LABEL=IP[:PORT]`."""
    label, equals, place = text.partition("=")
    if not equals or not label:
        raise UsageError(f"--resolver '{text}' is not LABEL=IP[:PORT]")
    host, port = _host_and_port(place, _DNS, f"--resolver {text}")
    return Resolver(label, _address(host, f"--resolver {text}"), port)


def mailbox(text: str) -> Mailbox:
    """`PRODUCT[@AD-SITE]`."""
    product, _, site = text.partition("@")
    try:
        return Mailbox(Product(product), site or None)
    except ValueError:
        raise UsageError(f"--mailbox '{text}': '{product}' is no product; use one of {', '.join(Product)}") from None


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
