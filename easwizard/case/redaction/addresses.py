"""Stand-ins for addresses: the class of an address stays, and networks stay together. Pure.

Private stays private; public becomes an address of documentation (RFC 5737, 3849).

Loopback, unspecified, multicast and the like name no machine of the site and stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from itertools import chain

Address = IPv4Address | IPv6Address

_PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16")
_CLASSES = tuple(IPv4Network(text) for text in _PRIVATE)
_SPECIAL = tuple(IPv4Network(text) for text in ("0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/3"))
_DOCUMENTATION = tuple(IPv4Network(text) for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"))
_BENCHMARKS = IPv4Network("198.18.0.0/15")
"""Leads nowhere either (RFC 2544); for the fourth public network and on."""
_LOCAL_6 = (IPv6Network("fe80::/10"), IPv6Network("fc00::/7"))
_STAND_INS_6 = {_LOCAL_6[0]: "fe80::", _LOCAL_6[1]: "fd00::", None: "2001:db8::"}


def parse(text: str) -> Address | None:
    """The address that a text is, without a zone; None when it is none."""
    try:
        return ip_address(text.partition("%")[0])
    except ValueError:
        return None


def names_nobody(address: Address) -> bool:
    """Whether an address is the same on every machine."""
    if isinstance(address, IPv4Address):
        return any(address in network for network in _SPECIAL)
    mapped = address.ipv4_mapped
    if mapped is not None:
        return names_nobody(mapped)
    return address.is_loopback or address.is_unspecified or address.is_multicast


class AddressBook:
    """Hands out stand-ins, each address its own; none of them is an address of the site itself."""

    def __init__(self) -> None:
        self._known: set[Address] = set()
        self._used: set[Address] = set()
        self._shown: dict[Address, Address] = {}
        self._networks: dict[tuple[object, object], Iterator[Address]] = {}
        self._left_4: dict[object, Iterator[IPv4Network]] = {}
        self._count_6 = 0

    def learn(self, address: Address) -> None:
        self._known.add(_plain(address))

    def knows(self, address: Address) -> bool:
        return _plain(address) in self._known

    def take(self, address: Address, shown: Address) -> None:
        """An address with the stand-in that it had before."""
        self._known.add(address)
        self._shown[address] = shown
        self._used.add(shown)

    def settle(self) -> None:
        """Give every known address its stand-in, in the order in which they sort as texts."""
        for address in sorted(self._known, key=str):
            self.shown(address)

    def shown(self, address: Address) -> Address:
        """The stand-in of an address."""
        plain = _plain(address)
        if names_nobody(plain):
            return address
        self._known.add(plain)
        if plain not in self._shown:
            self._shown[plain] = self._next(plain)
            self._used.add(self._shown[plain])
        found = self._shown[plain]
        return IPv6Address(f"::ffff:{found}") if plain is not address and plain != address else found

    def __len__(self) -> int:
        return len(self._shown)

    def _next(self, address: Address) -> Address:
        key = _network_of(address)
        while True:
            if key not in self._networks:
                self._networks[key] = self._new_network(address)
            for candidate in self._networks[key]:
                if candidate not in self._known and candidate not in self._used:
                    return candidate
            del self._networks[key]

    def _new_network(self, address: Address) -> Iterator[Address]:
        if isinstance(address, IPv6Address):
            self._count_6 += 1
            local = next((network for network in _LOCAL_6 if address in network), None)
            base = int(IPv6Address(_STAND_INS_6[local])) + (self._count_6 << 64)
            return (IPv6Address(base + number) for number in range(1, 1 << 32))
        kind = next((network for network in _CLASSES if address in network), None)
        left = self._left_4.setdefault(kind, _networks_of(kind))
        mine = next(left, None)
        while mine is not None and any(known in mine for known in self._known if isinstance(known, IPv4Address)):
            mine = next(left, None)
        if mine is None:  # every network of the class is the site's own; single addresses are still free
            mine = kind or _BENCHMARKS
        start = int(mine.network_address)
        # Three digits each, so that stand-ins sort as texts like what they stand for.
        numbers = chain(range(101, 255), range(1, 101)) if mine.prefixlen == 24 else range(1, mine.num_addresses - 1)
        return (IPv4Address(start + number) for number in numbers)


def _plain(address: Address) -> Address:
    """An IPv4 address that is written as IPv6 as what it is."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped if mapped is not None else address


def _network_of(address: Address) -> tuple[object, object]:
    bits = 24 if isinstance(address, IPv4Address) else 64
    return address.version, int(address) >> (address.max_prefixlen - bits)


def _networks_of(kind: IPv4Network | None) -> Iterator[IPv4Network]:
    if kind is None:
        yield from _DOCUMENTATION
        kind = _BENCHMARKS
    start = int(kind.network_address)
    size = kind.num_addresses // 256
    first = 100 * 256 + 100 if size == 256 * 256 else 100
    for number in chain(range(first, size), range(first)):
        yield IPv4Network((start + number * 256, 24))
