"""A backup is whole or not there; put back, it is the site as it was, without what was erased since."""

import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import environ
import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.utils import ConnectionHandler

from campaigns.backups import archive, postgresql
from campaigns.demo.load import load
from campaigns.models import (
    Contact,
    Erasure,
    ImportBatch,
    Merge,
    Organization,
    Report,
    Signature,
    SiteTheme,
    Suppression,
    TextVersion,
)
from tests.builders import (
    database_url,
    every_row,
    make_campaign,
    make_commented_draft,
    make_coordinator,
    make_delivery,
    make_listed,
    make_pending,
    make_second_factor,
    make_translation,
    make_update,
)

ROOT = Path(__file__).parent.parent
DISK_BYTES = 20_000


@pytest.fixture(autouse=True)
def _folders_of_this_test(settings: Any, tmp_path: Path) -> None:
    settings.BACKUP_DIR = tmp_path / "backups"
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def empty_database(tmp_path: Path) -> Iterator[str]:
    """DATABASE_URL of a second database, in which is nothing."""
    if connection.vendor == "sqlite":
        yield database_url(str(tmp_path / "second.sqlite3"))
        return
    name = f"{connection.settings_dict['NAME']}_second"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        yield database_url(name)
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def process(*arguments: object, **environment: object) -> subprocess.Popen[str]:
    """manage.py at work, on the tests' database unless told otherwise."""
    given = {"DATABASE_URL": database_url(), **{name: str(value) for name, value in environment.items()}}
    command = [sys.executable, "-W", "ignore", "manage.py", *map(str, arguments)]
    return subprocess.Popen(
        command, cwd=ROOT, env=os.environ | given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@contextmanager
def small_disk() -> Iterator[None]:
    """Meanwhile no file can become larger: for the one who writes it is a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (DISK_BYTES, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def backup(folder: Path) -> Path:
    """The path of a new backup."""
    call_command("backup", folder, stdout=StringIO())
    (path,) = folder.glob("*.zip")
    return path


def restore(path: Path, *arguments: str) -> str:
    out = StringIO()
    call_command("restore", path, *arguments, stdout=out)
    return out.getvalue()


def fill() -> None:
    """Something in as many tables as there are, and uploads."""
    coordinator = make_coordinator("demo")
    make_second_factor(coordinator)
    load(coordinator)
    make_commented_draft()
    campaign = make_campaign(coordinator)
    for name in ("River Watch", "Lake Watch"):
        make_listed(campaign, name)
    make_delivery(campaign)
    update = make_update(campaign)
    update.document.save("reply.pdf", ContentFile(b"%PDF-1.7 the reply"))
    update.publish(by=coordinator)
    make_pending(campaign, "Hill Watch").ask(by=coordinator, words="Who are you?")
    make_translation(campaign)
    Report.objects.about(f"/campaigns/{campaign.slug}/").send("A slip of the pen.")
    ImportBatch.objects.bring("list.csv", b"Name\nRiver Watch\n", by=coordinator)
    Suppression.objects.stop("0" * 64)
    kept, merged = (Organization.objects.register(name) for name in ("Marsh Watch", "Marsh Wardens"))
    Merge.objects.merge(kept, merged, by=None)
    SiteTheme.objects.create(name="Our statements")
    Erasure.objects.record("invitation", [10**9])


def tables(database: str) -> dict[str, list[str]]:
    """Every row of every table of the database, as text, in an order of its own."""
    opened = ConnectionHandler({"default": environ.Env.db_url_config(database)})["default"]
    with opened.cursor() as cursor:
        found = {}
        for table in opened.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {opened.ops.quote_name(table)}")
            found[table] = sorted(repr([readable(value) for value in row]) for row in cursor.fetchall())
    opened.close()
    return found


def readable(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_drill_restored_into_an_empty_database_every_table_is_as_it_was(
    committed: None, empty_database: str, settings: Any, tmp_path: Path
) -> None:
    fill()
    path, media = backup(settings.BACKUP_DIR), tmp_path / "restored"
    with process("restore", path, DATABASE_URL=empty_database, MEDIA_ROOT=media, BACKUP_DIR=tmp_path) as restoring:
        _out, err = restoring.communicate()
    assert restoring.returncode == 0, err
    before, after = tables(database_url()), tables(empty_database)
    assert after.keys() == before.keys()
    assert [table for table in before if after[table] != before[table]] == []
    assert len([table for table in before if before[table]]) > 30
    assert files(media) == files(settings.MEDIA_ROOT)
    assert len(files(media)) == 2


@pytest.mark.django_db
def test_backup_is_for_its_owner_alone_and_says_that_it_holds_no_keys(settings: Any) -> None:
    out = StringIO()
    call_command("backup", stdout=out)
    (path,) = settings.BACKUP_DIR.glob("*.zip")
    assert "It holds no keys. Keep SECRET_KEY, CONTACT_KEYS and CONTACT_INDEX_KEY in another place" in out.getvalue()
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert sorted(each.name for each in path.parent.iterdir()) == ["erasures.jsonl", path.name]


class TestReplacing:
    def test_key_that_is_not_the_backups_is_told(self, path: Path, settings: Any) -> None:
        settings.CONTACT_KEYS = [os.urandom(32)]
        with pytest.raises(CommandError, match="sealed texts cannot be read: their key is not in CONTACT_KEYS"):
            call_command("restore", path, replace=True, verbosity=0)

    @pytest.fixture
    def path(self, committed: None, settings: Any) -> Path:
        """A backup of two groups on a list; of the second contact person the list says that one was erased before."""
        campaign = make_campaign()
        _first, second = (make_listed(campaign, name) for name in ("River Watch", "Lake Watch"))
        Erasure.objects.record("contact", [second.pk])
        return backup(settings.BACKUP_DIR)

    def test_takes_the_place_of_all_that_is_there(self, path: Path, settings: Any) -> None:
        before = every_row()
        make_update(make_campaign(slug="later")).document.save("late.pdf", ContentFile(b"%PDF-1.7"))
        restore(path, "--replace")
        assert every_row() == before
        assert files(settings.MEDIA_ROOT) == {}

    def test_full_database_is_replaced_by_word_alone(self, path: Path) -> None:
        make_campaign(slug="later")
        before = every_row()
        with pytest.raises(CommandError, match=r"There is something in the database.* already"):
            restore(path)
        assert every_row() == before

    def test_what_is_only_ever_added_is_so_again(self, path: Path) -> None:
        restore(path, "--replace")
        with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
            TextVersion.objects.update(number=7)

    @pytest.mark.parametrize("known_by", ["the database that is replaced", "the file in BACKUP_DIR"])
    def test_what_was_erased_later_does_not_come_back(self, path: Path, known_by: str) -> None:
        erased, kept = Contact.objects.order_by("pk")
        Erasure.objects.record("contact", [erased.pk])
        Contact.objects.filter(pk=erased.pk).delete()
        if known_by == "the file in BACKUP_DIR":
            call_command("erase_expired", verbosity=0)
            Erasure.objects.all().delete()
        assert "1 rows that were erased later were erased again." in restore(path, "--replace")
        assert list(Contact.objects.values_list("pk", flat=True)) == [kept.pk]
        assert Signature.objects.count() == 2
        assert set(Erasure.objects.values_list("model", "row")) == {("contact", erased.pk), ("contact", kept.pk)}

    def test_row_that_came_after_an_erasure_of_its_key_stays(self, path: Path, settings: Any) -> None:
        restore(path, "--replace")
        assert Contact.objects.count() == 2

    def test_damaged_list_of_erasures_is_refused(self, path: Path, settings: Any) -> None:
        (settings.BACKUP_DIR / "erasures.jsonl").write_text('{"model": "contact", "row": 1}\n')
        before = every_row()
        with pytest.raises(CommandError, match=r"erasures.jsonl is damaged, so what was erased would come back"):
            restore(path, "--replace")
        assert every_row() == before


@pytest.mark.django_db
class TestWhatIsNoBackup:
    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        """What is about a backup, without one of a database that is in a transaction of its own."""
        path = tmp_path / "made.zip"
        with archive.written(path, lambda done: None) as new:
            new.add("about.json", [json.dumps({"format": 1, "database": connection.vendor, "migrations": []}).encode()])
            new.add("media/logos/one.png", [b"a picture " * 20])
            new.add("database.dump", [b"a database " * 50])
            new.add("erasures.jsonl", [b""])
        return path

    def refused(self, path: Path) -> str:
        before = every_row()
        with pytest.raises(CommandError) as told:
            restore(path, "--replace")
        assert every_row() == before
        return str(told.value)

    def test_cut_short(self, path: Path) -> None:
        whole = path.read_bytes()
        for length in range(0, len(whole), 397):
            path.write_bytes(whole[:length])
            assert "is no backup of this program, or was cut short" in self.refused(path)

    def test_damaged_anywhere(self, path: Path) -> None:
        """Whatever byte is another, it is found, unless it is one of those that say nothing, such as a date."""
        whole, told = path.read_bytes(), set()
        content = {name: zipped.read(name) for zipped in [zipfile.ZipFile(path)] for name in zipped.namelist()}
        for place in range(0, len(whole), 3):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x21]) + whole[place + 1 :])
            try:
                with archive.checked(path, lambda done: None) as found:
                    assert {name: found.file.read(name) for name in found.file.namelist()} == content
            except archive.Refused as reason:
                told.add(str(reason).removeprefix(str(path)).split("(")[0])
        assert told == {" is damaged ", " is no backup of this program, or was cut short."}

    def test_another_file(self, path: Path) -> None:
        path.write_text("Name,Country\nRiver Watch,UA\n")
        assert "is no backup of this program" in self.refused(path)
        with zipfile.ZipFile(path, "w") as other:
            other.writestr("word/document.xml", "<w/>")
        assert "is damaged" in self.refused(path)
        path.unlink()
        assert "No such file" in self.refused(path)

    @pytest.mark.parametrize(
        ("about", "words"),
        [
            ({"format": 2}, "by another version of this program"),
            ({"database": "oracle"}, "The backup is of oracle, the database here is"),
            ({"migrations": ["campaigns.0999_later"]}, "newer version of this program; unknown here: campaigns.0999_"),
        ],
    )
    def test_of_another_site(self, path: Path, about: dict[str, Any], words: str) -> None:
        given = {"format": 1, "database": connection.vendor, "migrations": []}
        with archive.written(path, lambda done: None) as new:
            new.add("about.json", [json.dumps(given | about).encode()])
        assert words in self.refused(path)


def test_database_that_takes_none_of_it_is_as_it_was(committed: None, settings: Any) -> None:
    make_campaign()
    before, path = every_row(), settings.BACKUP_DIR / "made.zip"
    settings.BACKUP_DIR.mkdir()
    name = {"postgresql": "database.dump", "sqlite": "database.sqlite3"}[connection.vendor]
    about = {"format": 1, "database": connection.vendor, "migrations": []}
    with archive.written(path, lambda done: None) as new:
        new.add("about.json", [json.dumps(about).encode()])
        new.add("media/logos/one.png", [b"a picture"])
        new.add(name, [b"a database " * 5000])
        new.add("erasures.jsonl", [b""])
    with pytest.raises(CommandError, match="The database is as it was, since it could not take the backup"):
        restore(path, "--replace")
    assert every_row() == before
    assert files(settings.MEDIA_ROOT) == {}


def test_killed_in_the_middle_there_is_no_backup_and_the_next_one_clears_up(committed: None, settings: Any) -> None:
    make_campaign()
    settings.MEDIA_ROOT.mkdir()
    with (settings.MEDIA_ROOT / "large.bin").open("wb") as large:
        large.truncate(2**31)
    folder = settings.BACKUP_DIR
    folder.mkdir()
    with process("backup", folder, MEDIA_ROOT=settings.MEDIA_ROOT) as program:
        while program.poll() is None and not list(folder.glob(".unfinished/*.zip")):
            time.sleep(0.02)
        os.kill(program.pid, signal.SIGKILL)
    assert program.returncode == -signal.SIGKILL
    assert [path.name for path in folder.iterdir()] == [".unfinished"]
    shutil.rmtree(settings.MEDIA_ROOT)
    path = backup(folder)
    assert sorted(each.name for each in folder.iterdir()) == ["erasures.jsonl", path.name]


def test_full_disk_leaves_no_backup_and_the_site_as_it_was(committed: None, settings: Any) -> None:
    make_update(make_campaign()).document.save("reply.pdf", ContentFile(random.randbytes(2 * DISK_BYTES)))
    path, before, uploads = backup(settings.BACKUP_DIR), every_row(), files(settings.MEDIA_ROOT)
    with small_disk(), pytest.raises(CommandError, match=r"No backup was made\. .*File too large"):
        backup(settings.BACKUP_DIR)
    assert sorted(each.name for each in settings.BACKUP_DIR.iterdir()) == ["erasures.jsonl", path.name]
    with small_disk(), pytest.raises(CommandError, match="File too large"):
        restore(path, "--replace")
    assert (every_row(), files(settings.MEDIA_ROOT)) == (before, uploads)


@pytest.mark.django_db
def test_two_backups_at_once_into_a_folder_are_one(settings: Any) -> None:
    settings.BACKUP_DIR.mkdir()
    with archive.alone_in(settings.BACKUP_DIR), pytest.raises(CommandError, match="Another backup is being made in"):
        backup(settings.BACKUP_DIR)
    assert backup(settings.BACKUP_DIR).exists()


@pytest.mark.django_db
@pytest.mark.postgresql
def test_program_that_is_missing_or_older_than_the_server_is_named_with_its_package(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The server tells where its own lie to its administrator alone."""
    older = tmp_path / "pg_dump"
    older.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.1'\n")
    older.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=None)
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE plain")
        cursor.execute("SET ROLE plain")
    with pytest.raises(archive.Refused, match=r"or newer is needed here .*/pg_dump is of version 9"):
        postgresql.tool("pg_dump")
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
