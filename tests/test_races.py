"""Many hands at once, each with a connection of its own: what must happen once happens once."""

import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import connection, connections
from django.utils import timezone

from campaigns.models import Campaign, Event, Organization, OutgoingMail, Signature
from tests.builders import make_campaign, make_coordinator, make_pending, make_signature
from tests.lengths import how_many

pytestmark = pytest.mark.usefixtures("committed")

PATIENCE = how_many(60, 600)  # seconds; a barrier or a thread that waits longer has failed
MANY = how_many(5, 100)
DOUBLES = "one_listed_signature_per_organization"


def all_at_once(acts: Sequence[Callable[[], object]]) -> list[object]:
    """Begins all `acts` in one moment, each in its own thread. Gives what each returned, or why it was refused."""
    start = threading.Barrier(len(acts), timeout=PATIENCE)

    def run(act: Callable[[], object]) -> object:
        try:
            connection.ensure_connection()
            start.wait()
            return act()
        except ValidationError as refusal:
            return refusal.error_list[0].code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts, timeout=PATIENCE))


def confirm(pk: int) -> None:
    Signature.objects.get(pk=pk).confirm()


def accept(pk: int, by: User | None = None, organization: Organization | None = None) -> None:
    Signature.objects.get(pk=pk).accept(by=by, organization=organization)


def decline(pk: int, by: User) -> None:
    Signature.objects.get(pk=pk).decline(by=by, reason="Nobody there knows of it.")


def claim(pk: uuid.UUID) -> bool:
    return OutgoingMail.objects.get(pk=pk).claim()


def states() -> Counter[str]:
    return Counter(Signature.objects.values_list("state", flat=True))


def verbs() -> Counter[str]:
    return Counter(Event.objects.values_list("verb", flat=True))


def letters() -> Counter[str]:
    return Counter(OutgoingMail.objects.values_list("kind", flat=True))


def test_fifty_signatures_of_one_organization_accepted_at_once_list_one() -> None:
    coordinator = make_coordinator()
    campaign = make_campaign(coordinator)
    pks = [make_signature(campaign, email=f"{number}@river.example.org").pk for number in range(50)]
    assert all_at_once([partial(confirm, pk) for pk in pks]) == [None] * 50
    organization = Organization.objects.register("River Watch")
    outcomes = all_at_once([partial(accept, pk, coordinator, organization) for pk in pks])
    assert Counter(outcomes) == {None: 1, "double": 49}
    assert states() == {"listed": 1, "pending": 49}
    assert verbs() == {"published": 1, "submitted": 50, "confirmed": 50, "accepted": 1}
    assert letters() == {"confirm_signature": 50, "signature_awaits": 50, "signature_listed": 1}
    listed = Signature.objects.listed().get()
    assert (listed.pk, listed.organization, listed.position) == (pks[outcomes.index(None)], organization, 1)


@pytest.fixture
def no_constraint(committed: None) -> Iterator[None]:
    """The database without its word on doubles, until the test has ended and its rows are gone."""
    (constraint,) = (each for each in Signature._meta.constraints if each.name == DOUBLES)
    with connection.schema_editor() as editor:
        editor.remove_constraint(Signature, constraint)
    yield
    Signature.objects.all().delete()
    with connection.schema_editor() as editor:
        editor.add_constraint(Signature, constraint)


def test_without_lock_and_constraint_the_same_haste_lists_many(no_constraint: None) -> None:
    campaign, organization = make_campaign(), Organization.objects.register("River Watch")
    pks = [make_pending(campaign, email=f"{number}@river.example.org").pk for number in range(50)]
    all_have_looked = threading.Barrier(len(pks), timeout=PATIENCE)

    def accept_naively(pk: int) -> None:
        is_double = campaign.signatures.listed().filter(organization=organization).exists()
        all_have_looked.wait()
        if not is_double:
            Signature.objects.filter(pk=pk).update(
                organization=organization, state="listed", position=1, decided_at=timezone.now()
            )

    all_at_once([partial(accept_naively, pk) for pk in pks])
    assert states() == {"listed": 50}


def test_fifty_new_organizations_accepted_at_once_take_fifty_places() -> None:
    campaign = make_campaign()
    pks = [make_pending(campaign, f"Group {number}").pk for number in range(50)]
    assert all_at_once([partial(accept, pk) for pk in pks]) == [None] * 50
    assert [signature.position for signature in campaign.signatures.in_public()] == list(range(1, 51))


def test_two_coordinators_who_accept_and_decline_at_once_make_one_decision() -> None:
    first, second = make_coordinator("first"), make_coordinator("second")
    campaign = make_campaign()
    pks = [make_pending(campaign, f"Group {number}").pk for number in range(10)]
    hands = [act for pk in pks for act in (partial(accept, pk, first), partial(decline, pk, second))]
    outcomes = all_at_once(hands)
    assert Counter(outcomes) == {None: 10, "transition": 10}
    for pk, accepted, declined in zip(pks, outcomes[::2], outcomes[1::2], strict=True):
        assert {accepted, declined} == {None, "transition"}
        decision = "accepted" if accepted is None else "declined"
        assert list(Event.objects.filter(signature=pk).order_by("id").values_list("verb", "who__username")) == [
            ("submitted", None),
            ("confirmed", None),
            (decision, "first" if accepted is None else "second"),
        ]
        told = OutgoingMail.objects.filter(reference=pk).exclude(kind="confirm_signature").get()
        assert told.kind == ("signature_listed" if accepted is None else "signature_declined")


def test_one_signature_confirmed_by_twenty_at_once_waits_once() -> None:
    campaign = make_campaign(make_coordinator("first"))
    campaign.memberships.create(user=make_coordinator("second"), role="owner")
    signature = make_signature(campaign)
    assert all_at_once([partial(confirm, signature.pk)] * 20) == [None] * 20
    assert states() == {"pending": 1}
    assert verbs() == {"published": 1, "submitted": 1, "confirmed": 1}
    assert letters() == {"confirm_signature": 1, "signature_awaits": 2}


def test_without_review_twenty_confirmations_in_one_new_name_list_one() -> None:
    campaign = make_campaign(make_coordinator(), reviews=False)
    pks = [make_signature(campaign, email=f"{number}@river.example.org").pk for number in range(20)]
    assert all_at_once([partial(confirm, pk) for pk in pks]) == [None] * 20
    assert states() == {"listed": 1, "pending": 19}
    assert letters() == {"confirm_signature": 20, "signature_listed": 1, "signature_awaits": 19}


def test_letter_claimed_by_twenty_at_once_is_one_programs() -> None:
    make_signature(make_campaign())
    mail = OutgoingMail.objects.get()
    assert Counter(all_at_once([partial(claim, mail.pk)] * 20)) == {True: 1, False: 19}
    mail.refresh_from_db()
    assert mail.attempts == 1


def sign_and_list(campaign: Campaign, forms: Sequence[tuple[uuid.UUID, Organization]]) -> None:
    """Sends each form, confirms and accepts what comes of it."""
    for sending, organization in forms:
        signature = make_signature(campaign, organization.name, sending=sending)
        signature.confirm()
        signature.accept(by=None, organization=organization)


def test_same_forms_sent_by_fifty_at_once_list_each_organization_once() -> None:
    campaign = make_campaign()
    forms = [(uuid.uuid4(), Organization.objects.register(f"Group {number}")) for number in range(MANY)]
    assert all_at_once([partial(sign_and_list, campaign, forms)] * 50) == [None] * 50
    assert states() == {"listed": MANY}
    assert verbs() == {"published": 1, "submitted": MANY, "confirmed": MANY, "accepted": MANY}
    assert letters() == {"confirm_signature": MANY, "signature_listed": MANY}


def test_without_the_name_of_the_form_the_same_haste_makes_many() -> None:
    campaign, all_have_looked = make_campaign(), threading.Barrier(50, timeout=PATIENCE)

    def send_naively() -> None:
        is_known = campaign.signatures.filter(name="River Watch").exists()
        all_have_looked.wait()
        if not is_known:
            make_signature(campaign)

    all_at_once([send_naively] * 50)
    assert states() == {"unconfirmed": 50}
