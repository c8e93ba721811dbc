"""Every verb is on the record, with the right person and in words; a campaign's timeline shows and finds them."""

import csv
import datetime
import io
import re
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.forms.boundfield import BoundField
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns import tokens
from campaigns.models import (
    Attack,
    Campaign,
    Contact,
    Event,
    ImportBatch,
    Invitation,
    Membership,
    Merge,
    Organization,
    Remark,
    Reminder,
    Report,
    Role,
    Signature,
    Suppression,
    Translation,
    Update,
    people,
)
from campaigns.models.attacks import Marks
from campaigns.models.telling import WORDS, Line
from tests.builders import (
    ask_more,
    by_hand,
    filled_form,
    make_campaign,
    make_coordinator,
    make_delivery,
    make_draft,
    make_entry,
    make_listed,
    make_member,
    make_pending,
    make_second_factor,
    make_signature,
    make_translation,
    make_update,
    own_page,
    propose,
    reword,
    sent_page,
    sign_in,
    write,
)
from tests.pictures import plain

pytestmark = pytest.mark.django_db

A_DAY = datetime.timedelta(days=1)
THE_GROUP, A_READER, BY_ITSELF, A_COMMAND = "the group", "a reader", "by itself", "a command"
A_HOLDER = "one who holds the draft link"
A_TRANSLATOR = "one who holds the translators’ link"
# Details that the program needs and no timeline says.
SILENT = {
    *("update", "attack", "invitation", "report", "remark", "question", "decision", "registered", "learnt", "verified"),
}
TO_DRIVE = "Add a step to this story that drives: {}. Say in it who does it."
TO_SAY = "Give the detail “{}” of “{}” words in models/telling.py, or name it among SILENT here."


class Story:
    """Does one thing after another, and looks what was recorded of it, and whose it was."""

    def __init__(self) -> None:
        self.driven: set[str] = set()

    def tell(self, verb: str, who: Any, do: Callable[[], Any], *more: str) -> Any:
        """`more` are the verbs that the same act records besides."""
        last = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        done = do()
        for each in (verb, *more):
            told = Event.objects.filter(pk__gt=last, verb=each).lines()
            assert told, f"Nothing was recorded of “{each}”."
            assert {line.who for line in told} == {str(who)}, each
            for line in told:
                look_at(line)
        self.driven |= {verb, *more}
        return done


def look_at(line: Line) -> None:
    """Every detail has words, or is kept silent on purpose."""
    event = line.event
    assert line.sentence.startswith(str(event.get_verb_display()))
    assert not re.search(r"[{}\[\]]|None|True|%\(", line.sentence), line.sentence
    for detail in event.details:
        assert detail in {*WORDS, *SILENT, "fields", "person", "merged"}, TO_SAY.format(detail, event.verb)


@pytest.fixture
def first(client: Client) -> User:
    return make_coordinator("first")


@pytest.fixture
def second(client: Client) -> User:
    return make_coordinator("second")


def at_the_desk(user: User) -> Client:
    client = Client()
    sign_in(client, user)
    return client


def address(name: str, *args: Any) -> str:
    return reverse(f"admin:campaigns_{name}", args=args)


def fields_of(bound: BoundField) -> dict[str, Any]:
    """What a browser sends of a field that nobody touched."""
    value = bound.value()
    widget: Any = bound.field.widget
    parts = {"": value}
    if hasattr(widget, "decompress"):
        parts = {f"_{number}": part or "" for number, part in enumerate(widget.decompress(value))}
    names = [bound.html_name, *([bound.html_initial_name] if bound.field.show_hidden_initial else [])]
    sent = {f"{name}{end}": part for name in names for end, part in parts.items()}
    return {name: part for name, part in sent.items() if part is not None and part is not False}


def press_save(desk: Client, page: str, **changes: Any) -> None:
    """Opens a form of the admin, changes what is named, and sends it."""
    context = desk.get(page).context
    forms = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    sent = {name: value for form in forms for bound in form for name, value in fields_of(bound).items()}
    response = desk.post(page, {**sent, **changes})
    assert response.status_code == 302, response.context["errors"]


def press_delete(desk: Client, model: str, pk: int) -> None:
    assert desk.post(address(f"{model}_delete", pk), {"post": "yes"}).status_code == 302


def press(desk: Client, page: str, **sent: Any) -> Any:
    response = desk.post(page, sent)
    assert response.status_code in {200, 302}, (page, response.status_code)
    return response


def download(desk: Client, page: str) -> bytes:
    return b"".join(press(desk, page).streaming_content)


def test_every_verb_is_recorded_with_the_right_person_and_in_words(first: User, second: User) -> None:
    story = Story()
    tell_of_campaigns(story, first, second)
    tell_of_drafts(story, first, second)
    tell_of_texts(story, first, second)
    tell_of_signatures(story, first, second)
    tell_of_deliveries(story, first, second)
    tell_of_organizations(story, first, second)
    tell_of_lists(story, first, second)
    tell_of_people(story, first, second)
    tell_of_attacks_and_reports(story, first, second)
    tell_of_invitations(story, first, second)
    missing = set(Event.Verb.values) - story.driven
    assert not missing, TO_DRIVE.format(", ".join(sorted(missing)))


def tell_of_campaigns(story: Story, first: User, second: User) -> None:
    desk, other_desk = at_the_desk(first), at_the_desk(second)
    words = {"title": "A letter on rivers", "slug": "rivers", "addressee": "To the assembly", "body": "We ask."}
    days = {"statement_date": "2026-03-01", "ends_on": "2027-03-01", "reply_to": "desk@example.org"}
    story.tell("created", first, lambda: press_save(desk, address("campaign_add"), **words, **days))
    draft = Campaign.objects.get(slug="rivers")
    page = address("campaign_change", draft.pk)
    story.tell("edited", second, lambda: press_save(other_desk, page, title="Rivers", **{"demands-0-text": "Stop."}))
    assert draft.events.get(verb="edited").sentence == "edited the campaign: title, demands"
    page = address("campaign_text", draft.pk)
    sent = {"take": "", "title": "Rivers", "body": "We ask.\n\n1. Stop it.\n2. Pay.", "demands": [1, 2]}
    story.tell("text brought", first, lambda: press(desk, page, **sent))
    assert draft.events.get(verb="text brought").sentence == "brought the text of the statement: 2 demands"
    story.tell("deleted", second, lambda: press_delete(other_desk, "campaign", draft.pk))
    campaign = make_draft("lakes")
    tomorrow = timezone.now() + A_DAY
    story.tell("names withheld", first, lambda: campaign.withhold_names(by=first))
    story.tell("names shown", second, lambda: campaign.show_names(by=second))
    story.tell("circulated", first, lambda: campaign.circulate(by=first))
    story.tell("link renewed", second, lambda: campaign.renew_link(by=second))
    story.tell("embargoed", first, lambda: campaign.embargo(tomorrow, by=first))
    story.tell("embargo lifted", second, lambda: campaign.lift_embargo(by=second))
    story.tell("published", first, lambda: campaign.publish(by=first))
    story.tell("timed", second, lambda: campaign.close_at(tomorrow, by=second))
    story.tell("closed", first, lambda: campaign.close(by=first))
    story.tell("admitted", second, lambda: campaign.admit_late(by=second))
    story.tell("reopened", first, lambda: campaign.reopen(by=first))
    story.tell("appointed", second, lambda: Membership.objects.appoint(campaign, first, by=second))
    Membership.objects.appoint(campaign, second, by=second, role=Role.OWNER)
    member = campaign.memberships.get(user=second)
    story.tell("dismissed", first, lambda: member.end(by=first))
    assert campaign.events.get(verb="dismissed").sentence == "took a role from a person: second, owner"


def tell_of_drafts(story: Story, first: User, second: User) -> None:
    draft = make_draft("bays")
    story.tell("draft shared", first, lambda: draft.share_draft(by=first))
    story.tell("draft link renewed", second, lambda: draft.renew_draft_link(by=second))
    remarks = [Remark(campaign=draft, language="en", place="whole") for _each in range(2)]
    story.tell("remarked", A_HOLDER, lambda: [each.leave("Bay Watch", "Name the bay.") for each in remarks])
    assert draft.events.filter(verb="remarked").lines()[0].sentence == "left a remark on the draft: English"
    story.tell("remark settled", first, lambda: remarks[0].settle(by=first))
    story.tell("remark discarded", second, lambda: remarks[1].discard(by=second))
    story.tell("draft link ended", second, lambda: draft.end_draft_link(by=second))


def tell_of_invitations(story: Story, first: User, second: User) -> None:
    campaign = make_campaign(first, slug="invites", ends_on=timezone.localdate() - 91 * A_DAY)
    tomorrow = timezone.now() + A_DAY
    story.tell("answers timed", first, lambda: campaign.ask_by(tomorrow, by=first))
    entries = [make_entry(), make_entry("chair@river.example.org")]
    story.tell("groups invited", second, lambda: Invitation.objects.invite(campaign, entries, by=second))
    invitation, other = campaign.invitations.order_by("pk")
    today = timezone.localdate()
    story.tell("decides later", THE_GROUP, lambda: invitation.decide_later(today))
    story.tell("change asked", THE_GROUP, lambda: invitation.ask_change("Name the river."))
    story.tell("change answered", first, lambda: invitation.answer("We will.", by=first))
    story.tell("not this time", THE_GROUP, lambda: invitation.decline("We have no board."))
    story.tell("address seen", second, lambda: invitation.show_email(by=second))
    story.tell("invitation ended", second, lambda: invitation.take_back(by=second))
    at = timezone.localtime(tomorrow - A_DAY / 24, campaign.zone)
    moments = [(at.date(), at.time())]
    story.tell("reminders set", first, lambda: Reminder.objects.plan(campaign, moments, by=first))
    story.tell("reminded", second, lambda: Reminder.objects.remind_now(campaign, by=second))
    stopped = other.email_index
    story.tell("invitations stopped", THE_GROUP, lambda: Suppression.objects.stop(stopped, campaign))
    story.tell("invitations resumed", THE_GROUP, lambda: Suppression.objects.resume(stopped, campaign))
    story.tell("erased", BY_ITSELF, lambda: call_command("erase_expired", verbosity=0))


def tell_of_texts(story: Story, first: User, second: User) -> None:
    desk = at_the_desk(first)
    campaign = make_campaign()
    reword(campaign)
    story.tell("corrected", first, lambda: campaign.correct_wording(by=first, note="A slip."))
    make_translation(campaign)
    story.tell("translated", second, lambda: campaign.add_translation(by=second, note="Now in German."))
    assert campaign.events.get(verb="translated").sentence == "added a translation to the text: version 3, German"
    translation = Translation.objects.get()
    translation.demands.create(demand=ask_more(campaign), text="Forderung 3.")
    deadline = timezone.now() + A_DAY
    story.tell("proposed", first, lambda: campaign.propose(by=first, note="We ask for more.", deadline=deadline))
    story.tell("dropped", second, lambda: campaign.open_proposal and campaign.open_proposal.drop(by=second))
    listed = make_listed(campaign)
    proposal = propose(campaign)
    agree = {"agree": proposal.version.number}
    story.tell("refused", second, lambda: proposal.answer(listed, agrees=False, by=second))
    story.tell("agreed", THE_GROUP, lambda: press(Client(), own_page(listed), **agree))
    story.tell("adopted", first, lambda: proposal.adopt(by=first))
    translation.refresh_from_db()
    story.tell("translation edited", first, lambda: write(translation, by=first, title="Ein Brief"))
    assert campaign.events.filter(verb="translation edited")[0].sentence == (
        "worked on a translation: German, title, what was compared with the original"
    )
    page = address("translation_link", translation.pk)
    story.tell("translation shared", first, lambda: press(desk, page, verb="share"))
    story.tell("translation renewed", first, lambda: press(desk, page, verb="renew_link"))
    translation.refresh_from_db()
    story.tell("translation edited", A_TRANSLATOR, lambda: write(translation, title="Der Brief"))
    story.tell("translation unshared", first, lambda: press(desk, page, verb="end_link"))
    story.tell("translation deleted", first, lambda: press_delete(desk, "translation", translation.pk))


def tell_of_signatures(story: Story, first: User, second: User) -> None:
    desk, other_desk = at_the_desk(first), at_the_desk(second)
    campaign = make_campaign(first, slug="hills")
    sent = filled_form(wants_updates="on")
    story.tell("submitted", THE_GROUP, lambda: press(Client(), f"/campaigns/{campaign.slug}/sign/", **sent))
    signature = campaign.signatures.get()
    story.tell("resent", THE_GROUP, lambda: press(Client(), sent_page(signature), again=""))
    new = {"correct": "", "email": "office@river.example.org"}
    story.tell("readdressed", THE_GROUP, lambda: press(Client(), sent_page(signature), **new))
    signature = campaign.signatures.get()
    story.tell("confirmed", THE_GROUP, lambda: press(Client(), own_page(signature), confirm=""))
    story.tell("address seen", second, lambda: press(other_desk, address("signature_address", signature.pk)))
    question = story.tell("asked", first, lambda: signature.ask(first, "Who decided this?"))
    story.tell("unasked", first, lambda: question.take_back(first))
    question = signature.ask(second, "Who decided this?")
    story.tell("answered", THE_GROUP, lambda: question.answer("Our board."))
    story.tell("renamed", second, lambda: signature.list_as("The River Watch", by=second))
    signature.accept(by=second)
    story.tell("undone", second, lambda: signature.undo(by=second))
    story.tell("accepted", first, lambda: signature.accept(by=first))
    story.tell("initiator", second, lambda: signature.make_initiator(by=second))
    story.tell("no initiator", first, lambda: signature.unmake_initiator(by=first))
    Contact.objects.update(wants_updates=True)
    story.tell("news ended", THE_GROUP, lambda: press(Client(), own_page(signature), stop_news=""))
    typed = {"contact_name": "The chair", "contact_role": "chair", "email": "chair@river.example.org"}
    data = f"{own_page(signature)}data/"
    story.tell("contact corrected", THE_GROUP, lambda: press(Client(), data, **typed), "move asked")
    moving = f"/signatures/{tokens.make_move(Signature.objects.get(pk=signature.pk))}/address/"
    story.tell("moved", THE_GROUP, lambda: press(Client(), moving))
    signature = Signature.objects.get(pk=signature.pk)
    story.tell("contacts exported", first, lambda: download(desk, address("campaign_contacts", campaign.pk, "csv")))
    story.tell("exported", second, lambda: download(other_desk, address("campaign_export", campaign.pk, "csv")))
    story.tell("withdrawn", THE_GROUP, lambda: press(Client(), own_page(signature), withdraw=""))
    erased = make_pending(campaign, "Marsh Watch")
    data = f"{own_page(erased)}data/"
    story.tell("contact erased", THE_GROUP, lambda: press(Client(), data, erase="", is_sure="on"))
    pending = make_pending(campaign, "Hill Watch")
    story.tell("declined", second, lambda: pending.decline(by=second, reason="Nobody there knows of it."))
    signatory = {"name": "Sea Watch", "name_as_signed": "Sea Watch", "language": "en", "source": "telephone"}
    added = story.tell("added", second, lambda: Signature.objects.add(campaign, second, signatory))
    assert added.events.get().sentence == "added the signature for the group: telephone"
    story.tell("removed", first, lambda: added.remove(by=first, reason="It was a mistake."))


def tell_of_deliveries(story: Story, first: User, second: User) -> None:
    desk = at_the_desk(first)
    campaign = make_campaign(slug="seas")
    make_listed(campaign)
    objects = type(make_delivery(campaign)).objects
    delivery = story.tell("delivered", first, lambda: objects.deliver(campaign, first, [by_hand()]))
    assert campaign.events.filter(verb="delivered").lines()[0].sentence == (
        "delivered the letter: delivery 2, 1 name, 1 recipient"
    )
    page = address("delivery_change", delivery.pk)
    noted = {"recipients-0-receipt_note": "Stamped."}
    story.tell("receipt noted", first, lambda: press_save(desk, page, **noted))
    story.tell("taken out", second, lambda: delivery.take_out(1, by=second))
    texts = {"texts-0-language": "en", "texts-0-title": "News", "texts-0-text": "They have answered."}
    draft = {"campaign": campaign.pk, "kind": "news", "date": "2026-03-01", **texts}
    story.tell("update written", first, lambda: press_save(desk, address("update_add"), **draft))
    story.tell("update deleted", first, lambda: press_delete(desk, "update", Update.objects.get().pk))
    update = make_update(campaign)
    story.tell("updated", second, lambda: update.publish(by=second))


def tell_of_organizations(story: Story, first: User, second: User) -> None:
    desk = at_the_desk(first)
    story.tell("registered", first, lambda: press_save(desk, address("organization_add"), name="Moor Watch"))
    moor = Organization.objects.get(name="Moor Watch")
    page = address("organization_change", moor.pk)
    names = {"names-1-name": "Moorwacht", "names-1-kind": "official"}
    story.tell("named", first, lambda: press_save(desk, page, **names))
    story.tell("verified", second, lambda: moor.verify(by=second, how="Called them."))
    moor.website = "https://moor.example.org"
    story.tell("changed", first, lambda: moor.change(["website"], by=first))
    moor.verify(by=second, how="Called them.")
    story.tell("doubted", first, lambda: moor.doubt(by=first))
    story.tell("hidden", second, lambda: moor.hide(by=second))
    story.tell("unhidden", first, lambda: moor.unhide(by=first))
    story.tell("page readdressed", second, lambda: moor.readdress(by=second))
    signed = make_listed(make_campaign(slug="moors"), "Fen Watch")
    organization, logo = signed.organization, SimpleUploadedFile("logo.png", plain(), "image/png")
    assert organization
    story.tell("logo set", THE_GROUP, lambda: press(Client(), f"{own_page(signed)}logo/", logo=logo))
    story.tell("logo removed", second, lambda: organization.remove_logo(by=second))
    merge = story.tell("merged", first, lambda: Merge.objects.merge(organization, moor, by=first))
    assert organization.events.get(verb="merged").sentence.endswith(": Moor Watch")
    story.tell("unmerged", second, lambda: merge.undo(by=second))
    both = make_listed(signed.campaign, "Moorwacht", email="office@moor.example.org")
    double = both.organization
    assert double
    again = story.tell("doubled", second, lambda: Merge.objects.merge(organization, double, by=second))
    story.tell("relisted", first, lambda: again.undo(by=first))
    lone = Organization.objects.register("Lone Watch")
    story.tell("unregistered", first, lambda: press_delete(desk, "organization", lone.pk))


def tell_of_lists(story: Story, first: User, second: User) -> None:
    desk = at_the_desk(first)
    file = SimpleUploadedFile("list.csv", b"Name,Country\nBureau of Tides,UA\n", "text/csv")
    press(desk, address("importbatch_add"), file=file)
    batch = ImportBatch.objects.get()
    story.tell("imported", first, lambda: list(batch.take(first)))
    assert Event.objects.get(verb="imported").sentence == "brought a list of organizations: list.csv, 1 registered"
    story.tell("list forgotten", second, lambda: batch.discard(second))


def tell_of_people(story: Story, first: User, second: User) -> None:
    newcomer = User(username="newcomer", email="newcomer@desk.example.org")
    story.tell("invited", first, lambda: people.invite(newcomer, by=first))
    story.tell("entrusted", second, lambda: people.change(newcomer, ["is_superuser"], by=second))
    make_second_factor(newcomer)
    story.tell("factor taken back", first, lambda: people.take_second_factor_back(newcomer, by=first))
    story.tell("account closed", second, lambda: people.close(newcomer, by=second))
    story.tell("account reopened", first, lambda: people.reopen(newcomer, by=first))
    assert Event.objects.get(verb="account reopened").sentence == "reopened a person’s account: newcomer"
    look = {"name": "River Coalition", "accent": "#7a1f3d", "en-footer": "The rivers’ friends."}
    story.tell("themed", first, lambda: press(at_the_desk(first), address("sitetheme_changelist"), **look))
    assert Event.objects.get(verb="themed").sentence == (
        "changed the look of the site: name of the site, colour of links and buttons, texts of the site"
    )


def tell_of_attacks_and_reports(story: Story, first: User, second: User) -> None:
    campaign = make_campaign(slug="fens")
    make_pending(campaign, "Flood of letters", website="https://flood.example")
    marks = Marks(domain="flood.example")
    attack = story.tell("attack cleared", first, lambda: Attack.objects.clear(campaign, marks, by=first), "discarded")
    assert campaign.events.get(verb="attack cleared").sentence == "cleared an attack: 1 request"
    story.tell("attack undone", second, lambda: attack.undo(by=second), "restored")
    report = Report.objects.about("/campaigns/fens/")
    story.tell("reported", A_READER, lambda: report.send("A word is missing.", "reader@example.org"))
    story.tell("reporter seen", second, lambda: report.show_email(by=second))
    story.tell("settled", first, lambda: report.settle(by=first, note="Mended."))


def timeline(desk: Client, campaign: Campaign, **sought: Any) -> list[str]:
    """The timeline's lines as a coordinator reads them."""
    page = desk.get(address("campaign_timeline", campaign.pk), sought)
    assert page.status_code == 200
    return [f"{line.who} {line.sentence}" for line in page.context["lines"]]


def test_who_listed_without_review_is_nobody(first: User) -> None:
    campaign = make_campaign(reviews=False)
    signature = make_pending(campaign)
    assert [line.who for line in signature.events.order_by("id").lines()] == [THE_GROUP, THE_GROUP, BY_ITSELF]


def test_a_person_who_signs_is_no_group(first: User) -> None:
    campaign = make_campaign(allows_persons=True)
    signature = make_signature(campaign, "A signatory", kind="person")
    assert [line.who for line in signature.events.lines()] == ["the signatory"]


def test_timeline_of_a_campaign_has_its_own_and_what_happened_to_its_organizations_since(
    first: User, second: User
) -> None:
    campaign, other = make_campaign(first), make_campaign(slug="hills")
    known = Organization.objects.register("River Watch")
    known.hide(by=second)
    signature = make_pending(campaign)
    signature.accept(by=first, organization=known)
    known.refresh_from_db()
    known.unhide(by=second)
    make_listed(other, "Hill Watch")
    Organization.objects.register("Lake Watch").verify(by=second, how="Called them.")
    assert timeline(at_the_desk(first), campaign) == [
        "second showed the organization’s page again",
        "first accepted the signature",
        "the group confirmed the address",
        "the group sent the form",
        "first published the campaign: version 1",
    ]


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        ({"q": "river"}, ["accepted", "confirmed", "submitted"]),
        ({"q": "river accepted"}, ["accepted"]),
        ({"q": "second"}, ["edited"]),
        ({"q": "edited the campaign"}, ["edited"]),
        ({"q": "nothing of the kind"}, []),
        ({"verb": "published"}, ["published"]),
        ({"who": "first"}, ["accepted", "published"]),
        ({"until": "2026-03-01"}, ["published"]),
        ({"since": "2026-03-02", "until": "2026-03-02"}, ["confirmed", "submitted"]),
        ({"since": "2026-03-03"}, ["edited", "accepted"]),
    ],
)
def test_timeline_is_searched(first: User, second: User, sought: dict[str, str], found: list[str]) -> None:
    with time_machine.travel("2026-03-01T23:59:00Z", tick=False):
        campaign = make_campaign(first)
    with time_machine.travel("2026-03-02T12:00:00Z", tick=False):
        signature = make_pending(campaign)
    with time_machine.travel("2026-03-03T00:00:00Z", tick=False):
        signature.accept(by=first)
        campaign.record_edit(["title"], by=second)
    if "who" in sought:
        sought = {"who": str(User.objects.get(username=sought["who"]).pk)}
    page = at_the_desk(first).get(address("campaign_timeline", campaign.pk), sought)
    assert [line.event.verb for line in page.context["lines"]] == found


@pytest.mark.parametrize(
    "sought",
    [{"since": "yesterday"}, {"since": "2026-03-02", "until": "2026-03-01"}, {"verb": "flew"}, {"who": "x"}],
)
def test_what_cannot_be_sought_is_said_and_finds_nothing(first: User, sought: dict[str, str]) -> None:
    page = at_the_desk(first).get(address("campaign_timeline", make_campaign(first).pk), sought)
    assert (page.status_code, page.context["lines"]) == (422, [])
    assert page.context["form"].errors


def test_timeline_goes_on_where_the_page_ended_though_more_happens_meanwhile(first: User) -> None:
    campaign = make_campaign(first)
    desk, page = at_the_desk(first), address("campaign_timeline", campaign.pk)
    for number in range(120):
        campaign.record_edit([f"field {number}"], by=first)
    read, onward = [], "?q=edited"
    while onward:
        context = desk.get(page + onward).context
        read += [line.sentence for line in context["lines"]]
        onward = f"?{context['sought']}&after={context['after']}" if context["after"] else ""
        campaign.record_edit(["title"], by=first)
    assert read == [f"edited the campaign: field {number}" for number in reversed(range(120))]
    assert desk.get(page, {"after": "9" * 30}).status_code == 200


def test_timeline_costs_as_many_queries_for_many_as_for_few(first: User, django_assert_max_num_queries: Any) -> None:
    campaign = make_campaign(first)
    for number in range(30):
        make_listed(campaign, f"Watch {number}", email=f"office@{number}.example.org")
    desk = at_the_desk(first)
    with django_assert_max_num_queries(15):
        assert len(timeline(desk, campaign)) == 50
    with django_assert_max_num_queries(20):
        assert desk.get(reverse("admin:campaigns_event_changelist")).status_code == 200


def test_timeline_is_taken_along_as_it_was_found_and_that_is_recorded(first: User, second: User) -> None:
    campaign = make_campaign(first)
    make_pending(campaign, "=River Watch").accept(by=second)
    desk = at_the_desk(first)
    page = address("campaign_timeline_export", campaign.pk, "csv")
    rows = list(csv.reader(io.StringIO(download(desk, f"{page}?q=river").decode("utf-8-sig"))))
    assert rows[0] == ["When", "Who", "What", "Signature", "Organization"]
    assert [row[1:] for row in rows[1:]] == [
        [THE_GROUP, "sent the form", "'=River Watch", ""],
        [THE_GROUP, "confirmed the address", "'=River Watch", ""],
        ["second", "accepted the signature", "'=River Watch", ""],
    ]
    workbook = openpyxl.load_workbook(
        io.BytesIO(download(desk, address("campaign_timeline_export", campaign.pk, "xlsx")))
    )
    assert [row[2] for row in workbook.active.iter_rows(values_only=True)][1:] == [
        "published the campaign: version 1",
        "sent the form",
        "confirmed the address",
        "accepted the signature",
        "exported a file: the timeline, CSV, 3 rows",
    ]
    assert timeline(desk, campaign, verb="exported") == [
        "first exported a file: the timeline, XLSX, 5 rows",
        "first exported a file: the timeline, CSV, 3 rows",
    ]


def test_looking_at_the_timeline_changes_nothing(first: User) -> None:
    campaign = make_campaign(first)
    desk, before = at_the_desk(first), Event.objects.count()
    timeline(desk, campaign)
    for name in ("campaign_timeline_export", "campaign_export", "campaign_contacts"):
        assert desk.get(address(name, campaign.pk, "csv")).status_code == 405
    assert Event.objects.count() == before


def test_timeline_speaks_of_what_is_no_longer_there(first: User) -> None:
    campaign = make_campaign(first)
    signature = make_signature(campaign)
    signature.delete()
    desk = at_the_desk(first)
    page = desk.get(address("campaign_timeline", campaign.pk))
    assert "a signature that was erased" in page.content.decode()
    assert desk.get(reverse("admin:campaigns_event_changelist")).status_code == 200


def test_signature_and_organization_tell_what_happened_to_them(first: User, second: User) -> None:
    signature = make_pending(make_campaign(first))
    signature.accept(by=first)
    assert signature.organization
    signature.organization.verify(by=second, how="Called them.")
    desk = at_the_desk(first)
    page = desk.get(address("signature_change", signature.pk)).content.decode()
    assert "<b>first</b> accepted the signature" in page
    page = desk.get(address("organization_change", signature.organization.pk)).content.decode()
    assert "<b>second</b> verified the organization" in page


def test_member_of_another_campaign_reads_no_word_of_this_one(first: User) -> None:
    campaign, other = make_campaign(first), make_campaign(slug="hills", title="Another letter")
    signature = make_listed(campaign)
    press(Client(), f"{own_page(signature)}logo/", logo=SimpleUploadedFile("l.png", plain(), "image/png"))
    desk = at_the_desk(make_member(other, "stranger"))
    assert desk.get(address("campaign_timeline", campaign.pk)).status_code == 404
    for name in ("campaign_timeline_export", "campaign_export", "campaign_contacts"):
        assert desk.post(address(name, campaign.pk, "csv")).status_code == 404
    assert signature.organization
    page = desk.get(address("organization_change", signature.organization.pk))
    assert [line.event.verb for line in page.context["lines"]] == []
    events = desk.get(reverse("admin:campaigns_event_changelist")).content.decode()
    assert "Another letter" in events
    assert "An open letter" not in events


def test_reviewer_reads_the_timeline_and_exports_no_contact_persons(first: User) -> None:
    campaign = make_campaign(first)
    make_listed(campaign)
    desk = at_the_desk(make_member(campaign, "reviewer", Role.REVIEWER))
    assert timeline(desk, campaign)[-1] == "first published the campaign: version 1"
    assert desk.post(address("campaign_contacts", campaign.pk, "csv")).status_code == 403
    assert not Event.objects.filter(verb="contacts exported").exists()
