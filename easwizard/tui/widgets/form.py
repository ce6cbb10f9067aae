"""A few fields above everything else; what is wrong with one is said below it while it is typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Footer, Input, Label, Static

from easwizard.tui.safe_text import plain


@dataclass(frozen=True)
class Field:
    """One line to fill in."""

    id: str
    label: str
    value: str = ""
    hint: str = ""
    """Shown in the field while it is empty."""
    secret: bool = False
    complaint: Callable[[str], str | None] = lambda _: None
    """Why a text will not do; None where it will."""


class FormScreen(ModalScreen[Mapping[str, str] | None]):
    """Returns the texts by field, or None when left."""

    DEFAULT_CSS = """
    FormScreen .field { height: auto; }
    FormScreen .field Label { color: $text-muted; }
    FormScreen .complaint { height: auto; color: $text-error; display: none; }
    FormScreen #form-said { height: auto; color: $text-error; }
    FormScreen Input { height: 1; border: none; padding: 0 1; background: $boost; }
    FormScreen Input:focus { border: none; background: $primary-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Back"),
        Binding("ctrl+s", "save", "Save"),
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
    ]

    def __init__(self, title: str, text: str, fields: Sequence[Field], said: str = "") -> None:
        """`said` is why the last try failed."""
        super().__init__()
        self._title, self._text, self._fields, self._said = title, text, tuple(fields), said

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(plain(self._title), classes="heading")
            yield Static(plain(self._text), classes="said")
            for field in self._fields:
                with Vertical(classes="field"):
                    yield Label(plain(field.label))
                    yield Input(
                        field.value,
                        placeholder=field.hint,
                        password=field.secret,
                        id=f"field-{field.id}",
                        select_on_focus=not field.secret,
                    )
                    yield Static(id=f"complaint-{field.id}", classes="complaint")
            yield Static(plain(self._said), id="form-said")
            yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self.query_one(f"#field-{self._fields[0].id}").focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        self._complain(event.input.id or "", event.value)

    def _complain(self, id: str, value: str) -> bool:
        field = next(field for field in self._fields if id == f"field-{field.id}")
        complaint = field.complaint(value)
        below = self.query_one(f"#complaint-{field.id}", Static)
        below.update(plain(complaint or ""))
        below.display = complaint is not None
        return complaint is not None

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter goes on to the next field; at the last one it saves."""
        event.stop()
        last = f"field-{self._fields[-1].id}"
        if event.input.id == last:
            self.action_save()
        else:
            self.focus_next(Input)

    def action_save(self) -> None:
        values = {field.id: self.query_one(f"#field-{field.id}", Input).value for field in self._fields}
        wrong = [field.id for field in self._fields if self._complain(f"field-{field.id}", values[field.id])]
        if wrong:
            self.query_one(f"#field-{wrong[0]}").focus()
        else:
            self.dismiss(values)
