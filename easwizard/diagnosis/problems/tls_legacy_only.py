"""A server answers only with old TLS versions or ciphers (exchange.md 2.9; transport.md 4).

Usual on the Windows of Exchange 2007, and then no fault; the 2013 servers must still be willing to speak them (J16).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from easwizard.case.case import Case
from easwizard.case.facts import Reason
from easwizard.diagnosis.clues import Cap, Clue, Effect, Group, Missing
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.server_certificates import Look, ShownBy, severities, shown_certificates
from easwizard.diagnosis.severities import severity_of
from easwizard.diagnosis.verdicts import Severity, Verdict
from easwizard.exchange.certainty import Basis

_OLD_VERSIONS = {"SSLv3", "TLSv1", "TLSv1.0", "TLSv1.1"}
_NO_COMMON_LANGUAGE = {Reason.TLS_VERSION, Reason.TLS_REFUSED}


def examine(case: Case) -> Examination:
    shown = shown_certificates(case)
    clues = tuple(clue for host in shown for clue in _clues(host))
    positive = {host for clue in clues if clue.is_positive for host in clue.subject}
    phones = any(host.host in positive and not host.only_serves_the_leg for host in shown)
    because = "that phones refuse old TLS versions is believed; which phones do, differs"
    return Examination(
        clues=clues,
        caps=(Cap(Verdict.LIKELY, because, "2.9, 8"),) if phones else (),
        missing=(_keys_on_the_servers(),) if positive else (),
        severity=severity_of(clues, severities(shown, phones=Severity.MEDIUM, leg=Severity.INFO)),
    )


def _clues(shown: ShownBy) -> Iterator[Clue]:
    old = [look for look in shown.looks if look.observation.ok and look.facts.legacy_only]
    silent = [look for look in shown.looks if look.observation.reason in _NO_COMMON_LANGUAGE]
    if old:
        yield _speaks_old(shown, old)
    elif silent:
        text = (
            f"{shown.where(silent)}: something answers and refuses every TLS version and cipher of this machine, "
            "also the old ones that it still has; SSL 3.0, RC4 and 3DES it no longer speaks"
        )
        yield Clue(
            Effect.SUPPORTS, text, "2.9; transport.md 4", Group.PROBE, Basis.INFERRED, (shown.host,),
            silent[0].observation.id,
        )  # fmt: skip
    elif shown.all_show(lambda look: not look.facts.legacy_only and look.facts.protocol is not None):
        text = f"{shown.host} speaks a current TLS version at every address"
        yield Clue(Effect.EXCLUDES, text, "2.9", Group.PROBE, subject=(shown.host,))


def _speaks_old(shown: ShownBy, old: Sequence[Look]) -> Clue:
    versions = sorted({look.facts.protocol or "an old version" for look in old})
    by_version = _OLD_VERSIONS.issuperset(versions)
    text = f"{shown.where(old)}: speaks only {' and '.join(versions)}"
    if not by_version:
        text += " with ciphers that this machine offers only on request; phones may still do so"
    if shown.only_serves_the_leg:
        text += "; usual for an old server, if the 2013 servers still speak it"
    effect = Effect.PROVES if by_version else Effect.SUPPORTS
    return Clue(effect, text, "2.9, J16", Group.PROBE, subject=(shown.host,), observation=old[0].observation.id)


def _keys_on_the_servers() -> Missing:
    return Missing(
        "which TLS versions the servers on both sides are allowed to use",
        "a server here speaks only old ones, and the other side must still be willing to",
        r"reg query HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols /s"
        "   (on the old server and on each 2013 server)",
    )


PROBLEM = Problem(code="tls/legacy-only", severity=Severity.MEDIUM, examine=examine, reads=("tls-in-front",))
