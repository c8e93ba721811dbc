"""How often people may send what makes us write letters: from one network, to one domain, for one campaign, in an hour.

Whose network it is nobody can read: what is counted is known by a keyed hash alone, under a random key that is deleted
with all that was counted when its day is over.
"""

import datetime
import ipaddress
import secrets
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F
from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _
from redis import RedisError

from .. import domains, sealing
from .contacts import domain_of

if TYPE_CHECKING:
    from .campaigns import Campaign

HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)
KEY_BYTES = 32
IPV6_BITS = 48  # a provider gives a customer as much


class Limited(ValidationError):
    """More came than we let pass before `until`."""

    def __init__(self, until: datetime.datetime) -> None:
        words = _("More came in this hour than we let pass. Please send it again at %(time)s.")
        params = {"time": formats.date_format(timezone.localtime(until), "H:i e")}
        super().__init__(words, code="limited", params=params)
        self.until = until

    @property
    def retry_after(self) -> int:
        """In so many seconds."""
        return max(1, int((self.until - timezone.now()).total_seconds()))


class Counted(NamedTuple):
    """Something of which `most` may come in an hour."""

    scope: str
    subject: str
    most: int

    def hashed(self, key: bytes) -> str:
        return sealing.blind_index(f"{self.scope} {self.subject}", key)


class RateLimitQuerySet(models.QuerySet["RateLimit"]):
    def admit(self, visitor: str, address: str = "", campaign: "Campaign | None" = None) -> None:
        """Lets a form of this visitor pass, for which we shall write to the address, for the campaign.

        Raises Limited, and then nothing is counted, where one of them has had its share of this hour.
        """
        hour = timezone.now().replace(minute=0, second=0, microsecond=0)
        counted = list(concerned(visitor, address, campaign))
        if not self._count(counted, hour):
            raise Limited(hour + HOUR)

    def admit_letter(self, address: str) -> bool:
        """Lets a letter go to an address that nobody has proven; False where it has had its share of this day."""
        midnight = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
        return self._in_database([Counted("address", address.casefold(), settings.LETTERS_TO_AN_ADDRESS)], midnight)

    def forget(self) -> int:
        """Deletes what was counted on days that are over, with the keys; gives how many counts that were."""
        midnight = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
        DayKey.objects.filter(day__lt=midnight.date()).delete()
        return self.filter(hour__lt=midnight).delete()[0]

    def _count(self, counted: Sequence[Counted], hour: datetime.datetime) -> bool:
        if settings.IS_CACHE_REDIS:
            try:
                return in_redis(counted, hour)
            except (RedisError, ValueError):
                pass  # it is away, or has dropped a count for want of room: the database counts
        return self._in_database(counted, hour)

    @transaction.atomic
    def _in_database(self, counted: Sequence[Counted], hour: datetime.datetime) -> bool:
        """Counts each, or none where one is full. All go in the same order, so that no two wait for each other."""
        key = DayKey.objects.of(hour.date())
        known = [{"scope": each.scope, "key": each.hashed(key), "hour": hour} for each in counted]
        self.bulk_create([RateLimit(**each) for each in known], ignore_conflicts=True)
        for each, row in zip(counted, known, strict=True):
            if not self.filter(**row, count__lt=each.most).update(count=F("count") + 1):
                transaction.set_rollback(True)
                return False
        return True


class RateLimit(models.Model):
    scope = models.CharField(max_length=12)
    key = models.CharField(max_length=64)
    hour = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    objects = RateLimitQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key", "hour"], name="one_count_in_an_hour")]
        indexes = [models.Index(fields=["hour"], name="counts_by_hour")]

    def __str__(self) -> str:
        return f"{self.scope} {self.hour:%Y-%m-%d %H:00}"


class DayKeyQuerySet(models.QuerySet["DayKey"]):
    def of(self, day: datetime.date) -> bytes:
        """The key of the day. Who makes it forgets the days before."""
        key, is_new = self.get_or_create(day=day, defaults={"key": secrets.token_bytes(KEY_BYTES)})
        if is_new:
            RateLimit.objects.forget()
        return bytes(key.key)


class DayKey(models.Model):
    day = models.DateField(unique=True)
    key = models.BinaryField()

    objects = DayKeyQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.day)


def concerned(visitor: str, address: str, campaign: "Campaign | None") -> Iterator[Counted]:
    yield Counted("network", network_of(visitor), settings.FORMS_OF_A_NETWORK)
    if domain := domain_of(address):
        is_free = domains.is_free_mail(domain)
        yield Counted("domain", domain, settings.LETTERS_TO_A_PROVIDER if is_free else settings.LETTERS_TO_A_DOMAIN)
    if campaign:
        yield Counted("campaign", str(campaign.pk), settings.LETTERS_OF_A_CAMPAIGN)


def network_of(visitor: str) -> str:
    """An IPv4 address by itself, which many may share; of an IPv6 address the network that one customer has."""
    try:
        address = ipaddress.ip_address(visitor)
    except ValueError:
        return ""
    address = getattr(address, "ipv4_mapped", None) or address  # as a server for both kinds sees the older
    return str(ipaddress.ip_network((address, 32 if address.version == 4 else IPV6_BITS), strict=False))


def in_redis(counted: Sequence[Counted], hour: datetime.datetime) -> bool:
    """Counts each, or none where one is full. Raises RedisError, and ValueError where a count is lost meanwhile."""
    day = f"limits:{hour:%Y-%m-%d}"
    cache.add(day, secrets.token_bytes(KEY_BYTES), DAY.total_seconds())
    key = bytes(cache.get(day))
    taken: list[str] = []
    for each in counted:
        name = f"limits:{hour:%H}:{each.hashed(key)}"
        cache.add(name, 0, 2 * HOUR.total_seconds())
        taken.append(name)
        if cache.incr(name) > each.most:
            for full in taken:
                cache.decr(full)
            return False
    return True
