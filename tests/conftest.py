"""What holds for every test: traffic goes to loopback only, whatever a test or the program gets wrong."""

from __future__ import annotations

import signal
import socket
import sys
from ipaddress import ip_address


class NotLoopback(AssertionError):
    """Something wanted to talk to another machine."""


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    """An audit hook: hooks see every connection of this process, whichever library makes it."""
    if event not in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        return
    connection, address = arguments[0], arguments[1]
    if not isinstance(connection, socket.socket) or connection.family not in (socket.AF_INET, socket.AF_INET6):
        return
    host = address[0] if isinstance(address, tuple) and address else None
    if isinstance(host, str) and host and not _is_loopback(host):
        raise NotLoopback(f"tests talk to loopback only, not to {host}")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host.casefold() == "localhost"


sys.addaudithook(_watch)

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell that runs the tests in the background has Ctrl-C ignored, and every child would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
