"""Guesses what a namespace is for from its name alone; the admin can always say otherwise."""

from __future__ import annotations

from easwizard.exchange.inventory import Role


def guessed_role(host: str) -> Role:
    """What a name is probably for, by its first label; correctable with ROLE=."""
    first = host.partition(".")[0].casefold()
    if "autodiscover" in first:
        return Role.AUTODISCOVER
    certificate = any(word in first for word in ("cert", "cba", "smartcard"))
    if any(word in first for word in ("legacy", "old", "2007", "2010")):
        return Role.LEGACY_CERT if certificate else Role.LEGACY_GENERIC
    return Role.CERT if certificate else Role.GENERIC
