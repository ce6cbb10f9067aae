"""The installer's judgement: which Python it takes, what it never deletes, and how it speaks to an old Python."""

from __future__ import annotations

import ast
import dataclasses
import re
import subprocess
import sys
from pathlib import Path, PurePath
from typing import Any

import pytest

from tests.bundle.on_target import install
from tests.bundle.targets import PYTHONS

SOURCE = Path(install.__file__)
WINDOWS = install.Here("3.12", "cpython", "win-amd64", free_threaded=False, glibc=None)
LINUX = install.Here("3.12", "cpython", "linux-x86_64", free_threaded=False, glibc=17)


def bundle(platform: str) -> dict[str, Any]:
    pythons = {"3.11": "pip-1-py3-none-any.whl", "3.12": "pip-1-py3-none-any.whl"}
    return {"platform": platform, "pythons": pythons, "glibc": 17 if platform == "linux" else None}


def test_a_fitting_python_is_taken() -> None:
    assert install.unfit(bundle("windows"), WINDOWS) is None
    assert install.unfit(bundle("linux"), LINUX) is None


@pytest.mark.parametrize(
    ("platform", "here", "words"),
    [
        ("windows", dataclasses.replace(WINDOWS, platform="win32"), "for win-amd64, and this Python is for win32"),
        ("windows", LINUX, "for win-amd64, and this Python is for linux-x86_64"),
        ("linux", dataclasses.replace(LINUX, platform="linux-aarch64"), "this Python is for linux-aarch64"),
        ("windows", dataclasses.replace(WINDOWS, python="3.10"), "Python 3.11, 3.12, and this one is 3.10"),
        ("windows", dataclasses.replace(WINDOWS, implementation="pypy"), "this one is pypy"),
        ("windows", dataclasses.replace(WINDOWS, free_threaded=True), "this one is a free-threaded build"),
        ("linux", dataclasses.replace(LINUX, glibc=16), "glibc 2.17 or later, and this system has 2.16"),
        ("linux", dataclasses.replace(LINUX, glibc=None), "none was found"),
    ],
)
def test_an_unfit_python_is_told_why(platform: str, here: install.Here, words: str) -> None:
    assert words in str(install.unfit(bundle(platform), here))


def test_this_python_is_seen_as_it_is() -> None:
    here = install.look_here()
    assert here.python == "{}.{}".format(*sys.version_info)
    assert here.implementation == sys.implementation.name


def test_only_an_own_or_an_empty_folder_is_replaced(tmp_path: Path) -> None:
    into = tmp_path / "programs" / "easwizard"
    for _ in range(2):
        install.make_room(into)
        assert [path.name for path in into.iterdir()] == [install.MARKER]
        (into / "old.txt").write_text("from before", encoding="utf-8")
    (into / install.MARKER).unlink()
    with pytest.raises(install.CannotInstall, match="not made by this installer"):
        install.make_room(into)
    assert (into / "old.txt").exists()


def test_a_file_in_the_way_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "easwizard").write_text("mine", encoding="utf-8")
    with pytest.raises(install.CannotInstall, match="name another"):
        install.make_room(tmp_path / "easwizard")


def test_programs_go_where_one_user_may_write() -> None:
    home = Path("home")
    assert install.default_folder(False, {}, home) == home / ".local" / "opt" / "easwizard"
    assert install.default_folder(True, {"LOCALAPPDATA": "local"}, home) == Path("local", "Programs", "easwizard")
    assert PurePath("AppData", "Local", "Programs", "easwizard") == install.default_folder(
        True, {}, home
    ).relative_to(home)


@pytest.mark.parametrize("starter", ["install.cmd", "install.sh"])
def test_the_newest_fitting_python_is_tried_first(starter: str) -> None:
    tried = re.findall(r"\bpy(?:thon| -)(3\.\d+)", SOURCE.with_name(starter).read_text(encoding="utf-8"))
    assert tried == [*reversed(PYTHONS)]


def test_an_old_python_can_read_the_installer_far_enough_to_say_so() -> None:
    """Parsing must get past the whole file before the version is compared."""
    tree = ast.parse(SOURCE.read_text(encoding="utf-8"), feature_version=(3, 6))
    imported = [node.module for node in tree.body if isinstance(node, ast.ImportFrom)]
    check = next(n for n, node in enumerate(tree.body) if isinstance(node, ast.If))
    assert "__future__" not in imported
    assert all(isinstance(node, ast.Import | ast.ImportFrom | ast.Expr) for node in tree.body[:check])
    assert not [
        node for node in tree.body[:check] if isinstance(node, ast.ImportFrom) and node.module == "dataclasses"
    ]


def test_the_installer_needs_nothing_but_python(tmp_path: Path) -> None:
    copied = tmp_path / "install.py"
    copied.write_bytes(SOURCE.read_bytes())
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(copied), "--help"], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "--no-venv" in done.stdout
