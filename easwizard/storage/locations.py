"""Where files of this program live on each system; every path of ours is made here."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

_NAME = "easwizard"


def case_folder() -> Path:
    """The folder of saved cases: among the user's documents, where it is found and backed up.

    `EASWIZARD_CASES` names another one.
    """
    named = os.environ.get("EASWIZARD_CASES")
    return Path(named) if named else platformdirs.user_documents_path() / _NAME


def copy_folder() -> Path:
    """The folder for what is copied, beside the clipboard."""
    return case_folder() / "copied"
