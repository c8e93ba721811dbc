"""What was delivered can be checked by anyone: on its page, by a command, and with an old copy."""

import datetime
import json
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from campaigns import verify
from campaigns.models import Delivery, Event, Signature
from tests.builders import ask_more, make_campaign, make_coordinator, make_delivery, make_listed, propose, sign_in

pytestmark = pytest.mark.django_db

NOON = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.UTC)
PIXEL = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def delivery() -> Delivery:
    """Three public names and one that only the addressee reads."""
    campaign = make_campaign()
    for name in ("River Watch", "Спілка річок", "Lake Watch"):
        make_listed(campaign, name, email=f"{len(name)}@example.org")
    make_listed(campaign, "Quiet Group", email="quiet@example.org", shown=Signature.Shown.ADDRESSEE)
    return make_delivery(campaign)


def page_of(delivery: Delivery, client: Client) -> str:
    response = client.get(f"/deliveries/{delivery.fingerprint}/")
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def changed(data: bytes, change: Callable[[Any], None]) -> bytes:
    """The list after a change to its document, in the exact form."""
    document = json.loads(data)
    change(document)
    return verify.canonical(document) + b"\n"


def cut(document: Any) -> None:
    for part in (document["names"], document["delivered"]["hashes"]):
        part.pop()


def cut_a_name(document: Any) -> None:
    document["names"].pop()


def reorder(document: Any) -> None:
    for part in (document["names"], document["delivered"]["hashes"]):
        part.reverse()


def swap_names(document: Any) -> None:
    document["names"].reverse()


def rename(document: Any) -> None:
    document["names"][0]["words"]["name"] = "Hill Watch"


def recount(document: Any) -> None:
    document["delivered"]["counted"] = 5


def forge(document: Any) -> None:
    rename(document)
    entry = document["names"][0]
    document["delivered"]["hashes"][0] = verify.entry_hash(entry["salt"], entry["words"])


def add_a_part(document: Any) -> None:
    document["signed"] = True


def add_nothing(document: Any) -> None:
    document["delivered"]["note"] = None


def say_true(document: Any) -> None:
    document["delivered"]["number"] = True


NOT_OURS = "This is no delivered list"
REWRITTEN = "The file was written anew or changed"
FALSE: list[Any] = [
    pytest.param(lambda data: data[:-1], REWRITTEN, id="last byte missing"),
    pytest.param(lambda data: data[: len(data) // 2], "it cannot be read as JSON", id="cut in the middle"),
    pytest.param(lambda data: data.decode().encode("utf-16"), "it cannot be read as JSON", id="utf-16"),
    pytest.param(lambda data: b"\xef\xbb\xbf" + data, "it cannot be read as JSON", id="byte order mark"),
    pytest.param(lambda data: data.replace(b"\n", b"\r\n"), REWRITTEN, id="windows line end"),
    pytest.param(lambda data: json.dumps(json.loads(data), indent=2).encode(), REWRITTEN, id="pretty"),
    pytest.param(lambda data: json.dumps(json.loads(data)).encode(), REWRITTEN, id="escaped"),
    pytest.param(lambda data: data.replace(b"River", b"Rival"), "Signatory 1 (Rival Watch) is not who", id="one word"),
    pytest.param(lambda data: data.replace(b'"counted":4', b'"counted":5'), "“counted” differs: 5", id="one byte"),
    pytest.param(lambda data: PIXEL, "it cannot be read as JSON", id="an image"),
    pytest.param(lambda data: b"[]", NOT_OURS, id="other json"),
    pytest.param(lambda data: changed(data, cut), "3 signatories, the second 4", id="cut"),
    pytest.param(lambda data: changed(data, cut_a_name), "4 hashes and 3 names", id="name cut"),
    pytest.param(lambda data: changed(data, reorder), "Signatory 1 differs: a name not shown", id="reordered"),
    pytest.param(lambda data: changed(data, swap_names), "Signatory 2 (Lake Watch) is not who", id="names swapped"),
    pytest.param(lambda data: changed(data, rename), "Signatory 1 (Hill Watch) is not who", id="renamed"),
    pytest.param(
        lambda data: changed(data, forge),
        "Signatory 1 differs: Hill Watch in the first, River Watch in the second",
        id="forged",
    ),
    pytest.param(lambda data: changed(data, recount), "“counted” differs: 5 in the first, 4 in", id="recounted"),
    pytest.param(lambda data: changed(data, add_a_part), "missing or was added", id="part added"),
    pytest.param(lambda data: changed(data, add_nothing), "differs", id="null added"),
    pytest.param(lambda data: changed(data, say_true), "differs", id="true for 1"),
]


def drop(client: Client, delivery: Delivery, data: bytes) -> tuple[int, str]:
    """The status and the words of the page on which a file was dropped."""
    file = SimpleUploadedFile("list.json", data)
    response = client.post(f"/deliveries/{delivery.fingerprint}/check/", {"list": file})
    return response.status_code, " ".join(response.content.decode().split())


@pytest.mark.parametrize("for_addressee", [False, True], ids=["public copy", "addressee's copy"])
def test_genuine_list_is_told_to_be_genuine(client: Client, delivery: Delivery, for_addressee: bool) -> None:
    status, page = drop(client, delivery, delivery.manifest(for_addressee=for_addressee))
    hidden = "" if for_addressee else " 1 not shown (withheld, or taken out later)."
    shown = 4 if for_addressee else 3
    assert f'role="status">Genuine: {shown} names, each as it was delivered.{hidden}</p>' in page
    assert status == 200


@pytest.mark.parametrize(("falsify", "says"), FALSE)
def test_false_list_is_refused_with_what_is_wrong(
    client: Client, delivery: Delivery, falsify: Callable[[bytes], bytes], says: str
) -> None:
    status, page = drop(client, delivery, falsify(delivery.manifest()))
    assert (status, says in page, "Genuine" in page) == (422, True, False)


def test_file_that_is_far_too_large_is_refused(client: Client, delivery: Delivery) -> None:
    status, page = drop(client, delivery, b"x" * 50_000_000)
    assert (status, "The file is too large to be checked here." in page, "Genuine" in page) == (422, True, False)


def test_list_of_another_delivery_is_refused(client: Client, delivery: Delivery) -> None:
    other = make_delivery(delivery.campaign)
    status, page = drop(client, delivery, other.manifest())
    assert (status, "Signatory 1 differs: River Watch in the first, River Watch in the second" in page) == (422, True)


@pytest.mark.parametrize("sent", [{}, {"list": ""}, {"list": SimpleUploadedFile("list.json", b"")}])
def test_check_without_a_file_says_so(client: Client, delivery: Delivery, sent: dict[str, Any]) -> None:
    response = client.post(f"/deliveries/{delivery.fingerprint}/check/", sent)
    assert (response.status_code, "Please look again" in response.content.decode()) == (422, True)


def test_unknown_delivery_is_not_found(client: Client, delivery: Delivery) -> None:
    pages = ["", "check/", "list.json", "letter.pdf"]
    assert {client.get(f"/deliveries/{'0' * 64}/{page}").status_code for page in pages} == {404}


def test_script_is_offered_whole(client: Client, delivery: Delivery) -> None:
    response = client.get("/deliveries/verify.py")
    assert response.content == Path(verify.__file__).read_bytes()
    assert response["Content-Disposition"] == 'attachment; filename="verify.py"'


def test_name_taken_out_leaves_a_gap_and_breaks_nothing(client: Client, delivery: Delivery) -> None:
    copies = delivery.manifest(), delivery.manifest(for_addressee=True)
    for _time in range(2):
        delivery.take_out(2, by=make_coordinator("second") if _time == 0 else None)
    assert list(delivery.entries.values_list("place", "words", "salt"))[1] == (2, None, "")
    for address in ("", "list.json"):
        served = client.get(f"/deliveries/{delivery.fingerprint}/{address}").content.decode()
        assert "Спілка річок" not in served
    page = page_of(delivery, client)
    assert "<li><i>one name removed</i></li>" in page
    assert "One name removed from this page. All the rest still verifies." in page
    for data, shown in ((delivery.manifest(), 2), (delivery.manifest(for_addressee=True), 3), (copies[0], 3)):
        verdict, problem = delivery.examine(data)
        assert (verdict.startswith(f"Genuine: {shown} names, each as it was delivered."), problem) == (True, "")
    old = verify.check(copies[1], delivery.fingerprint)
    assert [entry["words"]["name"] for entry in old["names"]][1] == "Спілка річок"
    taken = Event.objects.filter(verb="taken out").values_list("who__username", "details")
    assert list(taken) == [("second", {"delivery": 1})]


def test_coordinator_takes_a_name_out_and_nothing_else(client: Client, delivery: Delivery) -> None:
    sign_in(client, make_coordinator())
    address = f"/admin/campaigns/delivery/{delivery.pk}/take-out/"
    assert client.post(address, {"place": "9"}).status_code == 404
    assert client.get(address).status_code == 405
    assert "one name removed" not in page_of(delivery, client)
    assert client.post(address, {"place": "2"}).status_code == 302
    assert "one name removed" in page_of(delivery, client)


@pytest.mark.parametrize("place", ["", "x"])
def test_taking_out_what_is_no_place_is_refused(client: Client, delivery: Delivery, place: str) -> None:
    sign_in(client, make_coordinator())
    assert client.post(f"/admin/campaigns/delivery/{delivery.pk}/take-out/", {"place": place}).status_code == 404


def test_page_tells_what_has_happened_since(client: Client, clock: time_machine.Traveller) -> None:
    campaign = make_campaign()
    names = ("River Watch", "Hill Watch", "Lake Watch", "Sea Watch")
    groups = [make_listed(campaign, name, email=f"{name[0]}@example.org") for name in names]
    groups[3].withdraw()
    clock.shift(60)
    delivery = make_delivery(campaign)
    assert "Nothing has changed." in page_of(delivery, client)
    clock.shift(60)
    groups[0].withdraw()
    groups[1].remove(by=None, reason="An error.")
    make_listed(campaign, "Late Watch", email="late@example.org")
    assert delivery.since() == {"withdrawn": 1, "removed": 1, "joined": 1}
    page = page_of(delivery, client)
    assert [words in page for words in ("1 has withdrawn", "1 was removed", "1 has joined")] == [True] * 3
    assert "Late Watch" not in page


def test_group_that_agrees_after_the_delivery_has_joined(clock: time_machine.Traveller) -> None:
    campaign = make_campaign()
    early, late = make_listed(campaign), make_listed(campaign, "Hill Watch", email="chair@hill.example.org")
    ask_more(campaign)
    proposal = propose(campaign)
    proposal.answer(early, agrees=True)
    proposal.adopt(by=None)
    clock.shift(60)
    delivery = make_delivery(campaign)
    clock.shift(60)
    proposal.answer(late, agrees=True)
    assert delivery.since() == {"withdrawn": 0, "removed": 0, "joined": 1}


def test_group_that_was_not_delivered_does_not_leave_the_delivery(clock: time_machine.Traveller) -> None:
    campaign = make_campaign()
    early, left = make_listed(campaign), make_listed(campaign, "Hill Watch", email="chair@hill.example.org")
    ask_more(campaign)
    proposal = propose(campaign)
    proposal.answer(early, agrees=True)
    proposal.adopt(by=None)
    clock.shift(60)
    delivery = make_delivery(campaign)
    clock.shift(60)
    left.withdraw()
    assert delivery.since() == {"withdrawn": 0, "removed": 0, "joined": 0}


def test_time_of_the_delivery_is_right_in_any_time_zone(client: Client, delivery: Delivery) -> None:
    with timezone.override("Asia/Tokyo"):
        page = page_of(delivery, client)
    assert "Delivered 2 March 2026, 21:00 JST" in page


def verified(*arguments: Any) -> str:
    """What the command says."""
    out = StringIO()
    call_command("verify", *map(str, arguments), stdout=out, no_color=True)
    return out.getvalue()


def test_command_tells_genuine_lists_from_others(delivery: Delivery, tmp_path: Path) -> None:
    file = tmp_path / "list.json"
    file.write_bytes(delivery.manifest(for_addressee=True))
    assert verified(file) == "Genuine: 4 names, each as it was delivered.\n"
    assert verified(file, "--fingerprint", delivery.fingerprint) == "Genuine: 4 names, each as it was delivered.\n"
    with pytest.raises(CommandError, match="This list has another fingerprint"):
        verified(file, "--fingerprint", "0" * 64)
    with pytest.raises(CommandError, match=r"nothing\.json cannot be read: No such file or directory"):
        verified(tmp_path / "nothing.json")
    file.write_bytes(changed(delivery.manifest(), lambda document: document["delivered"].update(number=7)))
    with pytest.raises(CommandError, match="has delivered nothing of that campaign and number"):
        verified(file)


@pytest.mark.parametrize(("falsify", "says"), FALSE)
def test_command_refuses_what_the_page_refuses(
    delivery: Delivery, tmp_path: Path, falsify: Callable[[bytes], bytes], says: str
) -> None:
    file = tmp_path / "list.json"
    file.write_bytes(falsify(delivery.manifest()))
    with pytest.raises(CommandError) as refusal:
        verified(file)
    assert says in str(refusal.value)
