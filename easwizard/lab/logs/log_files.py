"""Writes the logs of a running estate: a made day of its users, server by server, as on the machines themselves.

What each old server answers to a leg is asked of the running estate (`asked_legs`); everything else is made by the
seed, so that the same estate and day give the same logs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from easwizard.exchange.inventory import Endpoint, Server
from easwizard.lab.estate import Estate
from easwizard.lab.logs.journeys import Journeys
from easwizard.lab.logs.log_book import LogBook
from easwizard.lab.logs.noise import add_noise
from easwizard.lab.logs.places import Places
from easwizard.lab.logs.traffic import hits_of, phones_of
from easwizard.lab.logs.truth import Truth


@dataclass(frozen=True)
class WrittenLogs:
    """Where the logs are, one folder for each server, and what was meant by them."""

    folders: tuple[Path, ...]
    files: tuple[Path, ...]
    truth: Truth


def write_logs(estate: Estate, day: date, folder: Path) -> WrittenLogs:
    """Write the logs of all servers of a running estate below a folder; raises `OSError`, `LabError`."""
    book = made_logs(estate, day)
    texts = book.texts()
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    servers = dict.fromkeys(name.partition("/")[0] for name in texts)
    return WrittenLogs(
        tuple(folder / server for server in servers), tuple(folder / name for name in texts), book.truth
    )


def made_logs(estate: Estate, day: date) -> LogBook:
    """The logs of one day, in memory."""
    scenario, inventory = estate.scenario, estate.inventory
    places = Places(inventory, estate.addresses)
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    began = None if scenario.logs.began is None else start.replace(hour=scenario.logs.began)
    book = LogBook(inventory, places, estate.seed, began)
    phones = phones_of(scenario, inventory)
    hits = sorted(hits_of(phones, day, scenario.logs.requests_per_user, estate.seed), key=lambda hit: hit.at)
    for journey in Journeys(estate, phones, start).of(hits):
        book.write_down(journey)
    for server, endpoint in _noisy(estate):
        add_noise(book, server, endpoint, places, day, estate.seed)
    return book


def _noisy(estate: Estate) -> Iterator[tuple[Server, Endpoint]]:
    """The front ends that are up and probe themselves, each with its first web site."""
    seen: set[str] = set()
    for vdir in estate.inventory.vdirs:
        server = estate.inventory.server(vdir.server)
        if server is None or server.product is None or server.product.is_legacy or vdir.back_end:
            continue
        if server.name not in seen and not estate.scenario.knobs_of(server.name).down:
            seen.add(server.name)
            yield server, Endpoint(server.name, vdir.web_site)
