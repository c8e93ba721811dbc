"""The real organizations that tests know: `tests/data/organizations.toml`, labelled by hand."""

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils import timezone

from campaigns.models import Organization
from campaigns.models.candidates import Sought

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Case:
    """One real organization: what the registry holds of it, and what groups type for it."""

    name: str
    country: str
    website: str
    known: tuple[str, ...]
    variants: tuple[Sought, ...]

    @property
    def spellings(self) -> list[Sought]:
        """All that it may be written as, with and without its website and its country."""
        whole = [Sought(self.name, self.website), *(Sought(name) for name in (self.name, *self.known)), *self.variants]
        abroad = [Sought(each.name, each.website, country=self.country) for each in whole if self.country]
        return whole + abroad


@functools.cache
def read_data() -> dict[str, Any]:
    with (DATA / "organizations.toml").open("rb") as file:
        return tomllib.load(file)


@functools.cache
def cases() -> list[Case]:
    return [
        Case(
            each["name"],
            each["country"],
            each["website"],
            tuple(each["known"]),
            tuple(Sought(variant["name"], variant.get("website", "")) for variant in each["variants"]),
        )
        for each in read_data()["organization"]
    ]


def false_friends() -> list[tuple[str, str]]:
    """Pairs of names of different organizations, each both ways round."""
    pairs = [(each["a"], each["b"]) for each in read_data()["false_friends"]]
    return pairs + [(other, one) for one, other in pairs]


def register_all() -> dict[str, Organization]:
    """All of them in the registry, verified, by name."""
    registered = {}
    for case in cases():
        organization = Organization.objects.register(case.name, country=case.country, website=case.website)
        for name in case.known:
            organization.know_as(name)
        registered[case.name] = organization
    Organization.objects.update(verified_at=timezone.now(), verified_how="in the data by hand")
    return registered
