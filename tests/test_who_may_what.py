"""Each role sees and does what docs/access.md says, on every address of the desk, and nothing leaks on the way."""

import logging
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from campaigns.models import Campaign, Role, Signature, Translation, Update
from tests.builders import make_campaign, make_draft, make_member, make_pending, make_translation, make_update, sign_in
from tests.who_may_what import DESK, OF_THE_STAFF, Crawl, World, make_world, table

pytestmark = pytest.mark.django_db

DOCS = Path(__file__).parent.parent / "docs" / "access.md"
TABLE = re.compile(r"(?<=<!-- the table -->\n).*(?=\n<!-- the end of the table -->)", re.DOTALL)
SOUGHT = ["mill", "marsh", "ditches", "keeper", "strangers"]


@pytest.fixture
def world(caplog: pytest.LogCaptureFixture) -> World:
    """Refusals are what is asked for here: their tracebacks would cost as much as all the rest."""
    caplog.set_level(logging.CRITICAL, "django")
    return make_world()


def test_every_address_gives_each_role_what_the_docs_say_and_tells_nothing_of_others(
    world: World, request: Any
) -> None:
    crawl = Crawl(world)
    crawl.run()
    assert not crawl.complaints, "\n".join(crawl.complaints)
    assert set(world.secrets) <= crawl.shown, "an administrator reads them all, or they prove nothing"
    found = TABLE.sub(lambda _match: table(crawl), DOCS.read_text(encoding="utf-8"))
    if request.config.getoption("write_table"):
        DOCS.write_text(found, encoding="utf-8")
    assert found == DOCS.read_text(encoding="utf-8"), (
        "Run `uv run pytest tests/test_who_may_what.py --write-table` and read the difference in docs/access.md."
    )


def test_searches_filters_actions_and_exports_tell_nothing_of_others(world: World) -> None:
    crawl = Crawl(world)
    for role in OF_THE_STAFF:
        for address in lists():
            page = crawl.ask(role, "GET", address)
            if page.outcome != "yes":
                continue
            for word in SOUGHT:
                crawl.ask(role, "GET", address, {"q": word})
            for link in one_of_each_filter(page.content.decode()):
                crawl.ask(role, "GET", address + link)
            for campaign in world.theirs:
                crawl.ask(role, "GET", address, {"campaign__id__exact": campaign.pk})
            for action in re.findall(r'<option value="(\w+)">', actions_of(page.content.decode())):
                crawl.ask(role, "POST", address, sent={"action": action, "_selected_action": every_key_of(address)})
    assert not crawl.complaints, "\n".join(crawl.complaints)


def test_autocomplete_offers_nothing_of_others(world: World) -> None:
    crawl = Crawl(world)
    for model in apps.get_app_config("campaigns").get_models():
        for field in model._meta.get_fields():
            if field.is_relation and field.concrete:
                asked = {"app_label": "campaigns", "model_name": model._meta.model_name, "field_name": field.name}
                for role in OF_THE_STAFF:
                    for word in ("", "m"):
                        crawl.ask(role, "GET", f"{DESK}autocomplete/", {**asked, "term": word})
    assert not crawl.complaints, "\n".join(crawl.complaints)


def lists() -> list[str]:
    models = [model for model in apps.get_app_config("campaigns").get_models() if admin.site.is_registered(model)]
    return [reverse(f"admin:campaigns_{model._meta.model_name}_changelist") for model in models]


def one_of_each_filter(page: str) -> list[str]:
    """A link of the list for each thing that it can be filtered and sorted by."""
    links = re.findall(r'href="(\?[^"]+)"', page.replace("&amp;", "&"))
    return list({tuple(parse_qs(link[1:])): link for link in links}.values())


def actions_of(page: str) -> str:
    found = re.search(r'<select name="action".*?</select>', page, re.DOTALL)
    return found[0] if found else ""


def every_key_of(address: str) -> list[Any]:
    """The keys of all rows of the list's model, those of others too, as a hand-made form would have them."""
    model = apps.get_model("campaigns", address.strip("/").split("/")[-1])
    return list(model._default_manager.values_list("pk", flat=True))


# Forms made by hand


@pytest.fixture
def theirs() -> Campaign:
    return make_campaign(slug="mill", title="Keep the mill")


@pytest.fixture
def own(client: Client) -> Campaign:
    """A campaign whose owner is signed in."""
    own = make_campaign(slug="own", title="Keep the river")
    sign_in(client, make_member(own))
    return own


def test_update_is_not_moved_into_another_campaign(client: Client, own: Campaign, theirs: Campaign) -> None:
    update = make_update(own)
    text = update.texts.get()
    sent = {
        **{"campaign": theirs.pk, "kind": "news", "date": "2026-03-01", "texts-TOTAL_FORMS": 1},
        **{"texts-INITIAL_FORMS": 1, "texts-0-id": text.pk, "texts-0-update": update.pk, "texts-0-language": "en"},
        **{"texts-0-title": text.title, "texts-0-text": text.text},
    }
    for address in (reverse("admin:campaigns_update_change", args=[update.pk]), reverse("admin:campaigns_update_add")):
        assert "campaign" in client.post(address, sent).context["adminform"].form.errors
    assert list(Update.objects.values_list("campaign", flat=True)) == [own.pk]
    assert (
        client.post(
            reverse("admin:campaigns_update_change", args=[update.pk]), {**sent, "campaign": own.pk}
        ).status_code
        == 302
    )


def test_update_offers_no_demand_of_another_campaign(client: Client, own: Campaign, theirs: Campaign) -> None:
    keys = {
        key
        for key, _words in client.get(reverse("admin:campaigns_update_add"))
        .context["adminform"]
        .form["demand_key"]
        .field.choices
    }
    assert keys == {"", *own.demand_keys()}
    assert not keys & theirs.demand_keys()


def test_translation_is_not_begun_in_another_campaign(client: Client, own: Campaign, theirs: Campaign) -> None:
    sent = {"campaign": theirs.pk, "language": "de", "title": "Titel", "addressee": "An alle", "body": "Text."}
    response = client.post(reverse("admin:campaigns_translation_add"), sent)
    assert "campaign" in response.context["adminform"].form.errors
    assert not Translation.objects.exists()
    assert client.post(reverse("admin:campaigns_translation_add"), {**sent, "campaign": own.pk}).status_code == 302
    assert own.translations.get().language == "de"


def test_translated_demand_is_one_of_the_own_campaign(client: Client, own: Campaign) -> None:
    theirs = make_draft(slug="marsh", demands=("No ditches.",))
    translation, foreign = make_translation(own), make_translation(theirs)
    (key,) = [each.key for each in foreign.beside().passages if each.original == "No ditches."]
    sent = {"stand": translation.stand, f"text-{key}": "Keine Gräben."}
    page = client.post(reverse("admin:campaigns_translation_change", args=[translation.pk]), sent, follow=True)
    assert "No ditches." not in page.content.decode()
    assert [each.text for each in foreign.demands.all()] == ["Forderung 1."]


def test_signature_is_not_added_to_another_campaign(client: Client, own: Campaign, theirs: Campaign) -> None:
    sent = {
        **{"kind": "organization", "name": "River Watch", "shown": "public", "source": "email"},
        **{"said_on": "2018-11-19", "contact_name": "The secretary"},
    }
    address = reverse("admin:campaigns_signature_add")
    assert "campaign" in client.post(address, {**sent, "campaign": theirs.pk}).context["form"].errors
    assert not Signature.objects.exists()
    assert client.post(address, {**sent, "campaign": own.pk}).status_code == 302


def test_no_list_action_decides_on_another_campaigns_signature(client: Client, own: Campaign, theirs: Campaign) -> None:
    signature = make_pending(theirs)
    sent = {"action": "decline_many", "_selected_action": signature.pk, "decide": ""}
    client.post(reverse("admin:campaigns_signature_changelist"), {**sent, f"s{signature.pk}-reason": "No."})
    signature.refresh_from_db()
    assert signature.state == Signature.State.PENDING


def test_role_in_one_campaign_gives_no_right_in_another(client: Client, own: Campaign, theirs: Campaign) -> None:
    make_member(theirs, role=Role.REVIEWER)
    assert client.get(reverse("admin:campaigns_campaign_preview", args=[theirs.pk])).status_code == 200
    for name in ("publish", "revise", "deliver", "members"):
        assert client.get(reverse(f"admin:campaigns_campaign_{name}", args=[theirs.pk])).status_code == 403
    assert client.post(reverse("admin:campaigns_campaign_act", args=[theirs.pk, "close"])).status_code == 403
    assert client.post(reverse("admin:campaigns_campaign_change", args=[theirs.pk]), {"title": "x"}).status_code == 403


def test_who_begins_a_campaign_owns_it(client: Client, own: Campaign) -> None:
    sent = {
        **{"title": "Keep the lake", "addressee": "To all", "statement_date": "2026-03-01", "language": "en"},
        **{"slug": "lake", "ends_on": "2031-03-01", "reply_to": "desk@example.org", "reviews": "on"},
        **{"time_zone": "Europe/Kyiv", "list_order": "time"},
        **{"demands-TOTAL_FORMS": 0, "demands-INITIAL_FORMS": 0},
    }
    assert client.post(reverse("admin:campaigns_campaign_add"), sent).status_code == 302
    member = Campaign.objects.get(slug="lake").memberships.get()
    assert (member.user.username, member.role) == ("member", Role.OWNER)


def test_person_without_a_role_is_told_so(client: Client) -> None:
    ended = make_member(make_campaign(), role=Role.REVIEWER)
    ended.memberships.all().delete()
    sign_in(client, ended)
    page = client.get(DESK).content.decode()
    assert "You have no role yet." in page
    assert "<strong>member</strong>" in page
