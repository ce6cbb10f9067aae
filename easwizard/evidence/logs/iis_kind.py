"""Which of three servers an IIS log is from, by what stands in it (logs.md 1, 2). Untold, it is a front end's."""

from __future__ import annotations

import re
from dataclasses import dataclass

from easwizard.case.log_counts import LogKind

_SOFTWARE = re.compile(rb"#Software: .*Internet Information Services (\d+)", re.IGNORECASE)
_OLD_IIS = 6
_BACK_END_PORT = b"444"


def traits_of(port: bytes, stem: bytes) -> tuple[bool, bool]:
    """Whether a row came to the back end's port, and whether its stem is that of a proxied request."""
    return port == _BACK_END_PORT, b"/proxy" in stem.lower()


@dataclass
class IisTraits:
    """What tells the servers apart."""

    back_end_port: bool = False
    proxy_stem: bool = False
    """A stem with /Proxy: an older server, or a back end, was called by a newer one."""
    proxied_from: bool = False
    old_iis: bool = False

    def directive(self, line: bytes) -> None:
        match = _SOFTWARE.match(line)
        if match and int(match[1]) <= _OLD_IIS:
            self.old_iis = True

    def see(self, traits: set[tuple[bool, bool]]) -> None:
        """The traits of some rows, as `traits_of` tells them."""
        self.back_end_port |= any(port for port, _ in traits)
        self.proxy_stem |= any(stem for _, stem in traits)

    def add(self, other: IisTraits) -> None:
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(self, name) or getattr(other, name))

    def kind(self) -> LogKind:
        if self.back_end_port:
            return LogKind.BACK_END
        if self.proxy_stem or self.proxied_from or self.old_iis:
            return LogKind.LEGACY
        return LogKind.FRONT_END
