"""When an anonymous reply says that a virtual directory does not ask for certificates. Shared by the cba problems."""

from __future__ import annotations

from easwizard.case.facts import HttpFacts

_ANSWERED_BY_THE_DIRECTORY = {200, 401}
"""Only these show that the directory was reached: a redirect, a 404 or a stopped pool answers before it asks."""


def let_in_without_asking(facts: HttpFacts) -> bool:
    """Whether the directory answered and no CertificateRequest came, in the handshake or on the path (3.1)."""
    return facts.client_certificate.was_asked is False and facts.status in _ANSWERED_BY_THE_DIRECTORY
