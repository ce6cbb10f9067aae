"""Hides names for screen sharing: hosts, servers, users and addresses become the same made-up ones everywhere. Pure.

It works on what is drawn, not on the case: a diagnosis is never made from made-up names. What comes back from such a
screen is put right again by `reveal`, but for upper and lower case. It is no redaction: AD sites, products and times
stay as they are, and a name that nobody ever named stays visible.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from enum import Enum, StrEnum
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from types import MappingProxyType
from typing import Any, TypeVar, cast

from easwizard.case.case import Account, DeviceCertificate, Vantage
from easwizard.case.facts import ChainLink, DnsFacts, HttpFacts, ServerIdentity, TlsFacts
from easwizard.case.log_counts import (
    DeviceCount,
    ErrorCount,
    HourCount,
    LatencyCount,
    StatusCount,
    TargetCount,
    UserCount,
    UserTarget,
)
from easwizard.case.requests import Member, Resolver, Target
from easwizard.exchange.inventory import Endpoint, NamespaceRecord, Server, VirtualDirectory

T = TypeVar("T")


class _Kind(StrEnum):
    HOST = "host"
    DOMAIN = "domain"
    SERVER = "server"
    USER = "user"
    DEVICE = "device"
    ADDRESS = "address"


_NAMED: Mapping[type, Mapping[str, _Kind]] = {
    Vantage: {"host": _Kind.SERVER},
    Resolver: {"address": _Kind.ADDRESS},
    Target: {"host": _Kind.HOST},
    Member: {"address": _Kind.ADDRESS},
    Account: {"label": _Kind.USER},
    DeviceCertificate: {"label": _Kind.USER, "subject": _Kind.USER, "upn": _Kind.USER},
    DnsFacts: {"name": _Kind.HOST, "addresses": _Kind.ADDRESS, "records": _Kind.HOST},
    ChainLink: {"name": _Kind.HOST},
    TlsFacts: {"address": _Kind.ADDRESS, "names": _Kind.HOST},
    HttpFacts: {"address": _Kind.ADDRESS, "answered_by": _Kind.SERVER, "account": _Kind.USER},
    ServerIdentity: {
        "computer": _Kind.SERVER,
        "dns_computer": _Kind.HOST,
        "domain": _Kind.DOMAIN,
        "dns_domain": _Kind.DOMAIN,
        "forest": _Kind.DOMAIN,
    },
    Server: {"name": _Kind.SERVER, "fqdn": _Kind.HOST},
    VirtualDirectory: {"server": _Kind.SERVER},
    Endpoint: {"address": _Kind.ADDRESS, "server": _Kind.SERVER},
    NamespaceRecord: {"host": _Kind.HOST},
    TargetCount: {"host": _Kind.HOST},
    StatusCount: {"target": _Kind.HOST},
    HourCount: {"target": _Kind.HOST},
    LatencyCount: {"target": _Kind.HOST},
    ErrorCount: {"target": _Kind.HOST},
    UserTarget: {"target": _Kind.HOST},
    UserCount: {"user": _Kind.USER},
    DeviceCount: {"device_id": _Kind.DEVICE, "user": _Kind.USER, "targets": _Kind.HOST},
}
"""Which fields hold names of the site, by the type they stand in."""
_SKIPPED = frozenset({"code", "web_site", "more_needed", "tool_version"})
"""Fields that hold words of ours or of Windows; a server that is called like one of them must not change those."""

_TOKEN = re.compile(
    r"(?<!\w)(?:[0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F.]*(?!\w)|[\w-]+(?:\.[\w-]+)*(?:@[\w-]+(?:\.[\w-]+)*)?"
)
"""What can be a name as a whole: an IPv6 address, a dotted word, an e-mail address."""
_LONG_NUMBER = 6
_IN_SUBJECT = re.compile(r"\b(?:CN|DC|E)=([^,+]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Mask:
    """Names and what is shown instead of them; learns with `knowing`."""

    _hidden: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Original, in lower case, to what is shown."""
    _original: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """The way back."""

    def knowing(self, value: object) -> Mask:
        """This mask with every name that stands in a case, a report or a run."""
        hidden, original = dict(self._hidden), dict(self._original)
        counts = {kind: sum(_kind_of(shown) is kind for shown in original) for kind in _Kind}
        for found, text in _names_in(value):
            for kind, name in _parts(found, text):
                if name.casefold() not in hidden and name not in original:
                    counts[kind] += 1
                    shown = _shown(kind, name, counts[kind])
                    hidden[name.casefold()], original[shown] = shown, name
        return Mask(MappingProxyType(hidden), MappingProxyType(original))

    def hide(self, value: T) -> T:
        """The same value with every known name replaced; types and verdicts stay as they are."""
        return cast(T, _mapped(value, cache(self._hidden_text)))

    def reveal(self, value: T) -> T:
        """The way back, for what was chosen or typed on a masked screen."""
        return cast(T, _mapped(value, cache(self._revealed_text)))

    def _hidden_text(self, text: str) -> str:
        return _TOKEN.sub(lambda token: self._hidden_token(token[0]), text)

    def _hidden_token(self, token: str) -> str:
        hidden = _looked_up(self._hidden, token.casefold())
        return token if hidden == token.casefold() else hidden

    def _revealed_text(self, text: str) -> str:
        return _TOKEN.sub(lambda token: _looked_up(self._original, token[0]), text)


def _looked_up(names: Mapping[str, str], token: str) -> str:
    """What stands for a token, or for its longest end that is known: an unknown host still hides its domain."""
    if token in names:
        return names[token]
    name, at, domain = token.partition("@")
    if at:
        return f"{_looked_up(names, name)}@{_looked_up(names, domain)}"
    head, dot, rest = token.partition(".")
    return f"{head}.{_looked_up(names, rest)}" if dot else token


def _names_in(value: object) -> Iterator[tuple[_Kind, str]]:
    """Every name of the site in a value, however deep."""
    if is_dataclass(value) and not isinstance(value, type):
        named = _NAMED.get(type(value), {})
        for name in _field_names(type(value)):
            inner = getattr(value, name)
            if name in named:
                yield from ((named[name], text) for text in _texts(inner))
            else:
                yield from _names_in(inner)
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _names_in(inner)
    elif isinstance(value, tuple | list | frozenset):
        for inner in value:
            yield from _names_in(inner)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str) and value:
        yield value
    elif isinstance(value, tuple):
        for inner in value:
            yield from _texts(inner)


def _parts(kind: _Kind, name: str) -> Iterator[tuple[_Kind, str]]:
    """A name as the tokens that texts show: `CORP\\anna` is two, of `CN=anna, OU=Users` only the first is a name."""
    texts = _IN_SUBJECT.findall(name) or [name.strip("*.[]")]
    for token in (token for text in texts for token in _TOKEN.findall(text)):
        if _is_name(kind, token):
            yield _better_kind(kind, token), token
        domain = token.partition(".")[2] if kind is _Kind.HOST else ""
        if "." in domain and not _is_address(token):
            yield _Kind.DOMAIN, domain


def _is_name(kind: _Kind, token: str) -> bool:
    """Numbers and very short words are none; but a device may be called by its IMEI, a long number."""
    if token.isdigit():
        return kind is _Kind.DEVICE and len(token) >= _LONG_NUMBER
    return len(token) > 2


def _better_kind(kind: _Kind, token: str) -> _Kind:
    if _is_address(token):
        return _Kind.ADDRESS
    return _Kind.HOST if kind in (_Kind.ADDRESS, _Kind.SERVER) and "." in token else kind


def _shown(kind: _Kind, name: str, number: int) -> str:
    """A made-up name that fits where the real one stood; addresses of ranges that lead nowhere (RFC 2544, 3849)."""
    match kind:
        case _Kind.ADDRESS if ":" in name:
            return str(IPv6Address(int(IPv6Address("2001:db8::")) + number))
        case _Kind.ADDRESS:
            return str(IPv4Address(int(IPv4Address("198.18.0.0")) + number))
        case _Kind.USER if "@" in name:
            return f"user-{number}@users.example"
        case _Kind.HOST | _Kind.DOMAIN:
            return f"{kind}-{number}.example"
        case _:
            return f"{kind}-{number}"


def _kind_of(shown: str) -> _Kind:
    if _is_address(shown):
        return _Kind.ADDRESS
    return _Kind(shown.partition("-")[0])


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _mapped(value: Any, change: Any) -> Any:
    """A value with every text in it changed; what holds none comes back as the very same object."""
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        new = change(value)
        return value if new == value else new
    if isinstance(value, tuple):
        return _mapped_tuple(value, change)
    if isinstance(value, Mapping):
        made = {_mapped(key, change): _mapped(inner, change) for key, inner in value.items()}
        return made if isinstance(value, dict) else MappingProxyType(made)
    if is_dataclass(value) and not isinstance(value, type):
        old = {name: getattr(value, name) for name in _field_names(type(value)) if name not in _SKIPPED}
        new = {name: _mapped(inner, change) for name, inner in old.items()}
        changed = {name: inner for name, inner in new.items() if inner is not old[name]}
        return replace(value, **changed) if changed else value
    return value


def _mapped_tuple(value: tuple[Any, ...], change: Any) -> tuple[Any, ...]:
    made = tuple(_mapped(inner, change) for inner in value)
    return value if all(new is old for new, old in zip(made, value, strict=True)) else made


@cache
def _field_names(kind: type) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind) if f.init)
