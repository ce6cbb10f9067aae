"""A CLIXML of 50,000 objects: in bounded memory, with progress. How fast is told by the benchmarks."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from easwizard.evidence.gathering import read_evidence
from easwizard.evidence.import_files import ImportFile
from easwizard.exchange.inventory import ClientCertificates, VirtualDirectory
from easwizard.exchange.products import Product
from easwizard.lab import cmdlet_output as writers

OBJECTS = 50_000
MOST_MEMORY = 300 * 1024 * 1024


def one() -> str:
    """One whole directory, indented as Export-Clixml does; its server is called EX00000."""
    vdir = VirtualDirectory(
        "EX00000", "Default Web Site", product=Product.E2013, internal_url="https://ex00000.contoso.test/x",
        external_url="", client_certificates=ClientCertificates.IGNORE, basic=True, windows=False,
        extended_protection="none",
    )  # fmt: skip
    thing = writers.vdir_thing(vdir, "ex00000.contoso.test", 1, "15.0.1497.2")
    text = writers.clixml([thing])
    root = etree.fromstring(text.encode())
    etree.indent(root)
    return etree.tostring(root[0], encoding="unicode")


def pieces(objects: int) -> Iterator[bytes]:
    body = one()
    yield b'<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">\n'
    for number in range(objects):
        yield body.replace("00000", f"{number:05}").encode()
    yield b"</Objs>"


def document(objects: int) -> bytes:
    return b"".join(pieces(objects))


CHILD = """
import resource, sys
from pathlib import Path
from easwizard.evidence.gathering import read_evidence
from easwizard.evidence.import_files import ImportFile
seen = []
evidence = read_evidence([ImportFile("x", Path(sys.argv[1]))], lambda file, *told: seen.append(told))
unit = 1 if sys.platform == "darwin" else 1024
most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
status = Path("/proc/self/status")
if status.exists():  # Linux counts in ru_maxrss what the parent had at the fork
    most = int(status.read_text().partition("VmHWM:")[2].split()[0])
print(len(evidence.inventory.vdirs), len(seen), seen == sorted(seen), seen[-1][0], most * unit)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows tells the largest memory of a process otherwise")
def test_fifty_thousand_objects_stay_within_memory(tmp_path: Path) -> None:
    path = tmp_path / "large.xml"
    with path.open("wb") as stream:  # piece by piece: a child's largest memory counts what its parent had
        stream.writelines(pieces(OBJECTS))
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(path)],
        cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    vdirs, calls, rising, taken, memory = done.stdout.split()
    assert (int(vdirs), rising, int(taken)) == (OBJECTS, "True", path.stat().st_size)
    assert int(calls) > 50
    assert int(memory) < MOST_MEMORY


def test_progress_is_told_of_small_files_too() -> None:
    told: list[tuple[str, int, int]] = []
    content = document(3)
    read_evidence([ImportFile("x", content)], lambda file, taken, objects: told.append((file.name, taken, objects)))
    assert told[-1] == ("x", len(content), 3)
