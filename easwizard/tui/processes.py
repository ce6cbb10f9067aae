"""A work-around: processes started from under a Textual app.

Textual (8.2) captures what is printed and puts a stand-in in the place of stderr whose file number is -1. CPython's
resource tracker (3.11 to 3.14, not on Windows) hands that number to the process that it starts, which then cannot
start. It starts only once, so it is started here, with the true stderr in its place for that moment.
"""

from __future__ import annotations

import contextlib
import os
import sys


def prepare_processes() -> None:
    """Call it in the thread that will start processes, before the first one. Never raises."""
    if os.name != "posix":
        return
    from multiprocessing import resource_tracker

    with contextlib.suppress(OSError, ValueError), contextlib.redirect_stderr(sys.__stderr__):
        resource_tracker.ensure_running()
