"""The lab must not share a brain with what it tests: what it may import, and that it stays on loopback."""

from __future__ import annotations

import ast
import os
from pathlib import Path

import pytest

import easwizard.lab
from easwizard.lab.estate import Estate
from easwizard.lab.scenario_reader import load_scenario

FOLDER = Path(easwizard.lab.__file__).parent
ALLOWED = {"easwizard.exchange.inventory", "easwizard.exchange.products"}


def imported(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            names |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.py")), ids=lambda file: file.name)
def test_the_lab_imports_the_inventory_and_the_products_only(file: Path) -> None:
    own = {name for name in imported(file) if name.startswith("easwizard") and not name.startswith("easwizard.lab")}
    assert all(any(name == allowed or name.startswith(allowed + ".") for allowed in ALLOWED) for name in own)
    assert not {"asyncio", "httpx", "textual"} & imported(file)


def test_everything_listens_on_loopback(article: Estate) -> None:
    hosts = {*article.addresses.values(), article.control_address.partition(":")[0]}
    hosts |= {address for address, _ in article.resolvers.values()}
    assert all(host.startswith("127.") for host in hosts)
    assert load_scenario("article") == article.scenario


def test_secrets_on_disk_are_the_owners_alone(article: Estate) -> None:
    keys = list(article.folder.glob("*.key"))
    assert len(keys) == 9
    if os.name == "posix":
        assert all(key.stat().st_mode & 0o077 == 0 for key in keys)
        assert article.folder.stat().st_mode & 0o077 == 0
