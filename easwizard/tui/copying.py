"""What is copied goes three ways at once: into a file, to this machine's clipboard, and to the terminal's.

Remote desktops and terminals swallow clipboards, so the words claim only what can be known.
"""

from __future__ import annotations

import re
from pathlib import Path

from easwizard.tui.services import Services


def copied(text: str, what: str, services: Services) -> str:
    """Write a text to a file and to this machine's clipboard; returns what to tell. Blocks; never raises.

    The terminal's clipboard is the app's own business.
    """
    on_clipboard = services.clipboard.put(text)
    also = "this machine's clipboard has it, and it was sent" if on_clipboard else "also sent"
    try:
        path = _written(text, what, services)
    except OSError as error:
        where = error.filename or services.copies
        return f"No file could be written at {where} ({error.strerror}); {also} to the terminal's clipboard."
    return f"Written to {path}; {also} to the terminal's clipboard."


def _written(text: str, what: str, services: Services) -> Path:
    """A new file each time, so that nothing copied before is lost."""
    services.copies.mkdir(parents=True, exist_ok=True)
    name = f"{services.now():%Y-%m-%d-%H%M%S}-{re.sub('[^a-z0-9]+', '-', what.casefold()).strip('-')[:40]}"
    for number in range(1, 1000):
        path = services.copies / (f"{name}.txt" if number == 1 else f"{name}-{number}.txt")
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text if text.endswith("\n") else f"{text}\n")
        except FileExistsError:
            continue
        return path
    raise FileExistsError(17, "too many copies in one second", str(services.copies))
