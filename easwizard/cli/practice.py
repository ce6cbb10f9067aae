"""Practice estates for the wizard: one runs at a time, as a case that is filled in. The lab is loaded when used."""

from __future__ import annotations

import socket
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from easwizard.tui.services import CannotOpen, Keys, Practice

if TYPE_CHECKING:
    from easwizard.lab.estate import Estate

_PACE_SECONDS = 0.02
"""Between two sign-ins: nobody is locked out here, and nobody wants to wait."""


class PracticeEstates:
    """Starts estates on this machine; the one before is stopped."""

    def __init__(self, seed: int | None = None, time_scale: float = 1.0) -> None:
        self._seed, self._time_scale = seed, time_scale
        self._running: Estate | None = None

    def scenarios(self) -> Mapping[str, str]:
        from easwizard.lab.scenario_reader import load_scenario, scenario_names

        return {name: load_scenario(name).title for name in scenario_names()}

    def start(self, scenario: str) -> Practice:
        """Raises CannotOpen."""
        from easwizard.exchange.changes import apply_change
        from easwizard.lab.errors import LabError
        from easwizard.lab.estate import Estate
        from easwizard.lab.scenario_reader import load_scenario

        self.stop()
        try:
            read = load_scenario(scenario)
            estate = Estate(read, seed=self._seed, time_scale=self._time_scale, apply_change=apply_change)
            estate.start()
        except LabError as error:
            raise CannotOpen(str(error)) from error
        self._running = estate
        return practice_of(estate)

    def files(self) -> Sequence[Path]:
        """The folders of the collector's files and of the logs; they are gone when the estate stops."""
        from easwizard.lab.invitation import evidence_of, logs_of

        estate = self._running
        if estate is None:
            return ()
        collected = {path.parent for path in evidence_of(estate) if path.parent.name == "collector"}
        day = datetime.now(UTC).date() - timedelta(days=1)
        return (*sorted(collected), *logs_of(estate, day).folders)

    def stop(self) -> None:
        """End what is running, if anything is."""
        running, self._running = self._running, None
        if running is not None:
            running.stop()


def practice_of(estate: Estate) -> Practice:
    """A running estate as a case that is filled in, as an admin would have filled it in."""
    from easwizard.case.case import Account, Case, DeviceCertificate, Vantage
    from easwizard.case.requests import Resolver, Target
    from easwizard.cli.inputs import mailbox

    resolvers = tuple(Resolver(label, *address) for label, address in estate.resolvers.items())
    certificate = estate.device_certificates[0] if estate.device_certificates else None
    case = Case(
        vantage=Vantage(socket.gethostname(), resolvers),
        targets=tuple(Target(n.host, estate.port, n.role) for n in estate.inventory.namespaces),
        accounts=tuple(Account(a.user, mailbox(a.mailbox)) for a in estate.accounts),
        device_certificate=DeviceCertificate(certificate.label) if certificate is not None else None,
        answers=dict(estate.scenario.answers),
    )
    keys = Keys(
        ca_file=estate.ca_file,
        passwords={account.user: account.printed_password for account in estate.accounts},
        certificate_file=certificate.files.certificate if certificate is not None else None,
        certificate_key=certificate.files.key if certificate is not None else None,
    )
    return Practice(estate.scenario.title, case, keys, pace_seconds=_PACE_SECONDS)
