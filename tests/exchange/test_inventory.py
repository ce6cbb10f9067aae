"""Lookups in the inventory, and the difference between empty and unknown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from easwizard.exchange.inventory import Role, host_of
from tests.exchange.estates import DEFAULT, GENERIC, article

HOSTS: dict[str | None, str | None] = {
    "https://Mail.Contoso.com:443/Microsoft-Server-ActiveSync": "mail.contoso.com",
    "http://server": "server",
    "https://[2001:db8::1]/x": "2001:db8::1",
    "": "",
    None: None,
    "mail.contoso.com": None,
    "https:///path": None,
    "https://[broken/": None,
}


@pytest.mark.parametrize(("url", "host"), HOSTS.items())
def test_host_of(url: str | None, host: str | None) -> None:
    assert host_of(url) == host


def test_names_are_compared_without_regard_to_case() -> None:
    estate = article()
    assert estate.server("ex07a") is estate.servers[0]
    assert estate.vdir("EX07a", DEFAULT.upper()) is estate.vdirs[0]
    assert estate.namespace(GENERIC.upper()) is estate.namespaces[0]


def test_what_is_not_there_is_none() -> None:
    estate = article()
    assert estate.server("EX07") is None
    assert estate.vdir("EX07A", "Other Site") is None
    assert estate.namespace("generic") is None


def test_the_back_end_vdir_is_never_the_answer() -> None:
    estate = article()
    back = replace(estate.vdirs[0], back_end=True)
    assert replace(estate, vdirs=(back,)).vdir("EX07A", DEFAULT) is None
    assert replace(estate, vdirs=(back, estate.vdirs[0])).vdir("EX07A", DEFAULT) is estate.vdirs[0]


def test_labels_are_those_of_the_command_line() -> None:
    estate = article()
    assert estate.vdirs[0].label == "EX07A/Default Web Site"
    assert estate.namespaces[0].endpoints[0].label == "EX13A/Default Web Site"


@pytest.mark.parametrize("role", Role)
def test_roles_say_whom_they_serve(role: Role) -> None:
    assert role.is_legacy == role.value.startswith("legacy-")
    assert role.faces_devices == (role.value in ("generic", "cert"))
