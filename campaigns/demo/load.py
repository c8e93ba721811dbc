"""The demo's three campaigns, made by the same verbs that coordinators and groups use."""

import datetime
import io
import math
import tomllib
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from PIL import Image, ImageDraw

from ..models import Campaign, Membership, Signature
from ..models.contacts import PRIVACY_NOTICE
from .circulate import circulate

DATA = Path(__file__).parent
OPEN_FOR = datetime.timedelta(days=60)
TEXT_FIELDS = ["language", "title", "addressee", "summary", "body"]


@transaction.atomic
def load(coordinator: User) -> None:
    """Loads each campaign once; one that is there already stays as it is."""
    if not Campaign.objects.filter(slug="interpol-2018").exists():
        load_interpol(coordinator)
    if not Campaign.objects.filter(slug="example").exists():
        load_example(coordinator)
    if not Campaign.objects.filter(slug="example-circulating").exists():
        circulate_example(coordinator)


def load_interpol(coordinator: User) -> None:
    case = read("interpol-2018.toml")
    campaign = write("interpol-2018", case, coordinator, statement_date=case["statement_date"])
    translation = read("interpol-2018.uk.toml")
    translate(campaign, translation)
    campaign.publish(by=coordinator)
    for name in case["signatories"]:
        Signature.objects.add(
            campaign,
            coordinator,
            {
                "name": name,
                "name_as_signed": name,
                "language": "en",
                "source": Signature.Source.IMPORT,
                "source_note": "Named in the published report",
                "confirmed_at": datetime.datetime(2018, 11, 19, tzinfo=datetime.UTC),
            },
        )
    for known in translation["organizations"]:
        organization = campaign.signatures.get(name=known["signed_as"]).organization
        assert organization
        organization.know_as(known["name"], language=translation["language"])
        organization.fill({field: known[field] for field in ("country", "website") if field in known})


def load_example(coordinator: User) -> None:
    case = read("example.toml")
    campaign = write("example", case, coordinator, statement_date=timezone.localdate())
    campaign.publish(by=coordinator)
    initiate(campaign, coordinator, case["initiator"], case["initiator_website"])
    for place, request in enumerate(case["requests"]):
        signature = Signature.objects.submit(
            campaign,
            {
                "name": request["organization_name"],
                "name_as_signed": request["organization_name"],
                "website": request["website"],
                "language": "en",
                "submitted_at": timezone.now() - datetime.timedelta(hours=2 * (len(case["requests"]) - place)),
            },
            {
                "name": request["contact_role"],
                "role": request["contact_role"],
                "email": request["email"],
                "notice_version": PRIVACY_NOTICE,
                "notice_language": "en",
            },
        )
        signature.confirm()


def circulate_example(coordinator: User) -> None:
    case = read("circulating.toml")
    campaign = write("example-circulating", case, coordinator, statement_date=timezone.localdate())
    circulate(campaign, case["invited"], coordinator)


def initiate(campaign: Campaign, coordinator: User, name: str, website: str) -> None:
    """An organization that has begun the statement, with its logo."""
    signatory = {"name": name, "name_as_signed": name, "website": website, "language": campaign.language}
    given = {"source": Signature.Source.PAPER, "confirmed_at": timezone.now()}
    signature = Signature.objects.add(campaign, coordinator, {**signatory, **given})
    assert signature.organization
    signature.organization.verify(by=coordinator, how="Known from earlier campaigns")
    signature.organization.set_logo(river(), by=coordinator)
    signature.make_initiator(by=coordinator)


def river() -> bytes:
    """A logo of nobody: three waves under a sun, as PNG."""
    picture = Image.new("RGB", (480, 320), "#ffffff")
    pen = ImageDraw.Draw(picture)
    pen.ellipse((180, 30, 300, 150), fill="#e0a526")
    for row, colour in enumerate(["#5b9bd5", "#2f6fb0", "#1d4e89"]):
        top = 150 + 50 * row
        crests = [(x, top + 12 * math.sin(x / 38 + row)) for x in range(481)]
        pen.polygon([*crests, (480, top + 34), (0, top + 34)], fill=colour)
    written = io.BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()


def read(file: str) -> dict[str, Any]:
    return tomllib.loads((DATA / file).read_text(encoding="utf-8"))


def write(slug: str, case: dict[str, Any], coordinator: User, statement_date: datetime.date) -> Campaign:
    today = timezone.now()
    campaign = Campaign.objects.create(
        slug=slug,
        statement_date=statement_date,
        allows_persons=True,
        closes_at=today + OPEN_FOR,
        ends_on=(today + 2 * OPEN_FOR).date(),
        reply_to="coordinators@example.org",
        **{field: case[field].strip() for field in TEXT_FIELDS},
    )
    Membership.objects.appoint(campaign, coordinator, by=coordinator)
    for position, text in enumerate(case["demands"], start=1):
        campaign.demands.create(position=position, text=text)
    return campaign


def translate(campaign: Campaign, words: dict[str, Any]) -> None:
    fields = {field: words[field].strip() for field in TEXT_FIELDS}
    translation = campaign.translations.create(ready=True, **fields)
    for demand, text in zip(campaign.demands.all(), words["demands"], strict=True):
        translation.demands.create(demand=demand, text=text)
    translation.settle()
