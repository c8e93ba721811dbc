"""A document with two columns comes back into the form of its translation, is looked over there, and saved."""

import tomllib
from pathlib import Path
from typing import Any

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from docx.document import Document as Word
from docx.oxml import parse_xml

from campaigns.documents import two_columns
from campaigns.models import Campaign, Event, Translation
from tests.builders import make_case_of_2018, make_draft, make_member, reword, sign_in, write
from tests.statements import archive, office, paragraphs, saved
from tests.test_translating import BODY, WHOLE, fresh, key_of, left, marks, page_of, sent
from tests.test_two_columns import WORD, cell_of, out, typing

pytestmark = pytest.mark.django_db

ARABIC = Path(__file__).parent / "data" / "interpol-2018.ar.toml"


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


@pytest.fixture
def desk(client: Client, campaign: Campaign) -> Client:
    sign_in(client, make_member(campaign, "owner"))
    return client


def bring(client: Client, translation: Translation, data: bytes, name: str = "back.docx", **more: Any) -> Any:
    """Sends the whole form as a browser does, with the document."""
    file = SimpleUploadedFile(name, data)
    return client.post(page_of(translation), sent(translation, **more, bring="", document=file))


def shown(response: Any) -> dict[str, Any]:
    """What the form holds that is shown, as a browser would send it."""
    form = response.context["form"]
    return {**form.data.dict(), "stand": form.initial["stand"]} if form.is_bound else {}


def save(client: Client, translation: Translation, response: Any) -> Any:
    typed = {name: value for name, value in shown(response).items() if name not in {"bring", "document"}}
    return client.post(page_of(translation), typed)


def texts(translation: Translation) -> dict[str, str]:
    return {each.label: each.text for each in fresh(translation).beside().to_translate}


# The case of 2018, there and back


def put_arabic(translation: Translation) -> None:
    case = tomllib.loads(ARABIC.read_text())
    for field in ("title", "addressee", "summary", "body"):
        setattr(translation, field, case[field].strip())
    translation.save()
    for demand, text in zip(translation.campaign.demands.all(), case["demands"], strict=True):
        translation.demands.create(demand=demand, text=text)
    translation.settle()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("office")


@pytest.mark.parametrize("language", ["uk", "ar"])
@pytest.mark.parametrize("by", ["python-docx", "LibreOffice"])
def test_case_of_2018_goes_out_and_comes_back_passage_by_passage(language: str, by: str, folder: Path) -> None:
    campaign = make_case_of_2018()
    done, _begun = campaign.translations.get_or_create(language=language)
    if language == "ar":
        put_arabic(done)
    given = [(each.original, each.text) for each in done.beside().to_translate]
    source = list(done.source)
    Translation.objects.filter(pk=done.pk).update(title="", addressee="", summary="", body="", source=[])
    done.demands.all().delete()

    def translate(word: Word) -> None:
        for row, (_original, text) in zip(word.tables[0].rows[1:], given, strict=True):
            row.cells[1].paragraphs[0].add_run(text)

    data = out(done, translate)
    if by == "LibreOffice":
        data = office(folder, f"{language}.docx", data, "docx")
    bare = fresh(done)
    brought = two_columns.read(data, bare)
    assert not brought.astray
    assert [(each.original, brought.texts[each.key]) for each in bare.beside().to_translate] == given
    client = Client()
    sign_in(client, campaign.memberships.get().user)
    assert save(client, bare, bring(client, bare, data)).status_code == 302
    assert sorted(fresh(done).source) == sorted(source)
    assert not marks(done)


# Into the form, and from there into the translation


def test_what_comes_back_is_looked_at_before_it_is_saved(desk: Client, translation: Translation) -> None:
    answer = desk.get(reverse("admin:campaigns_translation_document", args=[translation.pk]))
    assert answer["Content-Type"] == two_columns.TYPE
    assert answer["Content-Disposition"] == 'attachment; filename="open-letter-de.docx"'
    data = out(translation, typing(No_cranes="Keine Kraniche.", Do_this="Tut dies."))
    before = fresh(translation).stand
    looked = bring(desk, translation, data)
    assert looked.status_code == 200
    page = looked.content.decode()
    assert "This stands in the document that you brought." in page
    assert "Keine Kraniche." in page
    assert f'name="stand" value="{before}"' in page
    assert fresh(translation).stand == before
    assert save(desk, translation, looked).status_code == 302
    assert texts(translation)["Paragraph 3"] == "Keine Kraniche."
    assert texts(translation)["Demand 1"] == "Tut dies."


def test_by_the_link_it_goes_out_and_comes_back_without_an_account(campaign: Campaign, whole: Translation) -> None:
    whole.share(by=None)
    address = reverse("translate", args=[fresh(whole).link_secret])
    anybody = Client()
    answer = anybody.get(f"{address}two-columns.docx")
    assert (answer.status_code, answer["X-Robots-Tag"]) == (200, "noindex, nofollow")
    assert "no-store" in answer["Cache-Control"]
    assert anybody.post(f"{address}two-columns.docx").status_code == 405
    assert f"{address}two-columns.docx" in anybody.get(address).content.decode()
    file = SimpleUploadedFile("back.docx", out(whole, typing(Do_that="Tut jenes.")))
    looked = anybody.post(address, sent(whole, bring="", document=file))
    assert looked.status_code == 200
    assert "Tut jenes." in looked.content.decode()
    assert "Tut das." in looked.content.decode()  # what has stood there
    assert texts(whole)["Demand 2"] == "Tut das."
    typed = {name: value for name, value in shown(looked).items() if name != "bring"}
    assert anybody.post(address, typed).status_code == 302
    assert texts(whole)["Demand 2"] == "Tut jenes."
    whole.end_link(by=None)
    assert anybody.get(f"{address}two-columns.docx").status_code == 404
    assert anybody.post(address, sent(whole, bring="")).status_code == 404


def test_empty_cells_and_rows_that_are_gone_take_nothing_away(desk: Client, whole: Translation) -> None:
    def edit(word: Word) -> None:
        typing(No_cranes="", Do_this="  ")(word)
        for row in list(word.tables[0].rows)[:3]:
            word.tables[0]._tbl.remove(row._tr)

    before, events = texts(whole), Event.objects.count()
    assert save(desk, whole, bring(desk, whole, out(whole, edit))).status_code == 302
    assert texts(whole) == before
    assert Event.objects.count() == events


def test_row_that_somebody_added_or_whose_original_changed_is_kept_at_the_end(
    desk: Client, campaign: Campaign, whole: Translation
) -> None:
    def edit(word: Word) -> None:
        typing(No_cranes="Kein Kranich brütet dort.", Do_this="Tut es.")(word)
        added = word.tables[0].add_row().cells
        added[1].text = "Eine Anmerkung."

    data = out(whole, edit)
    reword(campaign, BODY.replace("any more", "since May"))
    campaign.demands.get(text="Do this.").delete()
    looked = bring(desk, whole, data)
    assert looked.status_code == 200
    assert list(looked.context["form"].astray().values()) == ["Kein Kranich brütet dort.", "Tut es.", "Eine Anmerkung."]
    assert save(desk, whole, looked).status_code == 302
    assert left(whole) == ["Tut dies.", "Kein Kranich brütet dort.", "Tut es.", "Eine Anmerkung."]
    assert marks(whole) == {"Paragraph 3": "older"}
    assert texts(whole)["Paragraph 3"] == "Keine Kraniche."


def test_second_bringing_of_the_same_document_adds_nothing(
    desk: Client, campaign: Campaign, whole: Translation
) -> None:
    data = out(whole, typing(No_cranes="Kein Kranich brütet dort."))
    reword(campaign, BODY.replace("any more", "since May"))
    for _time in range(2):
        assert save(desk, whole, bring(desk, whole, data)).status_code == 302
    assert left(whole) == ["Kein Kranich brütet dort."]


def test_what_is_typed_in_the_form_stays_beside_what_is_brought(desk: Client, translation: Translation) -> None:
    typed = {
        f"text-{key_of(translation, 'Title')}": "Ein Brief",
        f"text-{key_of(translation, 'Demand 1')}": "Tut dies hier.",
        "credit": "The Moor Watch",
    }
    looked = bring(desk, translation, out(translation, typing(Do_this="Tut dies.")), **typed)
    assert save(desk, translation, looked).status_code == 302
    assert (texts(translation)["Title"], texts(translation)["Demand 1"]) == ("Ein Brief", "Tut dies.")
    assert left(translation) == ["Tut dies hier."]
    assert fresh(translation).credit == "The Moor Watch"


def test_somebody_who_saved_while_the_document_was_out_is_shown(desk: Client, whole: Translation) -> None:
    data = out(whole, typing(Do_that="Tut jenes."))
    write(whole, demand_1="Tut dies sofort.")
    looked = bring(desk, whole, data)
    page = looked.content.decode()
    assert page.count("What has stood here until now:") == 2
    assert "Tut dies sofort." in page
    assert f'name="stand" value="{fresh(whole).stand}"' in page


def test_somebody_who_saves_while_it_is_looked_over_is_not_overwritten(desk: Client, whole: Translation) -> None:
    looked = bring(desk, whole, out(whole, typing(Do_that="Tut jenes.")))
    write(fresh(whole), demand_2="Tut das sofort.")
    answer = save(desk, whole, looked)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert all(words in page for words in ("Somebody else has saved", "Tut jenes.", "Tut das sofort."))
    assert texts(whole)["Demand 2"] == "Tut das sofort."


def test_form_that_was_overtaken_before_the_document_came_says_so(desk: Client, whole: Translation) -> None:
    stand = fresh(whole).stand
    write(whole, title="Ihr Brief")
    looked = bring(desk, whole, out(whole, typing(Do_that="Tut jenes.")), stand=stand)
    assert looked.status_code == 422
    assert "Somebody else has saved" in looked.content.decode()
    assert "Tut jenes." in looked.content.decode()


# Bad input

NO_TABLE = "There is no table with two columns in it"


def one_column() -> bytes:
    word = docx.Document()
    word.add_table(rows=3, cols=1).rows[0].cells[0].text = "No cranes nest there any more."
    return saved(word)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "The submitted file is empty."),
        (b" \n", "The file is empty."),
        (paragraphs("Keine Kraniche."), NO_TABLE),
        (one_column(), NO_TABLE),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "the old kind (.doc)"),
        (b"%PDF-1.7", "This is a PDF."),
        (archive(**{"content.xml": b"<a/>"}), "This is an OpenDocument file."),
        (b"Keine Kraniche.", "This is no Word document (.docx)."),
        (b"PK\x03\x04" + b"0" * 10_000_001, "larger than 10 MB"),
    ],
    ids=["empty", "blank", "no table", "one column", "doc", "pdf", "odt", "text", "large"],
)
def test_what_is_no_such_document_is_refused_beside_the_field(
    desk: Client, whole: Translation, data: bytes, words: str
) -> None:
    typed = {f"text-{key_of(whole, 'Title')}": "Mein Brief"}
    answer = bring(desk, whole, data, **typed)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in " ".join(answer.context["bringing"].errors["document"])
    assert "Mein Brief" in page
    assert texts(whole)["Title"] == "Ein Brief"


def test_bringing_nothing_is_refused(desk: Client, whole: Translation) -> None:
    answer = desk.post(page_of(whole), sent(whole, bring=""))
    assert answer.status_code == 422
    assert "This field is required." in answer.context["bringing"].errors["document"]


@pytest.mark.parametrize(
    ("original", "text", "words"),
    [
        ("No cranes", "Das \u2067Moor", "has no end"),
        ("No cranes", "Das \u202eMoor\u202c", "invisible control characters"),
        ("Do this", "B" * 2001, "It has 2001 characters, and may have 2000 at most."),
        ("An open letter", "B" * 301, "It has 301 characters, and may have 300 at most."),
    ],
)
def test_words_that_cannot_stand_are_shown_and_refused_beside_their_passage(
    desk: Client, whole: Translation, original: str, text: str, words: str
) -> None:
    def edit(word: Word) -> None:
        cell_of(word, original).text = text

    before = fresh(whole).stand
    answer = bring(desk, whole, out(whole, edit))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert text in answer.content.decode()
    assert fresh(whole).stand == before


@pytest.mark.parametrize(
    ("added", "words"),
    [(["B" * 20_001], "It has 20001 characters"), ([f"Zeile {number}" for number in range(201)], "Most of its rows")],
)
def test_more_words_astray_than_the_form_keeps_are_refused_and_not_cut(
    desk: Client, whole: Translation, added: list[str], words: str
) -> None:
    def edit(word: Word) -> None:
        for text in added:
            row = parse_xml(f"<w:tr {WORD}>{'<w:tc><w:p><w:r><w:t/></w:r></w:p></w:tc>' * 2}</w:tr>")
            row[1][0][0][0].text = text
            word.tables[0]._tbl.append(row)

    answer = bring(desk, whole, out(whole, edit))
    assert answer.status_code == 422
    assert words in " ".join(answer.context["bringing"].errors["document"])
