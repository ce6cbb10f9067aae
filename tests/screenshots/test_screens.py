"""The wizard still shows what is stored; what changed is told line by line, with how to store it anew."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from importlib.metadata import version

import pytest

from tests.screenshots.recording import SCENARIOS
from tests.screenshots.scenes import SCENES
from tests.screenshots.showing import CHECK, Scene, show
from tests.screenshots.stored import HOW, MADE_WITH, MADE_WITH_TEXTUAL, PICTURES, SNAPSHOTS, recorded

_WITH = ".".join(map(str, MADE_WITH))
on_one_python = pytest.mark.skipif(
    sys.version_info[:2] != MADE_WITH or version("textual") != MADE_WITH_TEXTUAL,
    reason=f"pictures are made with Python {_WITH} and Textual {MADE_WITH_TEXTUAL}",
)


@pytest.fixture(autouse=True)
def _same_looks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The same hour and colours everywhere."""
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.delenv("NO_COLOR", raising=False)
    _read_the_zone()
    yield
    monkeypatch.undo()
    _read_the_zone()


def _read_the_zone() -> None:
    if sys.platform != "win32":
        time.tzset()


@on_one_python
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.id)
def test_the_wizard_shows_what_is_stored(scene: Scene) -> None:
    different = show(scene, CHECK)
    assert not different, "\n".join([*different, HOW])


def test_every_svg_has_its_png() -> None:
    names = {file.stem for file in PICTURES.glob("*.svg")}
    assert names == {"diagnosis", "probes", "outage", "simulator", "fix", "logs", "checklist"}
    assert {file.stem for file in PICTURES.glob("*.png")} == names


def test_no_picture_fetches_anything_or_tells_where_it_was_made() -> None:
    files = [*SNAPSHOTS.glob("*.txt"), *PICTURES.glob("*.svg")]
    assert files
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert "@font-face" not in text
        assert "url(http" not in text
        assert os.fspath(PICTURES.parent) not in text, file.name


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_recorded_case_names_no_place_of_the_machine_it_was_made_on(name: str) -> None:
    case = recorded(name)
    assert case.vantage.host == "jump-box"
    assert {observation.vantage for observation in case.observations} == {"jump-box"}
    assert {target.port for target in case.targets} == {443}
    addresses = {address for target in case.targets for address in case.addresses(target.host)}
    assert addresses
    assert all(address.startswith("192.0.2.") for address in addresses)
