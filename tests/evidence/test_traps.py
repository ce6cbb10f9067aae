"""What a careless reader would get wrong, one test for each; made texts are shaped as in evidence-formats 2 to 6."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest

from easwizard.evidence import detect
from easwizard.evidence.gathering import read_evidence
from easwizard.evidence.import_files import ImportFile
from easwizard.evidence.readers import clixml
from easwizard.evidence.reading import MOST_BYTES, About, Reading
from easwizard.exchange.inventory import ClientCertificates, Server, VirtualDirectory
from easwizard.exchange.products import Product
from easwizard.lab import cmdlet_output as writers
from tests.evidence.iis_samples import APPCMD, FEATURES, LOOK, NETSH
from tests.evidence.reading_files import MADE, only_vdir, read, reading, troubles

URL = "https://mail.fabrikam.test/Microsoft-Server-ActiveSync"
VDIR = VirtualDirectory(
    "EX07A",
    "Default Web Site",
    product=Product.E2007,
    internal_url=URL,
    external_url="",
    client_certificates=ClientCertificates.REQUIRE,
    basic=False,
    windows=False,
)


def thing(vdir: VirtualDirectory = VDIR, build: str | None = None, **changed: writers.Scalar) -> writers.Thing:
    made = writers.vdir_thing(vdir, f"{vdir.server.lower()}.fabrikam.test", 1, build)
    return replace(made, properties={**made.properties, **changed})


def server(name: str, build: str, **changed: writers.Scalar) -> writers.Thing:
    made = writers.server_thing(Server(name, product=Product.E2013, build=build, site="London", client_access=True))
    return replace(made, properties={**made.properties, **changed})


# The version and the roles of a server


def test_exchange_version_is_never_the_product_version() -> None:
    made = server("EX19A", "15.2.986.5")
    del made.properties["AdminDisplayVersion"]
    for text in (
        writers.clixml([made]),
        writers.to_json([made]),
        writers.to_csv([made]),
        writers.format_list([made]),
    ):
        assert "8.0.535.0" in text
        (found,) = read(text).inventory.servers
        assert (found.product, found.build) == (None, None)


MAILBOX = writers.Choice("ServerRole", "Mailbox", 2)
OLD_ROLES = writers.Choice("ServerRole", "ClientAccess, HubTransport", 36)


@pytest.mark.parametrize(
    ("build", "role", "stated", "expected"),
    [
        ("15.1.2375.7", MAILBOX, True, True),
        ("15.1.2375.7", MAILBOX, None, True),
        ("15.0.1497.2", MAILBOX, None, False),
        ("15.0.1497.2", writers.Choice("ServerRole", "Mailbox, ClientAccess", 6), None, True),
        ("14.3.123.4", OLD_ROLES, None, True),
        ("8.3.83.6", OLD_ROLES, None, True),
        ("8.3.83.6", writers.Choice("ServerRole", "HubTransport", 32), None, False),
        ("15.1.2375.7", writers.Choice("ServerRole", "Edge", 64), None, False),
    ],
)
def test_who_is_a_client_access_server(
    build: str, role: writers.Choice, stated: bool | None, expected: bool | None
) -> None:
    made = server("EX1", build, ServerRole=role, IsClientAccessServer=stated)
    for text in (
        writers.clixml([made]),
        writers.to_json([made]),
        writers.to_csv([made]),
        writers.format_list([made]),
    ):
        assert read(text).inventory.servers[0].client_access is expected


# What was not read of IIS


@pytest.mark.parametrize("write", [writers.clixml, writers.to_json, writers.to_csv, writers.format_list])
def test_directory_properties_alone_leave_authentication_unknown(write: object) -> None:
    only_directory = thing(
        ClientCertAuth=None, BasicAuthEnabled=False, WindowsAuthEnabled=False, WebsiteName="", WebSiteSSLEnabled=False
    )
    evidence = read(write([only_directory]))  # type: ignore[operator]
    vdir = only_vdir(evidence)
    assert (vdir.basic, vdir.windows, vdir.client_certificates) == (None, None, None)
    assert vdir.internal_url == URL
    assert "WebsiteName is empty, so IIS was not read" in troubles(evidence)


def test_defaults_without_the_web_site_tell_nothing() -> None:
    evidence = read(f"Identity         : EX07A\\Microsoft-Server-ActiveSync (X)\nInternalUrl      : {URL}\n"
                    "BasicAuthEnabled : False\nClientCertAuth   : Ignore\n")  # fmt: skip
    vdir = only_vdir(evidence)
    assert (vdir.basic, vdir.client_certificates) == (None, None)
    assert "mere defaults" in troubles(evidence)


def test_a_value_that_is_no_default_tells_without_the_web_site() -> None:
    evidence = read("Identity         : EX07A\\Microsoft-Server-ActiveSync (X)\n"
                    "BasicAuthEnabled : True\nClientCertAuth   : Ignore\n")  # fmt: skip
    vdir = only_vdir(evidence)
    assert (vdir.basic, vdir.client_certificates) == (True, ClientCertificates.IGNORE)


def test_only_the_2007_shell_or_the_server_itself_reads_iis() -> None:
    in_2007_shell = only_vdir(read(writers.clixml([thing()])))
    assert in_2007_shell.sources == ("ad:paste", "file:paste", "iis:paste")
    newer = replace(VDIR, product=Product.E2013, extended_protection="none")
    elsewhere = only_vdir(read(writers.clixml([thing(newer)])))
    assert elsewhere.client_certificates is ClientCertificates.REQUIRE
    assert elsewhere.sources == ("ad:paste",)
    on_it = replace(thing(newer), notes={"PSComputerName": "ex07a.fabrikam.test"})
    assert "iis:paste" in only_vdir(read(writers.clixml([on_it]))).sources
    assert "iis:paste" in only_vdir(read(writers.clixml([thing(newer)]), server="EX07A")).sources
    assert "iis:paste" not in only_vdir(read(writers.clixml([thing(newer)]), server="EX13A")).sources


def test_a_back_end_directory_is_no_namespace() -> None:
    by_site = only_vdir(read(writers.clixml([thing(replace(VDIR, web_site="Exchange Back End"))])))
    assert by_site.back_end
    # A back end under another name is told by its folder; the front end of 2007 lies in one that looks the same.
    folder = "D:\\Exchange\\ClientAccess\\sync"
    newer = thing(replace(VDIR, product=Product.E2013, extended_protection="none"), "15.0.1497.2", Path=folder)
    assert only_vdir(read(writers.clixml([newer]))).back_end
    assert not only_vdir(read(writers.clixml([thing(Path=folder)]))).back_end


def test_the_domain_controller_is_not_the_server() -> None:
    made = thing()
    for name in ("Server", "Identity"):
        del made.properties[name]
    (found,) = read(writers.clixml([made])).inventory.vdirs
    assert found.server == "EX07A"


# CLIXML


def test_a_ref_to_the_object_around_it_ends() -> None:
    text = writers.clixml([thing()]).replace("</Props>\n", "</Props>")
    looped = text.replace('<Nil N="ExternalUrl" />', '<Ref N="ExternalUrl" RefId="0" />')
    evidence = read(looped)
    assert only_vdir(evidence).internal_url == URL
    assert only_vdir(evidence).external_url is None
    assert "ExternalUrl" in troubles(evidence)
    nested = text.replace("<LST>", '<LST><Ref RefId="0" />', 1)
    assert only_vdir(read(nested)).internal_url == URL


def test_a_ref_repeats_an_object_of_an_earlier_one() -> None:
    first, second = thing(), thing(replace(VDIR, web_site="Certificate Site"))
    text = writers.clixml([first, second])
    start = text.index('<Obj N="Server"')
    ref = text[start:].split('RefId="')[1].split('"')[0]
    at = text.index('<Obj N="Server"', start + 1)
    end = text.index("</Obj>", at) + len("</Obj>")
    text = f'{text[:at]}<Ref N="Server" RefId="{ref}" />{text[end:]}'
    assert [v.server for v in read(text).inventory.vdirs] == ["EX07A", "EX07A"]


def test_a_doctype_is_refused() -> None:
    body = writers.clixml([thing()])
    bomb = '<!DOCTYPE Objs [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    for text in (bomb + body.replace("EX07A", "&b;"), '<!DOCTYPE Objs SYSTEM "file:///etc/passwd">' + body):
        found = reading(text)
        assert found.format == "Export-Clixml"
        assert found.claims == ()
        assert any("DOCTYPE" in t.what for t in found.troubles)


def test_an_xml_declaration_of_another_encoding_does_not_confuse() -> None:
    text = '<?xml version="1.0" encoding="utf-16"?>' + writers.clixml([thing()])
    for content in (text.encode(), text.encode("utf-8-sig"), text.encode("utf-16"), text.encode("utf-16-be"), text):
        assert only_vdir(read(content)).internal_url == URL


def test_a_list_exported_as_one_object_is_opened() -> None:
    text = writers.clixml([thing(), thing(replace(VDIR, web_site="B"))])
    start, end = text.index("  <Obj"), text.index("</Objs>")
    types = '<TN RefId="900"><T>System.Object[]</T></TN>'
    whole = f'{text[:start]}<Obj RefId="99">{types}<LST>{text[start:end]}</LST></Obj></Objs>'
    assert len(read(whole).inventory.vdirs) == 2


def test_what_stands_before_a_break_is_read() -> None:
    text = writers.clixml([thing(), thing(replace(VDIR, web_site="B")), thing(replace(VDIR, web_site="C"))])
    evidence = read(text[: text.rindex("<Obj RefId=") + 500])
    assert [v.web_site for v in evidence.inventory.vdirs] == ["B", "Default Web Site"]
    assert "2 objects before it were read" in troubles(evidence)


def test_escaped_characters_and_hostile_text_come_out_harmless() -> None:
    text = writers.clixml([thing(replace(VDIR, web_site="A_x001B_[2J_x005F_x"))])
    assert only_vdir(read(text)).web_site == "A\\x1b[2J_x"


def test_formatted_objects_are_told_from_objects() -> None:
    text = writers.clixml([replace(thing(), type="Microsoft.PowerShell.Commands.Internal.Format.FormatStartData")])
    assert "leave out `| fl`" in troubles(read(text))
    table = '"ClassId2e4f51ef21dd47e99d3c952918aff9cd","pageHeaderEntry"\n"033ecb2bc07a4d43b5ef94ed5a35d280",\n'
    assert "leave out `| fl`" in troubles(read(table))


# JSON


def test_numbers_are_read_by_their_order_and_that_is_said() -> None:
    evidence = read(writers.to_json([thing(ClientCertAuth=writers.Choice("x", "x", 2))]))
    assert only_vdir(evidence).client_certificates is ClientCertificates.REQUIRE
    assert "the number 2 was read as require" in troubles(evidence)
    unknown = read(writers.to_json([thing(ClientCertAuth=writers.Choice("x", "x", 7))]))
    assert only_vdir(unknown).client_certificates is None
    assert "'7' is not known" in troubles(unknown)


def test_what_depth_cut_is_lost_and_not_empty() -> None:
    document = json.loads(writers.to_json([thing()]))
    document["InternalUrl"] = "System.Uri"
    document["ExternalUrl"] = "Microsoft.Exchange.A Microsoft.Exchange.A"
    evidence = read(json.dumps(document))
    assert (only_vdir(evidence).internal_url, only_vdir(evidence).external_url) == (None, None)
    assert troubles(evidence).count("lost by -Depth") == 2


def test_wrapped_scalars_and_lists_with_a_count() -> None:
    document = json.loads(writers.to_json([thing()]))
    document["InternalUrl"] = {"AbsoluteUri": URL, "Port": 443}
    document["ClientCertAuth"] = {"value": 2, "Value": "Required"}
    document["BasicAuthEnabled"] = {"value": False, "PSComputerName": "x"}
    document["internalurl"] = None
    for whole in (document, [document], {"value": [document], "Count": 1}):
        vdir = only_vdir(read(json.dumps(whole)))
        assert (vdir.internal_url, vdir.basic) == (URL, False)
        assert vdir.client_certificates is ClientCertificates.REQUIRE


def test_several_outputs_in_a_row_and_a_broken_end() -> None:
    text = "[PS] C:\\>Get-X | ConvertTo-Json\n" + writers.to_json([thing()]) + "\n" + writers.to_json(
        [thing(replace(VDIR, web_site="B"))]
    )  # fmt: skip
    assert len(read(text).inventory.vdirs) == 2
    broken = read(text[:-30])
    assert len(broken.inventory.vdirs) == 1
    assert "not well-formed JSON" in troubles(broken)


# CSV


def test_flattened_and_broken_columns_are_unknown() -> None:
    text = writers.to_csv([thing(InternalUrl=writers.Multi())], delimiter=";")
    evidence = read(text)
    assert only_vdir(evidence).internal_url is None
    assert "only the name of its type was written" in troubles(evidence)


def test_tables_that_admins_made() -> None:
    text = f"EAS-Server\tEAS-vDirNAme\tEAS-InternalURL\tColour\nEX07A\tMicrosoft-Server-ActiveSync (B)\t{URL}\tred\n"
    evidence = read(text)
    assert only_vdir(evidence).label == "EX07A/B"
    assert only_vdir(evidence).internal_url == URL
    assert "columns that were not used: Colour" in troubles(evidence)


def test_lost_letters_do_not_make_another_host() -> None:
    evidence = read(
        writers.to_csv([thing(InternalUrl=writers.Url("https://m?ller.test/Microsoft-Server-ActiveSync"))])
    )
    assert only_vdir(evidence).internal_url is None
    assert "lost letters" in troubles(evidence)


def test_a_short_row_is_left_out_and_said() -> None:
    evidence = read(writers.to_csv([thing()]) + '"EX07A","x"\r\n')
    assert len(evidence.inventory.vdirs) == 1
    assert "the row has 2 fields" in troubles(evidence)


# Format-List


def test_a_forum_paste_gives_two_directories_of_one_server() -> None:
    evidence = read(MADE / "forum-2007.txt")
    assert [(v.label, v.internal_host, v.basic) for v in evidence.inventory.vdirs] == [
        ("EX07A/Certificate Site", "legacycert.fabrikam.test", False),
        ("EX07A/Default Web Site", "legacygeneric.fabrikam.test", True),
    ]


def test_a_german_console_with_wrapped_values_and_cut_lists() -> None:
    evidence = read(MADE / "console-2013.txt")
    for vdir, name in zip(evidence.inventory.vdirs, ("EX13A", "EX13B"), strict=True):
        assert vdir.label == f"{name}/Default Web Site"
        assert vdir.internal_url == "https://generic.fabrikam.test/Microsoft-Server-ActiveSync"
        assert vdir.product is Product.E2013
    assert evidence.inventory.servers[0].fqdn == "EX13A.fabrikam.test"
    assert len(evidence.readings[0].incomplete) == 2
    assert "truncated" in evidence.readings[0].incomplete[0]


@pytest.mark.parametrize("blank", ["", "\n"])
def test_repeated_keys_do_not_make_two_directories(blank: str) -> None:
    lines = [
        "MobileClientCertificateAuthorityURL : ", f"InternalUrl : {URL}", "BasicAuthEnabled : True",
        "MobileClientCertificateAuthorityURL : ", "ClientCertAuth : Ignore",
        "Identity : EX07A\\Microsoft-Server-ActiveSync (B)", "Server : EX07A", "Server : EX07A",
    ]  # fmt: skip
    evidence = read(f"\n{blank}".join(lines))
    assert only_vdir(evidence).internal_url == URL
    assert evidence.readings[0].objects == {"ActiveSync virtual directory": 1}


def test_the_same_listing_twice_is_one_directory() -> None:
    text = writers.format_list([thing()])
    evidence = read(text + text)
    assert len(evidence.inventory.vdirs) == 1
    assert evidence.conflicts == ()


def test_a_cut_url_is_unknown() -> None:
    text = f"Identity    : EX07A\\Microsoft-Server-ActiveSync (B)\nInternalUrl : {URL[:20]}...\nServer      : EX07A\n"
    evidence = read(text)
    assert only_vdir(evidence).internal_url is None
    assert "was cut" in troubles(evidence)


def test_half_a_host_is_never_a_host() -> None:
    text = ("Identity : EX07A\\Microsoft-Server-ActiveSync (B)\nInternalUrl : https://legacyge\n"
            "neric.fabrikam.test/Microsoft-Server-ActiveSync\nClientCertAuth : Required\n")  # fmt: skip
    assert only_vdir(read(text)).internal_host == "legacygeneric.fabrikam.test"


def test_a_listing_that_does_not_say_whose_it_is_is_left_out() -> None:
    evidence = read(f"InternalUrl    : {URL}\nClientCertAuth : Required\n")
    assert evidence.inventory.vdirs == ()
    assert "left out" in troubles(evidence)


def test_a_table_is_refused_with_advice() -> None:
    text = (
        "Name                  Server   InternalUrl\n----                  ------   -----------\n"
        "Microsoft-Server-A... EX07A    https://...\n"
    )
    found = reading(text)
    assert found.format == "Format-Table"
    assert "Format-List" in found.troubles[0].what


def test_several_outputs_in_one_paste() -> None:
    features = ("[X] Client Certificate Mapping Authentication   Web-Client-Auth     Installed\n"
                "[ ] IIS Client Certificate Mapping Authen...    Web-Cert-Auth       Available\n")  # fmt: skip
    made = server("EX13A", "15.0.1497.2")
    evidence = read(writers.format_list([made]) + features + writers.format_list([thing()]), server="EX13A")
    assert evidence.inventory.server("EX13A") is not None
    assert only_vdir(evidence).server == "EX07A"
    known = evidence.inventory.server("EX13A")
    assert known is not None
    assert known.role_services == {"Web-Client-Auth": True, "Web-Cert-Auth": False}


PIECES = {
    "appcmd": "C:\\>appcmd list apppool\n"
    'APPPOOL "MSExchangeSyncAppPool" (MgdVersion:v4.0,MgdMode:Integrated,state:Stopped)\n'
    'C:\\>appcmd list site\nSITE "Default Web Site" (id:1,bindings:http/*:80:,https/:443:,state:Started)\n' + APPCMD,
    "netsh": NETSH,
    "features": FEATURES,
    "list": writers.format_list([server("EX13A", "15.0.1497.2")]),
    "paste": LOOK,
}  # fmt: skip


@pytest.mark.parametrize("order", [*permutations(PIECES)][::7], ids=" ".join)
def test_a_paste_of_everything_loses_nothing(order: tuple[str, ...]) -> None:
    def said(reading: Reading) -> tuple[set[tuple[About, str, object]], set[str], int, dict[str, str]]:
        claimed = {(c.about, c.property, c.value) for c in reading.claims}
        return claimed, set(reading.findings), len(reading.observations), dict(reading.found_on)

    alone = [said(reading(text, server="EX13A")) for text in PIECES.values()]
    mixed = said(reading("\n".join(PIECES[name] for name in order), server="EX13A"))
    assert mixed[0] == set().union(*(claimed for claimed, _, _, _ in alone))
    assert mixed[1] == {"eas/app-pool-down"}
    assert mixed[2] == max(observations for _, _, observations, _ in alone) > 0
    assert mixed[3] == {"eas/app-pool-down": "EX13A"}


# Prose


def test_a_text_about_expected_values_is_not_a_servers_state() -> None:
    evidence = read(MADE / "expected-values.txt")
    assert evidence.inventory.vdirs == ()
    assert "rather than a server's state" in troubles(evidence)


@pytest.mark.parametrize(
    "text",
    [
        f"Set InternalUrl: {URL}\nSet ClientCertAuth: Required\nServer: EX07A\n",
        f"The expected listing:\n\nServer : EX07A\nName : Microsoft-Server-ActiveSync (X)\nInternalUrl : {URL}\n",
        json.dumps({"expected": {"Server": "EX07A", "Name": "Microsoft-Server-ActiveSync (X)", "InternalUrl": URL}}),
        "Property,Expected\nClientCertAuth,Required\nInternalUrl,https://x.test/Microsoft-Server-ActiveSync\n",
        f"Server : <ServerName>\nName : Microsoft-Server-ActiveSync (X)\nInternalUrl : {URL}\nServer : <x>\n",
    ],
)
def test_other_texts_about_settings(text: str) -> None:
    evidence = read(text)
    assert evidence.inventory.vdirs == ()
    assert evidence.readings[0].troubles


# Sizes


def test_whole_files_are_capped_and_clixml_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_BYTES == 64 * 1024 * 1024
    listing = tmp_path / "listing.txt"
    with listing.open("wb") as stream:
        stream.write(writers.format_list([thing()]).encode())
        stream.write(b"\n" * MOST_BYTES)
    assert "too large to read at once" in reading(listing).troubles[0].what
    monkeypatch.setattr(detect, "MOST_BYTES", 1000)
    assert len(writers.clixml([thing()])) > 1000
    assert reading(writers.clixml([thing()])).objects


def test_one_enormous_object_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clixml, "MOST_BYTES", 300_000)
    found = clixml.READER.read_stream("x", io.BytesIO(writers.clixml([thing(Path="x" * 3_000_000)]).encode()))
    assert found.claims == ()
    assert "one object is larger" in found.troubles[0].what


def test_a_missing_file_and_a_folder_are_said(tmp_path: Path) -> None:
    for path in (tmp_path / "none.xml", tmp_path):
        assert "cannot be read" in reading(path).troubles[0].what


def test_a_reader_that_fails_costs_its_file_only(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr(clixml.ClixmlReader, "read_stream", fail)
    files = [ImportFile("a", writers.clixml([thing()])), ImportFile("b", writers.to_csv([thing()]))]
    evidence = read_evidence(files)
    assert only_vdir(evidence).internal_url == URL
    assert "a reader failed on it (KeyError)" in troubles(evidence)
