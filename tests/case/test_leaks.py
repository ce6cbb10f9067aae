"""The check for leaks: finds a name however it is written, and takes no word of ours for one."""

from __future__ import annotations

import base64

import pytest

from easwizard.case.redaction.leaks import LeakCheck, LeakFound, leaks

NAMES = [
    "contoso",
    "mail.contoso.com",
    "EX1",
    "anna.smith",
    "10.1.2.3",
    "müller.de",
    "Partner Contoso Access",
    "2a02::53",
]


@pytest.mark.parametrize(
    ("data", "name", "form"),
    [
        ("at CONTOSO now", "contoso", "as it is"),
        ("thecontosogroup", "contoso", "as it is"),
        ("x\ny\nmail.Contoso.com", "mail.contoso.com", "as it is"),
        ("com.contoso.mail", "mail.contoso.com", "as it is, reversed"),
        ("xn--mller-kva.de", "müller.de", "as it is, punycode"),
        ("MÜLLER.DE", "müller.de", "as it is"),
        ("on EX1: no", "EX1", "as it is"),
        ("10.1.2.3:443", "10.1.2.3", "as it is"),
        ("[2A02::53]:443", "2a02::53", "as it is"),
        ("partner  contoso\taccess".replace("  ", " ").replace("\t", " "), "Partner Contoso Access", "as it is"),
        ("c%6Fnt%6fso", "contoso", "URL-encoded"),
        ("anna%2Esmith", "anna.smith", "URL-encoded"),
        ("m\\u00fcller.de", "müller.de", "escaped"),
        ("&#99;ontoso", "contoso", "escaped"),
        (b"contoso".hex(), "contoso", "hexadecimal"),
        (" ".join(f"{byte:02X}" for byte in b"contoso"), "contoso", "hexadecimal"),
        ("contoso".encode("utf-16-le"), "contoso", "UTF-16"),
        (b"\n" + "ex1 down".encode("utf-16-be"), "EX1", "UTF-16"),
        *((base64.b64encode(b"x" * n + b"CoNtOsO!").decode(), "contoso", "base64") for n in range(3)),
        *(
            (base64.b64encode(b"x" * n + "contoso".encode("utf-16-le")).decode(), "contoso", "base64, UTF-16")
            for n in range(3)
        ),
        (base64.urlsafe_b64encode(b"\xff\xfecontoso\xff").decode(), "contoso", "base64"),
    ],
)
def test_a_name_is_found_in_any_form(data: str | bytes, name: str, form: str) -> None:
    assert (name, form) in {(leak.name, leak.form) for leak in leaks(data, NAMES)}


def test_a_name_across_lines_of_base64_is_found() -> None:
    digits = base64.b64encode(b"z" * 45 + b"contoso" + b"z" * 40).decode()
    lines = "\n".join(digits[start : start + 64] for start in range(0, len(digits), 64))
    assert {leak.name for leak in leaks(lines, NAMES)} == {"contoso"}


@pytest.mark.parametrize(
    "data",
    [
        "", "server1.domain1.example said 401", "EX13A and EX1B", "110.1.2.3 10.1.2.34 10.1.2.3.4", "oldmail.example",
        base64.b64encode(bytes(range(256)) * 20).decode(), "the certificate site of Default Web Site",
    ],
)  # fmt: skip
def test_what_only_looks_alike_is_none(data: str) -> None:
    assert leaks(data, [*NAMES, "Certificate Site", "mail", "7"]) == ()


def test_a_name_within_a_word_of_ours_is_none_and_alone_it_is_one() -> None:
    check = LeakCheck(["chang", "serve"])
    assert check.leaks("what changed on server1") == ()
    assert [leak.name for leak in check.leaks("mr chang")] == ["chang"]
    assert LeakCheck(["chang"], ours=["chang"]).leaks("mr chang") == ()


def test_the_error_names_the_kind_and_the_place() -> None:
    check = LeakCheck(NAMES)
    check.check("the pack", "clean")
    with pytest.raises(LeakFound, match=r"the pack is not written: 'contoso' is still in line 3 \(base64\)"):
        check.check("the pack", "a\nb\n" + base64.b64encode(b"contoso").decode())


def test_a_large_pack_with_many_names_is_read_to_its_end() -> None:
    names = [f"zq{number:x}name" for number in range(500)]
    text = "".join(f'{{"line": {n}, "server": "server{n % 40}", "status": 401}}\n' for n in range(40_000))
    check = LeakCheck(names)
    assert check.leaks(text) == ()
    assert [leak.line for leak in check.leaks(text + names[499])] == [40_001]
