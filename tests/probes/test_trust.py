"""Contexts: what each may do, and files of authorities that cannot be used."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
import truststore
from cryptography.hazmat.primitives.serialization import Encoding

from easwizard.case.facts import Asked, Status
from easwizard.probes.tls_contexts import Trust, TrustFileError
from tests.probes.certificates import Authority
from tests.probes.conftest import HOST, MakeRun, look_at, tls, written
from tests.probes.servers import HttpsServer, demanding, reply, server_context


def test_looking_never_verifies_and_verifying_always_does(trust: Trust) -> None:
    for context in (trust.looking, trust.legacy):
        assert (context.verify_mode, context.check_hostname) == (ssl.CERT_NONE, False)
    assert (trust.verifying.verify_mode, trust.verifying.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert trust.verifying.minimum_version >= ssl.TLSVersion.TLSv1_2
    for context in (trust.looking, trust.legacy, trust.verifying):
        assert context.post_handshake_auth


def test_only_the_systems_authorities_without_a_file() -> None:
    assert Trust().verifying.check_hostname


def test_authorities_in_der(authority: Authority, tmp_path: Path) -> None:
    Trust.with_ca(written(tmp_path, "ca.cer", authority.certificate.public_bytes(Encoding.DER)))


@pytest.mark.parametrize(
    "data", [b"", b"no certificate", b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"]
)
def test_a_file_without_authorities(tmp_path: Path, data: bytes) -> None:
    path = written(tmp_path, "ca.pem", data)
    with pytest.raises(TrustFileError, match="holds no certificate that can be read") as caught:
        Trust.with_ca(path)
    assert str(path) in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(TrustFileError, match="cannot be read"):
        Trust.with_ca(tmp_path / "none.pem")


def test_truststore_shows_the_demand_and_judges_too(
    run: MakeRun, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The way taken on Windows and macOS, as far as it can be gone here."""
    monkeypatch.setattr("sys.platform", "win32")
    own = Trust.with_ca(written(tmp_path, "ca.pem", authority.pem))
    monkeypatch.undo()
    assert isinstance(own.verifying, truststore.SSLContext)
    context = demanding(server_context(authority.issue(HOST)), authority, ssl.CERT_OPTIONAL)
    with HttpsServer(context, lambda _: reply(401)) as server:
        seen = run(own=own)(look_at(server.port))
    facts = tls(seen[1])
    assert (seen[1].status, facts.trusted, facts.name_matches) == (Status.OK, True, True)
    assert facts.client_certificate.asked is Asked.HANDSHAKE
