"""The role service for certificate mapping is missing on a newer server: switch 1 of exchange.md 2.3.

It cannot be seen from outside; only what was read of the server tells (3.1).
"""

from __future__ import annotations

from easwizard.case.case import Case
from easwizard.diagnosis.certificate_servers import CertificateServer, Switch, held_clues
from easwizard.diagnosis.clues import Missing
from easwizard.diagnosis.in_front import QUESTION, examination_of_switch
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.verdicts import Severity
from easwizard.exchange.inventory import Flag

_ROLE_SERVICE = "Web-Client-Auth"
_SWITCH = Switch(
    off="the role service Client Certificate Mapping Authentication is not installed on",
    on="the role service Client Certificate Mapping Authentication is installed on",
    source="2.3 step 1",
)
_MISSING = Missing(
    "the role services of the new servers",
    "nothing outside the server shows whether this one is installed",
    f"Get-WindowsFeature {_ROLE_SERVICE}   (in PowerShell on each server of the certificate name)",
)


def examine(case: Case) -> Examination:
    return examination_of_switch(case, tuple(held_clues(case, _SWITCH, _installed)), (_MISSING,))


def _installed(at: CertificateServer) -> Flag:
    return at.server.role_services.get(_ROLE_SERVICE) if at.server is not None else None


PROBLEM = Problem(code="cba/role-service-missing", severity=Severity.HIGH, examine=examine, reads=(QUESTION,))
