"""Opens the wizard: plugs storage, probes, practice estates and the clipboard into its ports."""

from __future__ import annotations

import argparse
import socket
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from easwizard.cli.case_files import user_name
from easwizard.cli.clipboard import SystemClipboard
from easwizard.cli.console import ExitCode, UsageError
from easwizard.cli.practice import PracticeEstates
from easwizard.cli.shelf import Shelf
from easwizard.cli.site_profiles import LatePacks, Profiles
from easwizard.cli.toolbox import Tools
from easwizard.storage.locations import case_folder, copy_folder
from easwizard.tui.services import CannotOpen, HeldByAnother, Services

if TYPE_CHECKING:
    from easwizard.tui.app import Wizard


def run(arguments: argparse.Namespace) -> int:
    """Open the wizard, on a case if one was named."""
    _need_a_terminal("easwizard check HOST")
    estates = PracticeEstates()
    services = services_here(estates)
    path = Path(arguments.case) if arguments.case is not None else None
    opened, held = None, None
    try:
        if path is not None:
            opened = services.shelf.open(path)
    except HeldByAnother:
        held = path
    except CannotOpen as error:
        raise UsageError(str(error)) from error
    from easwizard.tui.app import Wizard

    return _shown(Wizard(services, opened, held=held), estates)


def practise(scenario: str, seed: int | None, time_scale: float) -> int:
    """Open the wizard on a practice estate that is started for it."""
    _need_a_terminal("easwizard lab --check or --headless")
    estates = PracticeEstates(seed, time_scale)
    try:
        practice = estates.start(scenario)
    except CannotOpen as error:
        raise UsageError(str(error)) from error
    try:
        from easwizard.tui.app import Wizard

        app = Wizard(services_here(estates), practice=practice)
    except BaseException:
        # Even an interrupt while the screens load must not leave an estate running behind a prompt.
        estates.stop()
        raise
    return _shown(app, estates)


def _shown(app: Wizard, estates: PracticeEstates) -> int:
    try:
        app.run()
    finally:
        estates.stop()
    return app.return_code or ExitCode.NO_PROBLEM


def _need_a_terminal(instead: str) -> None:
    """A screen on a pipe is a mess of control characters and waits for keys that never come."""
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout)):
        raise UsageError(f"the wizard needs a terminal, and there is none; use {instead}")


def services_here(estates: PracticeEstates) -> Services:
    """The real ones, of this machine."""
    return Services(
        shelf=Shelf(case_folder(), _now),
        toolbox=Tools(),
        practice=estates,
        now=_now,
        seconds=time.monotonic,
        vantage=socket.gethostname(),
        copies=copy_folder(),
        clipboard=SystemClipboard(),
        sites=Profiles((case_folder(), Path.cwd()), socket.gethostname()),
        packer=LatePacks(case_folder()),
        who=user_name(),
    )


def _now() -> datetime:
    return datetime.now(UTC)
