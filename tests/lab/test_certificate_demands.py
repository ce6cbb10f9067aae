"""Certificate demands as a client meets them: when the server asks, and what it says to what it gets."""

from __future__ import annotations

import ssl

import pytest

from easwizard.lab.certificates import Authority, CertificateFiles
from easwizard.lab.estate import Estate
from tests.lab.clients import ask, trusting

BOTH = pytest.mark.parametrize("server", ["OLD", "NEW"])
"""TLS 1.2 that renegotiates, TLS 1.3 that asks after the handshake."""


def issued(estate: Estate, label: str) -> CertificateFiles:
    return next(each.files for each in estate.device_certificates if each.label == label)


class Watched:
    """A client context that notes when it is asked for a certificate (transport.md 2)."""

    def __init__(self, estate: Estate) -> None:
        self.context = trusting(estate.ca_file)
        self.seen: list[str] = []
        # A private name, but the only way to see a request that is not answered.
        self.context._msg_callback = self._note  # type: ignore[attr-defined]

    def _note(self, _c: object, direction: str, _v: object, _t: object, message: object, _d: object) -> None:
        name = getattr(message, "name", "")
        if name == "CERTIFICATE_REQUEST" or (name == "FINISHED" and direction == "write"):
            self.seen.append(name)


@BOTH
def test_a_required_certificate_that_is_missing_gives_403(demands: Estate, server: str) -> None:
    answer = ask(demands, f"{server}/Require")
    assert answer.status == 403
    assert not answer.all("WWW-Authenticate")


@BOTH
@pytest.mark.parametrize("site", ["Require", "Accept", "Handshake"])
def test_a_good_certificate_signs_its_user_in(demands: Estate, server: str, site: str) -> None:
    answer = ask(demands, f"{server}/{site}", certificate=issued(demands, "good"))
    assert answer.status == 200
    assert answer.one("MS-Server-ActiveSync") == "15.0"


@BOTH
@pytest.mark.parametrize("kind", ["foreign", "expired"])
@pytest.mark.parametrize("site", ["Require", "Accept", "Handshake"])
def test_a_bad_certificate_gives_403(demands: Estate, server: str, kind: str, site: str) -> None:
    assert ask(demands, f"{server}/{site}", certificate=issued(demands, kind)).status == 403


@BOTH
def test_an_accepted_certificate_may_be_missing(demands: Estate, server: str) -> None:
    label = f"{server}/Accept"
    assert ask(demands, label).one("WWW-Authenticate") == f'Basic realm="accept.{server.lower()}.contoso.test"'
    assert ask(demands, label, login=("carol@contoso.test", "Spring-Rain-88")).status == 200


@BOTH
def test_without_mapping_there_is_no_way_to_sign_in(demands: Estate, server: str) -> None:
    answer = ask(demands, f"{server}/Unmapped", certificate=issued(demands, "good"))
    assert answer.status == 401
    assert not answer.all("WWW-Authenticate")


@pytest.mark.parametrize("server", ["PLAIN", "EARLY"])
def test_server_switches_and_build_count_too(demands: Estate, server: str) -> None:
    answer = ask(demands, f"{server}/Require", certificate=issued(demands, "good"))
    assert answer.status == 401
    assert not answer.all("WWW-Authenticate")


@BOTH
def test_the_demand_holds_below_the_vdir_and_not_beside_it(demands: Estate, server: str) -> None:
    label = f"{server}/Require"
    assert ask(demands, label, path="/Microsoft-Server-ActiveSync/Proxy").status == 403
    assert ask(demands, label, path="/owa").status == 404


@BOTH
@pytest.mark.parametrize(
    ("site", "seen"),
    [
        ("Ignore", ["FINISHED"]),
        ("Handshake", ["CERTIFICATE_REQUEST", "FINISHED"]),
    ],
)
def test_when_the_server_asks(demands: Estate, server: str, site: str, seen: list[str]) -> None:
    watched = Watched(demands)
    ask(demands, f"{server}/{site}", context=watched.context)
    assert watched.seen == seen


@BOTH
@pytest.mark.parametrize("site", ["Require", "Accept"])
def test_a_path_demand_comes_after_the_handshake(demands: Estate, server: str, site: str) -> None:
    watched = Watched(demands)
    ask(demands, f"{server}/{site}", context=watched.context)
    # Renegotiation and post-handshake authentication both end with a second FINISHED.
    assert watched.seen == ["FINISHED", "CERTIFICATE_REQUEST", "FINISHED"]


def test_a_handshake_demand_holds_for_every_path_of_the_address(demands: Estate) -> None:
    watched = Watched(demands)
    assert ask(demands, "OLD/Handshake", path="/owa", context=watched.context).status == 404
    assert watched.seen == ["CERTIFICATE_REQUEST", "FINISHED"]


def test_each_server_speaks_one_tls_version(demands: Estate) -> None:
    for server, version in (("OLD", ssl.TLSVersion.TLSv1_3), ("NEW", ssl.TLSVersion.TLSv1_2)):
        context = trusting(demands.ca_file)
        if version is ssl.TLSVersion.TLSv1_3:
            context.minimum_version = version
        else:
            context.maximum_version = version
        with pytest.raises(ssl.SSLError):
            ask(demands, f"{server}/Ignore", context=context)


def test_a_client_that_does_not_offer_post_handshake_gets_403(demands: Estate) -> None:
    context = trusting(demands.ca_file, issued(demands, "good"))
    context.post_handshake_auth = False
    assert ask(demands, "NEW/Require", context=context).status == 403


def test_a_certificate_for_nobody_is_not_signed_in(demands: Estate, tmp_path_factory: pytest.TempPathFactory) -> None:
    stranger = Authority("Nowhere CA").device_certificate(
        "carol@contoso.test", tmp_path_factory.mktemp("stranger"), "stranger"
    )
    assert ask(demands, "OLD/Require", certificate=stranger).status == 403
    with pytest.raises(ssl.SSLError) as refused:
        ask(demands, "NEW/Require", certificate=stranger)
    assert refused.value.reason == "TLSV1_ALERT_UNKNOWN_CA"


def test_a_server_certificate_does_not_pass_for_a_device(demands: Estate) -> None:
    files = CertificateFiles(demands.folder / "server-1.pem", demands.folder / "server-1.key")
    assert ask(demands, "OLD/Require", certificate=files).status == 403
