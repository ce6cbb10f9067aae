"""Names of observations: the same look at the same thing gets the same id, so the newest replaces older ones."""

from __future__ import annotations

from easwizard.case.requests import AskPath, ResolveName, SampleAnonymous, SampleSignIn, Target
from easwizard.case.untrusted import visible
from easwizard.exchange.replies import Sent


def dns_id(request: ResolveName) -> str:
    """E.g. `dns:internal/mail.contoso.test/A`."""
    return visible(f"dns:{request.resolver.label}/{request.host}/{request.record_type}")


def tcp_id(target: Target, address: str, port: int | None = None) -> str:
    """E.g. `tcp:mail.contoso.test:443@192.0.2.1`, or `...@192.0.2.1:4443` at a member's own port."""
    return f"tcp:{_place(target, address, port)}"


def tls_id(target: Target, address: str, port: int | None = None) -> str:
    """E.g. `tls:mail.contoso.test:443@192.0.2.1`."""
    return f"tls:{_place(target, address, port)}"


def http_id(target: Target, address: str, path: str, port: int | None = None) -> str:
    """An anonymous request, e.g. `http:mail.contoso.test:443@192.0.2.1/none/Proxy`."""
    return f"http:{_place(target, address, port)}/{Sent.NONE.value}/{_last_part(path)}"


def path_id(request: AskPath) -> str:
    """E.g. `http:mail.contoso.test:443@192.0.2.1/none/owa/`; where NTLM was offered it ends in `/ntlm`."""
    path = request.path.lstrip("/")
    end = f"{path.rstrip('/')}/ntlm" if request.ntlm else path
    return visible(f"http:{_place(request.target, request.address, request.port)}/{Sent.NONE.value}/{end}")


def autodiscover_id(target: Target, address: str, path: str, sent: Sent, email: str, port: int | None = None) -> str:
    """E.g. `http:autodiscover.contoso.test:443@192.0.2.1/none/autodiscover/autodiscover.json/anna@contoso.test`."""
    return visible(f"http:{_place(target, address, port)}/{sent.value}/{path.lstrip('/')}/{email}")


def anonymous_id(request: SampleAnonymous) -> str:
    """E.g. `sample:mail.contoso.test:443@192.0.2.1/none`."""
    return visible(f"sample:{_place(request.target, request.address, request.port)}/{Sent.NONE.value}")


def sample_id(request: SampleSignIn) -> str:
    """E.g. `sample:mail.contoso.test:443/basic/anna`; with `@address` when only one address was meant."""
    where = request.target.name
    if len(request.addresses) == 1:
        where = _place(request.target, request.addresses[0], request.port)
    elif request.port is not None:
        where = f"{where}@:{request.port}"
    return visible(f"sample:{where}/{request.sent.value}/{request.account}")


def sign_in_id(request: SampleSignIn, address: str, path: str, outcome: str) -> str:
    """One kind of answer among samples, e.g. `http:mail.contoso.test:443@192.0.2.1/basic/anna/<vdir>/403`."""
    who = f"{request.sent.value}/{request.account}"
    return visible(f"http:{_place(request.target, address, request.port)}/{who}/{_last_part(path)}/{outcome}")


def _place(target: Target, address: str, port: int | None) -> str:
    """The namespace at one address; the port only where it is not the namespace's own."""
    if port is None or port == target.port:
        return visible(f"{target.name}@{address}")
    return visible(f"{target.name}@[{address}]:{port}" if ":" in address else f"{target.name}@{address}:{port}")


def _last_part(path: str) -> str:
    return path.rsplit("/", 1)[-1]
