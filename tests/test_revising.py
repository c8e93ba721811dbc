"""A frozen text becomes another only in the open: corrected, translated, or changed by those who agree to it."""

import datetime
import hashlib
import json
import re
from collections import Counter
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client

from campaigns.models import Campaign, Event, Signature
from tests import builders
from tests.builders import (
    ask_more,
    every_row,
    make_campaign,
    make_case_of_2018,
    make_delivery,
    make_draft,
    make_listed,
    make_pending,
    make_signature,
    make_translation,
    make_update,
    propose,
    reword,
    send_letters,
    translate,
)

pytestmark = pytest.mark.django_db

NOON = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.UTC)
HIDDEN_TOKENS = re.compile(rb'(name="(?:csrfmiddlewaretoken|opened)" value=")[^"]*')


def signatories(campaign: Campaign) -> list[Signature]:
    return list(campaign.signatures.order_by("position"))


def by_version(campaign: Campaign) -> dict[int, int]:
    """How many listed signatures stand on each version of the text, by its number."""
    return dict(Counter(campaign.signatures.listed().values_list("text_version__number", flat=True)))


def public_bytes(client: Client, campaign: Campaign) -> dict[str, bytes]:
    """What everybody can fetch of the campaign, but for the tokens of its forms."""
    home = f"/campaigns/{campaign.slug}/"
    addresses = ["/", home, *(f"{home}{page}" for page in ("signatories/", "versions/", "sign/", "sign/?in=uk"))]
    addresses += [f"{home}{page}" for page in ("in/uk/", "letter.pdf", "letter.pdf?in=uk")]
    for version in campaign.text_versions.in_force():
        addresses += [f"{home}versions/{version.number}/"]
        addresses += [f"{home}versions/{version.number}/{language}.json" for language in version.content]
    for delivery in campaign.deliveries.all():
        addresses += [
            f"/deliveries/{delivery.fingerprint}/{page}" for page in ("", "check/", "list.json", "letter.pdf")
        ]
    return {address: HIDDEN_TOKENS.sub(rb"\1", client.get(address).content) for address in addresses}


def read(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def edit_everything(campaign: Campaign) -> None:
    """Edits every part of the draft text in both its languages."""
    for words in (campaign, campaign.translations.get()):
        words.title, words.addressee, words.summary, words.body = "DRAFT", "DRAFT", "DRAFT", "DRAFT"
        words.save()
    campaign.statement_date = datetime.date(2027, 1, 1)
    campaign.save()
    campaign.demands.all()[2].delete()
    campaign.demands.update(text="DRAFT")
    campaign.translations.get().demands.update(text="DRAFT")


def test_editing_the_draft_changes_no_byte_of_what_the_public_gets(client: Client) -> None:
    with time_machine.travel(NOON, tick=False):
        campaign = make_case_of_2018()
        make_delivery(campaign)
        make_update(campaign).publish(by=None)
        before = public_bytes(client, campaign)
        edit_everything(campaign)
        assert public_bytes(client, campaign) == before
        proposal = propose(campaign)
        assert public_bytes(client, campaign) == before
        proposal.adopt(by=None)
        after = public_bytes(client, campaign)
    assert "DRAFT" in after["/campaigns/interpol-2018/"].decode()
    kept = {address for address in before if re.search(r"versions/1/\w+\.json|deliveries/.+(json|pdf)$", address)}
    assert len(kept) == 4
    assert {address: after[address] for address in kept} == {address: before[address] for address in kept}


def body(page: str) -> str:
    """What is read: the head tells programs how many have signed."""
    return page.partition("<body>")[2]


def test_change_of_what_is_asked_moves_those_who_agree_and_nobody_else(client: Client) -> None:
    campaign = make_case_of_2018()
    page, history = "/campaigns/interpol-2018/", "/campaigns/interpol-2018/versions/"
    groups = signatories(campaign)
    demand = ask_more(campaign, "Publish who asked for each notice.")
    campaign.translations.get().demands.create(demand=demand, text="Оприлюдніть, хто просив.")
    public = read(client, page), read(client, history)
    proposal = propose(campaign, "A fourth demand.")
    letters = send_letters()
    assert sorted(letter.to[0] for letter in letters) == sorted(f"group-{n}@example.org" for n in range(1, 26))
    assert {letter.subject for letter in letters} == {"A statement you signed is to change: do you agree?"}
    assert "{+4. Publish who asked for each notice.+}" in str(letters[0].body)

    for group in groups[:10]:
        assert client.post(builders.own_page(group), {"agree": "2"}).status_code == 302
    assert client.post(builders.own_page(groups[24]), {"withdraw": ""}).status_code == 302
    assert proposal.tally() == {"agreed": 10, "refused": 0, "asked": 24, "others": 14, "silent": 14}
    left = re.sub(r">25\b", ">24", body(public[0])).replace(f" {row(groups[24])}</li>", "")
    assert (body(read(client, page)), read(client, history)) == (left, public[1])

    proposal.adopt(by=None)
    assert by_version(campaign) == {1: 14, 2: 10}
    standing, apart = read(client, page).split("On an earlier text")
    assert "<strong>10</strong> organizations have signed" in standing
    assert [group.name for group in groups if row(group) in standing] == [group.name for group in groups[:10]]
    assert [group.name for group in groups if row(group) in apart] == [group.name for group in groups[10:24]]
    versions = read(client, history)
    assert re.findall(r"Version \d", versions) == ["Version 2", "Version 1"]
    assert "A fourth demand." in versions
    assert "<ins>4. Publish who asked for each notice.</ins>" in versions
    assert "Publish who asked" in read(client, f"{history}2/")
    assert "Publish who asked" not in read(client, f"{history}1/")

    for group in groups[10:12]:
        assert client.post(builders.own_page(group), {"agree": "2"}).status_code == 302
    assert by_version(campaign) == {1: 12, 2: 12}

    send_letters()
    campaign.refresh_from_db()
    reword(campaign, campaign.body.replace("You are about to elect", "You will elect"))
    campaign.correct_wording(by=None, note="Shorter.")
    assert by_version(campaign) == {1: 12, 2: 12}
    assert campaign.signatures.tally().total == 12
    letters = send_letters()
    assert {f"group-{n}@example.org" for n in range(1, 13)} <= {letter.to[0] for letter in letters}
    assert "[-are about to -]{+will +}elect a president" in " ".join(str(letters[0].body).split())
    assert "http://localhost:8000/signatures/" in str(letters[0].body)

    digests = dict(campaign.in_force.digests)
    make_translation(campaign)
    translate(campaign)
    assert by_version(campaign) == {1: 12, 2: 12}
    assert {language: campaign.in_force.digests[language] for language in digests} == digests
    assert sorted(campaign.in_force.digests) == ["de", "en", "uk"]
    assert send_letters() == []


def row(signature: Signature) -> str:
    """How the signatory's line on the list begins."""
    assert signature.organization
    page = f"/organizations/{signature.organization.slug}/"
    return f'<li><bdi dir="auto"><a href="{page}">{signature.name}</a></bdi>'


def test_dropped_proposal_leaves_no_trace_in_public(client: Client) -> None:
    campaign = make_campaign()
    group = make_listed(campaign)
    ask_more(campaign)
    public = read(client, "/campaigns/open-letter/versions/")
    proposal = propose(campaign)
    hidden = ["versions/2/", "versions/2/en.json"]
    assert [client.get(f"/campaigns/open-letter/{page}").status_code for page in hidden] == [404, 404]
    proposal.answer(group, agrees=True)
    proposal.drop(by=None)
    assert [client.get(f"/campaigns/open-letter/{page}").status_code for page in hidden] == [404, 404]
    assert read(client, "/campaigns/open-letter/versions/") == public
    assert by_version(campaign) == {1: 1}
    again = propose(campaign)
    again.adopt(by=None)
    assert (again.version.number, again.version.edition, by_version(campaign)) == (3, 3, {1: 1})


def test_verbs_of_a_proposal_do_nothing_the_second_time() -> None:
    campaign = make_campaign()
    group, other = make_listed(campaign), make_listed(campaign, "Hill Watch")
    ask_more(campaign)
    proposal = propose(campaign)
    for _time in range(2):
        proposal.answer(group, agrees=True)
        proposal.answer(other, agrees=False)
    for _time in range(2):
        proposal.adopt(by=None)
    record = Event.objects.order_by("id").values_list("verb", "details")
    assert list(record)[-3:] == [
        ("agreed", {"version": 2}),
        ("refused", {"version": 2}),
        ("adopted", {"version": 2, "agreed": 1}),
    ]
    with pytest.raises(ValidationError, match="has ended already"):
        proposal.drop(by=None)
    assert by_version(campaign) == {1: 1, 2: 1}


def test_answer_can_be_changed_until_the_end_and_silence_is_no_consent() -> None:
    campaign = make_campaign()
    groups = [make_listed(campaign, name) for name in ("River Watch", "Hill Watch", "Lake Watch")]
    ask_more(campaign)
    proposal = propose(campaign)
    proposal.answer(groups[0], agrees=True)
    proposal.answer(groups[0], agrees=False)
    proposal.answer(groups[1], agrees=False)
    proposal.answer(groups[1], agrees=True)
    assert proposal.tally() == {"agreed": 1, "refused": 1, "asked": 3, "others": 2, "silent": 1}
    proposal.adopt(by=None)
    assert [each.name for each in campaign.signatures.standing()] == ["Hill Watch"]


@pytest.mark.parametrize("end", ["withdraw", "remove", "never listed"])
def test_who_is_not_listed_cannot_answer(client: Client, end: str) -> None:
    campaign = make_campaign()
    group = make_pending(campaign) if end == "never listed" else make_listed(campaign)
    ask_more(campaign)
    proposal = propose(campaign)
    if end == "withdraw":
        group.withdraw()
    elif end == "remove":
        group.remove(by=None, reason="An error.")
    before = every_row()
    assert client.post(builders.own_page(group), {"agree": "2"}).status_code == 409
    with pytest.raises(ValidationError, match="takes no more answers"):
        proposal.answer(group, agrees=True)
    assert every_row() == before


def test_fingerprint_is_the_same_wherever_it_is_quoted(client: Client) -> None:
    campaign = make_draft(body='Two lines:\r\nre\u0301sume\u0301 “quoted” "straight" \u2028 end.')
    make_translation(campaign, "uk", title="Відкритий лист")
    campaign.publish(by=None)
    for language in ("en", "uk"):
        file = client.get(f"/campaigns/open-letter/versions/1/{language}.json")
        digest = hashlib.sha256(file.content).hexdigest()
        assert file["Content-Type"] == "application/json; charset=utf-8"
        content = json.loads(file.content)
        assert file.content == canonical(content)
        assert (content["language"], "\r" in content["body"], "e\u0301" in content["body"]) == (language, False, False)
        signature = make_signature(campaign, f"River Watch {language}", language=language)
        written_to = str(send_letters()[0].body)
        pages = [
            f"/campaigns/open-letter/in/{language}/",
            "/campaigns/open-letter/versions/1/",
            builders.own_page(signature),
        ]
        assert [digest in text for text in (written_to, *(read(client, page) for page in pages))] == [True] * 4


def canonical(content: Any) -> bytes:
    """The bytes as docs/architecture.md describes them."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
