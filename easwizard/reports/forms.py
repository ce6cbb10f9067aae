"""The forms that a report comes in, for the command line and the wizard alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from easwizard.reports import html, json_form, markdown, markdown_short, plain
from easwizard.reports.model import Report


@dataclass(frozen=True)
class Form:
    """One form of the report."""

    label: str
    suffix: str
    """How its files end, with the dot."""
    render: Callable[[Report], str]


FORMS = {
    "plain": Form("plain text", ".txt", plain.render),
    "markdown": Form("Markdown", ".md", markdown.render),
    "short": Form("short Markdown for a ticket", ".md", markdown_short.render),
    "json": Form("JSON", ".json", json_form.render),
    "html": Form("HTML", ".html", html.render),
}
"""By their names on the command line; `short` is `--format markdown --short`."""


def form_of(suffix: str) -> Form | None:
    """The form that files of this ending have, the long one of two; None for an ending of none."""
    return next((form for form in FORMS.values() if form.suffix == suffix.casefold()), None)


SUFFIXES = tuple(dict.fromkeys(form.suffix for form in FORMS.values()))
