"""NTLM challenges: what a server tells is read, and nothing that it sends makes the reader raise."""

from __future__ import annotations

import base64
import datetime as dt
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from easwizard.case.facts import ServerIdentity
from easwizard.probes.ntlm import offer, read_identity
from tests.probes.challenges import challenge, filetime, header, in_spnego, text

NOON = dt.datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=dt.UTC)
PAIRS = (
    (2, text("CONTOSO")),
    (1, text("EX07A")),
    (4, text("contoso.test")),
    (3, text("ex07a.contoso.test")),
    (5, text("forest.test")),
    (7, filetime(NOON)),
)
TOLD = ServerIdentity(
    "EX07A", "CONTOSO", "ex07a.contoso.test", "contoso.test", "forest.test", "6.0.6002", "2026-03-01T12:00:00.250Z"
)


@pytest.mark.parametrize(
    "values",
    [
        (header("NTLM", challenge(*PAIRS)),),
        ("Negotiate", header("NTLM", challenge(*PAIRS)), 'Basic realm="x"'),
        ("Negotiate, " + header("ntlm", challenge(*PAIRS)) + ', Basic realm="mail"',),
        (header("Negotiate", in_spnego(challenge(*PAIRS))),),
        (header("NTLM", b"not a message"), header("NTLM", challenge(*PAIRS))),
    ],
)
def test_everything_that_the_challenge_tells(values: tuple[str, ...]) -> None:
    assert read_identity(values) == TOLD


def test_what_is_not_told_stays_unknown() -> None:
    assert read_identity((header("NTLM", challenge((1, text("EX13A")), version=None)),)) == ServerIdentity("EX13A")


def test_hostile_text_is_made_harmless() -> None:
    found = read_identity((header("NTLM", challenge((1, text("\x1b[2JX")))),))
    assert found is not None
    assert found.computer == "\\x1b[2JX"


@pytest.mark.parametrize(
    "value", ["NTLM", "Negotiate", 'Basic realm="NTLM abcd"', "NTLM !!!!", f"NTLM {'A' * 50_000}"]
)
def test_no_challenge_no_identity(value: str) -> None:
    assert read_identity((value,)) is None


def test_the_offer_holds_no_name_and_asks_for_the_version() -> None:
    scheme, _, token = offer().partition(" ")
    message = base64.b64decode(token)
    flags = struct.unpack("<I", message[12:16])[0]
    assert (scheme, message[:8], message[8:12], len(message)) == ("NTLM", b"NTLMSSP\x00", b"\x01\x00\x00\x00", 40)
    assert flags & 0x02000000
    assert not flags & 0x3000  # neither domain nor workstation supplied


def read_quietly(message: bytes) -> None:
    for scheme in ("NTLM", "Negotiate"):
        found = read_identity((header(scheme, message),))
        assert found is None or all(v is None or isinstance(v, str) for v in vars(found).values())


@given(st.binary(max_size=300))
def test_random_bytes_never_raise(data: bytes) -> None:
    read_quietly(data)
    read_quietly(b"NTLMSSP\x00\x02\x00\x00\x00" + data)


@given(st.integers(0, len(challenge(*PAIRS))), st.binary(max_size=24), st.integers(0, 400))
def test_a_damaged_challenge_never_raises(place: int, patch: bytes, length: int) -> None:
    whole = challenge(*PAIRS)
    read_quietly((whole[:place] + patch + whole[place + len(patch) :])[:length])
    read_quietly(in_spnego(whole)[:length])


@given(st.lists(st.tuples(st.integers(0, 65535), st.binary(max_size=40)), max_size=12))
def test_random_pairs_never_raise(pairs: list[tuple[int, bytes]]) -> None:
    read_quietly(challenge(*pairs))


def test_endless_nesting_does_not_matter() -> None:
    message = challenge(*PAIRS)
    while len(message) < 5_000:
        message = in_spnego(message)
    read_quietly(message)


@given(st.text(max_size=200))
def test_random_headers_never_raise(value: str) -> None:
    read_identity((value, "NTLM " + value))
