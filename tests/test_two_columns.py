"""A translation as a document with two columns: what goes out, and what is read of it when it comes back."""

import io
from collections.abc import Callable
from typing import Any

import docx
import pytest
from django.utils.translation import override
from docx.document import Document as Word
from docx.oxml import parse_xml
from docx.table import _Cell

from campaigns.documents import Unreadable, two_columns
from campaigns.models import Campaign, Translation
from tests.builders import make_draft, write
from tests.statements import add_link, saved, with_parts
from tests.test_translating import BODY, WHOLE, fresh, key_of

pytestmark = pytest.mark.django_db

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
Edit = Callable[[Word], Any]


@pytest.fixture
def campaign() -> Campaign:
    return make_draft(body=BODY)


@pytest.fixture
def translation(campaign: Campaign) -> Translation:
    return campaign.translations.create(language="de")


@pytest.fixture
def whole(translation: Translation) -> Translation:
    write(translation, **WHOLE)
    return translation


def out(translation: Translation, edit: Edit = lambda word: None) -> bytes:
    """The document as it comes from the translator, who has edited it."""
    word = docx.Document(io.BytesIO(two_columns.write(fresh(translation))))
    edit(word)
    return saved(word)


def cell_of(word: Word, original: str, column: int = 1) -> _Cell:
    cells: list[_Cell] = [row.cells[column] for row in word.tables[0].rows if original in row.cells[0].text]
    (cell,) = cells
    return cell


def typing(**texts: str) -> Edit:
    """Types in the second column, by words of the first."""

    def edit(word: Word) -> None:
        for original, text in texts.items():
            cell_of(word, original.replace("_", " ")).text = text

    return edit


def comes_back(translation: Translation, original: str, edit: Callable[[_Cell], Any]) -> str:
    """The text of one passage, whose cell was edited."""
    data = out(translation, lambda word: edit(cell_of(word, original)))
    brought = two_columns.read(data, translation)
    return next(brought.texts[each.key] for each in translation.beside().passages if original in each.original)


def refusal(translation: Translation, data: bytes) -> str:
    with pytest.raises(Unreadable) as refused:
        two_columns.read(data, translation)
    return " ".join(refused.value.messages)


# What goes out


def test_each_side_has_its_language_and_direction() -> None:
    arabic = make_draft(language="ar").translations.create(language="pt-br")
    with override("uk"):
        word = docx.Document(io.BytesIO(two_columns.write(arabic)))
    styles = {name: word.styles[name].element.xml for name in ("Normal", "Passage label", "Original", "Translation")}
    said = {name: (f'bidi="{tag}"' in xml, "<w:bidi/>" in xml, "<w:rtl/>" in xml) for (name, xml), tag in
            zip(styles.items(), ["uk", "uk", "ar", "pt-BR"], strict=True)}  # fmt: skip
    assert said == {
        "Normal": (True, False, False),
        "Passage label": (True, True, False),
        "Original": (True, True, True),
        "Translation": (True, False, False),
    }
    table = word.tables[0]._tbl.xml
    assert "<w:bidiVisual/>" in table
    assert "<w:tblHeader/>" in table
    assert [cell.text for cell in word.tables[0].rows[0].cells] == ["العربيّة", "Português Brasileiro"]


def test_words_that_xml_would_take_for_its_own_stay_words(campaign: Campaign, whole: Translation) -> None:
    text = "<w:p> & \"quoted\" 'words' \\* **stay**\n- and\n  - these\n\nand more"
    write(whole, paragraph_1=text)
    brought = two_columns.read(out(whole), fresh(whole))
    assert brought.texts[key_of(whole, "Paragraph 1")] == text


# What word processors make of it


def put_list(cell: _Cell, style: str, *items: str) -> None:
    cell.paragraphs[0]._p.getparent().remove(cell.paragraphs[0]._p)
    for item in items:
        cell.add_paragraph(item, style=style)


def put_runs(cell: _Cell, *runs: tuple[str, str]) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.text = ""
    for text, form in runs:
        run = paragraph.add_run(text)
        if form:
            setattr(run.font, form, True)


def put_break(cell: _Cell) -> None:
    cell.text = "One"
    cell.paragraphs[0].runs[0].add_break()
    cell.paragraphs[0].add_run("two")
    cell.add_paragraph("Three")


def put_link(text: str, address: str) -> Callable[[_Cell], None]:
    def edit(cell: _Cell) -> None:
        cell.text = "See "
        add_link(cell.paragraphs[0], text, address)

    return edit


def put_changes(cell: _Cell) -> None:
    for kind, tag, text in (("ins", "t", "New"), ("del", "delText", "Old")):
        words = f'<w:{kind} {WORD} w:id="1" w:author="x"><w:r><w:{tag}>{text}</w:{tag}></w:r></w:{kind}>'
        cell.paragraphs[0]._p.append(parse_xml(words))


@pytest.mark.parametrize(
    ("edit", "text"),
    [
        (lambda cell: put_runs(cell, ("Das ", ""), ("Moor ", "bold"), ("bleibt.", "")), "Das **Moor** bleibt."),
        (lambda cell: put_runs(cell, ("Das *", ""), ("Moor", "bold"), ("* bleibt.", "")), "Das **Moor** bleibt."),
        (lambda cell: put_runs(cell, ("Das ", ""), ("**Moor**", "bold")), "Das **Moor**"),
        (lambda cell: put_runs(cell, ("Das ", ""), ("Moor", "italic"), (".", "")), "Das _Moor_."),
        (lambda cell: put_runs(cell, ("Das ", ""), ("Moor", "strike"), (".", "")), "Das ~~Moor~~."),
        (lambda cell: put_runs(cell, ("Das **Moor** und *mehr* \\_", "")), "Das **Moor** und *mehr* \\_"),
        (lambda cell: put_runs(cell, ("„Das\u00a0Moor‘s“ – …", "")), "„Das\u00a0Moor‘s“ – …"),
        (put_break, "One\ntwo\n\nThree"),
        (put_changes, "New"),
        (put_link("https://a.example/", "https://a.example"), "See https://a.example/"),
        (put_link("the report", "https://a.example/b(c)"), "See [the report](https://a.example/b%28c%29)"),
        (put_link("run", "javascript:alert(1)"), "See run"),
    ],
)
def test_what_a_word_processor_makes_comes_back_as_signs(
    translation: Translation, edit: Callable[[_Cell], Any], text: str
) -> None:
    assert comes_back(translation, "No cranes", edit) == text


@pytest.mark.parametrize(
    ("style", "text"),
    [("List Bullet", "- Eins\n- Zwei"), ("List Number", "1. Eins\n2. Zwei"), ("Heading 2", "## Eins\n\n## Zwei")],
)
def test_lists_that_a_word_processor_makes_come_back_as_lists(translation: Translation, style: str, text: str) -> None:
    word = docx.Document()
    cells = word.add_table(rows=1, cols=2).rows[0].cells
    cells[0].text = "No cranes nest there any more."
    put_list(cells[1], style, "Eins", "Zwei")
    brought = two_columns.read(saved(word), translation)
    assert brought.texts == {key_of(translation, "Paragraph 3"): text}


@pytest.mark.parametrize(
    "first",
    [
        "Paragraph 3\nNo\u00a0cranes nest there any more.",
        "Абзац 3\n\nNo cranes  nest there any more. ",
        "No cranes\nnest there any more.",
    ],
)
def test_original_is_known_by_its_words_whatever_became_of_its_blanks(translation: Translation, first: str) -> None:
    word = docx.Document()
    cells = word.add_table(rows=1, cols=2).rows[0].cells
    for place, part in enumerate(first.split("\n\n") if "\n\n" in first else [*first.split("\n", 1)]):
        (cells[0].paragraphs[0] if not place else cells[0].add_paragraph()).text = part
    cells[1].text = "Keine Kraniche."
    assert two_columns.read(saved(word), translation).texts == {key_of(translation, "Paragraph 3"): "Keine Kraniche."}


# Which row is of which passage


def test_rows_find_their_passages_in_any_order(translation: Translation) -> None:
    def edit(word: Word) -> None:
        typing(No_cranes="Keine Kraniche.", Do_this="Tut dies.", It_drains="Es entwässert.")(word)
        table = word.tables[0]._tbl
        for row in reversed(list(word.tables[0].rows)):
            table.remove(row._tr)
            table.append(row._tr)

    brought = two_columns.read(out(translation, edit), translation)
    of = {each.key: each.label for each in translation.beside().passages}
    assert {of[key]: text for key, text in brought.texts.items()} == {
        "Paragraph 1": "Es entwässert.",
        "Paragraph 3": "Keine Kraniche.",
        "Demand 1": "Tut dies.",
    }
    assert not brought.astray


def test_words_typed_in_the_column_of_the_original_are_not_lost(translation: Translation) -> None:
    def edit(word: Word) -> None:
        typing(No_cranes="Keine Kraniche.")(word)
        cell_of(word, "Do this", column=0).text = "Tut dies."
        cell_of(word, "It drains", column=0).add_paragraph("Es entwässert.")

    brought = " ".join(two_columns.read(out(translation, edit), translation).astray)
    assert [text in brought for text in ("Tut dies.", "Es entwässert.")] == [True, True]


def test_passages_that_are_worded_alike_are_told_apart_by_their_labels() -> None:
    translation = make_draft(body="Never again.\n\nWhy?\n\nNever again.").translations.create(language="de")

    def edit(word: Word) -> None:
        for row, text in zip(word.tables[0].rows[-5:-2], ["Nie wieder.", "Warum?", "Nie mehr."], strict=True):
            row.cells[1].text = text
        word.tables[0]._tbl.append(word.tables[0].rows[-5]._tr)

    brought = two_columns.read(out(translation, edit), translation)
    of = {each.label: brought.texts.get(each.key) for each in translation.beside().passages}
    assert [of[f"Paragraph {number}"] for number in (1, 2, 3)] == ["Nie wieder.", "Warum?", "Nie mehr."]


def test_document_of_another_campaign_is_refused(whole: Translation) -> None:
    body, demands = "Let the mill be.", ("Keep the mill.",)
    given = {"title": "The mill", "addressee": "To the town", "summary": "Keep it.", "body": body}
    other = make_draft("mill", demands, **given).translations.create(language="de")
    assert "No row of it is of this text." in refusal(whole, out(other, typing(Let_the="Lasst die Mühle.")))


def test_document_of_declarations_or_macros_is_refused(whole: Translation) -> None:
    declared = with_parts(out(whole), word__document=lambda part: part.replace(b"?>", b"?><!DOCTYPE a>", 1))
    assert "XML declarations" in refusal(whole, declared)
    assert "macros" in refusal(
        whole, with_parts(out(whole), word__vbaProject=b"<a/>").replace(b"Project.xml", b"Project.bin")
    )


def test_merged_cells_lose_no_words(whole: Translation) -> None:
    def edit(word: Word) -> None:
        last = word.tables[0].rows[-1].cells
        last[1].text = "Tut jenes."
        last[0].merge(last[1])

    assert "Tut jenes." in "".join(two_columns.read(out(whole, edit), whole).astray)
