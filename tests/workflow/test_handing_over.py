"""Copies as they go into a pack: redacted, named anew, or left out; read again only if that says the same."""

from __future__ import annotations

from dataclasses import replace

import pytest

from easwizard.case.case import Case, Import, Vantage
from easwizard.case.redaction.redact import Level, redact
from easwizard.exchange.inventory import Inventory, Server
from easwizard.storage.evidence_folder import CopiesInMemory
from easwizard.workflow import handing_over
from easwizard.workflow.handing_over import handed_over

TEXT = b"Name : EX07A\nFqdn : ex07a.contoso.com\n"


def brought(*texts: bytes) -> tuple[Case, CopiesInMemory]:
    """A case of files that tell nothing of the inventory."""
    copies = CopiesInMemory()
    imports = tuple(
        Import(f"EX07A-{n}.txt", "other", copy=copies.keep(f"EX07A-{n}.txt", text)) for n, text in enumerate(texts)
    )
    servers = (Server("EX07A", fqdn="ex07a.contoso.com"),)
    return Case(Vantage("jump"), imports=imports, inventory=Inventory(servers=servers)), copies


def test_a_vendors_copies_name_nobody_in_text_and_name() -> None:
    case, copies = brought(TEXT)
    made = handed_over(case, redact(case, "vendor"), copies)
    [(name, data)] = made.files.items()
    assert b"SERVER1" in data
    assert b"EX07A" not in data.upper()
    assert name.startswith("SERVER1-0.")
    assert made.left_out == ()


def test_copies_that_do_not_say_the_same_are_for_people_only() -> None:
    """The file is not what the inventory came from: who brings one file more must not lose the rest."""
    case, copies = brought(TEXT)
    made = handed_over(case, redact(case, "vendor"), copies)
    assert made.files
    assert [record.copy for record in made.records] == [None]


def test_unmasked_copies_stay_as_they_are() -> None:
    case, copies = brought(TEXT)
    made = handed_over(case, redact(case, "none"), copies)
    assert made.records == case.imports
    assert made.files == {case.imports[0].copy: TEXT}


@pytest.mark.parametrize("level", ["vendor", "internal", "none"])
def test_what_is_too_large_is_left_out_and_what_is_small_beside_it_is_not(
    monkeypatch: pytest.MonkeyPatch, level: Level
) -> None:
    monkeypatch.setattr(handing_over, "MOST_REWRITTEN", 200)
    monkeypatch.setattr(handing_over, "MOST_TOGETHER", 200)
    case, copies = brought(TEXT, TEXT * 10, TEXT + b"\n")
    made = handed_over(case, redact(case, level), copies)
    [(what, why)] = made.left_out
    assert ("EX07A-1.txt" in what) == (level != "vendor")
    assert "too much" in why
    assert len(made.files) == 2


def test_what_has_no_copy_or_a_changed_one_is_left_out_with_the_reason() -> None:
    case, copies = brought(TEXT)
    gone = replace(case, imports=(replace(case.imports[0], copy=None), replace(case.imports[0], copy="x.txt")))
    made = handed_over(gone, redact(gone, "internal"), copies)
    assert [why for _, why in made.left_out] == [
        "no copy of it was kept, only what it said",
        "its copy was in memory only",
    ]
    assert made.files == {}
    assert (
        handed_over(case, redact(case, "vendor"), None).left_out[0][1] == "no copy of it was kept, only what it said"
    )
