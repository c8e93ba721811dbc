"""Text versions and events are only ever added: the database refuses all else, whoever asks."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from campaigns.models import Event, TextVersion
from tests.builders import every_row, make_campaign, make_listed

pytestmark = pytest.mark.django_db

TABLES = ["campaigns_textversion", "campaigns_event"]
STATEMENTS = [
    "UPDATE {table} SET id = id",
    "UPDATE {table} SET campaign_id = campaign_id WHERE id = (SELECT min(id) FROM {table})",
    "DELETE FROM {table}",
    "INSERT INTO {table} SELECT * FROM {table} WHERE true ON CONFLICT (id) DO UPDATE SET campaign_id = 0",
    *{
        "postgresql": ["TRUNCATE {table} CASCADE"],
        "sqlite": [
            "INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
            "REPLACE INTO {table} SELECT * FROM {table} ORDER BY id DESC LIMIT 1",
        ],
    }[connection.vendor],
]


def renumber_versions() -> None:
    TextVersion.objects.update(number=7)


def save_version() -> None:
    version = TextVersion.objects.latest("number")
    version.content = {}
    version.save()


def delete_version() -> None:
    TextVersion.objects.latest("number").delete()


def rewrite_versions_in_bulk() -> None:
    TextVersion.objects.bulk_update(TextVersion.objects.all(), ["digests"])


def rename_events() -> None:
    Event.objects.update(verb="accepted")


def save_event() -> None:
    Event.objects.latest("id").save()


def delete_event() -> None:
    Event.objects.latest("id").delete()


def delete_events() -> None:
    Event.objects.all().delete()


BY_MODEL = [
    renumber_versions,
    save_version,
    delete_version,
    rewrite_versions_in_bulk,
    rename_events,
    save_event,
    delete_event,
    delete_events,
]


@pytest.fixture
def record() -> dict[str, list[dict[str, Any]]]:
    """A campaign with a signature, and a second text version that nothing refers to yet."""
    campaign = make_campaign()
    make_listed(campaign)
    campaign.freeze(TextVersion.Kind.WORDING, edition=1)
    connection.check_constraints()
    return every_row()


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("sql", STATEMENTS)
def test_raw_sql_cannot_change_the_record(record: dict[str, list[dict[str, Any]]], sql: str, table: str) -> None:
    refused = pytest.raises(DatabaseError, match=f"rows of {table} are only ever added")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.format(table=table))
    assert every_row() == record


def test_raw_sql_cannot_take_a_versions_number(record: dict[str, list[dict[str, Any]]]) -> None:
    columns = [field.column for field in TextVersion._meta.concrete_fields]
    values = ", ".join("id + 1000" if column == "id" else column for column in columns)
    verb = {"postgresql": "INSERT INTO", "sqlite": "INSERT OR REPLACE INTO"}[connection.vendor]
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"{verb} campaigns_textversion ({', '.join(columns)}) SELECT {values} FROM campaigns_textversion"
        )
    assert every_row() == record


@pytest.mark.parametrize("change", BY_MODEL, ids=lambda change: change.__name__)
def test_models_cannot_change_the_record(record: dict[str, list[dict[str, Any]]], change: Callable[[], None]) -> None:
    with pytest.raises(DatabaseError, match="are only ever added"), transaction.atomic():
        change()
    assert every_row() == record
