"""Whether a server sends every certificate between its own and the root (exchange.md 8; transport.md 1).

An unknown private authority and a lacking intermediate can look the same; where the chain itself does not tell, both
remain possible.
"""

from __future__ import annotations

from easwizard.diagnosis.server_certificates import Look

_ISSUER_UNKNOWN = ("issuer", "first certificate", "trusted root")
"""In the words of those who judge trust: OpenSSL's codes 2, 20 and 21, and the system's own on Windows."""


def lacks_a_link(look: Look) -> bool:
    """Whether the chain that was sent surely ends too early."""
    return look.observation.ok and look.facts.chain_complete is False


def may_lack_a_link(look: Look) -> bool:
    """Whether an intermediate may be lacking: the issuer is unknown here, and one certificate was sent."""
    facts = look.facts
    if not look.observation.ok or facts.trusted is not False or look.is_self_signed:
        return False
    alone = facts.chain_length in (1, None) and facts.chain_complete is None
    return alone and any(words in (facts.trust_error or "").casefold() for words in _ISSUER_UNKNOWN)
