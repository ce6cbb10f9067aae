"""Certificate mapping is off at a newer server's root, or its flag on an HTTPS binding: steps 2 and 2b of 2.3.

It cannot be seen from outside. Four green switches with the flag of the binding off still fail (J24).
"""

from __future__ import annotations

from collections.abc import Iterator

from easwizard.case.case import Case
from easwizard.diagnosis.certificate_servers import (
    CertificateServer,
    Switch,
    certificate_servers,
    held_clues,
    signed_in_there,
)
from easwizard.diagnosis.clues import Clue, Effect, Group, Missing
from easwizard.diagnosis.in_front import QUESTION, examination_of_switch
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.verdicts import Severity
from easwizard.exchange.certainty import Basis
from easwizard.exchange.inventory import Flag

_SWITCH = Switch(
    off="Active Directory certificate mapping is off at the server root of",
    on="Active Directory certificate mapping is on at the server root of",
    source="2.3 step 2",
)
_MISSING = Missing(
    "certificate mapping at the server root, and the mapper flag of the bindings",
    "nothing outside the server shows it",
    r"%windir%\system32\inetsrv\appcmd list config /section:clientCertificateMappingAuthentication "
    "& netsh http show sslcert   (on each server of the name, elevated)",
)
_WILDCARDS = {"*", "", "0.0.0.0", "[::]"}
_LOOPBACK = ("127.", "[::1]")


def examine(case: Case) -> Examination:
    clues = [*held_clues(case, _SWITCH, _state), *_flags(case)]
    return examination_of_switch(case, clues, (_MISSING,))


def _state(at: CertificateServer) -> Flag:
    """On only where the flags were read too and none that phones meet is off; off is off without them."""
    if at.server is None or at.server.server_mapping is None:
        return None
    if at.server.server_mapping and (at.server.ds_mapper is None or _off(at)):
        return None
    return at.server.server_mapping


def _flags(case: Case) -> Iterator[Clue]:
    for at in certificate_servers(case):
        off = _off(at)
        if off:
            text = f"DS Mapper Usage is disabled on {', '.join(off)} of {at.name}"
            yield Clue(
                Effect.PROVES, text, "2.3 step 2b, J24", Group.EVIDENCE,
                Basis.CONFIRMED if _addresses_of_site(at) else Basis.INFERRED, (at.name,),
            )  # fmt: skip
            yield from signed_in_there(case, at, at.name)


def _off(at: CertificateServer) -> tuple[str, ...]:
    """The bindings that phones of this name may meet and that have the flag off.

    Bindings of other ports and other web sites' own addresses are not theirs, nor is the loopback address. Where
    the site's own bindings were not read, port 443 is taken, which is only inferred.
    """
    flags = at.server.ds_mapper if at.server is not None else None
    if not flags:
        return ()
    own = _addresses_of_site(at)
    exact = {binding for binding in own if binding.rpartition(":")[0] not in _WILDCARDS}
    if own and exact == own and exact <= flags.keys():
        return tuple(sorted(binding for binding in exact if not flags[binding]))
    ports = {binding.rpartition(":")[2] for binding in own} or {"443"}
    others = _addresses_of_others(at)
    return tuple(
        sorted(
            binding
            for binding, on in flags.items()
            if not on
            and binding.rpartition(":")[2] in ports
            and binding not in others
            and not binding.startswith(_LOOPBACK)
        )
    )


def _addresses_of_site(at: CertificateServer) -> set[str]:
    bindings = at.server.bindings if at.server is not None else ()
    return {_address(b.binding) for b in bindings if b.web_site.casefold() == at.endpoint.web_site.casefold()}


def _addresses_of_others(at: CertificateServer) -> set[str]:
    bindings = at.server.bindings if at.server is not None else ()
    others = {_address(b.binding) for b in bindings if b.web_site.casefold() != at.endpoint.web_site.casefold()}
    return others - _addresses_of_site(at)


def _address(binding: str) -> str:
    """`192.0.2.10:443:` as `netsh` names it, `192.0.2.10:443`."""
    address = binding.rpartition(":")[0]
    host, _, port = address.rpartition(":")
    return f"0.0.0.0:{port}" if host in ("*", "") else address


PROBLEM = Problem(code="cba/server-mapping-off", severity=Severity.HIGH, examine=examine, reads=(QUESTION,))
