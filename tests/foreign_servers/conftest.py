"""Fixtures: a folder that other people's servers can read, an authority, devices, and a resolver."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import dns.message
import dns.rdatatype
import dns.rrset
import pytest

from tests.foreign_servers.checking import Surroundings
from tests.probes.certificates import Authority
from tests.probes.servers import DnsServer


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority("Contoso Test CA")


@pytest.fixture(scope="module")
def clients() -> Authority:
    """Issues the device certificates that servers take."""
    return Authority("Contoso Device CA")


@pytest.fixture(scope="module")
def folder(authority: Authority, clients: Authority) -> Iterator[Path]:
    """Not pytest's own: that one is closed to the user that Apache becomes when root starts it."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        path = Path(name)
        path.chmod(0o755)
        (path / "www" / "Microsoft-Server-ActiveSync" / "Proxy").mkdir(parents=True)
        authority.issue("*.contoso.test").save(path, "server")
        (path / "clients.pem").write_bytes(clients.pem)
        (path / "ca.pem").write_bytes(authority.pem)
        yield path


@pytest.fixture(scope="module")
def devices(folder: Path, clients: Authority) -> dict[str, Path]:
    """Client certificate files by what servers should think of them."""
    return {
        "good": clients.issue("anna").save(folder, "good"),
        "wrong CA": Authority("Strange CA").issue("anna").save(folder, "stranger"),
    }


@pytest.fixture(scope="module")
def surroundings(folder: Path) -> Iterator[Surroundings]:
    with DnsServer(_everything_is_here) as resolver:
        yield Surroundings(folder / "ca.pem", f"test=127.0.0.1:{resolver.port}")


def _everything_is_here(query: dns.message.Message, _: bool) -> bytes:
    """Every name is at 127.0.0.1."""
    response = dns.message.make_response(query)
    question = query.question[0]
    if question.rdtype == dns.rdatatype.A:
        response.answer.append(dns.rrset.from_text(question.name, 60, "IN", "A", "127.0.0.1"))
    return response.to_wire()
