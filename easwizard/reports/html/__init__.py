"""The HTML form of a report: one file without script that loads nothing, with the maps as SVG inside."""

from easwizard.reports.html.page import render

__all__ = ["render"]
