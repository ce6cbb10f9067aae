"""What a running estate tells others: the one JSON line of `lab --headless` and a `check` command that fits it.

It reads the estate and changes nothing but the evidence and logs in the estate's own folder. The form is DESIGN
section 6's; the lab's own passwords may appear.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from easwizard.lab.estate import Estate
from easwizard.lab.evidence_files import Behaviour, write_evidence
from easwizard.lab.logs.log_files import WrittenLogs, write_logs
from easwizard.lab.server_output import Addresses

Vantage = Literal["names", "account"]
FORMAT = "easwizard-lab"
VERSION = 1
_PACE = "0.02"
_PASSWORD = "EASWIZARD_PASSWORD"
_COMMAND = (sys.executable, "-m", "easwizard", "check")


def invitation(estate: Estate) -> dict[str, Any]:
    """Everything that a client needs to work with the estate, ready for JSON."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "scenario": estate.scenario.name,
        "seed": estate.seed,
        "pid": os.getpid(),
        "resolvers": [
            {"label": label, "address": address, "port": port} for label, (address, port) in estate.resolvers.items()
        ],
        "ca_file": str(estate.ca_file),
        "port": estate.port,
        "namespaces": [
            {"host": namespace.host, "role": namespace.role.value} for namespace in estate.inventory.namespaces
        ],
        "client_certificates": [
            {
                "label": issued.label,
                "file": str(issued.files.certificate),
                "key_file": str(issued.files.key),
            }
            for issued in estate.device_certificates
        ],
        "accounts": [
            {
                "label": account.label,
                "user": account.user,
                "password": account.printed_password,
                "mailbox": account.mailbox,
            }
            for account in estate.accounts
        ],
        "evidence": [str(path) for path in evidence_of(estate)],
        "logs": [str(folder) for folder in logs_of(estate, _yesterday(datetime.now(UTC))).folders],
        "control": {"address": estate.control_address, "token": estate.control_token},
        "check": _check(estate),
    }


def check_arguments(estate: Estate, vantage: Vantage) -> tuple[list[str], dict[str, str]]:
    """What follows `check` on the command line from that vantage, and the environment it needs."""
    arguments = [f"{namespace.role}={namespace.host}:{estate.port}" for namespace in estate.inventory.namespaces]
    for label, (address, port) in estate.resolvers.items():
        arguments += ["--resolver", f"{label}={address}:{port}"]
    for host, label in estate.scenario.connect_to:
        arguments += ["--connect-to", f"{host}={estate.addresses[label.casefold()]}:{estate.port}"]
    arguments += ["--ca", str(estate.ca_file)]
    for question, value in estate.scenario.answers.items():
        arguments += ["--answer", f"{question}={value}"]
    environment: dict[str, str] = {}
    if vantage == "account":
        arguments += _certificate_arguments(estate)
        for place, account in enumerate(estate.accounts, start=1):
            arguments += ["--user", account.user, "--mailbox", account.mailbox]
            environment[_PASSWORD if place == 1 else f"{_PASSWORD}_{place}"] = account.printed_password
    arguments += ["--pace", _PACE, *estate.scenario.check_options]
    return arguments, environment


def evidence_of(estate: Estate) -> tuple[Path, ...]:
    """The estate as it is now, as files in its folder; gone when it stops."""
    how = Behaviour(Addresses(estate.addresses, estate.port), estate.scenario.site_knobs)
    return write_evidence(estate.folder / "evidence", estate.inventory, how)


def logs_of(estate: Estate, day: date) -> WrittenLogs:
    """What the estate's servers logged on a made day, in its folder; gone when it stops.

    The old servers are asked for it over TLS, once each; an estate that is asked again writes its logs anew.
    """
    return write_logs(estate, day, estate.folder / "logs")


def posix_line(argv: Sequence[str], environment: Mapping[str, str]) -> str:
    """One line for a POSIX shell."""
    assignments = [f"{name}={shlex.quote(value)}" for name, value in environment.items()]
    return " ".join([*assignments, shlex.join(argv)])


def powershell_line(argv: Sequence[str], environment: Mapping[str, str]) -> str:
    """One line for PowerShell."""
    assignments = [f"$env:{name} = {_powershell_quoted(value)};" for name, value in environment.items()]
    return " ".join([*assignments, "&", *(_powershell_quoted(argument) for argument in argv)])


def _yesterday(now: datetime) -> date:
    return now.date() - timedelta(days=1)


def _check(estate: Estate) -> dict[str, Any]:
    arguments, environment = check_arguments(estate, "account")
    argv = [*_COMMAND, *arguments]
    return {
        "argv": argv,
        "env": environment,
        "posix": posix_line(argv, environment),
        "powershell": powershell_line(argv, environment),
    }


def _certificate_arguments(estate: Estate) -> list[str]:
    """`check` takes one client certificate: the first."""
    if not estate.device_certificates:
        return []
    files = estate.device_certificates[0].files
    return ["--client-cert", str(files.certificate), "--client-key", str(files.key)]


def _powershell_quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
