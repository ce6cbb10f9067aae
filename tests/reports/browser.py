"""Drives a headless Chromium over its DevTools pipe: opens a page, hears all it says, prints it."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
TELLING = ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded", "Audits.issueAdded")
"""What a page says when something is wrong with it."""


def found() -> str | None:
    """The browser of this machine; None where there is none, or none that talks over a pipe of ours."""
    if os.name != "posix":
        return None
    return next((path for name in PROGRAMS if (path := shutil.which(name))), None)


@dataclass
class Page:
    """One open page and what it said so far."""

    _to: int
    _from: int
    session: str = ""
    said: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """Every address that the page asked for."""
    _rest: bytes = b""
    _number: int = 0

    def call(self, method: str, **parameters: object) -> dict[str, Any]:
        """One command with its answer. Raises RuntimeError with the browser's words where it fails."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            heard = self._hear()
            if heard.get("id") == self._number:
                if "error" in heard:
                    raise RuntimeError(f"{method}: {heard['error']}")
                return dict(heard["result"])
            self._note(heard)

    def wait_for(self, event: str) -> None:
        while True:
            heard = self._hear()
            self._note(heard)
            if heard.get("method") == event:
                return

    def evaluate(self, expression: str) -> Any:
        """A value of the page. The policy of the page does not bind who debugs it."""
        return self.call("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def _note(self, heard: dict[str, Any]) -> None:
        if heard.get("method") in TELLING:
            self.said.append(heard)
        if heard.get("method") == "Network.requestWillBeSent":
            self.asked.append(heard["params"]["request"]["url"])

    def _hear(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            more = os.read(self._from, 1 << 20)
            if not more:
                raise RuntimeError("the browser has gone")
            self._rest += more
        message, _, self._rest = self._rest.partition(b"\0")
        return dict(json.loads(message))


@contextmanager
def browser(program: str, home: Path, *options: str) -> Iterator[Page]:
    """A browser with one empty page, which ends with the block."""
    to_it, ours_to = os.pipe()
    ours_from, from_it = os.pipe()
    process = _spawned(_command(program, home, options), home, to_it, from_it)
    os.close(to_it)
    os.close(from_it)
    page = Page(ours_to, ours_from)
    try:
        target = page.call("Target.createTarget", url="about:blank")["targetId"]
        page.session = page.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Audits"):
            page.call(f"{domain}.enable")
        yield page
    finally:
        os.kill(process, signal.SIGTERM)
        os.waitpid(process, 0)
        os.close(ours_to)
        os.close(ours_from)


def _spawned(words: list[str], home: Path, to_it: int, from_it: int) -> int:
    """The browser reads commands at 3 and answers at 4. Its number."""
    import fcntl

    above = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in (to_it, from_it)]
    nowhere = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in (0, 1, 2)]
    placed = [(os.POSIX_SPAWN_DUP2, end, number) for end, number in zip(above, (3, 4), strict=True)]
    try:
        environment = {**os.environ, "HOME": str(home)}
        return os.posix_spawn(words[0], words, environment, file_actions=[*nowhere, *placed])
    finally:
        for end in above:
            os.close(end)


def _command(program: str, home: Path, options: Sequence[str]) -> list[str]:
    return [
        program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
        "--disable-features=Translate,OptimizationHints,MediaRouter,NetworkTimeServiceQuerying",
        "--disable-domain-reliability", "--disable-client-side-phishing-detection", "--disable-default-apps",
        f"--user-data-dir={home / 'profile'}",
        "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1", "--remote-debugging-pipe",
        *options, "about:blank",
    ]  # fmt: skip
