"""The Linux bundle for the running Python, from the package index to a diagnosis without a network."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from easwizard import __version__
from tests.bundle.build import build
from tests.bundle.closure import applicable
from tests.bundle.fetch import build_project
from tests.bundle.on_target import install
from tests.bundle.targets import LINUX, PYTHONS, Target

ROOT = Path(__file__).parents[2]
PYTHON = "{}.{}".format(*sys.version_info)


def run(command: list[str], environment: Mapping[str, str]) -> str:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def package_index(tmp_path: Path) -> None:
    """What builds the project can be had. Where nothing answers within seconds, the test is skipped."""
    if install.look_here().platform != "linux-x86_64" or install.look_here().glibc is None or PYTHON not in PYTHONS:
        pytest.skip("needs one of the bundle's Pythons on Linux x86_64 with glibc")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--timeout", "10", "--retries", "0"]
    try:
        done = subprocess.run(
            [*command, "--only-binary", ":all:", "--dest", str(tmp_path / "probe"), "hatchling"],
            capture_output=True,
            timeout=30,
            check=False,
        )
    except subprocess.TimeoutExpired:
        pytest.skip("needs a package index")
    if done.returncode != 0:
        pytest.skip("needs a package index")


@pytest.fixture
def bare(tmp_path: Path) -> dict[str, str]:
    """An environment with a Python, a home, and nothing else: no proxies, no settings of pip, no other Pythons."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / f"python{PYTHON}").symlink_to(os.path.realpath(sys.executable))
    for name in ("sh", "dirname"):
        (programs / name).symlink_to(shutil.which(name) or name)
    (tmp_path / "home").mkdir()
    return {"PATH": str(programs), "HOME": str(tmp_path / "home")}


@pytest.mark.usefixtures("package_index")
def test_the_linux_bundle_installs_without_a_network_and_finds_the_healthy_estate_healthy(
    tmp_path: Path, bare: Mapping[str, str]
) -> None:
    project = build_project(ROOT, tmp_path / "project")
    assert own_needs() == {str(r) for r in applicable(project.requires, Target(LINUX, PYTHON).markers())}

    archive = build(project, LINUX, (PYTHON,), tmp_path / "out", tmp_path / "work")
    with tarfile.open(archive) as packed:
        packed.extractall(tmp_path / "target", filter="data")
    (bundle,) = (tmp_path / "target").iterdir()

    told = run([str(tmp_path / "bin" / "sh"), str(bundle / "install.sh")], bare)
    programs = tmp_path / "home" / ".local" / "opt" / "easwizard" / "bin"
    assert str(programs / "easwizard") in told
    assert __version__ in run([str(programs / "easwizard"), "--version"], bare)
    assert "NO PROBLEM FOUND" in run([str(programs / "python"), "-m", "easwizard", "lab", "--check", "healthy"], bare)


def own_needs() -> set[str]:
    """What pyproject.toml says."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {str(r) for r in applicable(map(Requirement, project["dependencies"]), Target(LINUX, PYTHON).markers())}
