"""Names in commands: whatever a name holds, the shell reads it as that name or never gets it."""

from __future__ import annotations

import random

import pytest
import tree_sitter_powershell
from tree_sitter import Language, Node, Parser

from easwizard.diagnosis.plans.placeholders import fill_change, fill_command, fill_words
from easwizard.diagnosis.plans.quoting import LONGEST, SINGLE_QUOTES, Kind, Quoting, Refused, literal_of, quoted

PARSER = Parser(Language(tree_sitter_powershell.language()))
HOSTILE = (
    "Default Web Site", "Größe & Söhne", "$(Stop-Computer)", "$env:windir", "a`nb", "x'; Stop-Computer #",
    *(f"O{quote}Brien" for quote in SINGLE_QUOTES),
    *(f"{quote}{quote}; Stop-Computer {quote}" for quote in SINGLE_QUOTES),
    SINGLE_QUOTES, "--%", "-WhatIf:$false", "@(1)", "a|b", '"', "%PATH%", "日本語", "{server}", "<SERVER>", "a;b",
)  # fmt: skip
UNSEEN = ("a\nb", "a\rb", "a\x00b", "a\u2028b", "a\u202eb", "a\u200bb", "\x1b[2J", "", "  ", "x" * (LONGEST + 1))


@pytest.mark.parametrize("name", HOSTILE)
def test_powershell_reads_one_literal_that_is_the_name(name: str) -> None:
    argument = quoted(name, Kind.NAME, Quoting.POWERSHELL)
    assert literal_of(argument) == name
    command = f"Get-Thing -Identity {argument} -Detailed"
    assert shape_of(command) == shape_of("Get-Thing -Identity 'x' -Detailed")


def test_any_run_of_quotes_and_signs_stays_one_literal() -> None:
    chance = random.Random(6)
    alphabet = SINGLE_QUOTES + '$`"&;|(){}[]@#%<> aä-\\/'
    for _ in range(500):
        name = "n" + "".join(chance.choice(alphabet) for _ in range(chance.randrange(1, 20)))
        argument = quoted(name, Kind.NAME, Quoting.POWERSHELL)
        assert literal_of(argument) == name
        assert shape_of(f"Get-Thing -Identity {argument}") == shape_of("Get-Thing -Identity 'x'"), name


def shape_of(command: str) -> list[str]:
    """The kinds of nodes below the root, in order; characters apart."""
    tree = PARSER.parse(command.encode())
    assert not tree.root_node.has_error, command
    found: list[str] = []
    waiting: list[Node] = [tree.root_node]
    while waiting:
        node = waiting.pop()
        found.append(node.type)
        waiting.extend(reversed(node.children))
    return found


@pytest.mark.parametrize("quoting", Quoting)
@pytest.mark.parametrize("name", UNSEEN)
def test_what_cannot_be_seen_goes_nowhere(name: str, quoting: Quoting) -> None:
    with pytest.raises(Refused):
        quoted(name, Kind.NAME, quoting)


@pytest.mark.parametrize("name", ["Default Web Site", "Größe", "it's", "a;b", "(x)"])
def test_cmd_takes_plain_names_between_double_quotes(name: str) -> None:
    assert quoted(name, Kind.NAME, Quoting.CMD) == f'"{name}"'


@pytest.mark.parametrize("sign", list('"%!^&|<>'))
def test_cmd_never_gets_what_it_might_obey(sign: str) -> None:
    with pytest.raises(Refused, match="cmd may read"):
        quoted(f"Site{sign}x", Kind.NAME, Quoting.CMD)


def test_a_backslash_would_swallow_the_quote_of_cmd() -> None:
    with pytest.raises(Refused, match="backslash"):
        quoted("Site\\", Kind.NAME, Quoting.CMD)


@pytest.mark.parametrize(
    ("value", "kind", "good"),
    [
        ("old.contoso.test", Kind.HOST, True),
        ("_sip._tls.contoso.test", Kind.HOST, True),
        ("old", Kind.HOST, False),
        ("old.contoso.test & calc", Kind.HOST, False),
        ("-old.contoso.test", Kind.HOST, False),
        (f"{'a' * 64}.test", Kind.HOST, False),
        ("192.0.2.10:443", Kind.ADDRESS, True),
        ("[2001:db8::1]:443", Kind.ADDRESS, True),
        ("2001:db8::1", Kind.ADDRESS, True),
        ("192.0.2.10:99999", Kind.ADDRESS, False),
        ("192.0.2.10:4x", Kind.ADDRESS, False),
        ("192.0.2", Kind.ADDRESS, False),
        ("0a" * 20, Kind.HEX, True),
        ("0a xx", Kind.HEX, False),
        ("{4dc3e181-e14b-4a21-b022-59fc669b0914}", Kind.GUID, True),
        ("4dc3e181", Kind.GUID, False),
        ("12", Kind.NUMBER, True),
        ("١٢", Kind.NUMBER, False),
        ("My", Kind.WORD, True),
        ("My Store", Kind.WORD, False),
    ],
)
def test_values_of_a_kind_are_what_they_say(value: str, kind: Kind, good: bool) -> None:
    if good:
        assert quoted(value, kind, Quoting.CMD) == value
    else:
        with pytest.raises(Refused):
            quoted(value, kind, Quoting.CMD)


def test_a_zone_takes_hosts_and_addresses_only() -> None:
    assert quoted("old.contoso.test", Kind.HOST, Quoting.DNS) == "old.contoso.test."
    assert quoted("192.0.2.1", Kind.ADDRESS, Quoting.DNS) == "192.0.2.1"
    with pytest.raises(Refused):
        quoted("EX07A", Kind.NAME, Quoting.DNS)


@pytest.mark.parametrize("text", ["'a'b'", "'a", "abc", "'a' '"])
def test_what_is_no_literal_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"literal|end"):
        literal_of(text)


# Placeholders


def test_what_is_not_known_stays_one_argument_that_redirects_nothing() -> None:
    template = "Get-Thing -Identity {vdir}"
    open_ = fill_command(template, {"server": "EX07A"}, Quoting.POWERSHELL)
    assert open_.text == "Get-Thing -Identity 'EX07A\\Microsoft-Server-ActiveSync (<SITE NAME>)'"
    assert open_.open == ("<SITE NAME>",)
    hash_ = fill_command("netsh http add sslcert certhash={hash}", {}, Quoting.CMD)
    assert hash_.text == 'netsh http add sslcert certhash="<CERTIFICATE HASH>"'


def test_what_is_refused_becomes_a_placeholder_with_the_reason() -> None:
    filled = fill_command("appcmd list config {location}", {"web_site": "A & B"}, Quoting.CMD)
    assert filled.text == 'appcmd list config "<SITE NAME>/Microsoft-Server-ActiveSync"'
    assert filled.open == ("<SITE NAME>",)
    assert filled.refused is not None
    assert "'A & B'" in filled.refused


def test_a_value_is_never_filled_again() -> None:
    values = {"server": "{web_site}", "web_site": "secret"}
    assert fill_command("x {server}", values, Quoting.POWERSHELL).text == "x '{web_site}'"
    assert fill_words("{server}", values).text == "{web_site}"


def test_words_show_what_steers_a_terminal() -> None:
    assert fill_words("on {server}", {"server": "a\x1b[2J"}).text == "on a\\x1b[2J"


def test_a_change_is_made_only_of_what_its_grammar_reads_back() -> None:
    known = {"server": "EX07A", "web_site": "Default Web Site", "default_internal_url": "https://a.test/x=y,z"}
    template = "internal-url={vdir_label}={default_internal_url}"
    assert fill_change(template, known) == "internal-url=EX07A/Default Web Site=https://a.test/x=y,z"
    assert fill_change(template, {**known, "web_site": "a=b"}) is None
    assert fill_change(template, {"server": "EX07A"}) is None
