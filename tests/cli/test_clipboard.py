"""The machine's clipboard: which tool is asked, and that a missing or failing one is never claimed to have worked."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from easwizard.cli.clipboard import SystemClipboard, tools


@pytest.mark.parametrize(
    ("platform", "environment", "programs"),
    [
        ("win32", {}, ["clip.exe"]),
        ("darwin", {}, ["pbcopy"]),
        ("linux", {}, []),
        ("linux", {"DISPLAY": ":0"}, ["xclip", "xsel"]),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, ["wl-copy", "xclip", "xsel"]),
        ("linux", {"WSL_DISTRO_NAME": "Ubuntu"}, ["clip.exe"]),
    ],
)
def test_each_system_has_its_tools(platform: str, environment: Mapping[str, str], programs: list[str]) -> None:
    assert [command[0] for command in tools(platform, environment)] == programs


def test_without_a_display_nothing_is_claimed() -> None:
    assert SystemClipboard("linux", {}).put("text") is False


@pytest.mark.skipif(sys.platform == "win32", reason="a program made of a shell script")
@pytest.mark.parametrize(("script", "took"), [("cat > $TAKEN", True), ("exit 1", False)])
def test_the_tool_is_handed_the_text_and_its_end_is_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, took: bool
) -> None:
    tool = tmp_path / "pbcopy"
    tool.write_text(f"#!/bin/sh\n{script}\n")
    tool.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("TAKEN", str(tmp_path / "taken"))
    assert SystemClipboard("darwin", {}).put("Größe") is took
    if took:
        assert (tmp_path / "taken").read_text(encoding="utf-8") == "Größe"


def test_a_tool_that_is_not_installed_is_no_clipboard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert SystemClipboard("darwin", {}).put("text") is False
