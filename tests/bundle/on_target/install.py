"""Installs easwizard from the folder that this file lies in: no network, no admin rights, no pip of one's own needed.

Needs a bare Python. What is installed is one folder that can be deleted again; cases lie elsewhere.
"""

import argparse
import hashlib
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036  whoever reads these words has an older one
    sys.exit("This is Python {}.{}; easwizard needs 3.11 or later. See README.txt.".format(*sys.version_info[:2]))

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MARKER = "installed-from-bundle.txt"
"""Says that a folder is ours to replace."""

START = """\
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "lib"))

from easwizard.cli import main

raise SystemExit(main())
"""


class CannotInstall(Exception):
    """Why not, and what to do, in words for whoever installs."""


@dataclass(frozen=True)
class Here:
    """What counts of this Python and this system."""

    python: str
    """As "3.12"."""
    implementation: str
    platform: str
    """As `sysconfig.get_platform` says it."""
    free_threaded: bool
    glibc: int | None
    """The x of glibc 2.x; None where the C library is another one or unknown."""


def look_here() -> Here:
    """Asks the running Python."""
    library, version = platform.libc_ver()
    major, _, minor = version.partition(".")
    return Here(
        python="{}.{}".format(*sys.version_info[:2]),
        implementation=sys.implementation.name,
        platform=sysconfig.get_platform(),
        free_threaded=bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
        glibc=int(minor) if library == "glibc" and major == "2" and minor.isdigit() else None,
    )


def unfit(bundle: Mapping[str, Any], here: Here) -> str | None:
    """Why this bundle does not run on this Python; None when it does."""
    pythons = ", ".join(bundle["pythons"])
    wanted = {"windows": "win-amd64", "linux": "linux-x86_64"}[bundle["platform"]]
    if here.platform != wanted:
        return f"This bundle is for {wanted}, and this Python is for {here.platform}."
    if here.implementation != "cpython" or here.free_threaded:
        kind = "a free-threaded build" if here.free_threaded else here.implementation
        return f"This bundle needs an ordinary CPython ({pythons}), and this one is {kind}."
    if here.python not in bundle["pythons"]:
        return f"This bundle is for Python {pythons}, and this one is {here.python}."
    if bundle["platform"] == "linux" and (here.glibc is None or here.glibc < (bundle["glibc"] or 0)):
        found = "none was found" if here.glibc is None else f"this system has 2.{here.glibc}"
        return f"This bundle needs glibc 2.{bundle['glibc']} or later, and {found}."
    return None


def damaged(folder: Path) -> list[str]:
    """Files that are missing or not as SHA256SUMS says."""
    lines = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    return [name for expected, name in (line.split("  ", 1) for line in lines) if _sha256(folder / name) != expected]


def _sha256(path: Path) -> str | None:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None


def default_folder(windows: bool, environment: Mapping[str, str], home: Path) -> Path:
    """Where programs of one user go."""
    if windows:
        return Path(environment.get("LOCALAPPDATA") or home / "AppData" / "Local") / "Programs" / "easwizard"
    return home / ".local" / "opt" / "easwizard"


def make_room(into: Path) -> None:
    """An empty folder, marked as ours. Raises `CannotInstall` rather than delete what somebody else put there."""
    if into.exists() and not (into / MARKER).is_file() and not (into.is_dir() and not any(into.iterdir())):
        raise CannotInstall(f"{into} is there and was not made by this installer: name another with --into.")
    try:
        if into.exists():
            shutil.rmtree(into)
        into.mkdir(parents=True)
        (into / MARKER).write_text("This folder was made by install.py and may be deleted.\n", encoding="utf-8")
    except OSError as error:
        raise CannotInstall(f"{into}: {error.strerror}. Is easwizard still running?") from error


def install_wheels(here: Path, bundle: Mapping[str, Any], python: Path, *options: str) -> None:
    """Runs the pip of the bundle in a Python, on this folder alone and with every hash checked."""
    version = "{}.{}".format(*sys.version_info[:2])
    wheels = here / "wheels"
    pip = wheels / bundle["pythons"][version] / "pip"
    command = [str(python), str(pip), "install", "--isolated", "--no-index", "--find-links", str(wheels)]
    command += ["--require-hashes", "--no-cache-dir", "--no-warn-script-location", "--root-user-action", "ignore"]
    command += ["--quiet", *options, "-r", str(here / f"requirements-{version}.txt")]
    # The settings of whoever installs may name an index or a place that must not be used here.
    clean = {k: v for k, v in os.environ.items() if not k.upper().startswith(("PIP_", "PYTHON"))}
    clean.update(PIP_CONFIG_FILE=os.devnull, PIP_DISABLE_PIP_VERSION_CHECK="1", PYTHONNOUSERSITE="1")
    if subprocess.run(command, env=clean, check=False).returncode != 0:
        raise CannotInstall("pip could not install; its words stand above. Nothing outside the folder was changed.")


def with_environment(here: Path, bundle: Mapping[str, Any], into: Path) -> list[list[str]]:
    """Installs into a virtual environment; returns the commands that start the program."""
    import venv

    windows = os.name == "nt"
    venv.EnvBuilder(symlinks=not windows).create(into)
    programs = into / ("Scripts" if windows else "bin")
    python = programs / ("python.exe" if windows else "python")
    install_wheels(here, bundle, python)
    return [[str(programs / ("easwizard.exe" if windows else "easwizard"))], [str(python), "-m", "easwizard"]]


def without_environment(here: Path, bundle: Mapping[str, Any], into: Path) -> list[list[str]]:
    """Installs into a plain folder, with no new program files; returns the commands that start the program."""
    python = Path(sys.executable)
    install_wheels(here, bundle, python, "--target", str(into / "lib"))
    start = into / "start.py"
    start.write_text(START, encoding="utf-8")
    return [[str(python), str(start)]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0 when the program was installed and has answered."""
    parser = argparse.ArgumentParser(
        prog="install", description="Installs easwizard for you alone, from this folder."
    )
    parser.add_argument(
        "--into", type=Path, metavar="FOLDER", help="the folder to make (default: among your programs)"
    )
    parser.add_argument(
        "--no-venv", action="store_true", help="no virtual environment: where new .exe files are barred"
    )
    options = parser.parse_args(arguments)
    try:
        commands = install(Path(__file__).resolve().parent, options.into, plain=options.no_venv)
    except CannotInstall as error:
        print(error, file=sys.stderr)
        return 2
    print("Start it with:")
    for command in commands:
        print("   ", *(f'"{word}"' if " " in word else word for word in command))
    return 0


def install(here: Path, into: Path | None, *, plain: bool) -> list[list[str]]:
    """Check, make room, install, and have the program say its version. Raises `CannotInstall`."""
    bundle = json.loads((here / "bundle.json").read_text(encoding="utf-8"))
    reason = unfit(bundle, look_here())
    if reason is not None:
        raise CannotInstall(f"{reason} README.txt says more.")
    broken = damaged(here)
    if broken:
        raise CannotInstall(f"The bundle is damaged; copy it again. Not as they were packed: {', '.join(broken)}")
    folder = (into or default_folder(os.name == "nt", os.environ, Path.home())).absolute()
    if here.is_relative_to(folder):
        raise CannotInstall(f"{folder} holds this bundle: name another with --into.")
    make_room(folder)
    print(f"Installing into {folder}; this may take a minute.", flush=True)
    how = without_environment if plain or importlib.util.find_spec("venv") is None else with_environment
    try:
        commands = how(here, bundle, folder)
        answer = subprocess.run([*commands[-1], "--version"], capture_output=True, text=True, check=False)
    except OSError as error:
        raise CannotInstall(f"{error}. Programs may be barred there: --into another folder, or --no-venv.") from error
    if answer.returncode != 0:
        raise CannotInstall(f"It is installed in {folder} but does not start:\n{answer.stderr}")
    print(f"{answer.stdout.strip()} is installed.")
    return commands


if __name__ == "__main__":
    raise SystemExit(main())
