"""What a session holds to sign in with, in memory only; nothing here shows itself when printed."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from easwizard.probes.client_certificate import ClientCertificate


@dataclass(frozen=True)
class Password:
    """A user name and password; the user name is kept out of reprs too."""

    user: str = field(repr=False)
    password: str = field(repr=False)

    @property
    def authorization(self) -> str:
        """The value of a Basic Authorization header."""
        return "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode()


@dataclass(frozen=True)
class Secrets:
    """Passwords by the label of their account, and a client certificate."""

    passwords: Mapping[str, Password] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    certificate: ClientCertificate | None = field(default=None, repr=False)
