"""`--connect-to` and `--proxy` from the command line to the report, with real servers on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.probes.certificates import Authority
from tests.probes.servers import HttpsServer, Received, Server, closed_port, reply, server_context, unauthorized
from tests.probes.test_through_proxy import Relay

HOST = "mail.contoso.test"
PASSWORD = "Winter-is-coming-7"


def exchange(received: Received) -> bytes:
    """A 2013 server that knows one password."""
    if received.path == "/owa/":
        return reply(302, {"X-OWA-Version": "15.0.1497.2", "X-FEServer": "EX13A"})
    if received.password is not None:
        return reply(200, {"MS-Server-ActiveSync": "15.0", "MS-ASProtocolVersions": "14.1", "X-FEServer": "EX13A"})
    return unauthorized('Basic realm="mail"')


def check(*argv: str) -> tuple[dict[str, Any], str]:
    run = subprocess.run(
        [sys.executable, "-m", "easwizard", "check", *argv, "--timeout", "5", "--json"],
        env={**os.environ, "EASWIZARD_PASSWORD": PASSWORD, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        timeout=90,
        check=False,
    )
    assert run.returncode != 2, run.stderr
    assert PASSWORD not in run.stdout + run.stderr
    report: dict[str, Any] = json.loads(run.stdout)
    return report, run.stderr


def authorities(folder: Path, authority: Authority) -> str:
    path = folder / "ca.pem"
    path.write_bytes(authority.pem)
    return str(path)


def test_a_member_is_reached_where_dns_says_nothing(tmp_path: Path) -> None:
    authority = Authority("Contoso Test CA")
    with HttpsServer(server_context(authority.issue(HOST)), exchange) as member:
        report, told = check(
            f"generic={HOST}",
            "--resolver",
            f"internal=127.0.0.1:{closed_port()}",
            "--connect-to",
            f"{HOST}=127.0.0.1:{member.port}",
            "--ca",
            authorities(tmp_path, authority),
            "--user",
            "anna@contoso.test",
            "--mailbox",
            "2013",
        )
        received = list(member.requests)
    assert report["members"] == [{"host": HOST, "address": "127.0.0.1", "port": member.port}]
    ids = {o["id"] for o in report["observations"] if o["kind"] != "dns"}
    assert all(f"@127.0.0.1:{member.port}" in id for id in ids)
    assert {o["target"] for o in report["observations"] if o["kind"] != "dns"} == {f"{HOST}:443"}
    assert {r.headers["host"] for r in received} == {HOST}
    passwords = [r.path for r in received if r.password is not None]
    assert passwords == ["/Microsoft-Server-ActiveSync"]
    owa = next(o["facts"] for o in report["observations"] if o["facts"].get("path") == "/owa/")
    assert (owa["build"], owa["product"], owa["answered_by"]) == ("15.0.1497.2", "2013", "EX13A")
    assert "seeing who answers: 8 requests" in told


def test_a_proxy_is_used_for_looking_and_named_by_every_observation(tmp_path: Path) -> None:
    authority, relay = Authority("Contoso Test CA"), Relay()
    with HttpsServer(server_context(authority.issue(HOST)), exchange) as server, Server(relay) as proxy:
        report, _ = check(
            f"generic={HOST}:{server.port}",
            "--resolver",
            f"internal=127.0.0.1:{closed_port()}",
            "--proxy",
            f"http://127.0.0.1:{proxy.port}",
            "--ca",
            authorities(tmp_path, authority),
        )
    seen = [o for o in report["observations"] if o["kind"] != "dns"]
    assert {o["vantage"].partition(" via proxy ")[2] for o in seen} == {f"127.0.0.1:{proxy.port}"}
    assert {(o["kind"], o["status"]) for o in seen} == {("tcp", "skipped"), ("tls", "ok"), ("http", "ok")}
    assert len(relay.asked) == 4
    assert {o["vantage"].partition(" via proxy ")[2] for o in report["observations"] if o["kind"] == "dns"} == {""}
