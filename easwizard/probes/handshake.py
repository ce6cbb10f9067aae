"""The second connection of a look: a verifying handshake, nothing more, to judge trust and name."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from easwizard.case.facts import REASON_WORDS, Reason
from easwizard.probes.attempt import Attempt, Destination
from easwizard.probes.certificates import covers
from easwizard.probes.chains import is_complete_for_phones, looks_complete
from easwizard.probes.failures import TCP, TLS, Failure, chain, classify
from easwizard.probes.settings import Deadlines
from easwizard.probes.tls_contexts import Trust
from easwizard.probes.transcript import recording

_NAME_MISMATCHES = {62, 64}
"""Verify codes of OpenSSL for a wrong host name and a wrong address."""
_NO_WAY_TO_A_ROOT = {2, 18, 19, 20, 21}
"""Its codes for a chain that leads to no root known here, whether that is the root's fault or the chain's."""


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
    codes: frozenset[int] = frozenset()
    """OpenSSL's verify codes; other judges of trust have none, or their own."""
    chain_complete: bool | None = None

    @property
    def undecided(self) -> bool:
        return self.failure is not None and self.failure.reason is not Reason.NOT_TRUSTED


async def judge(seen: Attempt, trust: Trust, deadlines: Deadlines) -> Judgement:
    """Judge trust and name apart: first both as a credential would need them, then trust alone if that failed.

    `seen` is the look before, which verified nothing: what it saw tells more about a refusal than the refusal.
    """
    destination = seen.destination
    both = await _shake_hands(destination, trust, deadlines)
    if both.failure is None:
        return Judgement(True, None, True, both.chain_complete)
    fits = None if seen.certificate is None else covers(seen.certificate, destination.name)
    if both.undecided:
        return Judgement(None, f"could not be judged: {REASON_WORDS[both.failure.reason]}", fits)
    alone = await _shake_hands(destination, trust, deadlines, check_name=False)
    if alone.failure is None:
        return Judgement(True, None, False, alone.chain_complete)
    if alone.undecided:
        return Judgement(None, f"could not be judged: {REASON_WORDS[alone.failure.reason]}", fits)
    complete = looks_complete(seen.sent) if alone.codes & _NO_WAY_TO_A_ROOT else None
    return Judgement(False, alone.failure.detail, False if both.codes & _NAME_MISMATCHES else fits, complete)


async def refusal(destination: Destination, trust: Trust, deadlines: Deadlines) -> Failure | None:
    """Why a verifying handshake fails, or None when it succeeds; sends neither request nor credential."""
    return (await _shake_hands(destination, trust, deadlines)).failure


async def _shake_hands(
    destination: Destination, trust: Trust, deadlines: Deadlines, *, check_name: bool = True
) -> _Outcome:
    loop = asyncio.get_running_loop()
    context = trust.verifying if check_name else trust.verifying_trust_only
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
            codes = frozenset(getattr(link, "verify_code", 0) for link in chain(error))
            failure = classify(error, TLS if transcript.heard else TCP, transcript)
            if failure.reason is Reason.CERTIFICATE_WANTED and not trust.judges_late:
                return _Outcome()  # the server's certificate had passed by then: it comes and is judged first
            return _Outcome(failure, codes)
        try:
            return _Outcome(chain_complete=is_complete_for_phones(transport.get_extra_info("ssl_object")))
        finally:
            transport.abort()
