"""Which builds of Exchange 2013 can never sign a certificate in (exchange.md 2.1). Shared by the cba problems."""

from __future__ import annotations

from easwizard.case.case import Case
from easwizard.diagnosis.certificate_servers import certificate_servers
from easwizard.exchange.inventory import Role
from easwizard.exchange.products import CERTIFICATES_ON_2013_FROM, Product, parse_build, product_of_build


def too_old(text: str | None) -> bool | None:
    """Whether a build is one of 2013 before CU5; None where it is unknown or too short to tell."""
    build = parse_build(text) if text else None
    if build is None or len(build) < len(CERTIFICATES_ON_2013_FROM):
        return None
    return product_of_build(build) is Product.E2013 and build < CERTIFICATES_ON_2013_FROM


def any_too_old(case: Case) -> bool:
    """Whether a build too old was read or told anywhere behind a certificate name: then failures say no more."""
    held = (at.server.build for at in certificate_servers(case) if at.server is not None)
    told = (f.build for target in case.with_role(Role.CERT) for o, f in case.http(target) if o.ok)
    return any(too_old(build) for build in (*held, *told))
