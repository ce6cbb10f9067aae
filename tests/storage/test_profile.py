"""The site profile: what was written is read again, and what is wrong is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from easwizard.storage.profile import Profile, ProfileError, read_profile, write_profile

PROFILE = Profile(
    names=("generic=mail.test:8443", "legacy-cert=oldcert.test"),
    resolvers=("internal=127.0.0.1:5353",),
    connect_to=("mail.test=127.0.0.2:8443",),
    answers={"tls-in-front": "nothing"},
)


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    write_profile(file, PROFILE)
    assert read_profile(file) == PROFILE


def test_authorities_stand_beside_the_profile(tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_text('ca = "company.pem"\n', encoding="utf-8")
    assert read_profile(file).ca == str(tmp_path / "company.pem")


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_text('names = ["mail.test"]\n', encoding="utf-8-sig")
    assert read_profile(file).names == ("mail.test",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("names = ", "not readable as TOML"),
        ('names = "mail.test"', "names must be a list of texts"),
        ("names = [1]", "names must be a list of texts"),
        ("ca = 1", "ca must be text"),
        ('answers = ["x"]', "answers must be a table of texts"),
        ('password = "x"', "unknown key 'password'"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "site.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ProfileError) as refused:
        read_profile(file)
    assert words in str(refused.value)
    assert str(file) in str(refused.value)
