"""Wrong input and unreachable hosts: the right reason, the right exit code, no traceback, within the deadline."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Listening


def easwizard(*argv: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, without a terminal."""
    return subprocess.run(
        [sys.executable, "-m", "easwizard", *argv],
        capture_output=True,
        text=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["check"], "required"),
        (["check", "mail.example.test", "--no-such-option"], "--no-such-option"),
        (["check", "mail.example.test:99999"], "99999"),
        (["check", "https://mail.example.test/x"], "HOST"),
        (["check", "wrongrole=mail.example.test"], "wrongrole"),
        (["check", "bad_host!.test"], "no host name"),
        (["check", "127.0.0.1", "--resolver", "internal"], "--resolver"),
        (["check", "127.0.0.1", "--resolver", "a=not-an-ip"], "IP address"),
        (["check", "127.0.0.1", "--pace", "fast"], "--pace"),
        (["check", "127.0.0.1", "--samples", "0"], "--samples"),
        (["check", "127.0.0.1", "--refusals", "99"], "--refusals"),
        (["check", "127.0.0.1", "--timeout", "0"], "--timeout"),
        (["check", "127.0.0.1", "--client-key", "x.pem"], "--client-cert"),
        (["check", "127.0.0.1", "--ca", "no-such-file.pem"], "no-such-file.pem"),
        (["check", "127.0.0.1", "--client-cert", "no-such-file.pfx"], "no-such-file.pfx"),
        (["check", "127.0.0.1", "--user", "anna", "--mailbox", "2008"], "2008"),
        (["check", "127.0.0.1", "--user", "anna", "--mailbox", "2007", "--mailbox", "2013"], "pairs"),
        (["check", "127.0.0.1", "--user", "anna", "--mailbox", "2007@London"], "EASWIZARD_PASSWORD"),
        (["check", "127.0.0.1", "--answer", "tls-in-front"], "ID=VALUE"),
        (["check", "127.0.0.1", "--answer", "tls-in-fron=nothing"], "tls-in-front"),
        (["check", "127.0.0.1", "--answer", "tls-in-front=magic"], "delegation"),
        (["check", "127.0.0.1", "--answer", "products=2007+2016"], "another-forest"),
        (["check", "127.0.0.1", "--report", "x.docx"], ".json"),
        (["check", "127.0.0.1", "--report", "no-such-folder/x.json"], "no-such-folder"),
        (["check", "mail.a.test", "--connect-to", "mail.a.test"], "--connect-to"),
        (["check", "mail.a.test", "--connect-to", "mail.a.test=host.b.test"], "IP address"),
        (["check", "mail.a.test", "--connect-to", "mail.a.test=127.0.0.1:0"], "0 is no port"),
        (["check", "mail.a.test", "--connect-to", "mial.a.test=127.0.0.1"], "nearest: mail.a.test"),
        (["check", "--no-network", "--connect-to", "mail.a.test=127.0.0.1"], "--connect-to"),
        (["check", "127.0.0.1", "--proxy", "socks5://127.0.0.1:1"], "--proxy"),
        (["check", "127.0.0.1", "--proxy", "http://127.0.0.1"], "names no port"),
        (["check", "127.0.0.1", "--proxy", "http://anna:secret@127.0.0.1:1"], "no user name or password"),
        (["check", "127.0.0.1", "--proxy", "http://127.0.0.1:1", "--user", "anna"], "--proxy"),
        (["check", "127.0.0.1", "--proxy", "http://127.0.0.1:1", "--client-cert", "x.pfx"], "--proxy"),
        (["check", "127.0.0.1", "--proxy", "http://127.0.0.1:1", "--connect-to", "127.0.0.1=127.0.0.2"], "--proxy"),
        (["check", "127.0.0.1", "--autodiscover-post"], "--autodiscover-post"),
        (["check", "127.0.0.1", "--autodiscover-post", "--user", "a@b.test"], "autodiscover=HOST"),
        (["check", "127.0.0.1", "--plan", "--no-network"], "--plan"),
        (["lab", "no-such-scenario", "--check"], "no-such-scenario"),
        (["lab"], "--check"),
        (["explain", "namespace/duplicat"], "namespace/duplicate"),
        ([], "terminal"),
        (["no-such-command"], "COMMAND"),
        (["no-such-file.eascase"], "terminal"),
    ],
)
def test_wrong_usage_is_exit_2_and_says_what_is_wrong(argv: list[str], words: str) -> None:
    run = easwizard(*argv)
    assert run.returncode == 2
    assert words in run.stderr
    assert "Traceback" not in run.stderr
    assert run.stdout == ""


@pytest.mark.parametrize(
    "content", [b"", b"not a certificate", b"\x30\x82\x00", b"-----BEGIN CERTIFICATE-----\nxx\n"]
)
def test_an_unreadable_certificate_file_is_named(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "phone.pfx"
    file.write_bytes(content)
    run = easwizard("check", "127.0.0.1", "--client-cert", str(file))
    assert run.returncode == 2
    assert "phone.pfx" in run.stderr
    assert "Traceback" not in run.stderr


def unreachable_reason(port: int) -> str:
    """The reason why nothing answered, after checking everything that all such runs have in common."""
    started = time.monotonic()
    run = easwizard("check", f"generic=127.0.0.1:{port}", "--timeout", "1", "--json")
    assert run.returncode == 3
    assert "Traceback" not in run.stderr
    assert time.monotonic() - started < 30
    report = json.loads(run.stdout)
    assert report["verdict"] == "inconclusive"
    assert [f["verdict"] for f in report["findings"] if f["code"] == "tls/unreachable"] == ["confirmed"]
    return next(str(o["reason"]) for o in report["observations"] if o["status"] == "failed")


def test_a_closed_port(closed_port: int) -> None:
    assert unreachable_reason(closed_port) == "connection-refused"


def test_a_silent_port(listening: Listening) -> None:
    with listening(lambda _: None) as port:
        assert unreachable_reason(port) == "tls-timeout"


def test_plain_http_on_the_port(listening: Listening) -> None:
    def answer(connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            connection.shutdown(socket.SHUT_WR)

    with listening(answer) as port:
        assert unreachable_reason(port) == "not-tls"


def test_no_secret_is_ever_shown() -> None:
    run = easwizard("explain", "--json")
    assert run.returncode == 0
    assert json.loads(run.stdout)["format"] == "easwizard-explain"
