"""What is shown when the program itself fails: where, never with what.

A local variable or the message of an error may hold a password; file, line and kind cannot.
"""

from __future__ import annotations

import traceback
from pathlib import Path

_PACKAGE = Path(__file__).parent.parent.parent
_MOST_FRAMES = 12


def account_of(error: BaseException) -> str:
    """The failure in a few lines: the way to it, its kind, and what to do."""
    frames = traceback.extract_tb(error.__traceback__)[-_MOST_FRAMES:]
    way = [f"  {_place(frame.filename)}:{frame.lineno} in {frame.name}" for frame in frames]
    return "\n".join(
        [
            "easwizard failed. Nothing was changed on any server, and the case is saved as far as the top line said.",
            *way,
            type(error).__name__,
            "Open the case again to go on, and please report these lines; they hold no password.",
        ]
    )


def _place(name: str) -> str:
    """Ours from the package on, others by their file alone: paths say who somebody is."""
    path = Path(name)
    try:
        return str(path.relative_to(_PACKAGE))
    except ValueError:
        return path.name
