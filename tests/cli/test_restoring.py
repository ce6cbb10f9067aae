"""`easwizard report --restore`: real names again, so that what a shell reads is the name and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from easwizard.case.redaction.redact import redact
from easwizard.case.redaction.restore import restored
from easwizard.cli import main
from easwizard.cli.restoring import filled_in
from easwizard.diagnosis.engine import diagnose
from easwizard.diagnosis.plans.quoting import literal_of
from easwizard.storage.case_file import read_case, write_case
from easwizard.storage.private_map import write_map
from tests.storage.test_pack_file import NOW

CASES = Path(__file__).parent.parent / "screenshots" / "cases"
Captured = pytest.CaptureFixture[str]


@pytest.mark.parametrize(
    "name", ["EX07A", "O'Neill\u2019s $(evil) & Sons", "a `b` \u201cc\u201d", "\u2018\u2019\u201a\u201b'"]
)
def test_between_single_quotes_powershell_reads_exactly_the_name(name: str) -> None:
    made = filled_in("Set-X -Identity 'website1' -Y 'no name'", {"website1": name})
    argument = made.text.removeprefix("Set-X -Identity ").removesuffix(" -Y 'no name'")
    assert literal_of(argument) == name
    assert made.doubtful == ()


@pytest.mark.parametrize("name", ['a" & del x', "100%PATH%", "$(evil)", "`n", "a\u201db"])
def test_what_must_not_stand_between_double_quotes_stays_made_up_and_is_said(name: str) -> None:
    made = filled_in('appcmd set config "website1" and "server1"', {"website1": name, "server1": "EX07A"})
    assert made.text == 'appcmd set config "website1" and "EX07A"'
    assert made.left == ("website1",)


def test_a_name_that_needs_quotes_and_has_none_is_said() -> None:
    made = filled_in("Get-X website1; ping server1.domain1.test", {"website1": "My; Site", "server1": "EX07A",
                                                                   "domain1.test": "contoso.com"})  # fmt: skip
    assert made.text == "Get-X My; Site; ping EX07A.contoso.com"
    assert made.doubtful == ("My; Site",)


def test_words_around_and_unknown_stand_ins_stay() -> None:
    text = "It's server1's turn, not server12's; \"server9\"\r\nDon't worry.\r\n"
    assert filled_in(text, {"server1": "EX07A"}).text == text.replace("server1's", "EX07A's")


def files(folder: Path, text: str) -> list[str]:
    (folder / "steps.txt").write_text(text, encoding="utf-8")
    write_map(folder / "case.private-map.json", {"server1": "EX07A", "website1": "A & B"}, "case.zip", NOW)
    return ["report", "--restore", str(folder / "steps.txt"), "--map", str(folder / "case.private-map.json")]


def test_a_text_goes_to_stdout_with_its_names(tmp_path: Path, capsys: Captured) -> None:
    assert main(files(tmp_path, "restart SERVER1, site website1\n")) == 0
    told = capsys.readouterr()
    assert told.out == "restart EX07A, site A & B\n"
    assert "mind the quotes around these names" in told.err
    assert "A & B" in told.err


def test_or_into_a_new_file_and_never_over_one(tmp_path: Path, capsys: Captured) -> None:
    words = [*files(tmp_path, "server1"), "-o", str(tmp_path / "out.txt")]
    assert main(words) == 0
    assert (tmp_path / "out.txt").read_text() == "EX07A"
    assert main(words) == 2
    assert "nothing is overwritten" in capsys.readouterr().err


@pytest.mark.parametrize(
    "content", ["", "{}", "[" * 50_000, '{"format": "easwizard-private-map", "names": {"a": 1}}']
)
def test_what_is_no_map_is_refused(tmp_path: Path, content: str, capsys: Captured) -> None:
    words = files(tmp_path, "server1")
    (tmp_path / "case.private-map.json").write_text(content)
    assert main(words) == 2
    assert "is no private map of easwizard" in capsys.readouterr().err


def test_a_case_gets_all_its_names_back(tmp_path: Path) -> None:
    real = read_case(CASES / "article.eascase")
    made = redact(real, "vendor")
    write_case(tmp_path / "vendor.eascase", made.case)
    write_map(tmp_path / "m.private-map.json", made.private_map, "case.zip", NOW)
    target = tmp_path / "mine.eascase"
    words = ["report", "--restore", str(tmp_path / "vendor.eascase"), "--map", str(tmp_path / "m.private-map.json")]
    assert main(words) == 2, "a case needs a file to go to"
    assert main([*words, "-o", str(target)]) == 0
    again = read_case(target)
    assert again.targets == real.targets
    assert again == restored(made.case, made.private_map)
    codes = [(f.code, f.verdict) for f in diagnose(real).findings]
    assert [(f.code, f.verdict) for f in diagnose(again).findings] == codes
