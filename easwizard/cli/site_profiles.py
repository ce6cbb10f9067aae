"""Site profiles and packs as the wizard uses them; what they are made of is loaded when it is needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from easwizard.case.names import why_no_case_name
from easwizard.tui.services import CannotOpen, CannotSave, Keys, PackMade, Site

if TYPE_CHECKING:
    from easwizard.case.case import Case
    from easwizard.case.redaction.redact import Level
    from easwizard.reports.model import Report
    from easwizard.storage.profile import Profile
    from easwizard.workflow.bringing import Copies

_ENDING = ".toml"
_MOST_LOOKED_AT = 100
"""Files of one folder; whoever starts us in a folder of thousands wants no list of them."""


class Profiles:
    """The profiles in some folders; new ones go into the first."""

    def __init__(self, folders: Sequence[Path], vantage: str) -> None:
        self._folders, self._vantage = tuple(dict.fromkeys(folders)), vantage

    def recent(self) -> Sequence[Site]:
        """The newest first. Other TOML files, which every folder of programs has, are left out."""
        return sorted(self._found(), key=lambda site: site.changed, reverse=True)

    def _found(self) -> Iterator[Site]:
        from easwizard.storage.profile import ProfileError, read_profile

        for folder in self._folders:
            try:
                paths = sorted(path for path in folder.iterdir() if path.suffix == _ENDING and path.is_file())
            except OSError:
                continue
            for path in paths[:_MOST_LOOKED_AT]:
                try:
                    changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
                    if read_profile(path).names:
                        yield Site(path, path.stem, changed)
                except (ProfileError, OSError):
                    continue

    def begin(self, path: Path) -> tuple[Case, Keys]:
        """Raises CannotOpen."""
        from easwizard.diagnosis.interview import AnswerError
        from easwizard.storage.profile import ProfileError, read_profile
        from easwizard.workflow.naming import Unreadable

        try:
            profile = read_profile(path)
            case = _case(profile, self._vantage)
        except (ProfileError, Unreadable, AnswerError) as error:
            text = str(error)
            raise CannotOpen(text if isinstance(error, ProfileError) else f"{path}: {text}") from error
        if not case.targets:
            raise CannotOpen(f"{path}: names no host; write names = ['mail.example.test'] into it")
        return case, Keys(ca_file=Path(profile.ca) if profile.ca is not None else None)

    def keep(self, name: str, case: Case, keys: Keys) -> Path:
        """Raises CannotSave."""
        from easwizard.storage.profile import ProfileError, write_profile

        wrong = why_no_case_name(name)
        path = self._folders[0] / f"{name}{_ENDING}"
        if wrong is not None:
            raise CannotSave(f"no profile can be called that: {wrong}")
        if path.exists():
            raise CannotSave(f"{path}: there is such a file already; take another name")
        try:
            self._folders[0].mkdir(parents=True, exist_ok=True)
            write_profile(path, _profile(case, keys))
        except (ProfileError, OSError) as error:
            raise CannotSave(str(error)) from error
        return path


def _case(profile: Profile, vantage: str) -> Case:
    """What a profile says, as a case. Raises Unreadable, AnswerError."""
    from easwizard.case.case import Case, Vantage
    from easwizard.diagnosis.interview import parse_answer
    from easwizard.workflow import naming

    targets = tuple(dict.fromkeys(naming.target(text) for text in profile.names))
    case = Case(
        Vantage(vantage, tuple(naming.resolver(text) for text in profile.resolvers)),
        targets=targets,
        members=tuple(dict.fromkeys(naming.member(text, targets) for text in profile.connect_to)),
    )
    for question, value in profile.answers.items():
        case = case.with_answer(*parse_answer(case, f"{question}={value}"))
    return case


def _profile(case: Case, keys: Keys) -> Profile:
    from easwizard.cli.keeping import PROFILED
    from easwizard.storage.profile import Profile

    # The resolvers of this machine are found anew on each; a profile names those of the site only.
    return Profile(
        names=tuple(f"{target.role}={target.name}" for target in case.targets),
        ca=str(keys.ca_file) if keys.ca_file is not None else None,
        answers={question: case.answers[question] for question in PROFILED if question in case.answers},
    )


class LatePacks:
    """Packs in one folder; what renders them is loaded with the first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def pack(self, report: Report, copies: Copies | None, name: str, level: Level) -> PackMade:
        """Raises CannotSave."""
        from easwizard.cli.packing import Packs

        return Packs(self._folder).pack(report, copies, name, level)
