"""When the program itself fails: said where, and without anything that it held in its hands."""

from __future__ import annotations

import asyncio
import io
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from easwizard.tui.app import Wizard
from easwizard.tui.crash import account_of
from tests.tui.services import services

PASSWORD = "Autumn-Leaves-41"


def _fail_with(password: str) -> None:
    raise ValueError(f"cannot use {password}")


def test_the_account_names_the_place_and_no_value() -> None:
    with pytest.raises(ValueError, match="cannot use") as failed:
        _fail_with(PASSWORD)
    said = account_of(failed.value)
    assert PASSWORD not in said
    assert "in _fail_with" in said
    assert "ValueError" in said
    assert str(Path.home()) not in said


def test_a_failing_wizard_shows_no_secret_and_ends_with_an_error(tmp_path: Path) -> None:
    class Failing(Wizard):
        def on_mount(self) -> None:
            super().on_mount()
            secret = PASSWORD
            self.call_later(_fail_with, secret)

    out, err = io.StringIO(), io.StringIO()
    app = Failing(services(tmp_path))

    async def story() -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()

    with redirect_stdout(out), redirect_stderr(err), pytest.raises(ValueError, match="cannot use"):
        asyncio.run(story())
    shown = "".join(str(renderable) for renderable in app._exit_renderables) + out.getvalue() + err.getvalue()
    assert "in _fail_with" in shown
    assert PASSWORD not in shown
    assert app.return_code == 1
