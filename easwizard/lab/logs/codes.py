"""The codes that servers write into their logs beside an answer: sub-status, Win32 status, the name of an error.

Source: logs.md 4. What a proxying server writes of a failed leg is only believed there.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from easwizard.exchange.inventory import ClientCertificates, VirtualDirectory
from easwizard.lab.logs.asked_legs import LegAnswer
from easwizard.lab.scenario import DeviceCertificate, FrontKind

NO_CANDIDATE = "UserHasNoCAS"
NO_WINDOWS = "NTLM not on the destination CAS"
KEEPS_ASKING = "TooManyProxyLoginAttempts"
NO_KERBEROS = "NoKerberosCredentials"


@dataclass(frozen=True)
class Codes:
    """What IIS writes down of an answer."""

    status: int
    substatus: int = 0
    win32: int = 0


OK = Codes(200)
HUNG_UP = Codes(200, 0, 64)
"""The client was gone when the answer came: normal where it waited."""
NOT_SIGNED_IN = Codes(401, 2, 5)
NO_CREDENTIALS_YET = Codes(401, 1, 2148074254)
WRONG_PASSWORD = Codes(401, 1, 1326)
_NOT_FOUND = Codes(404, 0, 2)
_NONE_CAME = (Codes(403, 7, 5), Codes(403, 7, 5), Codes(403, 7, 5), Codes(403, 7, 64))
_UNTRUSTED = Codes(403, 16, 2148204809)
_DISLIKED = {(True, True): Codes(403, 17, 2148204801), (False, False): Codes(403, 16, 2148204816)}
"""By whether a certificate has expired and is meant for signing in; a wrong purpose is CERT_E_WRONG_USAGE [I]."""


def refusal(
    status: int, vdir: VirtualDirectory | None, shown: DeviceCertificate | None, dice: random.Random
) -> Codes:
    """What the server that refused writes down; `shown` is the certificate that it was shown, if any."""
    if status == NOT_SIGNED_IN.status:
        return NOT_SIGNED_IN
    if status == _NOT_FOUND.status:
        return _NOT_FOUND
    demands = vdir is not None and vdir.client_certificates is not ClientCertificates.IGNORE
    if status != _UNTRUSTED.status or not demands:
        return Codes(status)
    if shown is None:
        return dice.choice(_NONE_CAME)
    return _DISLIKED.get((shown.expired, shown.for_clients), _UNTRUSTED)


def told_of(answer: LegAnswer) -> tuple[Codes, str]:
    """What the proxying server writes down of an answer to its leg: codes, and the value of `Error:`."""
    if answer.status is None:
        return Codes(500), answer.error
    if answer.works:
        return OK, ""
    if answer.status != NOT_SIGNED_IN.status:
        return Codes(answer.status), ""
    if not {"negotiate", "ntlm"} & set(answer.offers):
        return Codes(403), NO_WINDOWS
    if "ntlm" not in answer.offers:
        return Codes(500), NO_KERBEROS
    # Behind a pool without affinity the target keeps asking; another device or none gives a plain 401 (J15).
    return (Codes(403), KEEPS_ASKING) if answer.through is FrontKind.PASS else (Codes(401), "")
