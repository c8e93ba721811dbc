"""A statement comes out of a word processor with every word, in order, and with nothing that runs."""

import html
import io
import re
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns import documents, markdown
from campaigns.documents import Document, Unreadable, from_markup, from_text, from_word
from tests import pictures, statements
from tests.statements import archive, office, paragraphs, with_parts

LABEL = re.compile(r"\d+[.)]|[•◦▪·]")
UNSEEN = dict.fromkeys(map(ord, "\ufeff\u200e\u200f"))
SAFE = {*markdown.TAGS}
FILES: dict[str, Callable[[], bytes]] = {
    "english.docx": statements.english,
    "ukrainian.docx": statements.ukrainian,
    "arabic.docx": statements.arabic,
    "noted.fodt": statements.NOTED.encode,
    "copied.html": statements.COPIED.encode,
}


@pytest.fixture(scope="module")
def by_libreoffice(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], bytes]:
    """Each of the statements as LibreOffice writes it, which takes seconds and is done once."""
    return cache(lambda name: office(tmp_path_factory.mktemp("office"), name, FILES[name](), "docx"))


def text_of(rendered: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", re.sub(r"<(?:/?(?:p|h\d|li|td|th|tr)\b[^>]*|br)>", " ", rendered)))


def words_of(document: Document) -> list[str]:
    """What a reader reads, the numbers and signs of lists aside."""
    text = f"{document.title} {text_of(markdown.render(document.body))}"
    return [word for word in text.translate(UNSEEN).split() if not LABEL.fullmatch(word)]


def words_in(text: str) -> list[str]:
    return [word for word in text.translate(UNSEEN).split() if not LABEL.fullmatch(word)]


def letters(text: str) -> str:
    """All but blanks and what cannot be seen in a text at all."""
    return "".join(char for char in text if not char.isspace() and char.isprintable())


def refusal(data: bytes) -> str:
    with pytest.raises(Unreadable) as refused:
        from_word(data)
    return " ".join(refused.value.messages)


# Five statements from life


@pytest.mark.parametrize("name", ["english.docx", "ukrainian.docx", "arabic.docx"])
def test_every_word_of_a_document_comes_in_order(name: str) -> None:
    data = FILES[name]()
    own = [
        text
        for block in docx.Document(io.BytesIO(data)).iter_inner_content()
        for text in ([block.text] if hasattr(block, "text") else [cell.text for cell in block._cells])
    ]
    assert words_of(from_word(data)) == words_in(" ".join(own))


@pytest.mark.parametrize("name", FILES)
def test_every_word_that_libreoffice_writes_comes_in_order(
    name: str, by_libreoffice: Callable[[str], bytes], tmp_path: Path
) -> None:
    data = by_libreoffice(name)
    own = office(tmp_path, "again.docx", data, "txt").decode("utf-8")
    found = " ".join(words_of(from_word(data)))
    if name == "noted.fodt":  # LibreOffice's text has the notes' own signs, and not what they say
        found = found.partition(" [1] See the report")[0]
        found = found.replace("[1]", "1").replace("[2]", "i").replace("[3]", "2")
    assert found.split() == words_in(own)


@pytest.mark.parametrize("name", FILES)
def test_nothing_of_a_document_can_run(name: str, by_libreoffice: Callable[[str], bytes]) -> None:
    document = from_word(by_libreoffice(name))
    shown = markdown.render(document.body)
    assert {*re.findall(r"<(\w+)", shown)} <= SAFE
    assert not re.search(r"javascript:|data:|\son\w+=|<script", shown)
    assert "data:" not in document.body


def test_headings_emphasis_links_and_tables_keep_their_form() -> None:
    document = from_word(statements.english())
    assert document.title == "The river is not a drain"
    shown = markdown.render(document.body)
    assert "<h2>What we have seen</h2>" in shown
    assert "<strong>four times</strong> more salt* into the river_bed than the <em>permit</em>" in shown
    assert '<a href="https://river.example.org/report?year=2025&amp;part=%282%29"' in shown
    assert "<td>four | five tons</td>" in shown
    assert "#1 of the wells is &lt;closed&gt;." in shown


def test_numbers_go_on_where_a_list_is_interrupted() -> None:
    document = from_word(statements.english())
    assert '<ol start="3">\n<li>Pay for clean wells.</li>' in markdown.render(document.body)


def test_a_list_that_begins_later_keeps_its_numbers(by_libreoffice: Callable[[str], bytes]) -> None:
    document = from_word(by_libreoffice("copied.html"))
    assert '<ol start="4">' in markdown.render(document.body)
    assert document.title == "Keep the old port open"


def test_a_list_whose_numbers_begin_anew_is_two_lists() -> None:
    document = from_markup("<ol><li>One<li>Two</ol><ol><li>Again</ol>")
    assert markdown.render(document.body).count("<ol>") == 2


def test_notes_stand_at_the_end_by_their_numbers(by_libreoffice: Callable[[str], bytes]) -> None:
    document = from_word(by_libreoffice("noted.fodt"))
    assert document.body.split("\n\n") == [
        r"Red notices were misused\[1\] in many countries\[2\], and nobody answered.",
        "We urge the delegates to:",
        "- publish the rules\\[3\\];\n- answer within a month.",
        r"\[1\] See the report of 2017, page 12.",
        r"\[2\] Among them two of the members.",
        r"\[3\] In all four languages.",
    ]


# Any text


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), min_size=1, max_size=60))
def test_any_text_survives_the_way_from_word(text: str) -> None:
    document = from_word(paragraphs("It begins.", text))
    assert letters(text_of(markdown.render(document.body))) == letters(f"It begins.{text}")


MARKS = st.sampled_from(
    ["{}", "<b>{}</b>", "<i>{}</i>", "<b><i>{}</i></b>", "<s>{}</s>", '<a href="https://a.example/">{}</a>']
)
SIGNS = st.text(st.sampled_from([*"ab ж1.)(#*_`~[]<>|&;:!\\-+=\"'“”\u00a0ي\u0301"]), min_size=1, max_size=8)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(MARKS, SIGNS), min_size=1, max_size=6), st.sampled_from(["p", "li", "h2", "td", "blockquote"])
)
def test_any_emphasis_is_emphasis_and_no_sign_is_read_as_one(runs: list[tuple[str, str]], tag: str) -> None:
    inside = "".join(mark.format(html.escape(text)) for mark, text in runs)
    around = {"li": "<ol>{}</ol>", "td": "<table><tr>{0}{0}</tr><tr>{0}{0}</tr></table>"}.get(tag, "{}")
    source = f"<p>It begins.</p>{around.format(f'<{tag}>{inside}</{tag}>')}"
    shown = markdown.render(from_markup(source).body)
    said = letters("".join(text for _mark, text in runs))
    assert letters(text_of(shown)) == f"Itbegins.{said * (4 if tag == 'td' else 1)}"
    if tag == "p":
        assert marked(shown, "strong") == marked(source, "b")
        assert marked(shown, "em") == marked(source, "i")
        assert marked(shown, "a") == marked(source, "a")


def marked(source: str, tag: str) -> str:
    """The letters that stand within such a tag."""
    return letters("".join(map(text_of, re.findall(rf"<{tag}\b[^>]*>(.*?)</{tag}>", source, re.DOTALL))))


@given(st.text(st.sampled_from([*"ab1.)-•* \n\r\t#>|"]), max_size=60))
def test_any_plain_text_keeps_its_words(text: str) -> None:
    try:
        document = from_text(text)
    except Unreadable:
        assert not letters(re.sub(LABEL, "", text)).strip("-*")
        return
    kept = letters(document.title + text_of(markdown.render(document.body)))
    assert [*filter(str.isalpha, kept)] == [*filter(str.isalpha, text)]


# What stays behind, and is said


def changed(text: bytes, new: bytes, data: bytes = b"") -> bytes:
    data = data or paragraphs("A statement.", "We go on.")
    return with_parts(data, word__document=lambda part: part.replace(text, new))


def test_tracked_changes_are_taken_as_accepted() -> None:
    tracked = b'We go <w:ins w:id="1"><w:r><w:t>further</w:t></w:r></w:ins>'
    tracked = tracked.replace(b"We go ", b'<w:r><w:t xml:space="preserve">We go </w:t></w:r>')
    gone = b'<w:del w:id="2"><w:r><w:delText>nowhere</w:delText></w:r></w:del>'
    document = from_word(changed(b"<w:r><w:t>We go on.</w:t></w:r>", tracked + gone))
    assert document.body.endswith("We go further")
    assert [notice for notice in document.notices if "Tracked changes" in notice]


def test_words_in_fields_and_in_runs_of_a_direction_come_along() -> None:
    field = (
        b'<w:fldSimple w:instr="DATE"><w:r><w:t>3 May</w:t></w:r></w:fldSimple><w:bdo w:val="rtl"><w:r><w:t>abc</w:t>'
    )
    document = from_word(changed(b"<w:r><w:t>We go on.</w:t></w:r>", field + b"<w:cr/><w:t>d</w:t></w:r></w:bdo>"))
    assert document.body.endswith("3 Mayabc\\\nd")


def test_pictures_comments_and_headers_stay_behind_and_it_is_said() -> None:
    word = docx.Document(io.BytesIO(paragraphs("A statement.")))
    word.add_picture(io.BytesIO(pictures.plain()))
    word.sections[0].header.paragraphs[0].text = "Draft of Tuesday"
    word.add_comment(word.paragraphs[0].runs, "Is it so?", author="a")
    document = from_word(statements.saved(word))
    assert document.body == "A statement."
    assert document.notices == (
        "Comments are left out.",
        "Headers and footers of the pages are left out.",
        "1 picture is left out.",
    )


def test_a_picture_elsewhere_is_never_fetched() -> None:
    picture = (
        b'<w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">'
        b'<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:graphicData><pic:pic '
        b'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:blipFill><a:blip r:link="rId99"/>'
        b"</pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )
    target = (
        b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" '
        b'Target="file:///etc/passwd" TargetMode="External"/></Relationships>'
    )
    data = changed(b"<w:r><w:t>We go on.</w:t></w:r>", b"<w:r><w:t>We go on.</w:t></w:r>" + picture)
    data = rewritten(data, "word/_rels/document.xml.rels", lambda part: part.replace(b"</Relationships>", target))
    document = from_word(data)
    assert document.body == "A statement.\n\nWe go on."
    assert document.notices == ("1 picture is left out.",)


def rewritten(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w") as new:
        for member in old.namelist():
            new.writestr(member, change(old.read(member)) if member == name else old.read(member))
    return file.getvalue()


def test_links_that_run_or_lead_into_the_desk_are_plain_words() -> None:
    word = docx.Document()
    paragraph = word.add_paragraph("See ")
    for address in ("javascript:alert(1)", "data:text/html,x", "/admin/", "file:///etc/passwd"):
        statements.add_link(paragraph, f"here{len(address)} ", address)
    assert from_word(statements.saved(word)).title == "See here19 here16 here7 here18"


# What is no document


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "The file is empty."),
        (b"\x00" * 40, "The file is empty."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "This is a document of the old kind (.doc)."),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "The document is protected by a password."),
        (b"%PDF-1.7 ", "This is a PDF."),
        (rb"{\rtf1 Hello}", "This is an RTF file."),
        (b"<html>Hello</html>", "This is no Word document (.docx)."),
        (b"Dear all, we ask.", "This is no Word document (.docx)."),
        (archive(**{"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<a/>"}), "OpenDocument"),
        (archive(**{"letter.txt": b"Hello"}), "This is an archive, but no Word document"),
        (archive(**{"[Content_Types].xml": b"<a/>", "xl/workbook.xml": b"<a/>"}), "a workbook or a presentation"),
        (archive(**{"[Content_Types].xml": b"<a/>", "word/document.xml": b"<a"}), "The document is damaged."),
        (paragraphs("A statement.")[:-90], "The document is damaged."),
        (with_parts(paragraphs("A statement."), word__document=b"<w:document"), "The document is damaged."),
        (paragraphs("", "   "), "There is no text in it."),
        (b"PK\x03\x04" + bytes(10_000_001), "The file is larger than 10 MB."),
    ],
)
def test_what_is_no_document_is_refused_by_its_bytes_in_words(data: bytes, words: str) -> None:
    assert words in refusal(data)


def test_macros_are_refused() -> None:
    data = with_parts(paragraphs("A statement."))
    with_project = io.BytesIO(data)
    with zipfile.ZipFile(with_project, "a") as file:
        file.writestr("word/vbaProject.bin", b"\xd0\xcf\x11\xe0")
    assert "macros" in refusal(with_project.getvalue())
    macro = b"application/vnd.ms-word.document.macroEnabled.main+xml"
    plain = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    assert "macros" in refusal(rewritten(data, "[Content_Types].xml", lambda part: part.replace(plain, macro)))


@pytest.mark.parametrize("name", ["word/document.xml", "word/styles.xml", "word/_rels/document.xml.rels"])
def test_declarations_are_refused_in_every_part(name: str) -> None:
    def declare(part: bytes) -> bytes:
        return part.replace(b"?>", b'?><!DOCTYPE a [<!ENTITY b "c">]>', 1)

    assert "XML declarations" in refusal(rewritten(paragraphs("A statement."), name, declare))


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    data = with_parts(paragraphs("A statement."), word__document=b"<a>" + b" " * 11_000_000)
    assert "unpacks to far more" in refusal(data)
    many = b"<w:body>" + b"<w:p/>" * 400_000
    assert "unpacks to far more" in refusal(with_parts(paragraphs("A statement."), word__document=many))


def test_elements_without_end_are_damage_or_flat_but_no_crash() -> None:
    deep = b"<w:smartTag>" * 3_000 + b"<w:r><w:t>deep</w:t></w:r>" + b"</w:smartTag>" * 3_000
    assert "damaged" in refusal(changed(b"<w:r><w:t>We go on.</w:t></w:r>", deep))
    assert from_markup("<div>" * 5_000 + "<p>deep</p>").title == "deep"


def test_the_documents_own_style_map_is_not_obeyed() -> None:
    file = io.BytesIO(paragraphs("A statement."))
    with zipfile.ZipFile(file, "a") as data:
        data.writestr("mammoth/style-map", "p => h1 > script")
    assert from_word(file.getvalue()).body == "A statement."


# Pasting


def test_plain_text_becomes_paragraphs_and_lists() -> None:
    text = "Keep the river\r\n\r\nWe have read it,\r\nand we ask:\r\n\r\n"
    text += "1. Stop.\r\n2) Go\r\n   on.\r\n\r\n• one\r\n- two\r\n"
    document = from_text(text)
    assert (document.title, document.body) == (
        "Keep the river",
        "We have read it, and we ask:\n\n1. Stop.\n2. Go on.\n\n- one\n- two",
    )


def test_lines_without_a_blank_one_are_paragraphs_each() -> None:
    assert from_text("One sentence.\nAnother.\n2. Two").body == "One sentence.\n\nAnother.\n\n2. Two"


def test_what_google_docs_copies_is_bold_by_style_only() -> None:
    copied = (
        '<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1"><p dir="ltr"><span '
        'style="font-weight:700;font-style:normal">Bold</span><span style="font-weight:400"> and plain.</span></p>'
        "<script>alert(1)</script><ul><li><p>One</p></li></ul></b>"
    )
    assert from_markup(copied).body == "**Bold** and plain.\n\n- One"


def test_paragraphs_with_typed_numbers_are_a_list_of_demands() -> None:
    document = from_markup(
        "<p>Red notices.</p><p>We therefore call upon you to:</p><p>1. Publish.</p><p>2. Answer.</p><p>Thank you.</p>"
    )
    assert demands_in(document) == ["Publish.", "Answer."]


# Demands


def demands_in(document: Document) -> list[str]:
    found = documents.blocks(document.body)
    return [found[place].demand for place in sorted(documents.probable(found))]


@pytest.mark.parametrize(
    ("name", "number"), [("english.docx", 5), ("ukrainian.docx", 3), ("arabic.docx", 2), ("noted.fodt", 2)]
)
def test_demands_are_found(name: str, number: int, by_libreoffice: Callable[[str], bytes]) -> None:
    assert len(demands_in(from_word(by_libreoffice(name)))) == number


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("Some words.\n\n1. One\n2. Two", ["One", "Two"]),
        ("Some words.\n\n- One\n- Two", []),
        ("We demand:\n\n- One\n- Two\n\nSources:\n\n1. A book", ["One", "Two"]),
        ("1. One\n\nAnd then\n\n1. Two", []),
        ("No list at all; we demand.", []),
        ("We demand:\n\n1. One\n\n   more of it\n   - and this\n2. Two", ["One\n\nmore of it\n- and this", "Two"]),
    ],
)
def test_what_is_probably_a_demand_is_ticked(body: str, found: list[str]) -> None:
    assert demands_in(Document("", body)) == found


@pytest.mark.parametrize(
    ("places", "left"),
    [
        ([], "Before.\n\n## We demand\n\n1. One\n2. Two\n\n## After\n\nThe end."),
        ([2, 3], "Before.\n\n## After\n\nThe end."),
        ([3], "Before.\n\n## We demand\n\n1. One\n\n## After\n\nThe end."),
        ([0, 2, 3, 5], ""),
    ],
)
def test_what_is_ticked_leaves_the_text_with_its_emptied_heading(places: list[int], left: str) -> None:
    body = "Before.\n\n## We demand\n\n1. One\n2. Two\n\n## After\n\nThe end."
    assert documents.without(body, places) == left


def test_no_word_is_lost_between_text_and_demands() -> None:
    for make in (statements.english, statements.ukrainian, statements.arabic):
        document = from_word(make())
        found = documents.blocks(document.body)
        places = documents.probable(found)
        rest = markdown.words(documents.without(document.body, places))
        taken = " ".join(markdown.words(found[place].demand) for place in places)
        missing = {*markdown.words(document.body).split()} - {*rest.split(), *taken.split()}
        assert missing <= {"We", "call", "on", "the", "assembly"}
