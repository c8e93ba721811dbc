"""Spreadsheets as coordinators have them, and as they should never be: read in bounded memory, or refused in words."""

import io
import random
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Sequence
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns import countries
from campaigns.spreadsheets import NAME_HEADINGS, Columns, Sheet, Unreadable, guard, is_risky, missing, read, unguard

UKRAINIAN = "Назва;Країна;Сайт\nРічкова варта;Україна;https://river.example.org\n"
FRENCH = "Nom;Pays\nVeille des rivières;Côte d’Ivoire\nÉtoile;France\n"


def sheet_of(data: bytes, encoding: str = "") -> Sheet:
    return read(data, encoding, NAME_HEADINGS)


def lines_of(data: bytes, encoding: str = "") -> list[Any]:
    sheet = sheet_of(data, encoding)
    return list(Columns.by_heading(sheet.headings).lines(sheet.rows()))


def workbook(rows: Sequence[Sequence[Any]], merge: str = "") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    if merge:
        sheet.merge_cells(merge)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def with_part(data: bytes, name: str, text: bytes) -> bytes:
    """The workbook with one part in place of what it had."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            new.writestr(member.filename, text if member.filename == name else old.read(member))
        if name not in old.namelist():
            new.writestr(name, text)
    return file.getvalue()


def refusal(data: bytes, encoding: str = "") -> str:
    with pytest.raises(Unreadable) as refused:
        sheet_of(data, encoding).count()
    return " ".join(refused.value.messages)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1251"])
def test_ukrainian_csv_is_read_in_any_encoding(encoding: str) -> None:
    ((number, cells, words, problems),) = lines_of(UKRAINIAN.encode(encoding))
    assert (number, problems) == (2, [])
    assert cells == ["Річкова варта", "Україна", "https://river.example.org"]
    assert words["country"] == "Україна"


def test_western_letters_are_told_from_cyrillic_and_the_guess_is_called_one() -> None:
    sheet = sheet_of(FRENCH.encode("cp1252"))
    assert (sheet.encoding, sheet.is_sure) == ("cp1252", False)
    assert [row.cells[0] for row in sheet.rows()] == ["Veille des rivières", "Étoile"]


def test_a_wrong_guess_can_be_overruled() -> None:
    data = "Nazwa\nŻaba\n".encode("cp1250")
    assert sheet_of(data).first(1)[0].cells != ["Żaba"]
    assert sheet_of(data, "cp1250").first(1)[0].cells == ["Żaba"]


def test_bytes_that_the_chosen_encoding_lacks_are_refused() -> None:
    assert "Choose another encoding" in refusal(b"Name\nRiver \x81 Watch\n", "cp1252")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_delimiter_with_quotes_and_line_ends_in_cells(delimiter: str) -> None:
    text = 'Name,Country\r\n"River, ""Watch""\nand Lake",UA\r\n\r\nHill Watch,DE\r\n'.replace(",", delimiter)
    found = [(number, cells) for number, cells, _words, _problems in lines_of(text.encode())]
    assert found == [(2, [f'River{delimiter} "Watch"\nand Lake', "UA"]), (4, ["Hill Watch", "DE"])]


def test_a_delimiter_that_the_file_names_itself() -> None:
    assert [line[:2] for line in lines_of(b"sep=|\r\nName|Country\r\nRiver; Lake, Hill|UA\r\n")] == [
        (3, ["River; Lake, Hill", "UA"])
    ]


def test_the_same_rows_from_a_workbook_below_a_title() -> None:
    data = workbook([["Members in 2018"], [], ["Organisation", "Land", "E-Mail"], ["Flusswacht", "Deutschland", "x@y"]])
    assert lines_of(data) == [
        (4, ["Flusswacht", "Deutschland"], {"name": "Flusswacht", "country": "Deutschland", "other_names": []}, [])
    ]
    assert Columns.by_heading(sheet_of(data).headings).left_out(sheet_of(data).headings) == ["E-Mail"]


@pytest.mark.parametrize(
    ("headings", "fields"),
    [
        ("Name of the organisation,Also known as,Abbreviation,Country,Web site,Language", 6),
        ("Назва організації,Інші назви,Скорочення,Країна,Вебсайт,Мова", 6),
        ("Название организации,Другие названия,Аббревиатура,Страна,Сайт,Язык", 6),
        ("Nom de l’organisation,Autres noms,Sigle,Pays,Site web,Langue", 6),
        ("Name der Organisation,Weitere Namen,Abkürzung,Land,Webseite,Sprache", 6),
        ("Nombre de la organización,Otros nombres,Siglas,País,Sitio web,Idioma", 6),
        ("Nazwa organizacji,Inne nazwy,Skrót,Kraj,Strona internetowa,Język", 6),
        ("اسم المنظمة,أسماء أخرى,الاختصار,البلد,الموقع الإلكتروني,اللغة", 6),
        ("Name,Contact person,E-mail,Phone", 1),
    ],
)
def test_headings_are_known_in_several_languages(headings: str, fields: int) -> None:
    assert len(Columns.by_heading(headings.split(",")).places) == fields


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ua", "UA"),
        ("UKR", "UA"),
        ("Україна", "UA"),
        ("Украина", "UA"),
        ("أوكرانيا", "UA"),
        ("Allemagne", "DE"),
        ("Alemania", "DE"),
        ("Niemcy", "DE"),
        ("U.S.A.", "US"),
        ("Côte d'Ivoire", "CI"),
        (" ", ""),
    ],
)
def test_countries_are_known_by_code_and_name(text: str, code: str) -> None:
    assert countries.code(text) == code


@pytest.mark.parametrize("text", ["Narnia", "Kongo", "Київ"])
def test_what_is_no_country_or_two_is_not_guessed(text: str) -> None:
    with pytest.raises(KeyError):
        countries.code(text)


def test_duplicate_and_missing_headings_are_left_to_the_coordinator() -> None:
    sheet = sheet_of(b"Name,Organization,Country\nRiver Watch,Lake Watch,UA\n")
    assert "name" not in Columns.by_heading(sheet.headings).places
    assert missing(sheet.headings) == ["Several columns may be “Name”: “Name”, “Organization”. Choose one."]
    assert missing(["Wer", "Wo"]) == ["No column is called “Name”. Choose the one that holds the names."]


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\n\n \n", b"\x00" * 50, workbook([]), b"\xff\xfe"])
def test_empty_file(data: bytes) -> None:
    assert refusal(data) == "The file is empty."


@pytest.mark.parametrize(
    "data",
    [
        b"Name\n" + b"".join(b"Group %d\n" % number for number in range(100_000)),
        workbook([["Name"], *([f"Group {number}"] for number in range(20_001))]),
    ],
    ids=["csv of 100,000", "workbook of 20,001"],
)
def test_too_many_rows(data: bytes) -> None:
    assert refusal(data) == "The file has more than 20,000 rows. Bring it in parts."


def test_too_many_bytes_columns_and_characters() -> None:
    assert "larger than 10 MB" in refusal(b"Name\n" + b"x" * 10_000_000)
    assert "more than 50 columns" in refusal(b"Name\n" + b"x," * 60)
    assert "more than 50 columns" in refusal(workbook([["Name"], ["River Watch"] * 60]))
    ((_number, cells, _words, problems),) = lines_of(b"Name\n" + b"x" * 3_000)
    assert len(cells[0]) == 2_000
    assert problems == ["Cell A2 has more than 2,000 characters. Is a quotation mark left open?"]


def test_a_quotation_mark_that_is_left_open() -> None:
    assert "quotes of the file do not close" in refusal(b'Name\n"River Watch\n' + b"Lake Watch\n" * 20_000)


@pytest.mark.parametrize(
    "data",
    [
        b"Name,Country\n=1+1,UA\nRiver Watch,DE\n",
        workbook([["Name", "Country"], ["=1+1", "UA"], ["River Watch", "DE"]]),
    ],
    ids=["csv", "workbook"],
)
def test_a_formula_is_not_taken_and_the_rest_is(data: bytes) -> None:
    first, second = lines_of(data)
    assert first[1:] == (
        ["", "UA"],
        {"name": "", "country": "UA", "other_names": []},
        ["Cell A2 holds a formula. Put in its place what it shows."],
    )
    assert second[1] == ["River Watch", "DE"]


def test_a_formula_in_a_column_that_is_left_out_harms_nothing() -> None:
    lines = lines_of(workbook([["Nr", "Name"], ["=ROW()", "River Watch"], ["=ROW()", None]]))
    assert [(cells, problems) for _number, cells, _words, problems in lines] == [(["River Watch"], [])]


def test_merged_cells_leave_rows_without_a_name() -> None:
    lines = lines_of(workbook([["Name", "Country"], ["River Watch", "UA"], [None, "DE"]], merge="A2:A3"))
    assert [cells for _number, cells, _words, _problems in lines] == [["River Watch", "UA"], ["", "DE"]]


def test_nul_characters_are_told_and_taken_out() -> None:
    first, second = lines_of(b"Name\nRiver\x00 Watch\nLake Watch\n")
    assert (first[1], first[3]) == (["River Watch"], ["Cell A2 holds a NUL character. Write it anew."])
    assert second[1] == ["Lake Watch"]


PLAIN = workbook([["Name"], ["River Watch"]])
BILLION_LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>&b;</t></si></sst>'
)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (with_part(PLAIN, "xl/worksheets/sheet1.xml", b" " * 70_000_000), "unpacks to far more"),
        (with_part(PLAIN, "xl/worksheets/sheet1.xml", b" " * 5_000_000), "unpacks to far more"),
        (with_part(PLAIN, "xl/sharedStrings.xml", BILLION_LAUGHS), "XML declarations"),
        (with_part(PLAIN, "xl/sharedStrings.xml", BILLION_LAUGHS.decode().encode("utf-16")), "XML declarations"),
        (with_part(PLAIN, "xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row"), "damaged"),
        (with_part(PLAIN, "xl/workbook.xml", b"no XML"), "damaged"),
        (PLAIN[: len(PLAIN) // 2], "damaged"),
        (b"PK\x03\x04" + b"x" * 100, "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "old kind (.xls)"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"%PDF-1.7\n%\xe2\xe3", "neither CSV nor"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "neither CSV nor"),
        (b"<html><table><tr><td>Name</td></tr></table></html>", "web page"),
        (bytes(range(256)) * 50, "neither CSV nor"),
    ],
)
def test_what_is_no_list_is_refused_by_what_is_in_it(data: bytes, words: str) -> None:
    assert words in refusal(data)


SHEET, STYLES = "xl/worksheets/sheet1.xml", "xl/styles.xml"
MAIN = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
MOST_MEGABYTES = 60


def part(root: bytes, inner: bytes) -> bytes:
    return b"<%s %s>%s</%s>" % (root, MAIN, inner, root)


def padded(inner: bytes) -> bytes:
    """With so much that cannot be compressed that no ratio looks odd."""
    filler = random.Random(7).randbytes(len(inner) // 150).hex().encode()
    return b"".join(b"<!--%s-->" % filler[at : at + 10_000] for at in range(0, len(filler), 10_000)) + inner


BOMBS = {
    "cells in one row": (SHEET, part(b"worksheet", padded(b"<sheetData><row>" + b"<c/>" * 3_600_000 + b"</row>"))),
    "elements of any name in one row": (
        SHEET,
        part(b"worksheet", padded(b"<row>" + b"<x:y/>" * 2_000_000 + b"</row>")),
    ),
    "a row that only seems to end": (
        SHEET,
        part(b"worksheet", padded(b"<row>" + (b"<c/>" * 40_000 + b"<!--</row><row>-->") * 50 + b"</row>")),
    ),
    "rows": (SHEET, part(b"worksheet", padded(b"<row/>" * 1_000_000))),
    "merged cells": (SHEET, part(b"worksheet", padded(b'<mergeCell ref="A1:B2"/>' * 500_000))),
    "columns": (SHEET, part(b"worksheet", padded(b'<col min="1" max="2"/>' * 500_000))),
    "attributes of one row": (
        SHEET,
        part(b"worksheet", b"<row %s/>" % b" ".join(b'a%d=""' % n for n in range(300_000))),
    ),
    "styles": (STYLES, part(b"styleSheet", padded(b"<xf/>" * 2_800_000))),
    "styles between feigned rows": (STYLES, part(b"styleSheet", padded(b"<row></row><xf/>" * 500_000))),
    "names": ("xl/workbook.xml", part(b"workbook", padded(b'<definedName name="a">b</definedName>' * 300_000))),
    "texts": ("xl/sharedStrings.xml", part(b"sst", padded(b"<si><t/></si>" * 1_000_000))),
    "pieces of one text": ("xl/sharedStrings.xml", part(b"sst", padded(b"<si>" + b"<r/>" * 1_000_000 + b"</si>"))),
    "one long text": ("xl/sharedStrings.xml", part(b"sst", padded(b"<si><t>" + b"x" * 14_000_000 + b"</t></si>"))),
}

READ_ALONE = """
import resource, sys
import django
django.setup()
from campaigns.spreadsheets import NAME_HEADINGS, Unreadable, read
def megabytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
read(sys.stdin.buffer.read(int(sys.argv[1])), "", NAME_HEADINGS).count()
before, data = megabytes(), sys.stdin.buffer.read()
try:
    read(data, "", NAME_HEADINGS).count()
except Unreadable as refused:
    print(megabytes() - before, *refused.messages)
"""


@pytest.mark.parametrize("name", BOMBS)
def test_a_workbook_of_more_than_an_honest_one_is_refused_in_little_memory(name: str) -> None:
    """Measured in a program of its own, beyond what a plain workbook needs: all that it holds, not Python's alone."""
    bomb = with_part(PLAIN, *BOMBS[name])
    assert len(bomb) < 3_000_000
    done = subprocess.run(
        [sys.executable, "-c", READ_ALONE, str(len(PLAIN))], input=PLAIN + bomb, capture_output=True, check=True
    )
    megabytes, _space, words = done.stdout.decode().partition(" ")
    assert "far more than a list" in words or "XML declarations" in words
    assert float(megabytes) < MOST_MEGABYTES


@pytest.mark.parametrize("name", ["xl/sharedStrings.XML", "xl/strings", "xl/worksheets/sheet1.bin", "xl/media/a.png"])
@pytest.mark.parametrize("before", [b"", b" " * 70_000, b"\xef\xbb\xbf\n"])
def test_declarations_are_found_in_a_part_of_any_name(name: str, before: bytes) -> None:
    assert "XML declarations" in refusal(with_part(PLAIN, name, before + BILLION_LAUGHS))


def test_a_part_that_is_no_xml_harms_nothing() -> None:
    picture = b"\x89PNG" + random.Random(7).randbytes(300_000) + b"<!DOCTYPE" + b"<" * 100_000
    assert lines_of(with_part(PLAIN, "xl/media/image1.png", picture))[0][1] == ["River Watch"]


def test_a_large_honest_workbook_is_read() -> None:
    rows = [[f"Group {number}", "UA", f"https://group-{number}.example", number, None] for number in range(5_000)]
    data = workbook([["Name", "Country", "Website", "Number", "Empty"], *rows])
    assert sheet_of(data).count() == 5_000


def test_a_row_of_every_column_that_excel_has() -> None:
    cells = b"".join(b'<c s="0"><v></v></c>' for _column in range(16_384))
    named = b'<row><c t="inlineStr"><is><t>Name</t></is></c></row>'
    sheet = part(
        b"worksheet", b"<sheetData>" + named + b"<row/>" * 9 + b"<row>" + cells + b"</row>" + named + b"</sheetData>"
    )
    assert sheet_of(with_part(PLAIN, SHEET, sheet)).count() == 1


@pytest.mark.parametrize("text", ['Name\n"River" Watch\n', 'Name,Country\n"River Watch,UA\nHill Watch,DE\n'])
def test_quotes_that_do_not_close_are_told(text: str) -> None:
    assert "quotes of the file do not close" in refusal(text.encode())


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16", "utf-8-sig"])
def test_a_mark_of_the_encoding_is_no_part_of_the_heading(encoding: str) -> None:
    marked = '\ufeff"Name","Country"\r\n"River Watch","UA"\r\n'
    data = marked.removeprefix("\ufeff" if encoding in {"utf-16", "utf-8-sig"} else "").encode(encoding)
    assert sheet_of(data, encoding).headings == ["Name", "Country"]


@pytest.mark.parametrize(
    ("text", "headings"),
    [
        ("Organizations\nName,Country\nRiver Watch,UA\n", ["Name", "Country"]),
        ("Members in 2018\nWho,Where\nRiver Watch,UA\n", ["Who", "Where"]),
        ("Name\nOrganization\nRiver Watch\n", ["Name"]),
        ("Name\nRiver Watch\nName,Country\n", ["Name"]),
    ],
)
def test_a_title_above_the_table_is_passed_over(text: str, headings: list[str]) -> None:
    assert sheet_of(text.encode()).headings == headings


def test_an_archive_that_is_no_workbook() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("readme.txt", "Hello")
    assert "no Excel workbook" in refusal(file.getvalue())


@pytest.mark.parametrize("make", ["csv", "workbook"])
def test_memory_is_bounded(make: str) -> None:
    def peak(rows: int) -> float:
        table = [[f"Organization {number}", "UA", "https://example.org"] for number in range(rows)]
        text = "Name,Country,Website\n" + "\n".join(map(",".join, table))
        data = text.encode() if make == "csv" else workbook([["Name", "Country", "Website"], *table])
        del table, text
        sheet = sheet_of(data)
        tracemalloc.start()
        assert sheet.count() == rows
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    peak(10)
    few, many = peak(500), peak(5_000)
    assert many < few * 4  # a workbook keeps its shared texts at hand, and those are bounded by its declared size


@given(st.text(max_size=20))
def test_what_is_guarded_is_found_again(text: str) -> None:
    assert unguard(guard(text)) == text
    assert not is_formula_to_a_spreadsheet(guard(text))


def is_formula_to_a_spreadsheet(text: str) -> bool:
    return text[:1] in {"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"}


@pytest.mark.parametrize("text", ["River Watch", "", "№ 5", "Anti-War", "a=b", "'Aliens", "“Memorial”"])
def test_honest_names_are_not_touched(text: str) -> None:
    assert not is_risky(text)
