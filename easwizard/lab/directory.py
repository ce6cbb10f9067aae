"""Who there is: accounts by what they sign in with. Stands in for Active Directory; pure."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from easwizard.lab.scenario import Account


@dataclass(frozen=True)
class Credentials:
    """A user name and a password as they came over the wire."""

    user: str
    password: str


class Directory:
    """The accounts of an estate."""

    def __init__(self, accounts: Sequence[Account]) -> None:
        self._by_name = {name: account for account in accounts for name in _names(account.user)}

    def find(self, user: str) -> Account | None:
        """The account of that user name, `anna@contoso.test` or `CONTOSO\\anna`, in any case."""
        return self._by_name.get(user.casefold())

    def sign_in(self, credentials: Credentials) -> Account | None:
        """The account, when the password is right."""
        account = self.find(credentials.user)
        if account is None:
            return None
        right = secrets.compare_digest(account.password.encode(), credentials.password.encode())
        return account if right else None


def read_basic(authorization: str | None) -> Credentials | None:
    """The credentials of an `Authorization: Basic` header; None for anything else."""
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.casefold() != "basic":
        return None
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode(errors="replace")
    except (binascii.Error, ValueError):
        return None
    user, colon, password = text.partition(":")
    return Credentials(user, password) if colon else None


def _names(user: str) -> tuple[str, ...]:
    name, _, domain = user.casefold().partition("@")
    return (user.casefold(), f"{domain.partition('.')[0]}\\{name}")
