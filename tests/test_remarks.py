"""The draft link and the remarks at it: who reads and leaves them, what they are about, and what the desk does."""

import datetime
import html
import re
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns import languages, tokens
from campaigns.models import Campaign, Event, Passage, Remark
from campaigns.models.remarks import MOST_OPEN
from tests.builders import (
    every_row,
    make_campaign,
    make_coordinator,
    make_draft,
    make_member,
    make_remark,
    make_translation,
    reword,
    sign_in,
)

pytestmark = pytest.mark.django_db

BODY = "We have *read* your plan.\n\n## What is wrong\n\nIt drains the marsh.\n\n---\n\nIt drains the marsh."


@pytest.fixture
def draft() -> Campaign:
    campaign = make_draft(body=BODY)
    campaign.share_draft(by=None)
    return campaign


def read(response: Any) -> str:
    return html.unescape(response.content.decode())


def link(campaign: Campaign, language: str = "") -> str:
    return f"/drafts/{campaign.draft_secret}/" + (f"in/{language}/" if language else "")


def passages(campaign: Campaign, language: str = "") -> dict[str, Passage]:
    """Those of the draft text, by what they are called."""
    text = campaign.draft_texts()[language or campaign.language]
    return {passage.label: passage for passage in campaign.remarks.beside(text).passages if passage.place}


def opened_before(passage: Passage, seconds: int = 30) -> str:
    """The form's own token, had the page been opened then."""
    with time_machine.travel(timezone.now() - datetime.timedelta(seconds=seconds)):
        return tokens.opened(passage.stand)


def filled(passage: Passage, **fields: str) -> dict[str, str]:
    """What a holder of the link sends from the form under a passage."""
    sent = {"name": "River Watch", "words": "Say which marsh.", "leave_empty": "", "opened": opened_before(passage)}
    return {**sent, "place": passage.place, **fields}


# The link


def test_link_is_opened_once_renewed_and_ended(client: Client) -> None:
    campaign, owner = make_draft(), make_coordinator()
    campaign.share_draft(by=owner)
    first = link(campaign)
    assert len(first) >= len("/drafts//") + 43
    Campaign.objects.get().share_draft(by=owner)
    assert link(Campaign.objects.get()) == first
    assert client.get(first).status_code == 200
    campaign.renew_draft_link(by=owner)
    assert client.get(first).status_code == 404
    assert client.get(link(campaign)).status_code == 200
    second = link(campaign)
    for _time in ("first", "second"):
        campaign.end_draft_link(by=owner)
    assert client.get(second).status_code == client.get("/drafts/-/").status_code == 404
    with pytest.raises(ValidationError, match="has ended"):
        campaign.renew_draft_link(by=owner)
    told = list(campaign.events.order_by("id").values_list("verb", "details"))
    assert told == [("draft shared", {}), ("draft link renewed", {}), ("draft link ended", {})]


@pytest.mark.usefixtures("theme_in_memory")
def test_unknown_and_ended_links_are_answered_alike_after_one_query(client: Client, draft: Campaign) -> None:
    ended = link(draft)
    draft.end_draft_link(by=None)
    answers = []
    for address in (ended, f"/drafts/{'a' * 43}/", f"{ended}in/de/"):
        with CaptureQueriesContext(connection) as asked:
            response = client.get(address)
        assert "draft_secret" in asked[0]["sql"]
        answers.append((response.status_code, len(asked), dict(response.headers), response.content))
    assert answers[0] == answers[1] == answers[2]
    assert answers[0][:2] == (404, 1)
    for odd in ("/drafts/a%20b/", f"/drafts/{'a' * 3000}/"):
        assert client.get(odd).status_code == 404


# The page


def test_page_shows_the_draft_as_it_is_now_to_no_cache_and_no_search_engine(client: Client, draft: Campaign) -> None:
    response = client.get(link(draft))
    page = read(response)
    assert response.status_code == 200
    assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert '<meta name="robots" content="noindex, nofollow">' in page
    for words in ("This is a draft.", "<em>read</em>", "What is wrong", "Do this.", "What we ask of the assembly."):
        assert words in page
    reword(draft, "We have read it *twice*.")
    assert "<em>twice</em>" in read(client.get(link(draft)))


def test_every_link_of_the_page_leads_somewhere_and_none_gives_the_secret_away(client: Client, draft: Campaign) -> None:
    make_translation(draft)
    for address in (link(draft), link(draft, "de")):
        page = read(client.get(address))
        for target in set(re.findall(r'href="([^"]+)"', page)):
            if target.startswith("#"):
                assert f'id="{target[1:]}"' in page
            elif not target.startswith("/static/"):
                assert client.get(target).status_code == 200, target
                assert str(draft.draft_secret) not in target or languages.unprefixed(target) in {
                    link(draft),
                    link(draft, "de"),
                }
    assert "/sign/" not in page


def test_page_is_there_in_the_languages_that_are_ready(client: Client, draft: Campaign) -> None:
    translation = make_translation(draft, ready=False)
    assert client.get(link(draft, "de")).status_code == client.get(link(draft, "xx")).status_code == 404
    translation.ready = True
    translation.save()
    page = read(client.get(link(draft, "de")))
    assert "Ein offener Brief" in page
    assert "Forderung 1." in page
    assert "the original in English prevails" in page
    sent = filled(passages(draft, "de")["demand 1"], words="Schärfer.")
    assert client.post(link(draft, "de"), sent).status_code == 302
    assert "Schärfer." in read(client.get(link(draft, "de")))
    assert "Schärfer." not in read(client.get(link(draft)))


def test_page_of_a_published_campaign_leads_to_what_the_public_reads(client: Client) -> None:
    campaign = make_campaign()
    campaign.share_draft(by=None)
    reword(campaign)
    page = read(client.get(link(campaign)))
    assert '<a href="/campaigns/open-letter/">What the public reads now</a>' in page
    assert "twice" in page


def test_draft_of_a_title_alone_has_its_page(client: Client) -> None:
    campaign = make_draft(body="", summary="", demands=())
    campaign.share_draft(by=None)
    assert client.get(link(campaign)).status_code == 200
    assert list(passages(campaign)) == ["the title", "the whole text"]


def test_nothing_public_shows_the_draft_or_its_remarks(client: Client, draft: Campaign) -> None:
    make_remark(draft, words="A canary sings.")
    published = make_campaign(slug="published", title="Another")
    published.share_draft(by=None)
    make_remark(published, words="A canary sings.")
    for address in ("/", "/campaigns/open-letter/", "/campaigns/published/", "/campaigns/published/versions/"):
        page = read(client.get(address))
        assert "canary" not in page
        assert "An open letter" not in page
        assert not {str(draft.draft_secret), str(published.draft_secret)} & set(re.findall(r"[\w-]+", page))


def test_looking_changes_nothing(client: Client, draft: Campaign) -> None:
    make_remark(draft)
    before = every_row()
    for ask in (client.get, client.head):
        assert ask(link(draft)).status_code == 200
    assert client.put(link(draft)).status_code == 405
    assert every_row() == before


# A remark


@pytest.mark.parametrize("label", ["the title", "the summary", "paragraph 2", "demand 2", "the whole text"])
def test_remark_stands_under_what_it_is_about(client: Client, draft: Campaign, label: str) -> None:
    passage = passages(draft)[label]
    response = client.post(link(draft), filled(passage))
    assert response.status_code == 302
    assert response["Location"] == f"{link(draft)}#on-{passage.place}"
    assert "no-store" in response["Cache-Control"]
    found = passages(draft)[label].remarks
    assert [(remark.name, remark.words, remark.quote) for remark in found] == [
        ("River Watch", "Say which marsh.", passage.words)
    ]
    _before, _id, after = read(client.get(link(draft))).partition(f'id="on-{passage.place}"')
    assert after.index("Say which marsh.") < after.index("<form")


def test_two_paragraphs_alike_have_remarks_of_their_own(client: Client, draft: Campaign) -> None:
    client.post(link(draft), filled(passages(draft)["paragraph 4"]))
    assert {label: len(passage.remarks) for label, passage in passages(draft).items() if passage.remarks} == {
        "paragraph 4": 1
    }


def test_remark_on_what_was_rewritten_is_kept_with_its_wording(client: Client, draft: Campaign) -> None:
    make_remark(draft, "paragraph 1", "Which plan?")
    make_remark(draft, "demand 1", "Do what?")
    reword(draft, "We have read the plan of May.")
    draft.demands.filter(text="Do this.").update(text="Stop the dredging.")
    page = read(client.get(link(draft)))
    _text, _heading, earlier = page.partition('<h2 id="earlier">On an earlier wording</h2>')
    assert "We have read your plan.</blockquote>" in earlier
    assert "Which plan?" in earlier
    _before, _demand, after = page.partition("Stop the dredging.")
    assert after.index("Do this.</blockquote>") < after.index("Do what?")
    reword(draft, BODY)
    assert 'id="earlier"' not in read(client.get(link(draft)))


def test_name_and_words_are_nowhere_in_clear(draft: Campaign) -> None:
    remark = make_remark(draft, words="A canary sings")
    stored = Remark.objects.values_list("sealed_name", "sealed_words").get()
    assert all(word not in bytes(each) for each in stored for word in (b"canary", b"River"))
    assert [remark.name, remark.words] == ["River Watch", "A canary sings"]
    remark.settle(by=None)
    remark.discard(by=None)
    assert not re.search("canary|River", str(list(Event.objects.values("verb", "details"))))


@pytest.mark.parametrize(
    "fields",
    [
        {"words": ""},
        {"words": " \n"},
        {"words": "x" * 2001},
        {"words": "a\0b"},
        {"words": "a\u202eb"},
        {"name": ""},
        {"name": "x" * 201},
        {"name": "a\0b"},
        {"leave_empty": "http://spam.example"},
        {"opened": ""},
        {"opened": "forged"},
    ],
)
def test_form_to_correct_keeps_what_was_typed_and_stores_nothing(
    client: Client, draft: Campaign, fields: dict[str, str]
) -> None:
    before = every_row()
    response = client.post(link(draft), filled(passages(draft)["paragraph 2"], **fields))
    assert response.status_code == 422
    page = read(response)
    assert page.count('role="alert"') == 1
    assert page.count("<details open>") == 1
    for name, typed in {"name": 'value="River Watch"', "words": "Say which marsh.</textarea>"}.items():
        assert name in fields or typed in page
    assert every_row() == before


@pytest.mark.parametrize("seconds", [0, 25 * 3600])
def test_form_too_quick_or_too_old_is_sent_again(client: Client, draft: Campaign, seconds: int) -> None:
    passage = passages(draft)["paragraph 2"]
    assert client.post(link(draft), filled(passage, opened=opened_before(passage, seconds))).status_code == 422
    assert not Remark.objects.exists()


@pytest.mark.parametrize("label", ["the title", "paragraph 1", "demand 1"])
def test_what_was_rewritten_meanwhile_is_read_again_with_the_words_kept(
    client: Client, draft: Campaign, label: str
) -> None:
    sent = filled(passages(draft)[label])
    reword(draft, "We have read the plan of May.")
    Campaign.objects.update(title="A letter")
    draft.demands.update(text="Stop.")
    response = client.post(link(draft), sent)
    assert response.status_code == 422
    assert "has been rewritten since you opened this page" in read(response)
    assert "Say which marsh.</textarea>" in read(response)
    assert not Remark.objects.exists()
    form = response.context["form"]
    again = {**sent, "place": form.passage.place, "opened": form["opened"].value()}
    with time_machine.travel(timezone.now() + datetime.timedelta(seconds=5)):
        assert client.post(link(draft), again).status_code == 302


@pytest.mark.parametrize("place", ["", "nowhere", "x" * 5000, "\0"])
def test_remark_on_a_place_that_never_was_is_not_taken(client: Client, draft: Campaign, place: str) -> None:
    sent = filled(passages(draft)["paragraph 1"], place=place)
    assert client.post(link(draft), sent).status_code == 422
    assert not Remark.objects.exists()


def test_lines_are_kept_and_markup_is_shown_as_it_was_typed(client: Client, draft: Campaign) -> None:
    words = "First.\r\nSecond:\u2028<script>x</script>"
    assert client.post(link(draft), filled(passages(draft)["paragraph 1"], words=words)).status_code == 302
    assert Remark.objects.get().words == "First.\nSecond:\n<script>x</script>"
    page = client.get(link(draft)).content.decode()
    assert "&lt;script&gt;x" in page
    assert "<script>x" not in page


def test_remark_by_a_link_that_ends_meanwhile_is_not_taken(client: Client, draft: Campaign) -> None:
    sent, stale = filled(passages(draft)["paragraph 1"]), Campaign.objects.get()
    address = link(draft)
    draft.renew_draft_link(by=None)
    assert client.post(address, sent).status_code == 404
    with pytest.raises(ValidationError, match="This link has ended"):
        Remark(campaign=stale, language="en", place="whole").leave("River Watch", "Too late.")
    assert not Remark.objects.exists()


def test_flood_is_refused_with_the_words_kept_until_some_are_settled(client: Client, draft: Campaign) -> None:
    first = make_remark(draft)
    Remark.objects.bulk_create(Remark(campaign=draft, language="de", place="whole") for _n in range(MOST_OPEN - 1))
    sent = filled(passages(draft)["paragraph 1"], words="One more.")
    response = client.post(link(draft), sent)
    assert response.status_code == 429
    assert "mailto:coordinators@example.org" in read(response)
    assert "One more.</textarea>" in read(response)
    assert Remark.objects.count() == MOST_OPEN
    first.settle(by=None)
    assert client.post(link(draft), sent).status_code == 302


def test_remarks_are_erased_ninety_days_after_the_end(draft: Campaign) -> None:
    make_remark(draft)
    ends = datetime.datetime.combine(draft.ends_on, datetime.time(12), tzinfo=datetime.UTC)
    for days, left in [(90, 1), (91, 0)]:
        with time_machine.travel(ends + datetime.timedelta(days=days)):
            call_command("erase_expired", verbosity=0)
        assert Remark.objects.count() == left
    assert draft.events.get(verb="erased").sentence == "erased what is kept no longer: remarks on the draft, 1 row"


# The desk


def desk_of(client: Client, campaign: Campaign, role: str) -> str:
    """Signs one in who has the role, and gives the address of the campaign's remarks."""
    sign_in(client, make_member(campaign, role, role=role, language="de" if role == "translator" else ""))
    return f"/admin/campaigns/campaign/{campaign.pk}/remarks/"


def test_owner_opens_renews_and_ends_the_link(client: Client) -> None:
    campaign = make_draft()
    desk, secrets = desk_of(client, campaign, "owner"), []
    for verb in ("share_draft", "renew_draft_link", "end_draft_link", "renew_draft_link"):
        assert client.post(desk, {"verb": verb}).status_code == 302
        campaign.refresh_from_db()
        secrets.append(campaign.draft_secret)
        assert (f"http://localhost:8000{link(campaign)}" in read(client.get(desk))) == bool(campaign.draft_secret)
    assert secrets[0] != secrets[1]
    assert secrets[2:] == ["", ""]


def test_owner_settles_a_remark_which_its_holders_see(client: Client, draft: Campaign) -> None:
    remark = make_remark(draft, "demand 2", "Do what?")
    desk = desk_of(client, draft, "owner")
    assert "Draft link, 1 open remark" in read(client.get(f"/admin/campaigns/campaign/{draft.pk}/change/"))
    page = read(client.get(desk))
    assert page.index("Demand 2") < page.index("Do that.") < page.index("Do what?")
    for _time in ("first", "second"):
        client.post(desk, {"verb": "settle", "remark": remark.pk})
    remark.refresh_from_db()
    assert remark.settled_by
    assert remark.settled_by.username == "owner"
    assert "Settled by owner" in read(client.get(desk))
    assert "Settled: <bdi>River Watch</bdi>" in read(client.get(link(draft)))
    events = list(draft.events.filter(verb__startswith="remark").order_by("id").values_list("verb", "details"))
    assert events == [
        ("remarked", {"remark": remark.pk, "language": "en"}),
        ("remark settled", {"remark": remark.pk}),
    ]


def test_owner_deletes_an_abuse_with_its_words(client: Client, draft: Campaign) -> None:
    remark, key = make_remark(draft), Remark.objects.get().pk
    desk = desk_of(client, draft, "owner")
    assert client.post(desk, {"verb": "discard", "remark": key}).status_code == 302
    assert not Remark.objects.exists()
    again = client.post(desk, {"verb": "settle", "remark": key}, follow=True)
    assert "That remark is not there any more." in read(again)
    remark.discard(by=None)
    remark.settle(by=None)
    assert list(draft.events.filter(verb__startswith="remark ").values_list("verb", "details")) == [
        ("remark discarded", {"remark": key})
    ]


def test_remarks_in_a_language_that_is_not_ready_any_more_stay_at_the_desk(client: Client, draft: Campaign) -> None:
    translation = make_translation(draft)
    client.post(link(draft, "de"), filled(passages(draft, "de")["demand 1"], words="Schärfer."))
    desk = desk_of(client, draft, "owner")
    assert "German" in read(client.get(desk))
    translation.ready = False
    translation.save()
    assert "Schärfer." in read(client.get(desk))


def test_reviewer_reads_the_remarks_and_neither_the_link_nor_its_buttons(client: Client, draft: Campaign) -> None:
    remark = make_remark(draft)
    desk = desk_of(client, draft, "reviewer")
    page = read(client.get(desk))
    assert "Say which marsh." in page
    assert str(draft.draft_secret) not in page
    assert "Settle" not in page
    before = every_row()
    for verb in ("settle", "discard", "end_draft_link"):
        assert client.post(desk, {"verb": verb, "remark": remark.pk}).status_code == 403
    assert every_row() == before


def test_translator_and_the_owner_of_another_campaign_see_nothing(client: Client, draft: Campaign) -> None:
    make_remark(draft)
    assert client.get(desk_of(client, draft, "translator")).status_code == 403
    other = Client()
    desk_of(other, make_draft(slug="another"), "owner")
    desk = f"/admin/campaigns/campaign/{draft.pk}/remarks/"
    assert other.get(desk).status_code == other.post(desk, {"verb": "end_draft_link"}).status_code == 404


def test_remark_of_another_campaign_is_out_of_reach(client: Client, draft: Campaign) -> None:
    remark, other = make_remark(draft), make_draft(slug="another")
    desk = desk_of(client, other, "owner")
    client.post(desk, {"verb": "discard", "remark": remark.pk})
    assert Remark.objects.count() == 1


@pytest.mark.parametrize("sent", [{}, {"verb": "delete"}, {"verb": "settle"}, {"verb": "settle", "remark": "x\0"}])
def test_hand_made_form_at_the_desk_changes_nothing(client: Client, draft: Campaign, sent: dict[str, str]) -> None:
    make_remark(draft)
    desk = desk_of(client, draft, "owner")
    before = list(Remark.objects.values()), list(Campaign.objects.values())
    assert client.post(desk, sent).status_code == 302
    assert before == (list(Remark.objects.values()), list(Campaign.objects.values()))
