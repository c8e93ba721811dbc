"""The database is away, locked or full: the page says to come back, and what was typed is kept to be sent again."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count
from typing import Any

import psycopg2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, Error, InterfaceError, OperationalError, connection
from django.test import Client
from django.urls import reverse

from campaigns.models import Signature
from tests.builders import (
    every_row,
    filled_form,
    make_campaign,
    make_coordinator,
    make_draft,
    make_invitation,
    make_listed,
    own_page,
    sign_in,
    stop_page,
)  # fmt: skip
from tests.processes import database_of_this_test
from tests.test_bad_input import Fields
from tests.visitors import SIGN

PAGES = ["/campaigns/open-letter/", "/", "/uk/campaigns/open-letter/signatories/"]
UNTOUCHED = 1_073_741_823  # pages, SQLite's own limit


@contextmanager
def database_away(error: type[Error] = OperationalError) -> Iterator[None]:
    def refuse(*_sql: Any) -> None:
        raise error("server closed the connection unexpectedly")

    with connection.execute_wrapper(refuse):
        yield


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


def says_to_come_back(answer: Any) -> bool:
    told = answer["Retry-After"] == "10" and "no-store" in answer["Cache-Control"]
    return answer.status_code == 503 and told and "unexpectedly" not in answer.content.decode()


def kept(answer: Any) -> dict[str, str]:
    """What stands on the page, to be sent again by its button."""
    assert says_to_come_back(answer)
    return Fields(answer.content.decode()).values


@pytest.mark.django_db
@pytest.mark.parametrize("page", [*PAGES, SIGN, "/accounts/login/", "/feed/", "/api/campaigns/"])
def test_page_says_to_come_back_and_comes_back(visitor: Client, page: str) -> None:
    make_campaign()
    before = visitor.get(page).status_code
    with database_away():
        away = visitor.get(page)
    assert away.status_code == before == 200 or says_to_come_back(away)
    assert f'<html lang="{"uk" if page.startswith("/uk/") else "en"}"' in away.content.decode()
    assert visitor.get(page).status_code == before


@pytest.mark.django_db
@pytest.mark.parametrize("error", [OperationalError, InterfaceError, DatabaseError])
def test_every_name_of_a_lost_connection_is_known(visitor: Client, error: type[Error]) -> None:
    with database_away(error):
        assert says_to_come_back(visitor.get(PAGES[0]))


@pytest.mark.django_db
def test_form_of_a_group_is_kept_and_can_be_sent_again(visitor: Client) -> None:
    make_campaign()
    form = filled_form(comment="Two lines,\nand “quotes”.")
    with database_away():
        away = visitor.post(SIGN, form)
    again = kept(away)
    assert {name: again[name] for name in form} == form
    assert not Signature.objects.exists()
    assert visitor.post(SIGN, again).status_code == 302
    assert Signature.objects.get().comment == form["comment"]


@pytest.mark.django_db
def test_form_of_the_desk_is_kept(visitor: Client) -> None:
    sign_in(visitor, make_coordinator())
    page = reverse("admin:campaigns_campaign_change", args=[make_draft().pk])
    with database_away():
        away = visitor.post(page, {"title": "A title that was long thought about"})
    assert kept(away)["title"] == "A title that was long thought about"


@pytest.mark.django_db
def test_page_says_that_files_are_not_kept(visitor: Client) -> None:
    signature = make_listed(make_campaign())
    with database_away():
        away = visitor.post(f"{own_page(signature)}logo/", {"logo": SimpleUploadedFile("logo.png", b"a picture")})
    kept(away)
    assert "Files are not kept: go back and choose them again." in away.content.decode()


@pytest.mark.django_db
def test_neither_a_password_nor_what_no_page_of_ours_sent_is_shown(visitor: Client) -> None:
    stop = f"{stop_page(make_invitation(make_campaign()))}at-once/"
    for page in ["/accounts/login/", "/de/accounts/login/", stop]:
        with database_away():
            away = visitor.post(page, {"login": "somebody", "password": "what nobody reads"})
        assert "what nobody reads" not in away.content.decode()
        assert says_to_come_back(away)


@contextmanager
def locked(patience: str) -> Iterator[None]:
    """Another program holds the table of signatures for long; ours waits for a tenth of a second."""
    if connection.vendor == "postgresql":
        with closing(psycopg2.connect(database_of_this_test())) as other, connection.cursor() as cursor:
            other.cursor().execute("LOCK TABLE campaigns_signature IN ACCESS EXCLUSIVE MODE")
            cursor.execute(f"SET {patience} = 100")
            yield
            cursor.execute(f"RESET {patience}")
    else:
        name = connection.settings_dict["NAME"]
        with closing(sqlite3.connect(name, isolation_level=None)) as other, connection.cursor() as cursor:
            other.execute("BEGIN IMMEDIATE")
            cursor.execute(f"PRAGMA {patience} = 100")
            yield


WAITS = {"postgresql": ["lock_timeout", "statement_timeout"], "sqlite": ["busy_timeout"]}


@pytest.mark.parametrize("patience", WAITS[connection.vendor])
def test_form_that_waits_too_long_for_others_is_kept(committed: None, visitor: Client, patience: str) -> None:
    make_campaign()
    with locked(patience):
        away = visitor.post(SIGN, filled_form())
    assert visitor.post(SIGN, kept(away)).status_code == 302
    assert Signature.objects.count() == 1


def most_pages(number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA max_page_count = {number}")


if connection.vendor == "sqlite":

    def test_full_disk_leaves_nothing_half_written_and_keeps_the_form(committed: None, visitor: Client) -> None:
        make_campaign()
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA page_count")
            most_pages(cursor.fetchone()[0] + 8)
        for number in count():
            before = every_row()
            answer = visitor.post(SIGN, filled_form(organization_name=f"Group {number}"))
            if answer.status_code != 302:
                break
        assert every_row() == before
        assert visitor.get(PAGES[0]).status_code == 200
        most_pages(UNTOUCHED)
        assert visitor.post(SIGN, kept(answer)).status_code == 302
        assert Signature.objects.filter(name=f"Group {number}").count() == 1
