"""Every scenario that promises something of its evidence keeps it, from files alone and in each format."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping
from pathlib import Path

import pytest

from easwizard.cli import check
from easwizard.cli.arguments import parser
from easwizard.cli.lab import complaints_about
from easwizard.exchange.inventory import Inventory
from easwizard.lab.evidence_files import EVIDENCE, Behaviour, evidence_in
from easwizard.lab.scenario_reader import load_scenario, scenario_names
from easwizard.lab.server_output import Manners
from easwizard.reports.model import Report

NAMES = [name for name in scenario_names() if "evidence" in load_scenario(name).expectations]


def brought(
    folder: Path, inventory: Inventory, format: str, manners: Manners | None = None, *, own_files: bool = True
) -> list[str]:
    """The options that import an estate's files."""
    texts = evidence_in(format, inventory, Behaviour(manners=manners or {}), own_files=own_files)
    options: list[str] = []
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
        options += ["--import", str(folder / name)]
    return options


def in_front(answers: Mapping[str, str]) -> list[str]:
    """The one answer that no file can give, and that decides which certificate settings are right at all (J14)."""
    return [f"--answer=tls-in-front={answers['tls-in-front']}"] if "tls-in-front" in answers else []


def judged(inventory: Inventory, options: list[str], *more: str) -> Report:
    """What `check` says of files alone, with the names of the estate."""
    names = [f"{record.role}={record.host}" for record in inventory.namespaces]
    arguments = parser().parse_args(["check", *names, "--no-network", *options, *more])
    with contextlib.redirect_stderr(io.StringIO()):
        return check.examine(arguments, {})


@pytest.mark.parametrize("format", EVIDENCE)
@pytest.mark.parametrize("name", NAMES)
def test_files_alone_meet_the_expectations(name: str, format: str, tmp_path: Path) -> None:
    scenario = load_scenario(name)
    options = brought(tmp_path, scenario.inventory, format, scenario.site_knobs)
    report = judged(scenario.inventory, options, *in_front(scenario.answers))
    assert complaints_about(report, scenario, "evidence") == ()
