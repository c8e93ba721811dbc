"""What people send by mistake and programs on purpose: a clear answer, the right status, and nothing half-written."""

import datetime
import html
import re
from html.parser import HTMLParser
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from campaigns import emails
from campaigns.models import Campaign, Contact, OutgoingMail, Signature
from tests.builders import every_row, filled_form, make_campaign, opened, own_page

pytestmark = pytest.mark.django_db

SIGN = "/campaigns/open-letter/sign/"
SHORT = "Write the name in full: at least two letters."
HIDDEN = "Take out the invisible control characters, and type the name anew if need be."
PICTURE = "Write the name in letters, without emoji or other pictures."


class Fields(HTMLParser):
    """The fields of a page's form with what stands in them, as a browser would send them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.inside = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in {"select", "textarea"}:
            self.inside = given["name"]
            self.values[self.inside] = ""
        elif tag == "option" and "selected" in given:
            self.values[self.inside] = given["value"]
        elif tag == "input" and (given["type"] not in {"checkbox", "radio"} or "checked" in given):
            self.values[given["name"]] = given.get("value", "on" if given["type"] == "checkbox" else "")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"select", "textarea"}:
            self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside == "comment":
            self.values["comment"] += data.removeprefix("\n")  # the line break with which a text area begins


def typed(fields: dict[str, str]) -> dict[str, str]:
    """Those fields that a person fills in."""
    return {name: value for name, value in fields.items() if name not in {"csrfmiddlewaretoken", "opened"}}


def kept(response: Any) -> dict[str, str]:
    """What was typed, as it stands on the page that came back."""
    return typed(Fields(response.content.decode()).values)


def summary(response: Any) -> str:
    """The problems as they stand at the top of the page."""
    found = re.search(r'<div class="problems" role="alert" tabindex="-1" autofocus>(.*?)</div>', page(response), re.S)
    return found[1] if found else ""


def beside(response: Any, field: str) -> str:
    """The problems as they stand beside the field."""
    found = re.search(rf'<ul class="errorlist" id="id_{field}_error">(.*?)</ul>', page(response), re.S)
    return found[1] if found else ""


def page(response: Any) -> str:
    return html.unescape(response.content.decode())


# The sign form


BAD: dict[str, list[str | None]] = {
    "organization_name": [
        *("", "R", "R" * 300, "   ", "– – –", "\u200b\u200c", "River\x07Watch", "River\x00Watch", "River\u200bWatch"),
        *("River \u202ehctaW", "\u2067River Watch\u2069", "River 🌊 Watch", "River Watch 🇺🇦", "River 1\ufe0f\u20e3"),
        *("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'),
        *("\u3164\u3164\u3164", "River\u200dWatch", "River Watch\u200c", "Ri\u0301\u0301\u0301\u0301\u0301ver"),
    ],
    "contact_name": ["", "A", "A\u202eB", "A 🌊", "A <a@example.org>"],
    "contact_role": ["", "chair\x00", "c" * 201],
    "website": [
        *("javascript:alert(1)", "java\nscript:alert(1)", "data:text/html,<b>x</b>", "ftp://river.example.org"),
        *("https://river.example.org/\r\nX: y", "river.example.org/\x00", "https://[::1", "our page", "https://"),
        f"https://river.example.org/{'a' * 300}",
    ],
    "email": [
        *("", "river.example.org", "s@river", '"the secretary"@river.example.org', "секретар@river.example.org"),
        *("s@river.example.org\r\nBcc: all@example.org", "s\x00@river.example.org", "s@a.example.org, t@a.example.org"),
        *('"a\x01b"@river.example.org', "s@river\u200b.example.org"),
    ],
    "shown": ["", "nobody"],
    "country": ["XX", "Ukraine", "UA\x00"],
    "comment": ["a\x00b", "a" * 1001],
    "is_authorized": [None],
    "accepts_privacy": [None],
    "leave_empty": ["buy now"],
}


@pytest.mark.parametrize(
    ("field", "value"),
    [(field, value) for field, values in BAD.items() for value in values],
    ids=lambda text: f"{text!a:.40}",
)
def test_bad_field_is_refused_and_everything_typed_is_kept(client: Client, field: str, value: str | None) -> None:
    make_campaign()
    before = every_row()
    form = {name: given for name, given in filled_form(**{field: value}).items() if given is not None}
    response = client.post(SIGN, form)

    assert response.status_code == 422
    errors = response.context["form"].errors
    assert list(errors) == [field]
    assert re.findall("<a [^>]*>", summary(response)) == [f'<a href="#id_{field}">'] * len(errors[field])
    for message in errors[field]:
        assert message in summary(response)
        assert message in beside(response, field)
    if field in {"country", "shown"}:  # a choice that was never offered cannot be shown as chosen
        assert {**kept(response), field: value} == typed(form)
    else:
        assert kept(response) == typed(form)
    assert every_row() == before


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("organization_name", "", "Write the name of your organization."),
        ("organization_name", "R", SHORT),
        ("organization_name", "R" * 300, "Ensure this value has at most 200 characters (it has 300)."),
        ("organization_name", "\u202eRiver Watch", HIDDEN),
        ("organization_name", "River 🌊", PICTURE),
        ("organization_name", "<b>River</b>", "Write the name without the signs < and >."),
        ("contact_role", "", "Write your role in the organization."),
        ("email", "a\r\nb", "Enter a valid email address."),
        ("country", "XX", "Select a valid choice. XX is not one of the available choices."),
        ("website", "javascript:alert(1)", "Write the address of a website, such as https://example.org."),
        ("leave_empty", "x", "This field is there to catch programs. Please empty it and send the form again."),
    ],
)
def test_refusal_says_what_to_do(client: Client, field: str, value: str, message: str) -> None:
    make_campaign()
    response = client.post(SIGN, filled_form(**{field: value}))
    assert response.context["form"].errors == {field: [message]}


def test_empty_form_is_refused_field_by_field(client: Client) -> None:
    make_campaign(allows_persons=True)
    before = every_row()
    response = client.post(SIGN, {})
    assert response.status_code == 422
    expected = {"kind", "shown", "contact_name", "email", "is_authorized", "accepts_privacy", "__all__"}
    assert set(response.context["form"].errors) == expected
    assert every_row() == before


def test_problems_are_summed_up_once_each_and_linked_in_the_order_of_the_form(client: Client) -> None:
    make_campaign()
    response = client.post(SIGN, filled_form(organization_name="R", email="none", website="ftp://x.example.org"))
    assert re.findall(r'<a href="#(\w+)">', summary(response)) == ["id_organization_name", "id_website", "id_email"]
    for target in ("id_organization_name", "id_website", "id_email"):
        assert page(response).count(f'id="{target}"') == 1


@pytest.mark.parametrize(
    ("fields", "stored"),
    [
        ({"organization_name": "  River \t Watch\r\n"}, {"name": "River Watch", "name_as_signed": "River Watch"}),
        ({"organization_name": "R" * 200}, {"name": "R" * 200}),
        ({"organization_name": "Пpиклад «Вісь» № 5"}, {"name": "Пpиклад «Вісь» № 5"}),
        ({"organization_name": "می\u200cخواهم"}, {"name": "می\u200cخواهم"}),
        ({"organization_name": 'Fish & Chips\' "Union"'}, {"name": 'Fish & Chips\' "Union"'}),
        ({"organization_name": "Cafe\u0301"}, {"name": "Café"}),
        ({"website": "river.example.org"}, {"website": "https://river.example.org"}),
        ({"website": "river.example.org/who?we=are"}, {"website": "https://river.example.org/who?we=are"}),
        ({"website": " http://river.example.org "}, {"website": "http://river.example.org"}),
        ({"website": "приклад.укр"}, {"website": "https://приклад.укр"}),
        ({"website": ""}, {"website": ""}),
        ({"country": ""}, {"country": ""}),
        ({"comment": "<b>bold</b>\r\n🌊"}, {"comment": "<b>bold</b>\r\n🌊"}),
    ],
)
def test_unusual_but_honest_field_is_stored(client: Client, fields: dict[str, str], stored: dict[str, str]) -> None:
    make_campaign()
    assert client.post(SIGN, filled_form(**fields)).status_code == 302
    assert Signature.objects.values(*stored).get() == stored


@pytest.mark.parametrize(
    ("address", "stored"),
    [
        (" secretary@river.example.org\r\n", "secretary@river.example.org"),
        ('"secretary"@river.example.org', '"secretary"@river.example.org'),
        ('"a\\"b"@river.example.org', '"a\\"b"@river.example.org'),
        ("o'hara+sign@river.example.org", "o'hara+sign@river.example.org"),
        ("secretary@приклад.укр", "secretary@приклад.укр"),
    ],
)
def test_unusual_address_is_stored_and_can_be_written_to(client: Client, address: str, stored: str) -> None:
    make_campaign()
    assert client.post(SIGN, filled_form(email=address)).status_code == 302
    assert Contact.objects.get().email == stored
    assert emails.render(OutgoingMail.objects.get()).send() == 1


def test_name_with_a_very_long_key_breaks_nothing(client: Client) -> None:
    make_campaign(reviews=False)
    client.raise_request_exception = False
    sent = client.post(SIGN, filled_form(organization_name="\ufdfa" * 100))
    confirmed = [client.post(own_page(signature), {"confirm": ""}) for signature in Signature.objects.all()]
    assert 500 not in [response.status_code for response in [sent, *confirmed]]


# The form's age


@pytest.mark.parametrize(
    ("token", "message"),
    [
        pytest.param(lambda: opened(24 * 3600 + 5), "This form was open for more than a day.", id="a-day-old"),
        pytest.param(lambda: opened(30) + "x", "This form was open for more than a day.", id="forged"),
        pytest.param(lambda: opened(30)[:-1], "This form was open for more than a day.", id="cut"),
        pytest.param(lambda: "a:b:c", "This form was open for more than a day.", id="invented"),
        pytest.param(lambda: "\x00", "This form was open for more than a day.", id="nul"),
        pytest.param(lambda: None, "This form was open for more than a day.", id="missing"),
        pytest.param(lambda: opened(0), "That was faster than we expect of people.", id="within-a-second"),
    ],
)
def test_form_of_doubtful_age_is_refused_and_goes_through_when_sent_again(
    client: Client, token: Any, message: str
) -> None:
    make_campaign()
    before = every_row()
    with time_machine.travel(
        timezone.now().replace(microsecond=0) + datetime.timedelta(seconds=1), tick=False
    ) as clock:
        form = {name: value for name, value in filled_form(opened=token()).items() if value is not None}
        response = client.post(SIGN, form)
        assert response.status_code == 422
        assert message in summary(response)
        assert kept(response) == typed(form)
        assert every_row() == before

        clock.shift(5)
        assert client.post(SIGN, Fields(response.content.decode()).values).status_code == 302


def test_form_sent_within_a_second_is_refused_across_the_border_of_seconds(client: Client) -> None:
    make_campaign()
    noon = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
    Campaign.objects.update(publish_at=noon - datetime.timedelta(days=1))
    with time_machine.travel(noon + datetime.timedelta(seconds=0.9), tick=False) as clock:
        form = filled_form(opened=opened(seconds_ago=0))
        clock.shift(0.2)
        assert client.post(SIGN, form).status_code == 422


def test_text_that_has_changed_since_the_form_was_opened_is_read_again_before_it_is_signed(client: Client) -> None:
    campaign = make_campaign()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        form = filled_form(opened=opened(seconds_ago=30))
        Campaign.objects.update(body="We have *read* your new plan.")
        campaign.correct_wording(by=None, note="It is the new plan.")
        before = every_row()
        response = client.post(SIGN, form)
        assert response.status_code == 422
        assert "The text has changed since you opened this form. Read it again before you sign." in summary(response)
        assert kept(response) == typed(form)
        assert every_row() == before

        clock.shift(5)
        assert client.post(SIGN, Fields(response.content.decode()).values).status_code == 302
    assert Signature.objects.get().text_version == campaign.current_version


def test_form_of_almost_a_day_is_taken(client: Client) -> None:
    make_campaign()
    assert client.post(SIGN, filled_form(opened=opened(23 * 3600))).status_code == 302


# A campaign that is closed


def test_closed_campaign_shows_no_form_but_when_it_closed(client: Client) -> None:
    make_campaign()
    Campaign.objects.update(closes_at=datetime.datetime(2020, 3, 5, 12, 30, tzinfo=datetime.UTC))
    response = client.get(SIGN)
    assert response.status_code == 200
    assert "This statement took signatures until 5 March 2020, 12:30 UTC." in page(response)
    assert Fields(response.content.decode()).values == {}


@pytest.mark.parametrize("fields", [{}, {"organization_name": "R", "comment": "a word\r\nto you"}])
def test_closed_campaign_takes_nothing_and_keeps_what_was_typed(client: Client, fields: dict[str, str]) -> None:
    campaign = make_campaign()
    form = filled_form(**fields)
    campaign.close(by=None)
    before = every_row()
    response = client.post(SIGN, form)
    assert response.status_code == 409
    assert "Signing has closed" in page(response)
    assert kept(response) == typed(form)
    assert every_row() == before


def test_closed_campaign_asks_nobody_to_correct_anything(client: Client) -> None:
    make_campaign().close(by=None)
    response = client.post(SIGN, filled_form(organization_name="R"))
    assert "Please correct" not in page(response)
    assert beside(response, "organization_name") == ""


# What nothing reads


@pytest.mark.parametrize(
    "address",
    [
        "/?page=%00", "/?%00=1", "/?page=a%07b", "/?page=%1b%5b2J", "/campaigns/open%00letter/", "/%7f",
        "/campaigns/open-letter/signatories/?q=%08", "/organizations/%01/",
        "/uk/campaigns/open-letter/?in=%00", "/signatures/%00/", "/admin/?next=%00",
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["get", "post"])
def test_control_characters_in_an_address_are_refused(client: Client, address: str, method: str) -> None:
    make_campaign()
    response = getattr(client, method)(address)
    assert response.status_code == 400
    assert page(response).count("<h1>") == 1


@pytest.mark.parametrize("address", ["/?page=a%09b", "/?page=a%0d%0ab", "/?q=%e2%80%8b", "/?q=%ff"])
def test_other_signs_in_an_address_are_read(client: Client, address: str) -> None:
    assert client.get(address).status_code == 200


def test_signs_by_which_word_processors_divide_lines_end_lines(client: Client) -> None:
    make_campaign()
    assert client.post(SIGN, filled_form(comment="one\x0btwo\x0cthree\u2028four")).status_code == 302
    assert Signature.objects.get().comment == "one\ntwo\nthree\nfour"


@pytest.mark.parametrize("address", [SIGN, "/report/", "/invitations/a:b:c/", "/campaigns/open-letter/"])
def test_more_than_a_form_holds_is_refused_before_it_is_read(client: Client, address: str) -> None:
    make_campaign()
    before = every_row()
    response = client.post(address, filled_form(comment="a" * 300_000))
    assert response.status_code == 413
    assert "That is too much at once" in page(response)
    assert every_row() == before


def test_more_fields_than_a_form_has_are_refused(client: Client) -> None:
    make_campaign()
    response = client.post(SIGN, {f"field{number}": "" for number in range(1001)})
    assert response.status_code == 413
