"""Reads what an admin types or pastes about names, DNS servers, members and mailboxes. Pure; asks no network.

The command line and the wizard read by these same rules, so that a name typed here is the name checked there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from ipaddress import ip_address
from itertools import count

from easwizard.case.pasted import targets_in as hosts_in
from easwizard.case.requests import Member, Resolver, Target
from easwizard.case.roles import guessed_role
from easwizard.case.untrusted import visible
from easwizard.exchange.inventory import Role
from easwizard.exchange.products import Product
from easwizard.exchange.routing import Mailbox

HTTPS, DNS = 443, 53
_LABEL = r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)"
_HOST = re.compile(rf"{_LABEL}(\.{_LABEL})*")
_PROSE = 8
"""Words; a longer text is no list, and what is no name in it needs no complaint."""
_AROUND = "\"'<>()“”‘’`"
"""What mails and shells put around a name."""


class Unreadable(ValueError):
    """Text that cannot be read; the message says what is wrong and what to write instead."""


@dataclass(frozen=True)
class Pasted:
    """What was found in a pasted text, and what could not be read there."""

    targets: tuple[Target, ...] = ()
    troubles: tuple[str, ...] = ()


def target(text: str) -> Target:
    """`[ROLE=]HOST[:PORT]`; the role is guessed from the name where it is not given. Raises Unreadable."""
    role_text, equals, where = text.rpartition("=")
    host, port = place(where, text)
    role = _role(role_text, text) if equals else guessed_role(host)
    return Target(host, port or HTTPS, role)


def targets_in(text: str) -> Pasted:
    """Every namespace in a text: names, addresses and URLs, parted by blanks, commas or lines.

    A text that is no plain list of names is searched for host names instead; what is no name stays said. A word
    without a dot is a name only where it stands alone or has a role.
    """
    words = _words(text)
    found: dict[tuple[str, int], Target] = {}
    troubles: list[str] = []
    has_paths = False
    for word in words:
        try:
            named = target(word)
        except Unreadable as error:
            if "/" not in word or not hosts_in(word):
                troubles.append(str(error))
            else:
                has_paths = True
            continue
        if len(words) > 1 and not any(sign in word for sign in ".=["):
            troubles.append(f"{_shown(word)} has no dot; alone, or as ROLE={word}, it is taken as a name")
        else:
            found.setdefault((named.host, named.port), named)
    if not troubles and not has_paths:
        return Pasted(tuple(found.values()))
    picked = hosts_in(text)
    if picked and (has_paths or len(words) > _PROSE):
        return Pasted(picked)
    return Pasted(tuple(found.values()), tuple(troubles))


def _words(text: str) -> list[str]:
    return [stripped for word in re.split(r"[\s,;]+", text) if (stripped := word.strip(_AROUND))]


def _role(name: str, text: str) -> Role:
    try:
        return Role(name)
    except ValueError:
        raise Unreadable(f"{_shown(text)}: '{name}' is no role; use one of {', '.join(Role)}") from None


def place(where: str, text: str) -> tuple[str, int | None]:
    """`HOST[:PORT]`, an IPv6 address in brackets; `text` is what the message shows. Raises Unreadable."""
    bracketed = re.fullmatch(r"\[([^\]]+)\](?::(\d+))?", where)
    match = bracketed or re.fullmatch(r"([^:\[\]/]+)(?::(\d+))?", where)
    if match is None:
        raise Unreadable(
            f"{_shown(text)} is not HOST or HOST:PORT; an IPv6 address goes in brackets, a path does not belong"
        )
    host, port = match[1].rstrip(".").casefold(), int(match[2]) if match[2] else None
    if port is not None and not 0 < port < 65536:
        raise Unreadable(f"{_shown(text)}: {port} is no port")
    if bracketed:
        return _address(host, text), port
    named = ascii_name(host, text)
    if not _HOST.fullmatch(named) or len(named) > 253:
        raise Unreadable(f"{_shown(text)}: {_shown(match[1])} is no host name")
    return named, port


def ascii_name(host: str, text: str) -> str:
    """The name as DNS carries it. Raises Unreadable."""
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        raise Unreadable(f"{_shown(text)}: {_shown(host)} is no host name") from None


def _address(host: str, text: str) -> str:
    try:
        return str(ip_address(host))
    except ValueError:
        raise Unreadable(f"{_shown(text)}: {_shown(host)} is no IP address") from None


def resolver(text: str) -> Resolver:
    """`LABEL=IP[:PORT]`. Raises Unreadable."""
    label, equals, where = text.partition("=")
    if not equals or not label:
        raise Unreadable(f"{_shown(text)} is not LABEL=IP[:PORT]")
    address, port = _address_and_port(where, text)
    return Resolver(visible(label, 40), address, port or DNS)


def resolvers_in(text: str) -> tuple[Resolver, ...]:
    """Several resolvers; one without a label is called internal or external by its address. Raises Unreadable."""
    found: list[Resolver] = []
    for word in _words(text):
        labels = {known.label for known in found}
        one = resolver(word) if "=" in word else _unlabelled(word, labels)
        if one.label in labels:
            raise Unreadable(f"two DNS servers are called '{one.label}'; give each a label of its own")
        found.append(one)
    return tuple(found)


def _unlabelled(word: str, taken: Collection[str]) -> Resolver:
    address, port = _address_and_port(word, word)
    label = "internal" if ip_address(address).is_private else "external"
    return Resolver(_free(label, taken), address, port or DNS)


def _free(label: str, taken: Collection[str]) -> str:
    names = (label if number == 1 else f"{label}-{number}" for number in count(1))
    return next(name for name in names if name not in taken)


def _address_and_port(where: str, text: str) -> tuple[str, int | None]:
    """`IP[:PORT]`; an IPv6 address without a port needs no brackets here."""
    bare = where.count(":") > 1 and not where.startswith("[")
    host, port = place(f"[{where}]" if bare else where, text)
    return _address(host, text), port


def resolver_text(found: Iterable[Resolver]) -> str:
    """The resolvers as `resolvers_in` reads them."""
    return "  ".join(f"{r.label}={_with_port(r.address, r.port, DNS)}" for r in found)


def member(text: str, targets: Collection[Target]) -> Member:
    """`HOST=IP[:PORT]`: a machine reached directly under one of the names that are looked at. Raises Unreadable."""
    named, equals, where = text.partition("=")
    if not equals or not named:
        raise Unreadable(f"{_shown(text)} is not HOST=IP[:PORT]")
    host = ascii_name(named.strip("[]").rstrip(".").casefold(), text)
    known = sorted({target.host for target in targets})
    if host not in known:
        near = get_close_matches(host, known, n=1, cutoff=0) or ["none is given"]
        raise Unreadable(f"{_shown(text)}: {_shown(named)} is not among the names to look at; nearest: {near[0]}")
    address, port = _address_and_port(where, text)
    return Member(host, address, port)


def members_in(text: str, targets: Collection[Target]) -> tuple[Member, ...]:
    """Several members, each once. Raises Unreadable."""
    return tuple(dict.fromkeys(member(word, targets) for word in _words(text)))


def member_text(found: Iterable[Member]) -> str:
    """The members as `members_in` reads them."""
    return "  ".join(f"{m.host}={_with_port(m.address, m.port, None)}" for m in found)


def _with_port(address: str, port: int | None, usual: int | None) -> str:
    if port == usual:
        return address
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def mailbox(text: str) -> Mailbox:
    """`PRODUCT[@AD-SITE]`. Raises Unreadable."""
    product, _, site = text.partition("@")
    try:
        return Mailbox(Product(product), visible(site, 100) or None)
    except ValueError:
        raise Unreadable(
            f"{_shown(text)}: {_shown(product)} is no product; use one of {', '.join(Product)}"
        ) from None


Reading = Callable[[str], object]
"""Reads a text, and raises Unreadable where it cannot."""


def trouble(read: Reading, text: str) -> str | None:
    """What is wrong with a text, for saying it while it is typed; None when it can be read."""
    try:
        read(text)
    except Unreadable as error:
        return str(error)
    return None


def _shown(text: str) -> str:
    """What was typed or pasted, fit for a screen (DESIGN 10)."""
    return f"'{visible(text, 80)}'"
