"""Gives each endpoint of an estate a loopback address of its own, all on one port.

It knows endpoints only as keys. Where only 127.0.0.1 can be bound (macOS as delivered) it says so: there
an estate with several endpoints cannot be built.
"""

from __future__ import annotations

import errno
import random
import socket
import sys

from easwizard.lab.errors import LabError

_ATTEMPTS = 50
_TAKEN = {errno.EADDRINUSE, errno.EACCES}
"""EACCES is what Windows says of a port that somebody holds exclusively."""


class AddressPool:
    """Binds listening sockets at 127.X.Y.1, .2 ...; X and Y are drawn, so that estates live side by side."""

    def __init__(self) -> None:
        self._dice = random.SystemRandom()
        self._prefix = ""
        self._next = 1
        self.port = 0

    def bind(self, count: int) -> list[socket.socket]:
        """The first sockets of an estate; together they decide the port."""
        for _ in range(_ATTEMPTS):
            self._prefix = f"127.{self._dice.randint(16, 250)}.{self._dice.randint(0, 254)}"
            self._next, self.port = 1, 0
            sockets: list[socket.socket] = []
            try:
                for _ in range(count):
                    sockets.append(self.bind_one())
            except OSError as error:
                for taken in sockets:
                    taken.close()
                _explain_unless_taken(error, f"{self._prefix}.{self._next}")
                continue
            return sockets
        raise LabError("no port on loopback is free on enough addresses")

    def bind_one(self) -> socket.socket:
        """One more address on the estate's port; raises OSError when it is taken."""
        bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            _share_nothing(bound)
            bound.bind((f"{self._prefix}.{self._next}", self.port))
        except OSError:
            bound.close()
            raise
        self._next += 1
        self.port = int(bound.getsockname()[1])
        return bound


def _share_nothing(bound: socket.socket) -> None:
    if sys.platform == "win32":
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)


def _explain_unless_taken(error: OSError, address: str) -> None:
    if error.errno == errno.EADDRNOTAVAIL:
        raise LabError(
            f"this computer cannot listen on {address}: only 127.0.0.1 is set up on its loopback interface, and the"
            " lab needs an address for each web site (on macOS: sudo ifconfig lo0 alias ADDRESS)"
        ) from error
    if error.errno not in _TAKEN:
        raise LabError(f"cannot listen on {address}: {error.strerror}") from error
