"""Who may know httpx: one module. Reading a certificate file must stay cheap and free of the network."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import resources
from pathlib import Path

ALLOWED = {"httpx", "dns", "cryptography", "truststore", "h11", "spnego", "easwizard"} | set(sys.stdlib_module_names)


def imported(source: str) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


def test_httpx_is_known_to_one_module_and_nothing_unexpected_to_any() -> None:
    folder = Path(str(resources.files("easwizard.probes")))
    by_module = {path.name: imported(path.read_text("utf-8")) for path in folder.glob("*.py")}
    assert {name for name, names in by_module.items() if "httpx" in names} == {"https.py"}
    for names in by_module.values():
        assert {name.split(".")[0] for name in names} <= ALLOWED
        inside = {name for name in names if name.startswith("easwizard")}
        assert all(name.split(".")[1] in ("probes", "case", "exchange") for name in inside)


def test_reading_certificates_loads_no_network_library() -> None:
    modules = ("client_certificate", "secrets", "failures", "settings", "tls_contexts")
    code = f"import sys; [__import__('easwizard.probes.' + m) for m in {modules!r}]; print('httpx' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "False"
