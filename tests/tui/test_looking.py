"""A run behind a screen: who looks, and what is remembered from run to run."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from easwizard.case.case import Case, Vantage
from easwizard.case.requests import Resolver
from easwizard.tui.looking import Looking
from easwizard.tui.services import Keys
from easwizard.workflow.planning import SamplingManners
from easwizard.workflow.ports import Prober
from easwizard.workflow.session import Session, Unsaved
from tests.tui.services import FakeToolbox, services

HERE = Case(Vantage("jump", (Resolver("system", "127.0.0.53"),)))


@dataclass
class CountingToolbox(FakeToolbox):
    """Counts how often a prober was asked for."""

    asked: int = 0

    def prober(self, case: Case, keys: Keys) -> Prober:
        self.asked += 1
        return super().prober(case, keys)


def test_the_prober_stays_while_the_keys_do_since_it_remembers_refusals(tmp_path: Path) -> None:
    """A refused password must not be risked again because somebody looked twice (J10)."""
    toolbox = CountingToolbox()
    outside = services(tmp_path, toolbox=toolbox)
    looking = Looking(Session(Unsaved(HERE)), outside, SamplingManners(), complain=lambda _: None)
    keys = Keys(passwords={"anna": "Autumn"})

    async def asked_after_a_look() -> int:
        await looking.look(keys)
        return toolbox.asked

    async def story() -> list[int]:
        counts = [await asked_after_a_look(), await asked_after_a_look()]
        keys.passwords["anna"] = "Winter"
        counts += [await asked_after_a_look(), await asked_after_a_look()]
        keys.ca_file = Path("company.pem")
        return [*counts, await asked_after_a_look()]

    assert asyncio.run(story()) == [1, 1, 2, 2, 3]
