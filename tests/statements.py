"""Statements as people write them in word processors: by python-docx, by LibreOffice, and broken by hand."""

import io
import os
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.document import Document as Word
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"


def saved(word: Word) -> bytes:
    file = io.BytesIO()
    word.save(file)
    return file.getvalue()


def paragraphs(*texts: str) -> bytes:
    word = docx.Document()
    for text in texts:
        word.add_paragraph(text)
    return saved(word)


def add_link(paragraph: Paragraph, text: str, address: str) -> None:
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(address, LINK, is_external=True))
    link.append(paragraph.add_run(text)._r)
    paragraph._p.append(link)


def english() -> bytes:
    """Headings, bold and italics amid words, a link, numbered demands with some under one, and a table."""
    word = docx.Document()
    word.add_heading("The river is not a drain", level=0)
    word.add_paragraph("To the members of the assembly, who meet on 3 May 2026 in the capital.")
    word.add_heading("What we have seen", level=1)
    paragraph = word.add_paragraph("Since 2019 the works have put ")
    paragraph.add_run("four times").bold = True
    paragraph.add_run(" more salt* into the river_bed than the ")
    paragraph.add_run("permit").italic = True
    paragraph.add_run(" allows (see ")
    add_link(paragraph, "the report", "https://river.example.org/report?year=2025&part=(2)")
    paragraph.add_run("), and #1 of the wells is <closed>.")
    table = word.add_table(rows=2, cols=2)
    for cell, text in zip(table._cells, ["Year", "Salt", "2025", "four | five tons"], strict=True):
        cell.text = text
    word.add_heading("We call on the assembly", level=1)
    word.add_paragraph("Stop the works until they keep the permit.", style="List Number")
    word.add_paragraph("Publish what is measured:", style="List Number")
    word.add_paragraph("every week,", style="List Bullet 2")
    word.add_paragraph("and in full.", style="List Bullet 2")
    word.add_paragraph("Pay for clean wells.", style="List Number")
    word.add_heading("Who we are", level=1)
    word.add_paragraph("Groups of the river's upper and lower reaches.")
    return saved(word)


def ukrainian() -> bytes:
    word = docx.Document()
    word.add_heading("Відкритий лист щодо захисту річки Ірпінь", level=1)
    word.add_paragraph("Шановні депутати! Ми, організації, що підписалися нижче, звертаємося до вас – удруге.")
    paragraph = word.add_paragraph("За п'ять років площа заплави зменшилася на ")
    paragraph.add_run("37 %").bold = True
    paragraph.add_run("; про це йдеться у «Звіті» № 12.")
    word.add_paragraph("Ми закликаємо:")
    for demand in ("Зупинити забудову заплави.", "Оприлюднити всі дозволи.", "Відновити луки до 2027 року."):
        word.add_paragraph(demand, style="List Number")
    word.add_paragraph("З повагою – робоча група.")
    return saved(word)


def arabic() -> bytes:
    word = docx.Document()
    word.add_heading("بيان مشترك بشأن حماية النهر", level=1)
    first = word.add_paragraph("نحن المنظمات الموقعة أدناه، نُعرب عن قلقنا إزاء ما جرى منذ ")
    first.add_run("عام 2019").bold = True
    first.add_run(" (INTERPOL) في حوض النهر.")
    word.add_paragraph("نطالب الجمعية بما يلي:")
    for demand in ("وقف الأعمال فورًا.", "نشر جميع التصاريح؛ دون استثناء."):
        word.add_paragraph(demand, style="List Number")
    for paragraph in word.paragraphs:
        paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))
        for run in paragraph.runs:
            run.font.rtl = True
    return saved(word)


NOTED = """<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
  xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.3"
  office:mimetype="application/vnd.oasis.opendocument.text"><office:body><office:text>
<text:h text:outline-level="1">On the reform of red notices</text:h>
<text:p>Red notices were misused<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation>
<text:note-body><text:p>See the report of 2017, page 12.</text:p></text:note-body></text:note> in many
countries<text:note text:note-class="endnote"><text:note-citation>i</text:note-citation>
<text:note-body><text:p>Among them two of the members.</text:p></text:note-body></text:note>,
and nobody answered.</text:p>
<text:p>We urge the delegates to:</text:p>
<text:list><text:list-item><text:p>publish the rules<text:note
text:note-class="footnote"><text:note-citation>2</text:note-citation>
<text:note-body><text:p>In all four languages.</text:p></text:note-body></text:note>;</text:p></text:list-item>
<text:list-item><text:p>answer within a month.</text:p></text:list-item></text:list>
</office:text></office:body></office:document>"""

COPIED = """<html><body><h1>Keep the <i>old</i> port open</h1>
<p>We are <b>forty-two</b> groups; <a href="https://port.example.org/">our page</a> names them.<br>Write to
<a href="mailto:desk@port.example.org">the desk</a>.</p>
<h2>Our demands</h2>
<ol start="4"><li><p>Keep the quay.</p></li><li><p>Keep the crane, <b>and</b> its crew.</p></li></ol>
<p>Nothing less.</p></body></html>"""


def office(folder: Path, source: str, content: bytes, ending: str) -> bytes:
    """What LibreOffice makes of a file, by the file's ending and that of the result."""
    program = shutil.which("soffice")
    if not program and not os.environ.get("CI"):
        pytest.skip("no LibreOffice on this machine (Debian: apt install libreoffice-writer)")
    assert program, "the gate installs LibreOffice"
    (folder / source).write_bytes(content)
    filters = {"docx": "docx:MS Word 2007 XML", "txt": "txt:Text (encoded):UTF8"}
    reads = ["--infilter=HTML (StarWriter)"] if source.endswith(".html") else []
    home, out = f"-env:UserInstallation=file://{folder}/home", folder / "out"
    convert = [program, home, "--headless", *reads, "--convert-to", filters[ending], "--outdir", str(out)]
    subprocess.run([*convert, str(folder / source)], check=True, capture_output=True, timeout=300)
    return (out / source).with_suffix(f".{ending}").read_bytes()


def with_parts(data: bytes, **parts: Any) -> bytes:
    """The archive with parts in place of its own, or changed by a function; `word__document` is word/document.xml."""
    named = {f"{name.replace('__', '/')}.xml": part for name, part in parts.items()}
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = named.pop(name, None)
            new.writestr(name, part(old.read(name)) if callable(part) else part or old.read(name))
        for name, part in named.items():
            new.writestr(name, part)
    return file.getvalue()


def archive(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as new:
        for name, content in members.items():
            new.writestr(name, content)
    return file.getvalue()
