"""`lab --headless` as another program uses it: one JSON line, a check command that works, a clean end on a signal."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest


@contextmanager
def serving(scenario: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "easwizard", "lab", scenario, "--headless"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield process, json.loads(process.stdout.readline())
    finally:
        process.terminate()
        process.communicate(timeout=30)


def test_the_printed_command_finds_the_fault() -> None:
    with serving("article-split") as (_, invited):
        printed = invited["check"]
        run = subprocess.run(
            [*printed["argv"], "--json"],
            env={**os.environ, **printed["env"]},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=120,
        )
    assert run.returncode == 1
    verdicts = {f["code"]: f["verdict"] for f in json.loads(run.stdout)["findings"]}
    assert verdicts["namespace/duplicate"] == "confirmed"
    assert not [p for p in printed["env"].values() if p in run.stdout or p in run.stderr]


def test_a_change_over_the_control_address() -> None:
    with serving("article-cba-fixed") as (_, invited):
        control = invited["control"]
        request = urllib.request.Request(
            f"http://{control['address']}/change",
            data=b"remove-vdir=EX07A/Certificate Site",
            headers={"Authorization": f"Bearer {control['token']}"},
            method="POST",
        )
        with urllib.request.urlopen(request, timeout=10) as reply:
            assert reply.status == 204


@pytest.mark.skipif(sys.platform == "win32", reason="signals end a process differently on Windows")
def test_a_signal_ends_it_cleanly() -> None:
    with serving("healthy") as (process, _):
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="signals end a process differently on Windows")
def test_an_interrupted_check_keeps_what_was_seen() -> None:
    with serving("article-split") as (_, invited):
        argv = [*invited["check"]["argv"], "--pace", "600", "--json"]
        check = subprocess.Popen(
            argv,
            env={**os.environ, **invited["check"]["env"]},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        assert check.stderr is not None
        for line in check.stderr:
            if "1: 200" in line or "1: 403" in line:
                break
        check.send_signal(signal.SIGINT)
        out, err = check.communicate(timeout=30)
    assert check.returncode == 130
    assert "Traceback" not in err
    report = json.loads(out)
    samples = [o["facts"] for o in report["observations"] if o["kind"] == "sample"]
    assert [facts["sent"] for facts in samples if facts["credentials"] != "none"][:1] == [1]
    assert {f["code"]: f["verdict"] for f in report["findings"]}["namespace/duplicate"] == "likely"
