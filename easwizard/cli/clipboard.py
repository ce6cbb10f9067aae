"""The clipboard of this machine, by the tools that its system brings along; nothing is installed for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence

_SECONDS = 3.0
"""A tool that waits for a display that is not there must not keep us."""


def tools(platform: str, environment: Mapping[str, str]) -> Sequence[Sequence[str]]:
    """The commands that may take a text on standard input, the likeliest first. X and Wayland need their display."""
    if platform == "win32":
        return (("clip.exe",),)
    if platform == "darwin":
        return (("pbcopy",),)
    found: list[Sequence[str]] = []
    if environment.get("WAYLAND_DISPLAY"):
        found.append(("wl-copy",))
    if environment.get("DISPLAY"):
        found += [("xclip", "-selection", "clipboard"), ("xsel", "--clipboard", "--input")]
    if environment.get("WSL_DISTRO_NAME"):
        found.append(("clip.exe",))
    return found


class SystemClipboard:
    """A clipboard through whichever tool is there."""

    def __init__(self, platform: str = sys.platform, environment: Mapping[str, str] = os.environ) -> None:
        self._commands = tools(platform, environment)
        self._encoding = "utf-16-le" if ("clip.exe",) in self._commands else "utf-8"

    def put(self, text: str) -> bool:
        """Whether some tool took the text."""
        return any(self._handed_over(command, text) for command in self._commands)

    def _handed_over(self, command: Sequence[str], text: str) -> bool:
        """The tools stay in the background to serve the clipboard, so nothing waits for their output."""
        program = shutil.which(command[0])
        if program is None:
            return False
        data = ("\ufeff" + text if self._encoding == "utf-16-le" else text).encode(self._encoding, "replace")
        try:
            done = subprocess.run(
                [program, *command[1:]],
                input=data,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=_SECONDS,
                check=False,
            )
        except (OSError, subprocess.SubprocessError):
            return False
        return done.returncode == 0
