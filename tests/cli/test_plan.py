"""`check --plan`: every target and header, no secret, nothing sent. `--no-network`: nothing sent, still judged."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.cli.conftest import Listening

PASSWORD = "Winter-is-coming-7"
ARGUMENTS = (
    "generic=mail.contoso.test",
    "cert=cert.contoso.test",
    "legacy-generic=[::1]:8443",
    "autodiscover=autodiscover.contoso.test",
    "--resolver",
    "internal=127.0.0.1:53535",
    "--connect-to",
    "mail.contoso.test=127.0.0.9:4443",
    "--user",
    "anna@contoso.test",
    "--mailbox",
    "2007@London",
    "--client-cert",
    "phone.pfx",
    "--autodiscover-post",
)


def easwizard(*argv: str) -> subprocess.CompletedProcess[str]:
    secrets = {"EASWIZARD_PASSWORD": PASSWORD, "EASWIZARD_PFX_PASSPHRASE": PASSWORD}
    return subprocess.run(
        [sys.executable, "-m", "easwizard", "check", *argv],
        env={**os.environ, **secrets, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )


def plan(*argv: str) -> dict[str, Any]:
    run = easwizard("--plan", "--json", *argv)
    assert run.returncode == 0, run.stderr
    document: dict[str, Any] = json.loads(run.stdout)
    assert (document["format"], document["version"]) == ("easwizard-plan", 1)
    return document


def test_the_plan_names_every_question_and_request() -> None:
    document = plan(*ARGUMENTS)
    questions = {(q["name"], q["type"], q["server"]) for q in document["dns"]}
    assert ("_autodiscover._tcp.contoso.test", "SRV", "127.0.0.1:53535") in questions
    assert len(questions) == 7
    requests = {(r["target"], r["at"], r["port"], r["method"], r["path"]) for r in document["requests"]}
    vdir = "/Microsoft-Server-ActiveSync"
    assert {
        ("mail.contoso.test:443", "each address of mail.contoso.test", 443, "OPTIONS", vdir),
        ("mail.contoso.test:443", "127.0.0.9", 4443, "HEAD", "/owa/"),
        ("[::1]:8443", "::1", 8443, "OPTIONS", f"{vdir}/Proxy"),
        (
            "autodiscover.contoso.test:443",
            "the first trusted address of autodiscover.contoso.test",
            443,
            "POST",
            "/autodiscover/autodiscover.xml",
        ),
    } <= requests
    assert {r["method"] for r in document["requests"]} == {"OPTIONS", "GET", "HEAD", "POST"}


def test_credentials_are_named_by_kind_and_only_where_they_go() -> None:
    requests = plan(*ARGUMENTS)["requests"]
    kinds = {(r["target"].partition(":")[0], r["credentials"], r["account"]) for r in requests if r["account"]}
    assert kinds == {
        ("mail.contoso.test", "password", "anna@contoso.test"),
        ("cert.contoso.test", "client-certificate", "phone.pfx"),
        ("autodiscover.contoso.test", "password", "anna@contoso.test"),
    }
    for request in requests:
        told = request["headers"].get("Authorization")
        expected = {"ntlm-offer": "NTLM (an offer", "password": "Basic (the password of"}.get(request["credentials"])
        assert (told is None) == (expected is None)
        assert told is None or told.startswith(str(expected))
        assert request["headers"]["User-Agent"] == "easwizard"


def test_without_the_wish_nothing_is_posted_and_the_samples_are_counted() -> None:
    document = plan(
        "autodiscover=a.test", "generic=b.test", "--user", "x@b.test", "--mailbox", "2007", "--samples", "9"
    )
    assert "POST" not in {r["method"] for r in document["requests"]}
    (samples,) = [r for r in document["requests"] if r["credentials"] == "password"]
    assert (samples["times"], samples["each"]) == (9, False)
    assert samples["longest_seconds"] == 9 * 75 + 8 * 3


def test_no_secret_stands_in_any_plan_and_none_is_asked_for() -> None:
    for form in ((), ("--json",)):
        run = easwizard("--plan", *form, *ARGUMENTS)
        assert run.returncode == 0
        assert PASSWORD not in run.stdout + run.stderr
    without = subprocess.run(
        [sys.executable, "-m", "easwizard", "check", "--plan", *ARGUMENTS],
        env={k: v for k, v in os.environ.items() if not k.startswith("EASWIZARD")},
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )
    assert without.returncode == 0


def test_the_plan_in_words_fits_80_columns_and_says_what_it_is() -> None:
    run = easwizard("--plan", *ARGUMENTS)
    lines = run.stdout.splitlines()
    assert [line for line in lines if len(line) > 80 and " " in line.strip()] == []
    assert "Nothing was sent." in run.stdout
    assert "the password of anna@contoso.test" in run.stdout
    assert "NTLM offered, no credentials" in run.stdout


def test_planning_connects_nowhere(listening: Listening) -> None:
    taken: list[socket.socket] = []
    with listening(taken.append) as port:
        run = easwizard("--plan", f"generic=127.0.0.1:{port}", f"legacy-cert=127.0.0.1:{port}")
    assert (run.returncode, taken) == (0, [])


def test_no_network_sends_nothing_and_says_what_was_not_looked_at(listening: Listening) -> None:
    taken: list[socket.socket] = []
    with listening(taken.append) as port:
        resolver = f"internal=127.0.0.1:{port}"
        run = easwizard(
            f"generic=127.0.0.1:{port}", "mail.contoso.test", "--resolver", resolver, "--no-network", "--json"
        )
    assert taken == []
    assert run.returncode == 3
    report = json.loads(run.stdout)
    assert (report["verdict"], report["observations"]) == ("inconclusive", [])
    unseen = {item["what"]: item["why"] for item in report["not_examined"]}
    assert unseen["everything behind mail.contoso.test:443"] == "it was not looked at"


def test_no_network_needs_no_names_and_no_secrets() -> None:
    run = easwizard("--no-network", "--answer", "tls-in-front=nothing")
    assert run.returncode == 3
    assert "INCONCLUSIVE" in run.stdout


def test_a_report_of_a_plan_is_refused(tmp_path: Path) -> None:
    run = easwizard("--plan", "mail.contoso.test", "--report", str(tmp_path / "x.json"))
    assert run.returncode == 2
    assert "--report" in run.stderr
