"""Names of observations: the same look at the same thing gets the same id, so the newest replaces older ones."""

from __future__ import annotations

from easwizard.case.requests import ResolveName, SampleSignIn, Target
from easwizard.case.untrusted import visible
from easwizard.exchange.replies import Sent


def dns_id(request: ResolveName) -> str:
    """E.g. `dns:internal/mail.contoso.test/A`."""
    return visible(f"dns:{request.resolver.label}/{request.host}/{request.record_type}")


def tcp_id(target: Target, address: str) -> str:
    """E.g. `tcp:mail.contoso.test:443@192.0.2.1`."""
    return f"tcp:{visible(target.name)}@{address}"


def tls_id(target: Target, address: str) -> str:
    """E.g. `tls:mail.contoso.test:443@192.0.2.1`."""
    return f"tls:{visible(target.name)}@{address}"


def http_id(target: Target, address: str, path: str) -> str:
    """An anonymous request, e.g. `http:mail.contoso.test:443@192.0.2.1/none/Proxy`."""
    return f"http:{visible(target.name)}@{address}/{Sent.NONE.value}/{_last_part(path)}"


def sample_id(request: SampleSignIn) -> str:
    """E.g. `sample:mail.contoso.test:443/basic/anna`; with `@address` when only one address was meant."""
    where = f"@{request.addresses[0]}" if len(request.addresses) == 1 else ""
    return visible(f"sample:{request.target.name}{where}/{request.sent.value}/{request.account}")


def sign_in_id(request: SampleSignIn, address: str, path: str, outcome: str) -> str:
    """One kind of answer among samples, e.g. `http:mail.contoso.test:443@192.0.2.1/basic/anna/<vdir>/403`."""
    who = f"{request.sent.value}/{request.account}"
    return visible(f"http:{request.target.name}@{address}/{who}/{_last_part(path)}/{outcome}")


def _last_part(path: str) -> str:
    return path.rsplit("/", 1)[-1]
