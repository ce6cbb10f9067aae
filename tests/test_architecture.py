"""The house of DESIGN 4: imports only go down, pure parts stay pure, and nothing grows too large to read."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "easwizard"

FLOORS: tuple[frozenset[str], ...] = (
    frozenset({"exchange"}),
    frozenset({"case", "lab"}),
    frozenset({"diagnosis", "checklist", "probes", "evidence", "storage"}),
    frozenset({"reports", "workflow"}),
    frozenset({"tui"}),
    frozenset({"cli"}),
)
"""From the ground up."""
LEVEL = {part: level for level, floor in enumerate(FLOORS) for part in floor}

ENTRANCES = {"__main__": {"cli"}, "__init__": frozenset[str]()}
"""Modules beside the parts, with what they may import."""
LAB_MAY_USE = {"easwizard.exchange.inventory", "easwizard.exchange.products"}
PURE = ("exchange", "case", "diagnosis", "checklist")
HEAVY = ("asyncio", "socket", "ssl", "httpx", "dns", "textual", "subprocess")

LONGEST_MODULE = 400
LONGEST_FUNCTION = 60
DATA_TABLES: frozenset[str] = frozenset()
"""Modules that may be longer because they are tables, by their path below the package."""

FILES = sorted(PACKAGE.rglob("*.py"))
MODULES = {".".join(f.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): f for f in FILES}


def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), str(file))


def package_of(module: str) -> str:
    return module if MODULES[module].stem == "__init__" else module.rpartition(".")[0]


def named_in(module: str, node: ast.Import | ast.ImportFrom) -> set[str]:
    """The modules that one import statement brings, with relative ones made absolute."""
    if isinstance(node, ast.Import):
        return {alias.name for alias in node.names}
    base = node.module or ""
    if node.level:
        above = package_of(module).split(".")
        base = ".".join([*above[: len(above) - node.level + 1], *filter(None, [node.module])])
    inner = {f"{base}.{alias.name}" for alias in node.names}
    return inner & MODULES.keys() or {base}


def imports_of(module: str) -> set[str]:
    nodes = (n for n in ast.walk(tree_of(MODULES[module])) if isinstance(n, ast.Import | ast.ImportFrom))
    return {name for node in nodes for name in named_in(module, node)}


def part_of(module: str) -> str:
    """`easwizard.case.facts` is of the part `case`; `easwizard` itself of `__init__`."""
    return module.split(".")[1] if "." in module else "__init__"


def outside(module: str) -> set[str]:
    """The packages from elsewhere that a module imports."""
    return {name.split(".")[0] for name in imports_of(module)} - {"easwizard"}


def may_import(importer: str, imported: str) -> bool:
    if importer in ENTRANCES:
        return imported in ENTRANCES[importer]
    if imported == "__init__" or importer == imported:
        return True
    if imported == "lab":
        return importer == "cli"
    return LEVEL[imported] < LEVEL[importer]


@pytest.mark.parametrize("module", MODULES)
def test_imports_only_go_down(module: str) -> None:
    part = part_of(module)
    assert part in LEVEL or part in ENTRANCES, f"{module} stands on no floor of DESIGN 4"
    inside = {name for name in imports_of(module) if name.split(".")[0] == "easwizard"}
    wrong = {name for name in inside if not may_import(part, part_of(name))}
    assert not wrong, f"{module} must not import {sorted(wrong)}"


@pytest.mark.parametrize("module", [m for m in MODULES if part_of(m) == "lab"])
def test_the_lab_knows_only_inventory_and_products(module: str) -> None:
    others = {n for n in imports_of(module) if n.startswith("easwizard.") and part_of(n) != "lab"}
    assert others <= LAB_MAY_USE


def test_problem_files_do_not_know_each_other() -> None:
    problems = {m for m in MODULES if m.startswith("easwizard.diagnosis.problems.")}
    found = {module: imports_of(module) & problems for module in problems}
    assert not {module: names for module, names in found.items() if names}


def test_one_module_knows_httpx() -> None:
    assert [m for m in MODULES if "httpx" in outside(m)] == ["easwizard.probes.https"]


def test_only_the_screens_know_textual() -> None:
    assert not [m for m in MODULES if "textual" in outside(m) and part_of(m) != "tui"]


def test_the_package_itself_imports_nothing() -> None:
    assert imports_of("easwizard") == set()


def requirements_of(name: str) -> Iterator[str]:
    """What an installed distribution needs at run time, extras apart."""
    for line in importlib.metadata.requires(name) or ():
        if "extra ==" not in line:
            yield bare_name(line)


def bare_name(requirement: str) -> str:
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert match
    return re.sub(r"[-_.]+", "-", match[0]).lower()


def installed(name: str) -> bool:
    """A dependency for another platform or Python is not."""
    try:
        importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def test_click_is_not_among_the_run_time_dependencies() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    waiting = [bare_name(line) for line in project["dependencies"]]
    assert all(installed(name) for name in waiting)
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in seen and installed(name):
            seen.add(name)
            waiting.extend(requirements_of(name))
    assert {"httpx", "textual"} <= seen
    assert "click" not in seen


def modules_loaded_by(*modules: str) -> set[str]:
    code = "import importlib, sys\nfor m in sys.argv[1:]: importlib.import_module(m)\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code, *modules], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


@pytest.mark.parametrize("part", PURE)
def test_pure_parts_bring_nothing_heavy(part: str) -> None:
    already = modules_loaded_by()
    loaded = modules_loaded_by(*(m for m in MODULES if part_of(m) == part)) - already
    assert not set(HEAVY) & {name.split(".")[0] for name in loaded}


def test_importing_the_package_loads_the_package_alone() -> None:
    assert modules_loaded_by("easwizard") - modules_loaded_by() == {"easwizard"}


IMPURE_CALLS = re.compile(
    r"(builtins\.)?(open|print|input|exec|eval|breakpoint)"
    r"|.*\b(datetime|date)\.(now|utcnow|today)"
    r"|time\.\w+|random\.\w+|secrets\.\w+|uuid\.uuid[14]|os\.\w+"
    r"|.*\.(write_text|write_bytes|mkdir|unlink)"
)
IMPURE_MODULES = {"os", "time", "random", "secrets", "shutil", "tempfile", "threading", "multiprocessing", "logging"}


def impurities(module: str) -> Iterator[str]:
    for node in ast.walk(tree_of(MODULES[module])):
        if isinstance(node, ast.Call) and IMPURE_CALLS.fullmatch(ast.unparse(node.func)):
            yield f"line {node.lineno}: {ast.unparse(node)}"
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "os.environ":
            yield f"line {node.lineno}: os.environ"
    yield from sorted(outside(module) & (IMPURE_MODULES | set(HEAVY)))


@pytest.mark.parametrize("module", [m for m in MODULES if part_of(m) in PURE])
def test_pure_parts_read_no_clock_screen_chance_or_environment(module: str) -> None:
    assert not list(impurities(module))


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_nothing_is_too_large_to_read(file: Path) -> None:
    if file.relative_to(PACKAGE).as_posix() in DATA_TABLES:
        return
    source = file.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= LONGEST_MODULE
    functions = (n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
    long = [f.name for f in functions if (f.end_lineno or f.lineno) - f.lineno + 1 > LONGEST_FUNCTION]
    assert not long


def test_the_list_of_data_tables_names_only_what_is_there() -> None:
    assert {f.relative_to(PACKAGE).as_posix() for f in FILES} >= DATA_TABLES
