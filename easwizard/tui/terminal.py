"""What the terminal says of itself. Needs nothing else, so that the first screen can ask it."""

from __future__ import annotations

import os
import sys


def terminal_is_ascii() -> bool:
    """Whether the terminal says, or we were told, that it knows nothing beyond ASCII."""
    if os.environ.get("EASWIZARD_ASCII"):
        return True
    return "utf" not in (getattr(sys.stdout, "encoding", None) or "").casefold()
