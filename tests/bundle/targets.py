"""The systems and Pythons that a bundle is made for, in the words of pip and of dependency markers.

Linux means glibc: a wheel for musl is another file. ARM is not covered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
"""CPython with the usual lock; the free-threaded builds need other wheels."""

NEWEST_GLIBC = 28
"""No wheel may need more than glibc 2.28: RHEL 8, Debian 10 and Ubuntu 20.04 have at least that."""


@dataclass(frozen=True)
class Platform:
    """One kind of system."""

    name: str
    tags: tuple[str, ...]
    """Platform tags of its wheels, the preferred one first."""
    sys_platform: str
    os_name: str
    platform_system: str
    platform_machine: str


WINDOWS = Platform("windows", ("win_amd64",), "win32", "nt", "Windows", "AMD64")
LINUX = Platform(
    "linux",
    (
        *(f"manylinux_2_{minor}_x86_64" for minor in range(5, NEWEST_GLIBC + 1)),
        *(f"manylinux{old}_x86_64" for old in ("2014", "2010", "1")),
    ),
    "linux",
    "posix",
    "Linux",
    "x86_64",
)
PLATFORMS = {platform.name: platform for platform in (WINDOWS, LINUX)}


@dataclass(frozen=True)
class Target:
    """One Python on one kind of system."""

    platform: Platform
    python: str
    """As "3.12"."""

    def __str__(self) -> str:
        return f"CPython {self.python} on {self.platform.name} x86_64"

    def markers(self) -> dict[str, str]:
        """What a dependency's marker is judged by. Patch level and release are not known: the least, or nothing."""
        return {
            "implementation_name": "cpython",
            "implementation_version": f"{self.python}.0",
            "os_name": self.platform.os_name,
            "platform_machine": self.platform.platform_machine,
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_system": self.platform.platform_system,
            "platform_version": "",
            "python_full_version": f"{self.python}.0",
            "python_version": self.python,
            "sys_platform": self.platform.sys_platform,
        }

    def pip_options(self) -> Sequence[str]:
        """Makes `pip download` choose wheels for this target instead of for the Python that runs it."""
        options = ["--only-binary", ":all:", "--implementation", "cp", "--python-version", self.python]
        for abi in (f"cp{self.python.replace('.', '')}", "abi3", "none"):
            options += ["--abi", abi]
        for tag in self.platform.tags:
            options += ["--platform", tag]
        return options
