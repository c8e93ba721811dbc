"""Exports hold what they should, nothing about contact persons, and nothing that a spreadsheet would run."""

import csv
import io
import itertools
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from campaigns.models import Campaign, Organization, OrganizationName, Signature
from campaigns.spreadsheets import NAME_HEADINGS, Columns, csv_rows, read, xlsx_file
from tests.builders import make_campaign, make_coordinator, make_listed, sign_in

pytestmark = pytest.mark.django_db

BEFORE = ["", " ", "\t", "\r", "\n", "\r\n", "'", '"', "  '", "\u00a0", "\u200b", "\ufeff", "\x00"]
SIGNS = ["=", "+", "-", "@", "＝", "＋", "－", "＠", "\u2212", "\t=", "\r@"]
AFTER = [
    '1+1',
    'HYPERLINK("https://example.org","Click")',
    "cmd|' /C calc'!A0",
    "SUM(A1:A9)",
]  # fmt: skip
WHOLE = list(map("".join, itertools.product(BEFORE, SIGNS, AFTER)))
# A program that was told another separator divides these, and what follows it begins a cell.
DIVIDED = [
    f"River{separator}{payload}"
    for separator, payload in itertools.product([",", ";", "\t", "|", "\n", "\r\n", '";', '"\n'], WHOLE[:24])
]
PAYLOADS = [*list(dict.fromkeys(WHOLE))[:500], *DIVIDED]
STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "\u2212")


@pytest.fixture
def desk(client: Client) -> Client:
    sign_in(client, make_coordinator())
    return client


def body(response: Any) -> bytes:
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith("attachment")
    return b"".join(response.streaming_content)


def table(data: bytes, delimiter: str = ",") -> list[list[str]]:
    """The rows of a CSV, as a program reads them that takes this for what divides cells."""
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def cells(data: bytes) -> list[list[Any]]:
    """The cells of a workbook."""
    return [list(row) for row in openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows()]


def export(desk: Client, model: str, ending: str) -> bytes:
    chosen = Organization.objects if model == "organization" else Signature.objects
    sent = {"action": f"{model}s_as_{ending}", "_selected_action": list(chosen.values_list("pk", flat=True)[:100])}
    total = chosen.count()
    everything = {"select_across": "1"} if total > 100 else {}
    return body(desk.post(reverse(f"admin:campaigns_{model}_changelist"), {**sent, **everything}))


def poisoned() -> None:
    """Every payload in every text column of organizations and signatures, past all forms."""
    campaign = make_campaign()
    version = campaign.current_version
    texts = [payload.replace("\x00", "") for payload in PAYLOADS]
    Organization.objects.bulk_create(
        Organization(name=text, slug=f"o-{number}", website=text, country="UA") for number, text in enumerate(texts)
    )
    OrganizationName.objects.bulk_create(
        OrganizationName(organization=organization, name=f"{text}{extra}", kind=kind, key=f"{number} {kind}")
        for number, (organization, text) in enumerate(zip(Organization.objects.order_by("pk"), texts, strict=True))
        for kind, extra in [("official", "."), ("acronym", "")]
    )
    Signature.objects.bulk_create(
        Signature(
            campaign=campaign,
            text_version=version,
            name=text,
            name_as_signed=text,
            affiliation=text,
            website=text,
            language=text[:12],
        )
        for text in texts
    )


def test_there_are_five_hundred_payloads_and_those_that_another_separator_divides() -> None:
    assert len(set(PAYLOADS)) == 500 + 192


@pytest.mark.parametrize("model", ["organization", "signature"])
def test_no_cell_of_an_export_runs(desk: Client, model: str) -> None:
    poisoned()
    data = export(desk, model, "csv")
    rows = table(data)
    assert len(rows) == len(PAYLOADS) + 1
    assert not [cell for row in rows for cell in row if cell.startswith(STARTS)]
    for delimiter in ";\t|":
        divided = table(data, delimiter)
        assert not [
            cell for row in divided for cell in row if cell.lstrip(" \"'").startswith(STARTS) and cell[0] != "'"
        ]
    in_workbook = cells(export(desk, model, "xlsx"))
    assert len(in_workbook) == len(PAYLOADS) + 1
    assert {cell.data_type for row in in_workbook for cell in row if cell.value is not None} == {"s"}
    texts = sum(cell.value is not None and cell.value.lstrip().startswith("=") for row in in_workbook for cell in row)
    assert texts > 100  # the texts are there, as texts


def test_payloads_come_back_from_csv_as_they_were() -> None:
    plain = [payload.replace("\x00", "") for payload in PAYLOADS if payload.strip() == payload]
    data = b"".join(csv_rows(["Name"], ([payload] for payload in plain)))
    sheet = read(data, "", NAME_HEADINGS)
    found = [
        (words["name"], problems) for _n, _cells, words, problems in Columns.by_heading(["Name"]).lines(sheet.rows())
    ]
    assert [name for name, _problems in found] == [payload.strip() for payload in plain]
    assert not any(problems for _name, problems in found)


def test_controls_that_a_workbook_cannot_hold_are_left_out() -> None:
    every = "River" + "".join(map(chr, range(32))) + "\ufffe\ud800Watch"
    with xlsx_file(["Name"], [[every]]) as file:
        (_heading, (cell,)) = cells(file.read())
    assert cell.value.replace("\r", "\n").split() == ["River", "Watch"]


def test_libreoffice_sees_no_formula(tmp_path: Path) -> None:
    program = shutil.which("soffice")
    if not program and not os.environ.get("CI"):
        pytest.skip("no LibreOffice on this machine (Debian: apt install libreoffice-calc)")
    assert program, "the gate installs LibreOffice"
    rows = [[payload, f"plain {number}"] for number, payload in enumerate(PAYLOADS)]
    (tmp_path / "of.csv").write_bytes(b"".join(csv_rows(["Name", "Number"], rows)))
    with xlsx_file(["Name", "Number"], rows) as file:
        (tmp_path / "of.xlsx").write_bytes(file.read())
    read_as = [f"--infilter=CSV:{separators},34,UTF-8" for separators in ("44", "59", "9", "124", "44/59/9")]
    for place, (source, *option) in enumerate([("of.xlsx",), *(("of.csv", each) for each in read_as)]):
        out = tmp_path / f"out-{place}"
        home = f"-env:UserInstallation=file://{tmp_path}/home"
        convert = [
            program,
            home,
            "--headless",
            *option,
            "--convert-to",
            "fods",
            "--outdir",
            str(out),
            str(tmp_path / source),
        ]
        subprocess.run(convert, check=True, capture_output=True, timeout=300)
        flat = (out / "of.fods").read_text(encoding="utf-8")
        assert f"plain {len(PAYLOADS) - 1}" in flat
        assert "table:formula" not in flat


def test_the_registry_comes_back_as_it_went_out(desk: Client) -> None:
    river = Organization.objects.register(
        "River Watch", country="UA", website="https://river.example.org", language="en"
    )
    for name in ("RW", "Річкова варта", "Flusswacht; Ukraine"):
        river.know_as(name)
    data = export(desk, "organization", "csv")
    assert table(data) == [
        ["Name", "Other names", "Acronym", "Country", "Website", "Language"],
        ["River Watch", "Річкова варта | Flusswacht; Ukraine", "RW", "UA", "https://river.example.org", "en"],
    ]
    before = list(OrganizationName.objects.values())
    for file in (data, export(desk, "organization", "xlsx")):
        sheet = read(file, "", NAME_HEADINGS)
        assert len(Columns.by_heading(sheet.headings).places) == 6
        desk.post(reverse("admin:campaigns_importbatch_add"), {"file": io.BytesIO(file)})
    assert list(OrganizationName.objects.values()) == before


def test_a_campaigns_signatures(desk: Client) -> None:
    campaign = make_campaign(slug="rivers")
    make_listed(campaign, country="UA", comment="A word to you")
    make_listed(make_campaign(slug="hills"), "Hill Watch", email="secretary@hill.example.org")
    page = desk.get(reverse("admin:campaigns_campaign_change", args=[campaign.pk])).content.decode()
    for ending in ("csv", "xlsx"):
        address = reverse("admin:campaigns_campaign_export", args=[campaign.pk, ending])
        assert address in page
        data = body(desk.post(address))
        rows = table(data) if ending == "csv" else [[cell.value or "" for cell in row] for row in cells(data)]
        assert rows[0][:5] == ["Name", "Name as signed", "Signatory", "Affiliation", "Country"]
        assert rows[1][:8] == ["River Watch", "River Watch", "an organization", "", "UA", "", "in public", "listed"]
        assert rows[1][11:] == ["1", "en", "form"]
        assert len(rows) == 2
        assert not [cell for row in rows for cell in row if "secretary" in cell or "A word" in cell]


@pytest.mark.parametrize("ending", ["ods", "exe"])
def test_no_other_format(desk: Client, ending: str) -> None:
    address = reverse("admin:campaigns_campaign_export", args=[make_campaign().pk, ending])
    assert desk.post(address).status_code == 404


def test_who_may_not_see_signatures_exports_none(client: Client) -> None:
    sign_in(client, User.objects.create_user("reader", is_staff=True))
    campaign: Campaign = make_campaign()
    assert client.post(reverse("admin:campaigns_campaign_export", args=[campaign.pk, "csv"])).status_code == 403
