"""Copies without secrets: nothing secret is left, nothing that a reader understands is lost, no line moves."""

from __future__ import annotations

from pathlib import Path

import pytest

from easwizard.evidence.decoding import decode
from easwizard.evidence.detect import read_file
from easwizard.evidence.import_files import ImportFile
from easwizard.evidence.reading import Reading
from easwizard.evidence.stripping import NotStripped, stripped
from tests.evidence.iis_samples import SECRET, samples
from tests.evidence.reading_files import CMDLETS, DATA, MADE

FILES = sorted(
    path
    for folder in (CMDLETS, DATA / "iis", MADE)
    for path in folder.iterdir()
    if path.suffix in (".xml", ".json", ".config", ".txt", ".log")
)


def says(reading: Reading) -> tuple[object, ...]:
    """Everything that a reading brings into a case."""
    return (
        reading.format, reading.claims, reading.findings, reading.found_on, reading.observations, reading.iis,
        dict(reading.objects), reading.incomplete,
    )  # fmt: skip


def cleaned(content: bytes, server: str | None = "EX13A", name: str = "x") -> tuple[Reading, Reading, str, str]:
    """The reading, that of the copy, the text and the copy."""
    before = read_file(ImportFile(name, content, server))
    text = decode(content).text
    copy = stripped(text, before.format)
    return before, read_file(ImportFile(name, copy.encode(), server)), text, copy


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_a_copy_of_a_real_file_reads_the_same_with_as_many_lines(path: Path) -> None:
    before, after, text, copy = cleaned(path.read_bytes(), name=path.name)
    assert says(after) == says(before)
    assert copy.count("\n") == text.count("\n")


@pytest.mark.parametrize("name", tuple(samples()))
def test_a_copy_of_a_sample_reads_the_same_and_holds_none_of_what_was_planted(name: str) -> None:
    before, after, text, copy = cleaned(samples()[name][1].encode())
    assert says(after) == says(before)
    assert copy.count("\n") == text.count("\n")
    assert SECRET not in copy


def test_session_keys_and_encrypted_values_of_real_files_are_gone() -> None:
    found = 0
    for path in sorted((DATA / "iis").glob("*pplicationHost*.config")):
        _, _, text, copy = cleaned(path.read_bytes())
        keys = [key for piece in text.split('sessionKey="')[1:] if (key := piece.split('"')[0])]
        found += len(keys)
        assert all(key not in copy for key in keys)
        assert "[enc:" not in copy
    assert found > 3


SECRETS = {
    "attribute": '<add name="x" password="S3CRET" />',
    "attribute over lines": '<add\n password="S3C\nRET S3CRET"\n name="x"/>',
    "single quotes": "<add password='S3CRET'/>",
    "encrypted": "value=[enc:AesProvider:S3CRETS3CRET:enc] rest",
    "encrypted over lines": "value [enc:Aes:S3C\nS3CRET\n:enc] rest",
    "secure string": '<SS N="Password">S3CRET01</SS>',
    "secure string over lines": '<SS N="Password">\nS3CRET01\n</SS>',
    "byte array": '<BA N="SerializationData">S3CRETAAEAAAD</BA>',
    "named text": '<S N="Password">S3CRET</S>',
    "table of names": '<En>\n<S N="Key">BindPassword</S>\n<S N="Value">S3CRET</S>\n</En>',
    "json": '{"Password": "S3CRET \\" S3CRET", "Name": "x"}',
    "json pair": '{"name":"AnonymousUserPass","value":"S3CRET"}',
    "listing": "AnonymousUserPass      : S3CRET\n                         S3CRET goes on\nName : x",
    "adsutil": 'WAMUserPass                     : (STRING) "S3CRET"',
    "connection string": "Data Source=db;User ID=sa;Pwd=S3CRET;Timeout=3",
    "connection string 2": '<add connectionString="Server=db;Password=S3CRET"/>',
    "authorization": "Authorization: Basic S3CRET==",
    "bearer": "sent Bearer S3CRETS3CRETS3CRET. Then",
    "cookie": "Cookie: cadata=S3CRET; x=S3CRET",
    "url": "https://admin:S3CRET@mail.contoso.test/x",
    "prompt": "[PS] C:\\>New-X -Password S3CRET -Name y",
    "as plain text": "ConvertTo-SecureString 'S3CRET' -AsPlainText -Force",
    "private key": "-----BEGIN RSA PRIVATE KEY-----\nS3CRETMIIE\nS3CRET==\n-----END RSA PRIVATE KEY-----\nafter",
    "private key without an end": "-----BEGIN PRIVATE KEY-----\nS3CRET\nS3CRET",
    "pfx in lines": "\n".join(["MIIS3CRET" + "A" * 67] * 3 + ["S3CRETabc="]) + "\nafter it",
    "pfx in one line": "pfx MIIS3CRET" + "A" * 200 + "==",
    "machine key": '<machineKey validationKey="S3CRET" decryptionKey="S3CRET"/>',
    "key container": '<add keyContainerName="S3CRET"/>',
    "query": "https://x.test/y?sig=S3CRET&se=1",
    "token": "access_token=S3CRET",
    "underscored": "DB_PASSWORD=S3CRET",
}


@pytest.mark.parametrize("name", SECRETS)
def test_secrets_in_any_text(name: str) -> None:
    text = SECRETS[name]
    copy = stripped(text, "Format-List")
    assert "S3C" not in copy, copy
    assert copy.count("\n") == text.count("\n")


def test_blobs_that_windows_made_are_known_by_how_they_begin() -> None:
    assert stripped("x 01000000d08c9ddf0115d1118c7a00c04fc297eb y", "Format-List") == "x *** y"
    assert stripped("x AQAAANCMnd8BFdERjHoAwE/Cl+sBAAAA y", "Format-List") == "x *** y"
    assert stripped("x TlRMTVNTUAADAAAAGAAYAG== y", "Format-List") == "x *** y"


def test_what_comes_after_a_secret_stays() -> None:
    assert stripped('<add password="x" name="kept"/>', "Format-List").endswith('name="kept"/>')
    assert stripped("a [enc:\nx:enc] kept", "Format-List").endswith("kept")
    assert stripped("-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\nkept", "x").endswith("\nkept")
    assert stripped('{"Password": "x", "Name": "kept"}', "x") == '{"Password": "***", "Name": "kept"}'


HARMLESS = (
    "ExtendedProtectionTokenChecking : Allow",
    'tokenChecking="Require"',
    "InternalAuthenticationMethods : {Basic, Ntlm}",
    "Name: Basic Authentication installed everywhere",
    "MetabasePath : IIS://ex13a.contoso.test/W3SVC/1/ROOT/Microsoft-Server-ActiveSync",
    "InternalUrl : https://legacy.contoso.test/Microsoft-Server-ActiveSync",
    "proxy legacy.contoso.test 401 Negotiate, NTLM",
    "    Certificate Hash             : aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "BypassOwaRedirection : False",
    "    DS Mapper Usage              : Enabled",
)


@pytest.mark.parametrize("line", HARMLESS)
def test_what_is_no_secret_stays(line: str) -> None:
    assert stripped(line, "Format-List") == line


def test_a_table_with_a_column_of_secrets_is_not_copied() -> None:
    with pytest.raises(NotStripped, match="column"):
        stripped('#TYPE X\n"Name","Password"\n"a","b"\n', "Export-Csv")
    assert stripped('"Name","Server"\n"a","b"\n', "Export-Csv")


def test_an_iis_file_keeps_what_is_known_and_nothing_else() -> None:
    text = '<configuration>\n<appSettings><add key="Any" value="v1"/></appSettings>\n'
    text += '<!-- v2 -->\n<x odd="v3">v4</x>\n</configuration>'
    copy = stripped(text, "web.config of an ActiveSync virtual directory")
    assert 'key="Any"' in copy
    assert not any(f"v{n}" in copy for n in range(1, 5))
    assert copy.count("\n") == text.count("\n")
