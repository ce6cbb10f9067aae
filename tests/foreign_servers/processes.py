"""Runs other people's servers as plain child processes: found, started on free ports, awaited and stopped.

Nothing is installed and no service of the machine is touched.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

_PATIENCE = 20.0
"""Seconds that a server has to accept connections, and to end."""
_SYSTEM_FOLDERS = ("/usr/sbin", "/usr/local/sbin", "/sbin")
_APPARMOR = Path("/sys/kernel/security/apparmor")
Place = tuple[str, int]


def binary(package: str, *names: str) -> str:
    """The program of a Debian package; skips the test, with the package's name, where it is not installed."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), *_SYSTEM_FOLDERS])
    found = next(filter(None, (shutil.which(name, path=path) for name in names)), None)
    if found is None or sys.platform == "win32":
        pytest.skip(f"needs {names[0]} (Debian package {package})")
    return found


def free_ports(count: int, address: str = "127.0.0.1") -> list[int]:
    """Ports of which nobody listened on any a moment ago, for UDP and TCP alike."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    held: list[socket.socket] = []
    ports: list[int] = []
    try:
        while len(ports) < count:
            tcp, udp = socket.socket(family), socket.socket(family, socket.SOCK_DGRAM)
            held += [tcp, udp]
            tcp.bind((address, 0))
            with suppress(OSError):  # taken for UDP: try another
                udp.bind((address, tcp.getsockname()[1]))
                ports.append(int(tcp.getsockname()[1]))
    finally:
        for each in held:
            each.close()
    return ports


def is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


@contextmanager
def running(command: Sequence[str], places: Sequence[Place], folder: Path) -> Iterator[None]:
    """A server in the foreground until the block ends. Fails with its own words when it does not come up."""
    log = folder / "output.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=folder)
    try:
        _await(process, places, log)
        yield
    finally:
        process.terminate()
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await(process: subprocess.Popen[bytes], places: Sequence[Place], log: Path) -> None:
    until = time.monotonic() + _PATIENCE
    for place in places:
        while not _accepts(place):
            ended = _ended_within(process, 0.05)
            if ended or time.monotonic() > until:
                state = f"ended with {process.returncode}" if ended else f"does not listen at {place}"
                words = log.read_text(encoding="utf-8", errors="replace")[-3000:]
                if ended and "permission denied" in words.lower() and _APPARMOR.exists():
                    pytest.skip(f"AppArmor keeps {process.args!r} out of the folder of the test")
                pytest.fail(f"{process.args!r} {state}:\n{words}")


def _accepts(place: Place) -> bool:
    try:
        with socket.create_connection(place, 1):
            return True
    except OSError:
        return False


def _ended_within(process: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True
