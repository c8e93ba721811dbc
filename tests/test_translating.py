"""A translation is written beside its original, passage by passage, at the desk and by a link without an account."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from campaigns import bidi, markdown
from campaigns.models import Campaign, Event, Role, Translation, Writing
from tests.builders import make_case_of_2018, make_coordinator, make_draft, make_member, reword, sign_in, write

BODY = "It drains the marsh, and the birds go with it.\n\n---\n\n## What we fear\n\nNo cranes nest there any more."
DEMANDS = {"demand_1": "Tut dies.", "demand_2": "Tut das."}
WHOLE = {
    **{"title": "Ein Brief", "addressee": "An alle", "summary": "Kurz.", "paragraph_1": "Es entwässert das Moor."},
    **{"paragraph_2": "## Was wir fürchten", "paragraph_3": "Keine Kraniche.", **DEMANDS},
}


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
def owner(campaign: Campaign) -> User:
    return make_member(campaign, "owner")


@pytest.fixture
def desk(client: Client, owner: User) -> Client:
    sign_in(client, owner)
    return client


def fresh(translation: Translation) -> Translation:
    return Translation.objects.get(pk=translation.pk)


def page_of(translation: Translation) -> str:
    return reverse("admin:campaigns_translation_change", args=[translation.pk])


def key_of(translation: Translation, label: str) -> str:
    (key,) = [each.key for each in fresh(translation).beside().passages if each.label == label]
    return key


def marks(translation: Translation) -> dict[str, str]:
    """What is marked, by the passages' labels."""
    found = {}
    for each in fresh(translation).beside().to_translate:
        if each.is_missing or each.is_older:
            found[each.label] = "missing" if each.is_missing else "older"
    return found


def left(translation: Translation) -> list[str]:
    return [written.text for _key, written in fresh(translation).beside().left]


def sent(translation: Translation, **more: Any) -> dict[str, Any]:
    """What a browser sends of the whole form, and what was changed in it."""
    now = fresh(translation)
    texts = {f"text-{each.key}": each.text for each in now.beside().to_translate}
    return {"stand": now.stand, "credit": now.credit, **({"ready": "on"} if now.ready else {}), **texts, **more}


@pytest.mark.parametrize(
    ("source", "blocks"),
    [
        ("", []),
        ("One.\n\nTwo\nlines.", ["One.", "Two\nlines."]),
        ("# A\nText.\n- a\n\n- b\n\n> c", ["# A", "Text.", "- a\n\n- b", "> c"]),
        ("    code\n\n[a]: https://a.example\n\nSee [a].", ["    code\n\n[a]: https://a.example", "See [a]."]),
        ("[a]: https://a.example\r\n\r\nSee [a].", ["[a]: https://a.example\n\nSee [a]."]),
    ],
)
def test_markdown_is_split_into_its_blocks_and_nothing_is_lost(source: str, blocks: list[str]) -> None:
    assert markdown.sources(source) == blocks


@pytest.mark.django_db
def test_what_is_missing_is_marked_and_counted(translation: Translation) -> None:
    write(translation, title="Ein Brief", paragraph_1="Es entwässert das Moor.")
    assert translation.progress.words == "2 of 8 passages are translated."
    assert set(marks(translation).values()) == {"missing"}
    assert "Paragraph 1" not in marks(translation)


@pytest.mark.django_db
def test_body_is_joined_of_its_passages_with_rules_where_the_original_has_them(whole: Translation) -> None:
    assert whole.body == "Es entwässert das Moor.\n\n---\n\n## Was wir fürchten\n\nKeine Kraniche."
    assert whole.progress.words == "8 of 8 passages are translated."
    assert not marks(whole)


@pytest.mark.django_db
def test_passage_that_is_reworded_in_the_original_is_marked_older_until_confirmed(
    desk: Client, campaign: Campaign, whole: Translation
) -> None:
    reword(campaign, BODY.replace("any more", "since May"))
    assert marks(whole) == {"Paragraph 3": "older"}
    assert fresh(whole).progress.words == "8 of 8 passages are translated, 1 is older than the original."
    page = desk.get(page_of(whole)).content.decode()
    assert "<del>any more." in page
    assert "<ins>since May." in page
    key = key_of(whole, "Paragraph 3")
    assert desk.post(page_of(whole), sent(whole)).status_code == 302
    assert marks(whole) == {"Paragraph 3": "older"}
    assert desk.post(page_of(whole), sent(whole, **{f"right-{key}": "on"})).status_code == 302
    assert not marks(whole)
    assert fresh(whole).body == whole.body


@pytest.mark.django_db
def test_paragraph_that_moves_takes_its_translation_along(campaign: Campaign, whole: Translation) -> None:
    reword(campaign, "No cranes nest there any more.\n\nA new one.\n\nIt drains the marsh, and the birds go with it.")
    now = fresh(whole).beside()
    texts = [each.text for each in now.passages if each.place == "paragraph"]
    assert texts == ["Keine Kraniche.", "", "Es entwässert das Moor."]
    assert marks(whole) == {"Paragraph 2": "missing"}
    assert left(whole) == ["## Was wir fürchten"]


@pytest.mark.django_db
def test_deleted_demand_leaves_its_translation_at_the_end(desk: Client, campaign: Campaign, whole: Translation) -> None:
    campaign.demands.get(text="Do this.").delete()
    assert left(whole) == ["Tut dies."]
    assert "Tut dies." in desk.get(page_of(whole)).content.decode()
    desk.post(page_of(whole), sent(whole, credit="The Moor Watch"))
    assert left(whole) == ["Tut dies."]
    assert [each.text for each in fresh(whole).demands.all()] == ["Tut das."]
    campaign.demands.create(text="Do this.", position=3)
    assert not left(whole)
    assert not marks(whole)


@pytest.mark.django_db
def test_what_is_left_may_be_taken_away(desk: Client, campaign: Campaign, whole: Translation) -> None:
    campaign.demands.get(text="Do this.").delete()
    ((key, _written),) = fresh(whole).beside().left
    desk.post(page_of(whole), sent(whole, **{f"away-{key}": "on"}))
    assert not left(whole)


@pytest.mark.django_db
def test_original_that_changes_under_the_translators_hands_loses_nothing(
    desk: Client, campaign: Campaign, translation: Translation
) -> None:
    typed = sent(translation, **{f"text-{key_of(translation, 'Paragraph 3')}": "Keine Kraniche."})
    reword(campaign, BODY.replace("No cranes nest", "Neither cranes nor bitterns breed"))
    assert desk.post(page_of(translation), typed).status_code == 302
    assert left(translation) == ["Keine Kraniche."]
    assert marks(translation)["Paragraph 3"] == "missing"


@pytest.mark.django_db
def test_two_who_save_at_once_do_not_overwrite_each_other(desk: Client, translation: Translation) -> None:
    typed = sent(translation, **{f"text-{key_of(translation, 'Title')}": "Mein Brief"})
    write(translation, by=make_coordinator("other"), title="Ihr Brief")
    answer = desk.post(page_of(translation), typed)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Somebody else has saved" in page
    assert all(words in page for words in ("Mein Brief", "Ihr Brief"))
    assert fresh(translation).title == "Ihr Brief"
    assert desk.post(page_of(translation), {**typed, "stand": fresh(translation).stand}).status_code == 302
    assert fresh(translation).title == "Mein Brief"


@pytest.mark.django_db
def test_saving_what_stands_already_records_nothing(desk: Client, whole: Translation) -> None:
    before = Event.objects.count()
    assert desk.post(page_of(whole), sent(whole)).status_code == 302
    assert Event.objects.count() == before


@pytest.mark.django_db
def test_translation_that_lacks_something_is_not_ready(desk: Client, translation: Translation) -> None:
    write(translation, title="Ein Brief", paragraph_1="Text.")
    answer = desk.post(page_of(translation), sent(translation, ready="on", credit="The Moor Watch"))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "lacks demand 1, 2" in page
    assert "The Moor Watch" in page
    assert not fresh(translation).ready
    assert not fresh(translation).credit


@pytest.mark.django_db
def test_translation_without_one_of_its_passages_is_not_ready(
    campaign: Campaign, whole: Translation, desk: Client
) -> None:
    write(whole, paragraph_3="")
    answer = desk.post(page_of(whole), sent(fresh(whole), ready="on"))
    assert answer.status_code == 422
    assert "7 of 8 passages are translated." in answer.content.decode()
    Translation.objects.update(ready=True)
    with pytest.raises(ValidationError, match="7 of 8 passages"):
        campaign.publish(by=None)


@pytest.mark.django_db
@pytest.mark.usefixtures("whole")
def test_original_does_not_take_the_language_of_a_translation(campaign: Campaign) -> None:
    campaign.language = "de"
    with pytest.raises(ValidationError, match="There is a translation into this language already"):
        campaign.full_clean()


@pytest.mark.django_db
def test_ready_translation_reads_as_it_was_written(campaign: Campaign, whole: Translation, desk: Client) -> None:
    assert desk.post(page_of(whole), sent(whole, ready="on")).status_code == 302
    campaign.publish(by=None)
    assert campaign.in_force.statement("de").title == "Ein Brief"
    assert [demand.text for demand in campaign.in_force.statement("de").demands] == ["Tut dies.", "Tut das."]


@pytest.mark.django_db
def test_campaign_page_and_list_say_how_far_a_translation_is(
    desk: Client, campaign: Campaign, whole: Translation
) -> None:
    reword(campaign, BODY.replace("any more", "since May"))
    words = "8 of 8 passages are translated, 1 is older than the original."
    assert words in desk.get(reverse("admin:campaigns_campaign_change", args=[campaign.pk])).content.decode()
    assert words in desk.get(reverse("admin:campaigns_translation_changelist")).content.decode()


# Bad input


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("label", "typed", "words"),
    [
        ("Title", "B" * 301, "It has 301 characters, and may have 300 at most."),
        ("Demand 1", "B" * 2001, "2000 at most"),
        ("Paragraph 1", "Das \u202eMoor", "invisible control characters"),
        ("Paragraph 1", "Das \u2067Moor", "has no end"),
        ("Paragraph 1", "Das Moor\u2069", "has no end"),
        ("Paragraph 1", "\u2067Das\n\nMoor\u2069", "has no end"),
        ("Paragraph 1", "Das\x00 Moor", "Null characters"),
    ],
)
def test_what_cannot_stand_is_refused_beside_its_passage(
    desk: Client, whole: Translation, label: str, typed: str, words: str
) -> None:
    before = fresh(whole).stand
    answer = desk.post(page_of(whole), sent(whole, **{f"text-{key_of(whole, label)}": typed}))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert fresh(whole).stand == before


@pytest.mark.parametrize(
    "text",
    [
        *("Das \u2067مستنقع\u2069 hier", "می\u200cخواهیم", "a\u200f b", "One.\n\nTwo.\tThree.", "One.\r\nTwo."),
        *("With ❤\ufe0f for ⚖\ufe0f", "☂\ufe0e", "1\ufe0f\u20e3", "👩🏽\u200d🚒", "❤\ufe0f\u200d🔥", "🏳\ufe0f\u200d🌈"),
        *("\U0001fa77 and \U0001fae8", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "🇺🇦"),
    ],
    ids=ascii,
)
def test_honest_signs_of_direction_are_taken(text: str) -> None:
    bidi.validate(text)


def test_overrides_are_refused_though_they_end() -> None:
    with pytest.raises(ValidationError):
        bidi.validate("Das \u202eMoor\u202c")


@pytest.mark.parametrize(
    "unseen",
    [
        *"\x00\x0b\x0c\r\x1c\x1d\x1e\x85\u2028\u2029\u200b\uf0b7\ufffe\u0378\ufe0f",
        *("🌊\ufe0f\ufe0f", "🌊\U000e0067\U000e007f", "🏴\U000e0067", "1\ufe0f", "\U000e0100"),
    ],
    ids=ascii,
)
def test_what_nobody_sees_is_refused(unseen: str) -> None:
    with pytest.raises(ValidationError, match="invisible control characters"):
        bidi.validate(f"Moor{unseen} Watch")


@pytest.mark.django_db
def test_title_of_three_hundred_characters_is_taken(desk: Client, whole: Translation) -> None:
    desk.post(page_of(whole), sent(whole, **{f"text-{key_of(whole, 'Title')}": "ß" * 300}))
    assert fresh(whole).title == "ß" * 300


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "This is the original’s own language."), ("de", "already"), ("xx", "xx is not one of the available")],
)
def test_language_that_cannot_be_is_refused(
    desk: Client, campaign: Campaign, translation: Translation, language: str, words: str
) -> None:
    answer = desk.post(reverse("admin:campaigns_translation_add"), {"campaign": campaign.pk, "language": language})
    assert words in answer.content.decode()
    assert campaign.translations.get() == translation


@pytest.mark.django_db
def test_right_to_left_translation_is_typed_from_the_right(desk: Client, campaign: Campaign) -> None:
    arabic = campaign.translations.create(language="ar")
    assert 'lang="ar" dir="rtl"' in desk.get(page_of(arabic)).content.decode()


# The link


def link_of(translation: Translation) -> str:
    return reverse("translate", args=[fresh(translation).link_secret])


@pytest.mark.django_db
def test_translator_without_an_account_writes_by_the_link(owner: User, translation: Translation) -> None:
    translation.share(by=owner)
    anybody = Client()
    page = anybody.get(link_of(translation))
    assert page.status_code == 200
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in page["Cache-Control"]
    typed = sent(translation, **{f"text-{key_of(translation, 'Title')}": "Ein Brief"})
    assert anybody.post(link_of(translation), typed).status_code == 302
    assert fresh(translation).title == "Ein Brief"
    last = Event.objects.filter(verb="translation edited").lines()[0]
    assert last.who == "one who holds the translators’ link"


@pytest.mark.django_db
def test_ended_link_leads_nowhere_and_a_renewed_one_only_anew(owner: User, translation: Translation) -> None:
    translation.share(by=owner)
    first = link_of(translation)
    translation.renew_link(by=owner)
    assert Client().get(first).status_code == 404
    second = link_of(translation)
    assert Client().get(second).status_code == 200
    translation.end_link(by=owner)
    assert Client().get(second).status_code == 404
    assert Client().post(second, {}).status_code == 404
    with pytest.raises(ValidationError):
        translation.renew_link(by=owner)


def titled(translation: Translation, title: str) -> Writing:
    """What is sent from a form that was opened on the translation as it is now."""
    return Writing({key_of(translation, "Title"): title}, set(), set(), "", ready=False, stand=translation.stand)


@pytest.mark.django_db
def test_of_two_who_pass_the_form_at_once_the_second_is_told(owner: User, translation: Translation) -> None:
    first, second = fresh(translation), fresh(translation)
    writings = titled(first, "Ihr Brief"), titled(second, "Mein Brief")
    first.write(writings[0], by=owner)
    with pytest.raises(ValidationError, match="saved this translation meanwhile"):
        second.write(writings[1], by=owner)
    assert fresh(translation).title == "Ihr Brief"


@pytest.mark.django_db
def test_link_that_ends_while_somebody_saves_takes_nothing(owner: User, translation: Translation) -> None:
    translation.share(by=owner)
    held = fresh(translation)
    writing = titled(held, "Ein Brief")
    translation.end_link(by=owner)
    with pytest.raises(ValidationError):
        held.write(writing)
    assert not fresh(translation).title


@pytest.mark.django_db
def test_case_of_2018_is_translated_whole() -> None:
    translation = make_case_of_2018().translations.get()
    progress = translation.progress
    assert progress.passages == progress.translated
    assert (progress.older, progress.left) == (0, 0)


@pytest.mark.django_db
def test_what_is_typed_wrong_by_the_link_is_kept(owner: User, translation: Translation) -> None:
    translation.share(by=owner)
    typed = sent(translation, **{f"text-{key_of(translation, 'Title')}": "Brief" * 100})
    answer = Client().post(link_of(translation), typed)
    assert answer.status_code == 422
    assert "Brief" * 100 in answer.content.decode()
    assert not fresh(translation).title


@pytest.mark.django_db
def test_translator_opens_no_link(client: Client, campaign: Campaign, translation: Translation) -> None:
    sign_in(client, make_member(campaign, "translator", Role.TRANSLATOR, "de"))
    assert "Open a translators’ link" not in client.get(page_of(translation)).content.decode()
    address = reverse("admin:campaigns_translation_link", args=[translation.pk])
    assert client.post(address, {"verb": "share"}).status_code == 403
    assert not fresh(translation).link_secret
