"""A coordinator brings a text into the draft: looks at it part by part, says which parts are demands, and takes it."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from campaigns.models import Campaign, Role
from tests.builders import every_row, make_campaign, make_draft, make_member, make_translation, sign_in
from tests.statements import english, paragraphs

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> Campaign:
    return make_draft(title="Working title", body="", demands=())


@pytest.fixture
def desk(client: Client, draft: Campaign) -> Client:
    sign_in(client, make_member(draft))
    return client


def page_of(campaign: Campaign) -> str:
    return reverse("admin:campaigns_campaign_text", args=[campaign.pk])


def file(data: bytes, name: str = "statement.docx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def as_sent(response: Any, **changes: Any) -> dict[str, Any]:
    """What a browser sends of the second step: the fields as they stand, with a browser's line ends."""
    form = response.context["form"]
    sent = {name: form[name].value() for name in ("title", "body", "demands")}
    return {**sent, "body": sent["body"].replace("\n", "\r\n"), "take": "", **changes}


def test_a_document_comes_into_the_draft_with_its_demands(desk: Client, draft: Campaign) -> None:
    assert page_of(draft) in desk.get(reverse("admin:campaigns_campaign_change", args=[draft.pk])).content.decode()
    assert desk.get(page_of(draft)).status_code == 200
    before = every_row()
    looked = desk.post(page_of(draft), {"file": file(english())})
    assert looked.status_code == 200
    assert every_row() == before
    found = looked.context["form"].blocks
    measured = [place for place in looked.context["form"].initial["demands"] if found[place].is_numbered]
    taken = desk.post(page_of(draft), as_sent(looked, demands=measured))
    assert taken.headers["Location"] == reverse("admin:campaigns_campaign_change", args=[draft.pk])
    draft.refresh_from_db()
    assert draft.title == "The river is not a drain"
    assert [(demand.position, demand.text) for demand in draft.demands.all()] == [
        (1, "Stop the works until they keep the permit."),
        (2, "Publish what is measured:"),
        (3, "Pay for clean wells."),
    ]
    assert "**four times** more salt" in draft.body
    assert "\r" not in draft.body
    assert "# We call on the assembly\n\n- every week,\n- and in full.\n\n# Who we are" in draft.body


def test_title_that_was_pasted_over_two_lines_is_one(desk: Client, draft: Campaign) -> None:
    looked = desk.post(page_of(draft), {"text": "We ask you all.\n\n1. Stop."})
    desk.post(page_of(draft), as_sent(looked, title="Keep it\r\nclean"))
    draft.refresh_from_db()
    assert draft.title == "Keep it clean"
    page = reverse("admin:campaigns_campaign_change", args=[draft.pk])
    typed = desk.post(page, {"title": "The river\nis ours", "addressee": "To\nall"}).context["adminform"].form
    assert (typed.cleaned_data["title"], typed.cleaned_data["addressee"]) == ("The river is ours", "To all")


def test_the_look_shows_each_part_with_a_tick_and_says_what_goes(desk: Client) -> None:
    full = make_draft("full")
    full.memberships.create(user=full.memberships.model.objects.get().user, role=Role.OWNER)
    text = "We ask you all.\n\nWe demand:\n\n1. Stop.\n2. Go."
    shown = desk.post(page_of(full), {"text": text}).content.decode()
    assert shown.count('type="checkbox"') - shown.count("checked") == 2
    assert "its text and its 2 demands" in shown
    assert "<li>Stop.</li>" in shown


def test_the_clipboards_form_is_kept_where_a_script_brought_it(desk: Client, draft: Campaign) -> None:
    sent = {"text": "Keep it\nnow", "html": "<h1>Keep it</h1><p><b>now</b><script>alert(1)</script></p>"}
    form = desk.post(page_of(draft), sent).context["form"]
    assert (form["title"].value(), form["body"].value()) == ("Keep it", "**now**")
    form = desk.post(page_of(draft), {"text": "Keep it.\n\nnow", "html": ""}).context["form"]
    assert (form["title"].value(), form["body"].value()) == ("Working title", "Keep it.\n\nnow")


@pytest.mark.parametrize(
    ("sent", "field", "words"),
    [
        ({}, "file", "Bring a file, or paste the text below."),
        ({"text": "We ask.", "file": file(paragraphs("We ask."))}, "file", "Bring a file or paste a text, not both."),
        ({"file": file(b"%PDF-1.7")}, "file", "This is a PDF."),
        ({"file": file(b"")}, "file", "The submitted file is empty."),
        ({"file": file(b"PK\x03\x04" + bytes(50_000_000))}, "file", "The file is larger than 10 MB."),
        ({"text": "x" * 200_001}, "text", "at most 200000 characters"),
        ({"text": "We ask.", "html": "<ul><li>" * 100_000}, "text", "Its layout is too intricate to be read."),
        ({"text": "We ask.", "html": "</p>" * 100_000}, "text", "Its layout is too intricate to be read."),
        ({"text": "We ask.", "html": "<script>alert(1)</script>"}, "text", "There is no text in it."),
    ],
)
def test_what_cannot_be_read_is_said_beside_its_field(
    desk: Client, draft: Campaign, sent: dict[str, Any], field: str, words: str
) -> None:
    response = desk.post(page_of(draft), sent)
    assert response.status_code == 422
    assert words in " ".join(response.context["form"].errors[field])
    assert sent.get("text", "") in response.content.decode()


def test_a_title_that_lacks_leaves_all_else_as_it_was(desk: Client, draft: Campaign) -> None:
    looked = desk.post(page_of(draft), {"text": "We ask you:\n\n1. Stop.\n2. Go."})
    response = desk.post(page_of(draft), as_sent(looked, title=" ", demands=[2]))
    assert response.status_code == 422
    assert response.context["form"].errors["title"] == ["This field is required."]
    assert as_sent(response)["demands"] == ["2"]
    assert response.content.decode().count("checked") == 1
    assert draft.events.count() == 0


def test_a_demand_that_is_too_long_is_refused(desk: Client, draft: Campaign) -> None:
    body = f"Before.\n\n{'x' * 2001}"
    response = desk.post(page_of(draft), {"take": "", "title": "T", "body": body, "demands": [1]})
    assert response.status_code == 422
    assert "more than 2,000 characters" in str(response.context["form"].errors["demands"])
    assert desk.post(page_of(draft), {"take": "", "title": "T", "body": body, "demands": [7]}).status_code == 422


def test_a_campaign_past_its_draft_takes_no_text(desk: Client, draft: Campaign) -> None:
    looked = desk.post(page_of(draft), {"text": "We ask you:\n\n1. Stop.\n2. Go."})
    published = make_campaign(slug="published")
    published.memberships.create(user=draft.memberships.get().user, role=Role.OWNER)
    before = every_row()
    assert desk.get(page_of(published)).status_code == 409
    response = desk.post(page_of(published), as_sent(looked))
    assert response.status_code == 409
    assert "The text is frozen" in response.content.decode()
    assert "1. Stop." in response.content.decode()
    with pytest.raises(ValidationError):
        published.bring_text(None, "T", "Body", ["One"])
    assert every_row() == before
    change = desk.get(reverse("admin:campaigns_campaign_change", args=[published.pk])).content.decode()
    assert page_of(published) not in change


def test_bringing_the_same_text_twice_is_recorded_once(draft: Campaign) -> None:
    for _time in range(2):
        draft.bring_text(None, "T", "Body", ["One", "Two"])
    assert draft.events.filter(verb="text brought").count() == 1
    assert draft.demands.count() == 2


def test_a_demand_that_stays_keeps_its_key_and_translation() -> None:
    draft = make_draft(demands=("One.", "Two."))
    make_translation(draft)
    stays = draft.demands.get(text="Two.")
    draft.bring_text(None, "T", "Body", ["Three.", "Two.", "Two."])
    texts = [(demand.text, demand.key == stays.key) for demand in draft.demands.all()]
    assert texts == [("Three.", False), ("Two.", True), ("Two.", False)]
    assert stays.translations.count() == 1


def test_only_owners_bring_a_text(client: Client, draft: Campaign) -> None:
    sign_in(client, make_member(draft, "reviewer", Role.REVIEWER))
    assert client.get(page_of(draft)).status_code == 403
    assert client.post(page_of(draft), {"text": "We ask."}).status_code == 403
    make_member(make_draft("own"), "reviewer")
    others = make_draft("others")
    assert client.get(page_of(others)).status_code == 404
