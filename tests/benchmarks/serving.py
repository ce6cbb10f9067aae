"""The far side, in a process of its own: one JSON line on stdout once it serves; it ends when stdin does.

`python -m tests.benchmarks.serving lab NAME [FOLDER]` is a practice estate, `... tls` one quick TLS server.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
import tempfile
from pathlib import Path

from easwizard.lab.estate import Estate
from easwizard.lab.invitation import check_arguments, invitation
from easwizard.lab.scenario_reader import load_scenario
from tests.probes.certificates import Authority

HOST = "mail.contoso.test"
_ANSWER = (
    b'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm="x"\r\nX-FEServer: EX13A\r\n'
    b"Content-Length: 0\r\nConnection: close\r\n\r\n"
)


def serve_lab(name: str, folder: str | None = None) -> None:
    """A practice estate from a folder, or one of the lab's own; the line is that of `lab --headless`."""
    with Estate(load_scenario(name, Path(folder) if folder else None)) as estate:
        arguments, _ = check_arguments(estate, "names")
        _announce({**invitation(estate), "names": arguments})
        sys.stdin.read()


def serve_tls() -> None:
    """Answers every request alike, with a certificate that costs little to sign with."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        context.load_cert_chain(Authority().issue(HOST).save(Path(folder), "server"))
    asyncio.run(_serve_tls(context))


async def _serve_tls(context: ssl.SSLContext) -> None:
    server = await asyncio.start_server(_answer, "127.0.0.1", 0, ssl=context, backlog=512)
    _announce({"port": server.sockets[0].getsockname()[1]})
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.close()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(_ANSWER)
        await writer.drain()
        await reader.read()
    except (OSError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.transport.abort()


def _announce(line: object) -> None:
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "lab":
        serve_lab(*sys.argv[2:])
    else:
        serve_tls()
