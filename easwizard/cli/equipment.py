"""What probing needs beside the case: files that are read, secrets that are asked for, and the prober made of them.

Nothing is asked for before every other word of the command line was understood.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from easwizard.case.case import Case, DeviceCertificate
from easwizard.cli.console import UsageError, secret
from easwizard.probes.settings import Deadlines

if TYPE_CHECKING:
    from easwizard.probes.client_certificate import ClientCertificate
    from easwizard.probes.prober import Prober


@dataclass(frozen=True)
class Equipment:
    """Files that were read and secrets that were asked for."""

    vantage: str
    ca_file: Path | None
    passwords: Mapping[str, tuple[str, str]]
    certificate: ClientCertificate | None
    certificate_label: str | None
    deadlines: Deadlines
    proxy: str | None

    def __repr__(self) -> str:
        return "Equipment(...)"

    @property
    def device_certificate(self) -> DeviceCertificate | None:
        """What may be shown of the client certificate."""
        if self.certificate is None or self.certificate_label is None:
            return None
        from easwizard.probes.device_certificate import describe

        return describe(self.certificate_label, self.certificate)


def equipment(
    arguments: argparse.Namespace, case: Case, environment: Mapping[str, str], proxy: str | None
) -> Equipment:
    """Read the files and ask for the secrets. Raises UsageError for what is missing or unreadable."""
    certificate = _certificate(arguments, environment)
    passwords = {
        account.label: (
            account.label,
            secret(
                "EASWIZARD_PASSWORD" if number == 1 else f"EASWIZARD_PASSWORD_{number}",
                f"the password of {account.label}",
                environment,
            ),
        )
        for number, account in enumerate(case.accounts, start=1)
    }
    return Equipment(
        vantage=case.vantage.host,
        ca_file=Path(arguments.ca) if arguments.ca else None,
        passwords=MappingProxyType(passwords),
        certificate=certificate,
        certificate_label=certificate_label(arguments),
        deadlines=deadlines(arguments),
        proxy=proxy,
    )


def certificate_label(arguments: argparse.Namespace) -> str | None:
    """How reports name the client certificate."""
    return Path(arguments.client_cert).name if arguments.client_cert else None


def deadlines(arguments: argparse.Namespace) -> Deadlines:
    seconds = arguments.timeout
    return Deadlines(min(seconds, 5.0), seconds, seconds, seconds) if seconds is not None else Deadlines()


def _certificate(arguments: argparse.Namespace, environment: Mapping[str, str]) -> ClientCertificate | None:
    if not arguments.client_cert:
        return None
    from easwizard.probes.client_certificate import CertificateFileError, load_client_certificate, needs_passphrase

    path = Path(arguments.client_cert)
    key = Path(arguments.client_key) if arguments.client_key else None
    try:
        passphrase = (
            secret("EASWIZARD_PFX_PASSPHRASE", f"the passphrase of {path.name}", environment)
            if needs_passphrase(path, key)
            else None
        )
        return load_client_certificate(path, key, passphrase)
    except CertificateFileError as error:
        raise UsageError(f"--client-cert: {error}") from error


def prober(held: Equipment) -> Prober:
    """The real prober. Raises UsageError where the authorities cannot be read."""
    from easwizard.probes.prober import Limits, Prober
    from easwizard.probes.secrets import Password, Secrets
    from easwizard.probes.tls_contexts import Trust, TrustFileError

    try:
        trust = Trust.with_ca(held.ca_file) if held.ca_file is not None else Trust()
    except TrustFileError as error:
        raise UsageError(f"--ca: {error}") from error
    passwords = {label: Password(user, password) for label, (user, password) in held.passwords.items()}
    return Prober(
        vantage=held.vantage,
        deadlines=held.deadlines,
        limits=Limits(),
        trust=trust,
        secrets=Secrets(passwords, held.certificate),
        clock=lambda: datetime.now(UTC),
        proxy=held.proxy,
    )
