"""The bundle without a network: real pip on a folder of small wheels."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from tests.bundle.assemble import Content, lay_out, manifest, pack, pins, readme
from tests.bundle.build import build
from tests.bundle.closure import applicable, close
from tests.bundle.fetch import BuildError, NoWheel, wheels_for
from tests.bundle.on_target import install
from tests.bundle.small_wheels import small_wheel
from tests.bundle.targets import LINUX, NEWEST_GLIBC, PLATFORMS, PYTHONS, WINDOWS, Platform, Target
from tests.bundle.wheels import glibc_floor, read_wheel, sha256_of

ROOT = Path(__file__).parents[2]
MANYLINUX = "{}-manylinux2014_x86_64.manylinux_2_17_x86_64"
OLDEST, LATEST = Target(WINDOWS, PYTHONS[0]), Target(WINDOWS, PYTHONS[-1])


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return small_index(tmp_path / "index")


def small_index(folder: Path) -> Path:
    """Packages that show what goes wrong when a marker is judged by the building system."""
    small_wheel(folder, "pip", "99.0")
    small_wheel(folder, "everywhere", "1.5", ["windowsonly>=1; sys_platform == 'win32'"])
    small_wheel(folder, "everywhere", "2.0")
    small_wheel(folder, "windowsonly", "1.0", ["deeper; sys_platform == 'win32'", "posixonly; os_name == 'posix'"])
    small_wheel(folder, "deeper", "3.0")
    small_wheel(folder, "posixonly", "1.0")
    for python in PYTHONS:
        number = f"cp{python.replace('.', '')}"
        small_wheel(folder, "compiled", "1.0", tag=f"{number}-{number}-win_amd64")
        small_wheel(folder, "compiled", "1.0", tag=MANYLINUX.format(f"{number}-{number}"))
    return folder


def offline(index: Path) -> tuple[str, ...]:
    return ("--no-index", "--find-links", str(index))


def names(requirements: list[str], target: Target, index: Path, work: Path) -> list[str]:
    found = wheels_for(target, [Requirement(line) for line in requirements], work / "found", offline(index))
    assert {wheel.path.name for wheel in found} == {path.name for path in (work / "found").iterdir()}
    return [wheel.path.name for wheel in found]


def test_the_bundle_is_for_every_python_that_the_project_runs_on() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = SpecifierSet(project["requires-python"])
    first = int(PYTHONS[0].partition(".")[2])
    assert [f"3.{first + n}" for n in range(len(PYTHONS))] == list(PYTHONS)
    assert all(wanted.contains(f"{python}.0") for python in PYTHONS)
    assert not wanted.contains(f"3.{first - 1}.99")


def test_markers_are_judged_by_the_target() -> None:
    lines = ["a; sys_platform == 'win32'", "b; python_version < '3.13'", "c; platform_machine == 'x86_64'", "d>1"]
    requirements = [Requirement(line) for line in lines]
    found = {str(t): [str(r) for r in applicable(requirements, t.markers())] for t in (OLDEST, LATEST)}
    assert list(found.values()) == [["a", "b", "d>1"], ["a", "d>1"]]
    assert [str(r) for r in applicable(requirements, Target(LINUX, "3.14").markers())] == ["c", "d>1"]
    assert str(requirements[0]) == 'a; sys_platform == "win32"', "the given ones stay as they were"


def test_a_closure_follows_extras_and_says_what_is_missing_or_of_the_wrong_version(tmp_path: Path) -> None:
    wheels = [
        small_wheel(tmp_path, "top", requires=["middle[fancy]>=1", "plain; extra == 'other'"]),
        small_wheel(tmp_path, "middle", requires=["Fan_cy.Thing; extra == 'fancy'", "old<1", "gone"]),
        small_wheel(tmp_path, "fan_cy_thing"),
        small_wheel(tmp_path, "old", "1.0"),
        small_wheel(tmp_path, "stray"),
    ]
    found = close([Requirement("top")], map(read_wheel, wheels), OLDEST.markers())
    assert [wheel.name for wheel in found.needed] == ["fan-cy-thing", "middle", "top"]
    assert [str(r) for r in found.unmet] == ["gone", "old<1"]


def test_what_only_the_building_system_needs_is_dropped(index: Path, tmp_path: Path) -> None:
    small_wheel(index, "chooser", requires=[f"deeper; sys_platform == '{sys.platform}'"])
    other = Target(LINUX if sys.platform == "win32" else WINDOWS, "3.13")
    number = "cp313-cp313-win_amd64" if other.platform == WINDOWS else MANYLINUX.format("cp313-cp313")
    assert names(["chooser", "compiled"], other, index, tmp_path) == [
        "chooser-1.0-py3-none-any.whl",
        f"compiled-1.0-{number}.whl",
    ]


def test_a_dependency_without_a_wheel_is_named_with_its_target(index: Path, tmp_path: Path) -> None:
    (index / "compiled-1.0-cp314-cp314-win_amd64.whl").unlink()
    assert names(["compiled"], Target(WINDOWS, "3.13"), index, tmp_path)
    with pytest.raises(NoWheel, match=r"CPython 3\.14 on windows x86_64: no wheel for compiled"):
        names(["compiled"], LATEST, index, tmp_path)


def test_a_wheel_missing_in_a_deeper_layer_is_named_too(index: Path, tmp_path: Path) -> None:
    (index / "deeper-3.0-py3-none-any.whl").unlink()
    with pytest.raises(NoWheel, match=r"3\.14 on windows x86_64: no wheel for deeper"):
        names(["everywhere<2"], LATEST, index, tmp_path)


def test_a_wheel_for_a_newer_glibc_is_no_wheel(index: Path, tmp_path: Path) -> None:
    newer = small_wheel(index, "fresh", tag=f"py3-none-manylinux_2_{NEWEST_GLIBC + 1}_x86_64")
    with pytest.raises(NoWheel, match="no wheel for fresh"):
        names(["fresh"], Target(LINUX, "3.12"), index, tmp_path)
    newer.rename(index / f"fresh-1.0-py3-none-manylinux_2_{NEWEST_GLIBC}_x86_64.whl")
    assert names(["fresh"], Target(LINUX, "3.12"), index, tmp_path)


def test_a_contradiction_is_told_in_the_words_of_pip(index: Path, tmp_path: Path) -> None:
    small_wheel(index, "quarrel", requires=["everywhere<2"])
    with pytest.raises(BuildError, match=r"(?s)CPython 3\.11 on windows.*quarrel") as told:
        names(["quarrel", "everywhere>=2"], OLDEST, index, tmp_path)
    assert not isinstance(told.value, NoWheel)


def test_the_glibc_that_is_needed_is_the_highest_of_the_least(tmp_path: Path) -> None:
    tags = ("py3-none-any", "py3-none-manylinux2010_x86_64", "py3-none-manylinux_2_28_x86_64.manylinux2014_x86_64")
    wheels = [read_wheel(small_wheel(tmp_path, f"w{n}", tag=tag)) for n, tag in enumerate(tags)]
    assert [glibc_floor(wheels[:n]) for n in (1, 2, 3)] == [None, 12, 17]


def test_a_file_that_is_no_wheel_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "empty-1.0-py3-none-any.whl", "w"):
        pass
    with pytest.raises(ValueError, match="0 METADATA"):
        read_wheel(tmp_path / "empty-1.0-py3-none-any.whl")


def built(platform: Platform, index: Path, out: Path) -> Path:
    project = read_wheel(
        small_wheel(out / "own", "project", "0.1", ["everywhere<2", "compiled", "dev; extra == 'dev'"])
    )
    return build(project, platform, ("3.11", "3.14"), out, out / "work", offline(index))


@pytest.fixture(scope="module")
def windows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An unpacked Windows bundle, to be looked at only."""
    place = tmp_path_factory.mktemp("bundle")
    with zipfile.ZipFile(built(WINDOWS, small_index(place / "index"), place / "out")) as archive:
        archive.extractall(place / "target")
    (folder,) = (place / "target").iterdir()
    return folder


def test_a_windows_bundle_has_one_folder_of_wheels_and_pins_for_each_python(windows: Path) -> None:
    assert windows.name == "project-0.1-windows-x86_64"
    assert {path.name for path in (windows / "wheels").iterdir()} == {
        "compiled-1.0-cp311-cp311-win_amd64.whl",
        "compiled-1.0-cp314-cp314-win_amd64.whl",
        "deeper-3.0-py3-none-any.whl",
        "everywhere-1.5-py3-none-any.whl",
        "pip-99.0-py3-none-any.whl",
        "project-0.1-py3-none-any.whl",
        "windowsonly-1.0-py3-none-any.whl",
    }
    compiled = sha256_of(windows / "wheels" / "compiled-1.0-cp314-cp314-win_amd64.whl")
    lines = (windows / "requirements-3.14.txt").read_text(encoding="utf-8").splitlines()
    assert lines[0] == f"compiled==1.0 --hash=sha256:{compiled}"
    assert [line.partition("==")[0] for line in lines] == [
        "compiled",
        "deeper",
        "everywhere",
        "project",
        "windowsonly",
    ]
    assert b"\r\n" in (windows / "install.cmd").read_bytes()
    assert json.loads((windows / "bundle.json").read_text(encoding="utf-8"))["pythons"] == {
        "3.11": "pip-99.0-py3-none-any.whl",
        "3.14": "pip-99.0-py3-none-any.whl",
    }


def test_the_manifest_knows_every_file(windows: Path) -> None:
    listed = [line.split("  ")[1] for line in (windows / "SHA256SUMS").read_text(encoding="utf-8").splitlines()]
    there = [path.relative_to(windows).as_posix() for path in windows.rglob("*") if path.is_file()]
    assert {*listed, "SHA256SUMS"} == set(there)
    assert (windows / "SHA256SUMS").read_text(encoding="utf-8") == manifest(windows)
    assert install.damaged(windows) == []


def test_the_installer_sees_what_was_changed_on_the_way(windows: Path, tmp_path: Path) -> None:
    copied = shutil.copytree(windows, tmp_path / "copied")
    (copied / "wheels" / "deeper-3.0-py3-none-any.whl").unlink()
    (copied / "requirements-3.11.txt").write_text("", encoding="utf-8")
    assert install.damaged(copied) == ["requirements-3.11.txt", "wheels/deeper-3.0-py3-none-any.whl"]


def small_content(platform: Platform, folder: Path) -> Content:
    wheels = [read_wheel(small_wheel(folder, name)) for name in ("project", "pip")]
    return Content(wheels[0], platform, dict.fromkeys(PYTHONS, wheels[1:]))


@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=lambda platform: str(platform.name))
def test_the_same_wheels_give_the_same_archive(platform: Platform, tmp_path: Path) -> None:
    content = small_content(platform, tmp_path)
    first = pack(lay_out(content, tmp_path / "a"))
    for place, seconds in (("b", 10**9), ("c", 2 * 10**9)):
        folder = lay_out(content, tmp_path / place)
        for path in folder.rglob("*"):
            os.utime(path, (seconds, seconds))
        assert pack(folder).read_bytes() == first.read_bytes()


def test_a_linux_bundle_is_a_tar_with_a_program_to_run(tmp_path: Path) -> None:
    with tarfile.open(pack(lay_out(small_content(LINUX, tmp_path), tmp_path))) as archive:
        modes = {member.name.partition("/")[2]: member.mode for member in archive}
    assert modes["install.sh"] == 0o755
    assert {mode for name, mode in modes.items() if name != "install.sh"} == {0o644}


def test_every_python_without_a_wheel_is_named_and_nothing_is_written(index: Path, tmp_path: Path) -> None:
    for python in ("311", "314"):
        (index / f"compiled-1.0-cp{python}-cp{python}-win_amd64.whl").unlink()
    with pytest.raises(NoWheel) as told:
        built(WINDOWS, index, tmp_path / "out")
    assert [line.split(":")[0] for line in str(told.value).splitlines()] == [str(OLDEST), str(LATEST)]
    assert {path.name for path in (tmp_path / "out").iterdir()} <= {"own", "work"}


def test_two_files_of_one_name_must_be_the_same(tmp_path: Path) -> None:
    one, other = (small_wheel(tmp_path / part, "thing", requires=needs) for part, needs in (("a", []), ("b", ["x"])))
    project = read_wheel(small_wheel(tmp_path, "project"))
    wheels = {"3.11": [read_wheel(one)], "3.12": [read_wheel(other)]}
    with pytest.raises(BuildError, match=r"thing-1\.0-py3-none-any\.whl"):
        lay_out(Content(project, WINDOWS, wheels), tmp_path / "out")


def test_the_installer_is_not_installed(tmp_path: Path) -> None:
    wheels = [read_wheel(small_wheel(tmp_path, name)) for name in ("pip", "other")]
    assert [line.split("==")[0] for line in pins(wheels).splitlines()] == ["other"]


@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=lambda platform: str(platform.name))
def test_the_words_fit_any_console(platform: Platform, tmp_path: Path) -> None:
    text = readme(small_content(platform, tmp_path))
    assert text.isascii()
    assert max(map(len, text.splitlines())) <= 80
    assert f"{', '.join(PYTHONS[:-1])} or {PYTHONS[-1]}" in text
    assert f"easwizard-1.0-{platform.name}" in text


def test_the_command_line_needs_a_folder_for_its_output() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bundle"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert "--out" in done.stderr
