"""Site profiles as the wizard sees them: found, begun as a case, written anew and never over another."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from easwizard.case.redaction.redact import Level
from easwizard.case.requests import Member, Resolver, Target
from easwizard.cli.site_profiles import LatePacks, Profiles
from easwizard.exchange.inventory import Role
from easwizard.reports.model import report_on
from easwizard.storage.pack_file import read_pack
from easwizard.tui.services import CannotOpen, CannotSave, Keys
from tests.problems import cases
from tests.storage.test_pack_file import NOW

WHOLE = """
names = ["generic=mail.test", "legacy-cert=oldcert.test:8443"]
resolvers = ["inside=127.0.0.1:5353"]
ca = "ca.pem"
connect_to = ["mail.test=127.0.0.2"]
[answers]
tls-in-front = "nothing"
"""


def test_a_profile_begins_a_case(tmp_path: Path) -> None:
    (tmp_path / "hq.toml").write_text(WHOLE)
    profiles = Profiles((tmp_path,), "jump")
    [site] = profiles.recent()
    case, keys = profiles.begin(site.path)
    assert site.name == "hq"
    assert case.targets == (Target("mail.test", 443, Role.GENERIC), Target("oldcert.test", 8443, Role.LEGACY_CERT))
    assert case.vantage.resolvers == (Resolver("inside", "127.0.0.1", 5353),)
    assert [(m.host, m.address) for m in case.members] == [("mail.test", "127.0.0.2")]
    assert isinstance(case.members[0], Member)
    assert case.answer("tls-in-front") == "nothing"
    assert keys.ca_file == tmp_path / "ca.pem"


def test_the_newest_stands_first_and_other_files_are_left_out(tmp_path: Path) -> None:
    for number, name in enumerate(("old", "new")):
        (tmp_path / f"{name}.toml").write_text(WHOLE)
        os.utime(tmp_path / f"{name}.toml", (1_000_000 + number, 1_000_000 + number))
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    (tmp_path / "broken.toml").write_text("[")
    (tmp_path / "empty.toml").write_text("")
    found = Profiles((tmp_path / "gone", tmp_path, tmp_path), "jump").recent()
    assert [site.name for site in found] == ["new", "old"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[", "not readable as TOML"),
        ("", "names no host"),
        ("names = ['boss=mail.test']", "boss"),
        ("names = ['mail.test']\nresolvers = ['x']", "x"),
        ("names = ['mail.test']\n[answers]\ntls-in-front = 'magic'", "magic"),
    ],
)
def test_what_cannot_be_used_is_told_with_its_file(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "hq.toml"
    path.write_text(text)
    with pytest.raises(CannotOpen, match=words) as refused:
        Profiles((tmp_path,), "jump").begin(path)
    assert str(path) in str(refused.value)
    assert str(refused.value).count(str(path)) == 1


def test_a_site_that_was_typed_is_kept_and_begins_the_next_call(tmp_path: Path) -> None:
    profiles = Profiles((tmp_path / "new" / "folder",), "jump")
    (tmp_path / "hq.toml").write_text(WHOLE)
    case, keys = profiles.begin(tmp_path / "hq.toml")
    path = profiles.keep("branch", case, keys)
    again, same = profiles.begin(path)
    assert again.targets == case.targets
    assert again.answers == case.answers
    assert same == keys
    with pytest.raises(CannotSave, match="such a file already"):
        profiles.keep("branch", case, keys)
    with pytest.raises(CannotSave, match="no profile can be called that"):
        profiles.keep("../x", case, Keys())


def test_packs_get_names_of_their_own(tmp_path: Path) -> None:
    report = report_on(cases.case(cases.accepts(cases.OLD_GENERIC)), NOW)
    packs = LatePacks(tmp_path / "packs")
    levels: tuple[Level, ...] = ("vendor", "vendor", "internal", "none")
    made = [packs.pack(report, None, "call-1", level).path.name for level in levels]
    assert made == ["call-1-redacted.zip", "call-1-2-redacted.zip", "call-1-INTERNAL.zip", "call-1-FULL.zip"]
    assert read_pack(tmp_path / "packs" / "call-1-2-redacted.zip").said == ()


def test_a_name_that_tells_is_refused_by_the_wizard_too(tmp_path: Path) -> None:
    report = report_on(cases.case(cases.accepts(Target("legacy.contoso.com", 443, Role.LEGACY_GENERIC))), NOW)
    with pytest.raises(CannotSave, match="contoso"):
        LatePacks(tmp_path).pack(report, None, "contoso", "vendor")
    assert list(tmp_path.iterdir()) == []
