"""Makes what looks, from the files and secrets given to the wizard. Heavy parts are loaded when used."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING

from easwizard.cli.console import UsageError
from easwizard.tui.services import Keys, WrongKey

if TYPE_CHECKING:
    from easwizard.case.case import Case, DeviceCertificate
    from easwizard.probes.client_certificate import ClientCertificate
    from easwizard.probes.tls_contexts import Trust
    from easwizard.workflow.ports import Prober


class Tools:
    """The real prober, certificates as they are, this machine's resolvers."""

    def prober(self, case: Case, keys: Keys) -> Prober:
        """Raises WrongKey."""
        from easwizard.probes.prober import Limits
        from easwizard.probes.prober import Prober as RealProber
        from easwizard.probes.secrets import Password, Secrets
        from easwizard.probes.settings import Deadlines

        _load_transports()
        passwords = {label: Password(label, password) for label, password in keys.passwords.items()}
        certificate = _loaded(keys) if keys.certificate_file is not None else None
        return RealProber(
            vantage=case.vantage.host or socket.gethostname(),
            deadlines=Deadlines(),
            limits=Limits(),
            trust=_trust(keys),
            secrets=Secrets(passwords, certificate),
            clock=lambda: datetime.now(UTC),
        )

    def certificate(self, keys: Keys) -> DeviceCertificate:
        """Raises WrongKey."""
        from easwizard.probes.device_certificate import describe

        loaded = _loaded(keys)
        return describe(keys.certificate_file.name if keys.certificate_file is not None else "", loaded)

    def resolvers(self) -> Sequence[tuple[str, str, int]]:
        from easwizard.cli.check import system_resolvers

        try:
            return [(resolver.label, resolver.address, resolver.port) for resolver in system_resolvers()]
        except UsageError:
            return ()


def _load_transports() -> None:
    """What httpx and dnspython load at their first request, which is made on the event loop."""
    import_module("httpcore")
    import_module("dns.asyncbackend").get_backend("asyncio")


def _trust(keys: Keys) -> Trust:
    from easwizard.probes.tls_contexts import Trust, TrustFileError

    try:
        return Trust.with_ca(keys.ca_file) if keys.ca_file is not None else Trust()
    except TrustFileError as error:
        raise WrongKey(str(error)) from error


def _loaded(keys: Keys) -> ClientCertificate:
    from easwizard.probes.client_certificate import CertificateFileError, load_client_certificate

    if keys.certificate_file is None:
        raise WrongKey("no certificate file is named; give a PFX or PEM file")
    try:
        return load_client_certificate(keys.certificate_file, keys.certificate_key, keys.passphrase)
    except CertificateFileError as error:
        raise WrongKey(str(error)) from error
