"""The second connection of a look: a verifying handshake, nothing more, to judge trust and name."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable
from dataclasses import dataclass

from easwizard.case.facts import REASON_WORDS, Reason
from easwizard.probes.attempt import Destination
from easwizard.probes.certificates import covers, is_self_issued
from easwizard.probes.failures import TCP, TLS, Failure, chain, classify
from easwizard.probes.settings import Deadlines
from easwizard.probes.tls_contexts import Trust
from easwizard.probes.transcript import recording

_NAME_MISMATCHES = (62, 64)
"""Verify codes of OpenSSL for a wrong host name and a wrong address."""


@dataclass(frozen=True)
class Judgement:
    """Whether a certificate is trusted here and fits the name; None where that could not be judged."""

    trusted: bool | None = None
    trust_error: str | None = None
    name_matches: bool | None = None
    chain_complete: bool | None = None


@dataclass(frozen=True)
class _Outcome:
    """How one verifying handshake ended; `failure` is None when it succeeded."""

    failure: Failure | None = None
    name_only: bool = False
    chain_complete: bool | None = None

    @property
    def undecided(self) -> bool:
        return self.failure is not None and self.failure.reason is not Reason.NOT_TRUSTED


async def judge(destination: Destination, trust: Trust, deadlines: Deadlines, certificate: bytes | None) -> Judgement:
    """Judge trust and name apart: first both as a credential would need them, then trust alone if that failed."""
    both = await _shake_hands(destination, trust.verifying, deadlines)
    if both.failure is None:
        return Judgement(True, None, True, both.chain_complete)
    fits = None if certificate is None else covers(certificate, destination.name)
    if both.undecided:
        return Judgement(None, f"could not be judged: {REASON_WORDS[both.failure.reason]}", fits)
    alone = await _shake_hands(destination, trust.verifying_trust_only, deadlines)
    if alone.failure is None:
        return Judgement(True, None, False, alone.chain_complete)
    if alone.undecided:
        return Judgement(None, f"could not be judged: {REASON_WORDS[alone.failure.reason]}", fits)
    return Judgement(False, alone.failure.detail, False if both.name_only else fits)


async def refusal(destination: Destination, trust: Trust, deadlines: Deadlines) -> Failure | None:
    """Why a verifying handshake fails, or None when it succeeds; sends neither request nor credential."""
    return (await _shake_hands(destination, trust.verifying, deadlines)).failure


async def _shake_hands(destination: Destination, context: ssl.SSLContext, deadlines: Deadlines) -> _Outcome:
    loop = asyncio.get_running_loop()
    with recording() as transcript:
        try:
            async with asyncio.timeout(deadlines.tcp + deadlines.tls):
                transport, _ = await loop.create_connection(
                    asyncio.Protocol,
                    destination.address,
                    destination.port,
                    ssl=context,
                    server_hostname=destination.name,
                    ssl_handshake_timeout=deadlines.tls,
                )
        except (OSError, TimeoutError) as error:
            name_only = any(getattr(link, "verify_code", None) in _NAME_MISMATCHES for link in chain(error))
            return _Outcome(classify(error, TLS if transcript.heard else TCP, transcript), name_only)
        try:
            return _Outcome(chain_complete=_chain_complete(transport.get_extra_info("ssl_object")))
        finally:
            transport.abort()


def _chain_complete(tls: ssl.SSLObject) -> bool | None:
    """Whether the server sent every intermediate itself; phones do not have what this machine may have stored.

    Both chains are public from Python 3.13 and private before; None where they cannot be had.
    """
    verified, sent = _certificates(tls, "get_verified_chain"), _certificates(tls, "get_unverified_chain")
    if not verified or not sent:
        return None
    return all(certificate in sent or is_self_issued(certificate) for certificate in verified)


def _certificates(tls: ssl.SSLObject, method: str) -> list[bytes]:
    read = getattr(tls, method, None) or getattr(getattr(tls, "_sslobj", None), method, None)
    return [_der(certificate) for certificate in _listed(read() if read is not None else None)]


def _listed(found: object) -> Iterable[object]:
    return found if isinstance(found, (list, tuple)) else ()


def _der(certificate: object) -> bytes:
    if isinstance(certificate, bytes):
        return certificate
    public_bytes = getattr(certificate, "public_bytes", None)
    der = public_bytes(_DER_ENCODING) if public_bytes is not None else b""
    return der if isinstance(der, bytes) else b""


_DER_ENCODING = 2
"""`_ssl.ENCODING_DER`, the argument of the private certificates' `public_bytes`."""
