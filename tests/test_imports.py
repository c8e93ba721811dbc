"""A list is looked at row by row, then taken as a whole or not at all; the same list twice adds nothing."""

import io
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from campaigns.models import Event, ImportBatch, ImportRow, Organization, OrganizationName, Role, Signature
from campaigns.spreadsheets import NAME_HEADINGS, Columns, read
from tests.builders import (
    database_url,
    every_row,
    make_campaign,
    make_coordinator,
    make_draft,
    make_listed,
    make_member,
    make_pending,
    sign_in,
)

LIST = """Name,Other names,Acronym,Country,Website,E-mail
River Watch,Річкова варта | Flusswacht,RW,Ukraine,river-watch.example,secretary@river-watch.example
Lake Alliance,,,DE,https://lake-alliance.example,
,,,DE,,
Hill Society,,,Narnia,ftp://hill-society.example,
Lake Alliance,,,Germany,https://lake-alliance.example/,
"""


def bring(text: str = LIST, **options: Any) -> ImportBatch:
    """A list that was brought and looked at."""
    batch = ImportBatch.objects.bring("list.csv", text.encode(), by=None, **options)
    sheet = read(batch.file, "", NAME_HEADINGS)
    columns = Columns.by_heading(sheet.headings)
    batch.look(
        columns.lines(sheet.rows()),
        encoding=sheet.encoding,
        headings=columns.headings(sheet.headings),
        left_out=columns.left_out(sheet.headings),
    )
    return batch


def take(batch: ImportBatch) -> dict[str, int]:
    for _done in batch.take(by=None):
        pass
    return dict(batch.counts)


def verdicts(batch: ImportBatch) -> list[tuple[int, str]]:
    return list(batch.rows.values_list("number", "verdict"))


def reasons(batch: ImportBatch, number: int) -> list[str]:
    row = batch.rows.get(number=number)
    return row.why(ImportRow.candidates_of([row]))


def registry() -> dict[str, list[dict[str, Any]]]:
    rows = every_row()
    return {name: rows[name] for name in ("Organization", "OrganizationName", "Signature")}


@pytest.mark.django_db
class TestLooking:
    def test_each_row_gets_its_verdict(self) -> None:
        batch = bring()
        assert verdicts(batch) == [(2, "new"), (3, "new"), (4, "refused"), (5, "refused"), (6, "refused")]
        assert "merged" in reasons(batch, 4)[0]
        assert reasons(batch, 5) == [
            "No country is called “Narnia”.",
            "“ftp://hill-society.example” is no address of a website.",
        ]
        assert reasons(batch, 6) == ["The same as row 3."]
        assert batch.left_out == ["E-mail"]
        assert not Organization.objects.exists()

    @pytest.mark.parametrize(
        "row",
        [
            "x",
            "River\u200b Watch",
            "River 🌊",
            "<b>River</b>",
            "R" * 201,
            '"Hill Watch","🌊"',
            '"Hill Watch",,,,not a site',
        ],
    )
    def test_what_cannot_stand_in_a_list_is_refused(self, row: str) -> None:
        batch = bring(f"Name,Other names,Acronym,Country,Website\n{row}\n")
        assert verdicts(batch) == [(2, "refused")]

    def test_verified_organization_is_known_by_its_name(self) -> None:
        organization = Organization.objects.register("River Watch", country="UA")
        organization.verify(by=make_coordinator(), how="By telephone.")
        batch = bring("Name,Country\nRIVER WATCH (NGO),Ukraine\n")
        assert verdicts(batch) == [(2, "known")]
        assert batch.rows.get().organization == organization

    @pytest.mark.parametrize(
        ("row", "reason"),
        [
            ("River Watch,UA,", "same name"),
            ("Another Name,,https://www.river-watch.example", "same website"),
            ("Річкова варта,,", "known by this name"),
            ("River Wach,,", "looks alike"),
        ],
    )
    def test_who_may_be_a_known_one_is_doubtful(self, row: str, reason: str) -> None:
        organization = Organization.objects.register("River Watch", website="https://river-watch.example")
        organization.know_as("Річкова варта")
        organization.website = "https://river-watch.org"
        batch = bring(f"Name,Country,Website\n{row.replace('www.river-watch.example', 'river-watch.example')}\n")
        assert verdicts(batch) == [(2, "doubtful")]
        assert reasons(batch, 2)[0] == f"It may be “River Watch” ({reason})."

    def test_other_names_find_the_known_one_too(self) -> None:
        Organization.objects.register("Річкова варта")
        batch = bring("Name,Other names\nFlusswacht am Dnipro,Річкова варта\n")
        assert verdicts(batch) == [(2, "doubtful")]

    def test_a_look_alike_is_doubtful(self) -> None:
        Organization.objects.register("Hill Society", website="https://hillsociety.org")
        batch = bring("Name,Website\nRiver Wаtch,\nDale Union,https://hilsociety.org\n")  # one letter is Cyrillic
        assert verdicts(batch) == [(2, "doubtful"), (3, "doubtful")]
        assert "A word of the name mixes alphabets." in reasons(batch, 2)
        assert "The website’s address is almost that of a known one." in reasons(batch, 3)

    def test_namesakes_in_one_file_are_doubtful(self) -> None:
        batch = bring("Name,Country\nRiver Watch,UA\nRiver Watch,DE\n")
        assert verdicts(batch) == [(2, "new"), (3, "doubtful")]
        assert reasons(batch, 3)[0] == "Row 2 has the same name."

    def test_a_second_look_starts_anew(self) -> None:
        batch = bring()
        batch.look([(2, ["Dale Union"], {"name": "Dale Union"}, [])], encoding="", headings=["Name"], left_out=[])
        assert verdicts(batch) == [(2, "new")]


@pytest.mark.django_db
class TestTaking:
    def test_new_ones_are_registered_with_all_their_names(self) -> None:
        counts = take(bring())
        assert counts == {"new": 2, "known": 0, "names": 3, "listed": 0, "left_out": 3}
        river = Organization.objects.get(name="River Watch")
        assert (river.country.code, river.website) == ("UA", "https://river-watch.example")
        assert set(river.names.values_list("name", "kind")) == {
            ("River Watch", "official"),
            ("Річкова варта", "official"),
            ("Flusswacht", "official"),
            ("RW", "acronym"),
        }
        event = Event.objects.get(verb="imported")
        assert event.details == {"file": "list.csv", **counts}

    def test_the_same_file_twice_adds_nothing(self) -> None:
        take(bring())
        before = registry()
        again = bring()
        assert verdicts(again) == [(2, "known"), (3, "known"), (4, "refused"), (5, "refused"), (6, "refused")]
        assert take(again) == {"new": 0, "known": 2, "names": 0, "listed": 0, "left_out": 3}
        assert registry() == before

    def test_the_same_file_looked_at_twice_before_it_is_taken_adds_nothing_either(self) -> None:
        first, second = bring(), bring()
        take(first)
        before = registry()
        assert take(second)["new"] == 0
        assert registry() == before

    def test_who_came_by_another_way_meanwhile_is_left_out(self) -> None:
        batch = bring("Name,Country\nRiver Watch,UA\n")
        Organization.objects.register("River Watch", country="DE")
        assert take(batch)["left_out"] == 1
        assert Organization.objects.count() == 1

    def test_taking_twice_does_nothing(self) -> None:
        batch = bring()
        take(batch)
        before = every_row()
        take(ImportBatch.objects.get())
        assert every_row() == before

    def test_names_are_added_to_the_known_one(self) -> None:
        river = Organization.objects.register("River Watch", country="UA", website="https://river-watch.example")
        assert take(bring())["names"] == 3
        assert river.names.count() == 4

    def test_the_file_and_the_taken_rows_are_not_kept(self) -> None:
        batch = bring()
        assert b"secretary@" in batch.file
        assert b"secretary@" not in bytes(ImportBatch.objects.get().sealed_file)
        take(batch)
        assert ImportBatch.objects.get().file == b""
        assert verdicts(batch) == [(4, "refused"), (5, "refused"), (6, "refused")]
        assert "secretary@" not in str(every_row())

    def test_closed_in_the_middle_nothing_is_there(self) -> None:
        batch = bring()
        before = every_row()
        work = batch.take(by=None)
        assert next(work) == 1
        assert Organization.objects.count() == 1
        work.close()
        assert every_row() == before


@pytest.mark.django_db
class TestChoosing:
    @pytest.fixture
    def river(self) -> Organization:
        return Organization.objects.register("River Watch", country="DE")

    @pytest.fixture
    def row(self, river: Organization) -> ImportRow:
        return bring("Name,Country,Other names\nRiver Watch,UA,Річкова варта\n").rows.get()

    def test_nothing_chosen_is_left_out(self, row: ImportRow) -> None:
        assert take(row.batch)["left_out"] == 1
        assert Organization.objects.count() == 1

    def test_the_same(self, row: ImportRow, river: Organization) -> None:
        row.batch.choose({row.pk: str(river.pk)})
        assert take(row.batch)["known"] == 1
        assert set(river.names.values_list("name", flat=True)) == {"River Watch", "Річкова варта"}

    def test_a_new_one_and_then_the_same_file_again(self, row: ImportRow) -> None:
        row.batch.choose({row.pk: "new"})
        assert take(row.batch)["new"] == 1
        assert verdicts(bring("Name,Country,Other names\nRiver Watch,UA,Річкова варта\n")) == [(2, "known")]

    def test_chosen_and_then_left_out_after_all(self, row: ImportRow) -> None:
        row.batch.choose({row.pk: "new"})
        row.batch.choose({row.pk: ""})
        assert take(row.batch)["left_out"] == 1

    def test_what_was_not_offered_is_refused(self, row: ImportRow) -> None:
        other = Organization.objects.register("Lake Alliance")
        with pytest.raises(ValidationError):
            row.batch.choose({row.pk: str(other.pk)})

    def test_the_chosen_one_was_deleted_meanwhile(self, row: ImportRow, river: Organization) -> None:
        row.batch.choose({row.pk: str(river.pk)})
        river.delete()
        assert take(ImportBatch.objects.get())["left_out"] == 1
        assert row.batch.rows.get().reasons == ["The organization that it is known as is no longer in the registry."]


@pytest.mark.django_db
class TestListing:
    def test_each_row_is_listed_with_where_its_yes_is(self) -> None:
        campaign = make_campaign()
        assert take(bring(campaign=campaign, note="Folder 7"))["listed"] == 2
        listed = campaign.signatures.listed().order_by("position")
        assert [(each.name, each.source, each.source_note) for each in listed] == [
            ("River Watch", "import", "Folder 7"),
            ("Lake Alliance", "import", "Folder 7"),
        ]
        assert not hasattr(listed[0], "contact")

    def test_who_is_on_the_list_is_refused_so_that_the_file_twice_adds_nothing(self) -> None:
        campaign = make_campaign()
        take(bring(campaign=campaign, note="Folder 7"))
        before = registry()
        again = bring(campaign=campaign, note="Folder 7")
        assert reasons(again, 2) == ["“River Watch” is on the list already."]
        take(again)
        assert registry() == before

    def test_who_was_listed_since_the_look_is_refused_alone(self) -> None:
        campaign = make_campaign()
        Organization.objects.register("Lake Alliance", country="DE", website="https://lake-alliance.example")
        batch = bring(campaign=campaign, note="Folder 7")
        signatory = {"name": "Lake Alliance", "name_as_signed": "Lake Alliance", "language": "en"}
        Signature.objects.add(campaign, None, signatory, organization=Organization.objects.get())
        assert take(batch)["listed"] == 1
        assert "is on the list already" in batch.rows.get(number=3).reasons[0]

    @pytest.mark.parametrize("note", ["", "  "])
    def test_without_a_note_nobody_is_listed(self, note: str) -> None:
        with pytest.raises(ValidationError, match="Say where their yes can be found"):
            bring(campaign=make_campaign(), note=note)

    def test_a_draft_takes_no_list(self) -> None:
        with pytest.raises(ValidationError, match="takes no signatures yet"):
            bring(campaign=make_draft(), note="Folder 7")


PROGRAM = """
import django
django.setup()
from campaigns.models import ImportBatch
for done in ImportBatch.objects.get().take(by=None):
    print(done, flush=True)
    if done == 300:
        input()
"""


def test_killed_in_the_middle_nothing_is_there(committed: None) -> None:
    batch = bring("Name\n" + "\n".join(f"Organization {number} of the river" for number in range(600)))
    ImportRow.objects.filter(verdict="doubtful").update(choice="new")
    before = every_row()
    command = [sys.executable, "-c", PROGRAM]
    with subprocess.Popen(
        command,
        env=os.environ | {"DATABASE_URL": database_url()},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdout
        told = [program.stdout.readline().strip() for _row in range(300)]
        os.kill(program.pid, signal.SIGKILL)
    assert told[-1] == "300"
    assert every_row() == before
    assert take(batch)["new"] == 600


@pytest.mark.django_db
class TestCommand:
    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        path = tmp_path / "list.csv"
        path.write_text(LIST)
        return path

    def run(self, *arguments: Any) -> tuple[str, str]:
        out, err = io.StringIO(), io.StringIO()
        call_command("import_organizations", *map(str, arguments), stdout=out, stderr=err)
        return out.getvalue().strip(), err.getvalue().strip()

    def test_takes_the_list_and_says_what_it_left_out(self, file: Path, tmp_path: Path) -> None:
        out, err = self.run(file, "--refused", tmp_path / "left.csv")
        assert out == "2 new, 0 known, 3 names added, 3 left out"
        assert err == "Columns left out: E-mail"
        left = (tmp_path / "left.csv").read_text("utf-8-sig").splitlines()
        assert left[0] == '"Name","Other names","Acronym","Country","Website","Why it was not taken"'
        assert left[3] == '"Lake Alliance","","","Germany","https://lake-alliance.example/","The same as row 3."'

    def test_the_file_of_the_left_out_comes_in_once_it_is_mended(self, file: Path, tmp_path: Path) -> None:
        self.run(file, "--refused", tmp_path / "left.csv")
        text = (tmp_path / "left.csv").read_text("utf-8-sig")
        (tmp_path / "left.csv").write_text(text.replace("Narnia", "France").replace("ftp:", "https:"), "utf-8-sig")
        out, err = self.run(tmp_path / "left.csv")
        assert out == "1 new, 1 known, 0 names added, 1 left out"
        assert err == ""

    def test_a_dry_run_changes_nothing(self, file: Path) -> None:
        before = every_row()
        assert self.run(file, "--dry-run")[0] == "It would be: 2 new, 0 known, 3 names added, 3 left out"
        assert every_row() == before

    def test_lists_signatories(self, file: Path) -> None:
        campaign = make_campaign()
        out, _err = self.run(file, "--campaign", campaign.slug, "--note", "Folder 7")
        assert out == "2 new, 0 known, 3 names added, 2 listed, 3 left out"

    @pytest.mark.parametrize(
        ("text", "arguments", "words"),
        [
            (LIST, ["--campaign", "none"], "There is no campaign none."),
            (LIST, ["--encoding", "rot13"], "none of the encodings"),
            ("", [], "The file is empty."),
            ("Who\nRiver Watch\n", [], "No column is called"),
        ],
    )
    def test_what_cannot_be_is_said(self, file: Path, text: str, arguments: Sequence[str], words: str) -> None:
        file.write_text(text)
        with pytest.raises(CommandError, match=words):
            self.run(file, *arguments)
        with pytest.raises(CommandError, match="cannot be opened"):
            self.run(file.with_name("missing.csv"))


@pytest.fixture
def desk(client: Client, db: None) -> Client:
    sign_in(client, make_coordinator())
    return client


def send(desk: Client, data: bytes, name: str = "list.csv", **fields: Any) -> Any:
    file = SimpleUploadedFile(name, data)
    return desk.post(reverse("admin:campaigns_importbatch_add"), {"file": file, **fields}, follow=True)


def text_of(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return str(content.decode())


def at(step: str, *args: Any) -> str:
    return reverse(f"admin:campaigns_importbatch_{step}", args=args)


def take_at(desk: Client) -> Any:
    """What follows when the coordinator takes the list that was brought last, as it stands now."""
    batch = ImportBatch.objects.latest("pk")
    return desk.post(at("confirm", batch.pk), {"seen": batch.fingerprint})


def test_page_that_is_closed_in_the_middle_takes_nothing(desk: Client) -> None:
    send(desk, LIST.encode())
    response = take_at(desk)
    stream = iter(response.streaming_content)
    assert b"Keep this page open" in next(stream)
    assert b"<progress" in next(stream)
    assert Organization.objects.count() == 1
    response._iterator.close()  # as a server does, the connection kept for the test
    assert not Organization.objects.exists()


class TestDesk:
    def test_three_steps(self, desk: Client) -> None:
        assert at("add") in text_of(desk.get(reverse("admin:campaigns_organization_changelist")))
        page = text_of(send(desk, LIST.encode()))
        assert "5 rows: 2 new, 0 known, 0 doubtful, 3 refused." in page
        assert "Left out: <bdi>“E-mail”</bdi>" in page
        batch = ImportBatch.objects.get()
        confirm = text_of(desk.get(at("confirm", batch.pk)))
        assert "2 organizations are registered as new." in confirm
        assert "Keep the page that follows open" in confirm
        assert not Organization.objects.exists()
        response = take_at(desk)
        assert response["X-Accel-Buffering"] == "no"
        done = text_of(response)
        assert done.count("<progress") == 5
        assert "2 registered as new, 0 known, 3 names added, 3 rows left out." in done
        assert done.rstrip().endswith("</html>")
        assert Event.objects.get(verb="imported").who == User.objects.get()
        left = text_of(desk.get(at("refused", batch.pk)))
        assert "The same as row 3." in left
        assert "Rows that were left out" in text_of(desk.get(at("change", batch.pk)))
        assert text_of(desk.post(at("confirm", batch.pk), follow=True)).count("All is done.") == 1

    def test_workbook_with_a_wrong_name(self, desk: Client) -> None:
        book = openpyxl.Workbook()
        book.active.append(["Name"])
        book.active.append(["River Watch"])
        file = io.BytesIO()
        book.save(file)
        assert "1 row: 1 new" in text_of(send(desk, file.getvalue(), "list.csv"))
        assert "1 row: 1 new" in text_of(send(desk, b"Name\nLake Watch\n", "list.xlsx"))

    def test_headings_that_say_nothing_are_chosen(self, desk: Client) -> None:
        response = send(desk, b"Who,Where,Mail\nRiver Watch,UA,x@example.org\n")
        page = text_of(response)
        assert "No column is called “Name”" in page
        assert "x@example.org" in page
        address = response.redirect_chain[-1][0]
        refused = desk.post(address, {"encoding": "utf-8-sig", "country": "1"})
        assert refused.status_code == 422
        assert "Choose the column that holds the names." in text_of(refused)
        twice = desk.post(address, {"encoding": "utf-8-sig", "name": "0", "country": "0"})
        assert "Choose each column once." in text_of(twice)
        page = text_of(desk.post(address, {"encoding": "utf-8-sig", "name": "0", "country": "1"}, follow=True))
        assert "1 row: 1 new" in page
        assert "x@example.org" not in str(list(ImportRow.objects.values()))

    def test_encoding_that_was_guessed_wrong_is_chosen(self, desk: Client) -> None:
        response = send(desk, "Name\nŻółw\n".encode("cp1250"))
        assert "Żółw" not in text_of(response)
        address = response.redirect_chain[-1][0]
        again = desk.post(address, {"encoding": "cp1250", "again": ""}, follow=True)
        assert "Żółw" in text_of(again)
        desk.post(address, {"encoding": "cp1250", "name": "0"})
        assert ImportRow.objects.get().words["name"] == "Żółw"

    @pytest.mark.parametrize("data", [b"", b"%PDF", b"PK\x03\x04", b"Name\n", b"\x00" * 9])
    def test_what_is_no_list_is_told_beside_the_field(self, desk: Client, data: bytes) -> None:
        campaign = make_campaign()
        response = send(desk, data, campaign=campaign.pk, note="Folder 7")
        assert response.status_code == 422
        assert response.context["form"].errors.keys() == {"file"}
        assert "Folder 7" in text_of(response)
        assert not ImportBatch.objects.exists()

    def test_listing_needs_a_note(self, desk: Client) -> None:
        response = send(desk, LIST.encode(), campaign=make_campaign().pk)
        assert response.context["form"].errors.keys() == {"note"}

    def test_choices_are_kept_per_page(self, desk: Client) -> None:
        Organization.objects.register("River Watch", country="DE")
        Organization.objects.register("Lake Watch", country="DE")
        page = text_of(send(desk, b"Name,Country\nRiver Watch,UA\nLake Watch,UA\n"))
        assert " checked" not in page
        batch = ImportBatch.objects.get()
        river, lake = batch.rows.all()
        sent = {f"row-{river.pk}": "new", f"row-{lake.pk}": str(Organization.objects.get(name="Lake Watch").pk)}
        response = desk.post(at("change", batch.pk), {**sent, "confirm": ""}, follow=True)
        assert "1 organization is registered as new." in text_of(response)
        assert "1 is known" in text_of(response)
        refused = desk.post(at("change", batch.pk), {f"row-{river.pk}": "999999"})
        assert refused.status_code == 422
        odd = {"row-x": "new", "row-" + "9" * 40: "new", "row-²": "new"}
        assert desk.post(at("change", batch.pk), odd).status_code == 302

    def test_rows_are_paged_and_filtered(self, desk: Client) -> None:
        send(desk, b"Name\n" + b"".join(b"Group %d of the hill\n\n" % number for number in range(5)) + b"x\n")
        batch = ImportBatch.objects.get()
        assert "Group 0" not in text_of(desk.get(at("change", batch.pk), {"verdict": "refused"}))
        for query in ({"p": "99"}, {"p": "x"}, {"verdict": "none"}):
            assert "Group 0" in text_of(desk.get(at("change", batch.pk), query))

    def test_discarding_forgets_the_rows(self, desk: Client) -> None:
        send(desk, LIST.encode())
        assert desk.get(at("discard", ImportBatch.objects.get().pk)).status_code == 405
        desk.post(at("discard", ImportBatch.objects.get().pk))
        assert not ImportBatch.objects.exists()
        assert not ImportRow.objects.exists()

    @pytest.mark.parametrize("address", ["999/change/", "999/columns/", "999/confirm/", "999/refused.csv"])
    def test_no_such_list(self, desk: Client, address: str) -> None:
        assert desk.get(at("changelist") + address).status_code == 404

    def test_who_may_not_add_organizations_brings_nothing(self, client: Client, db: None) -> None:
        batch = bring()
        sign_in(client, User.objects.create_user("reader", is_staff=True))
        for step in ("change", "columns", "confirm", "refused"):
            assert client.get(at(step, batch.pk)).status_code == 403
        assert client.post(at("confirm", batch.pk)).status_code == 403
        assert client.post(at("discard", batch.pk)).status_code == 403
        assert send(client, LIST.encode()).status_code == 403
        assert not Organization.objects.exists()

    def test_nobody_lists_signatures_of_a_campaign_in_which_they_do_not_decide(self, client: Client, db: None) -> None:
        keeper = make_member(make_campaign(slug="own"), "keeper", Role.REVIEWER)
        sign_in(client, keeper)
        campaign = make_campaign()
        assert send(client, LIST.encode(), campaign=campaign.pk, note="Folder 7").status_code == 422
        listing = bring(campaign=campaign, note="Folder 7")
        ImportBatch.objects.update(by=keeper)
        assert client.post(at("confirm", listing.pk)).status_code == 404


@pytest.mark.django_db
def test_a_row_of_the_registry_keeps_its_languages() -> None:
    take(bring("Name,Language\nРічкова варта,Ukrainian\n"))
    assert OrganizationName.objects.get().language == "uk"


@pytest.mark.django_db
class TestOverruling:
    """What the registry seems to know is a proposal: the coordinator has the last word on every row."""

    @pytest.fixture
    def river(self) -> Organization:
        river = Organization.objects.register("River Watch", country="UA", website="https://river-watch.example")
        river.verify(by=None, how="By telephone.")
        return river

    @pytest.fixture
    def row(self, river: Organization) -> ImportRow:
        return bring("Name,Other names,Website\nRiver Watch Ukraine,RWU,https://river-watch.example\n").rows.get()

    def test_known_by_its_website_adds_no_name(self, row: ImportRow, river: Organization) -> None:
        assert (row.verdict, row.choice, row.organization) == ("known", "site", river)
        assert take(row.batch) == {"new": 0, "known": 1, "names": 0, "listed": 0, "left_out": 0}
        assert river.names.count() == 1

    def test_unless_the_coordinator_says_that_it_is_called_so(self, row: ImportRow, river: Organization) -> None:
        row.batch.choose({row.pk: str(river.pk)})
        assert take(row.batch)["names"] == 2

    def test_first_called_so_and_then_not(self, row: ImportRow, river: Organization) -> None:
        for choice in ("new", str(river.pk), "site"):
            row.batch.choose({row.pk: choice})
        assert take(row.batch)["names"] == 0

    def test_known_is_a_new_one_after_all(self, row: ImportRow) -> None:
        row.batch.choose({row.pk: "new"})
        assert row.batch.tally()["registered"] == 1
        assert take(row.batch)["new"] == 1

    @pytest.mark.parametrize("text", ["Name,Country\nRiver Watch,UA\n", "Name\nLake Alliance of the hills\n"])
    @pytest.mark.usefixtures("river")
    def test_known_and_new_are_left_out_by_choice(self, text: str) -> None:
        batch = bring(text)
        row = batch.rows.get()
        batch.choose({row.pk: ""})
        assert batch.tally()["left_out"] == 1
        assert list(batch.refused()) == [(row.cells, "It was left out by choice.")]
        assert take(batch)["left_out"] == 1

    def test_the_names_of_who_is_known_by_name_cannot_stay(self, river: Organization) -> None:
        batch = bring("Name,Country\nRiver Watch,UA\n")
        with pytest.raises(ValidationError):
            batch.choose({batch.rows.get().pk: "site"})

    def test_the_page_offers_it(self, desk: Client, row: ImportRow, river: Organization) -> None:
        page = text_of(desk.get(at("change", row.batch.pk)))
        assert f'name="row-{row.pk}" value="site" checked' in page
        assert f'name="row-{row.pk}" value="{river.pk}">' in page
        assert f'name="row-{row.pk}" value="new">' in page
        desk.post(at("change", row.batch.pk), {f"row-{row.pk}": ""})
        assert f'name="row-{row.pk}" value="" checked' in text_of(desk.get(at("change", row.batch.pk)))


@pytest.mark.django_db
class TestDoubts:
    @pytest.mark.parametrize("website", ["arnnesty.org", "amnesty.example", "amnesty-org.com", "amnestv.org"])
    def test_a_look_alike_domain_is_never_new(self, website: str) -> None:
        Organization.objects.register("Friends of Prisoners", website="https://www.amnesty.org")
        batch = bring(f"Name,Website\nDale Union,{website}\n")
        expected = [str(words) for words in Organization.objects.warnings("Dale Union", f"https://{website}")]
        assert reasons(batch, 2)[: len(expected)] == expected
        assert verdicts(batch) == [(2, "doubtful" if expected else "new")]
        assert website == "amnestv.org" or expected

    def test_rows_of_one_key_and_two_spellings_are_doubtful(self) -> None:
        batch = bring("Name,Country\nRiver Centre,UA\nRiver Center,UA\nRiver Centre,UA\n")
        assert verdicts(batch) == [(2, "new"), (3, "doubtful"), (4, "refused")]
        assert reasons(batch, 4) == ["The same as row 2."]

    @pytest.mark.parametrize(
        ("row", "verdict"), [("River Watch,,", "doubtful"), ("River Watch,UA,", "known"), ("RIVER WATCH,UA,", "known")]
    )
    def test_an_unverified_record_is_not_known_by_a_bare_name(self, row: str, verdict: str) -> None:
        Organization.objects.register("River Watch", country="UA" if ",UA" in row else "")
        assert verdicts(bring(f"Name,Country,Website\n{row}\n")) == [(2, verdict)]

    @pytest.mark.parametrize("name", ["TRUE", "falsch", "2018", "2018-11-20", "10:30:00", "3.14", "20.11.2018"])
    def test_what_is_no_name_is_doubtful(self, name: str) -> None:
        batch = bring(f"Name\n{name}\n")
        assert verdicts(batch) == [(2, "doubtful")]
        assert reasons(batch, 2)[0] == "A name is a number, a date or the like."

    def test_a_name_of_several_lines_is_refused(self) -> None:
        batch = bring('Name,Country\n"River Watch\nLake Alliance",UA\n')
        assert verdicts(batch) == [(2, "refused")]
        assert "see that the quotes close" in reasons(batch, 2)[0]


class TestConfirming:
    @pytest.mark.parametrize("method", ["head", "get", "options", "trace", "put", "patch", "delete"])
    def test_nothing_but_post_takes_a_list(self, desk: Client, method: str) -> None:
        send(desk, LIST.encode())
        batch = ImportBatch.objects.get()
        before = every_row()
        for step in ("confirm", "columns", "change"):
            response = getattr(desk, method)(at(step, batch.pk))
            assert response.status_code == (200 if method in {"head", "get"} else 405)
        assert getattr(desk, method)(at("add")).status_code == (200 if method in {"head", "get"} else 405)
        assert getattr(desk, method)(at("discard", batch.pk)).status_code == 405
        assert every_row() == before

    @pytest.mark.parametrize("change", ["choice", "look", "nothing sent"])
    def test_what_has_changed_since_the_look_is_not_taken(self, desk: Client, change: str) -> None:
        send(desk, LIST.encode())
        batch = ImportBatch.objects.get()
        seen = batch.fingerprint
        assert seen in text_of(desk.get(at("confirm", batch.pk)))
        if change == "choice":
            batch.choose({batch.rows.get(number=2).pk: ""})
        elif change == "look":
            batch.look([(2, ["Dale Union"], {"name": "Dale Union"}, [])], encoding="", headings=["Name"], left_out=[])
        response = desk.post(at("confirm", batch.pk), {} if change == "nothing sent" else {"seen": seen})
        assert "Something has changed since you looked." in text_of(response)
        assert not Organization.objects.exists()

    def test_who_brought_a_list_may_forget_it_until_it_is_taken(self, client: Client, db: None) -> None:
        campaign = make_campaign()
        keeper, other = (make_member(campaign, name, Role.REVIEWER) for name in ("keeper", "other"))
        sign_in(client, keeper)
        send(client, LIST.encode())
        first = ImportBatch.objects.get()
        sign_in(client, other)
        assert client.post(at("discard", first.pk)).status_code == 404
        sign_in(client, keeper)
        assert "Forget this list" in text_of(client.get(at("change", first.pk)))
        assert "All is done." in text_of(take_at(client))
        assert client.post(at("discard", first.pk)).status_code == 403
        sign_in(client, make_coordinator())
        assert client.post(at("discard", first.pk)).status_code == 302
        assert not ImportBatch.objects.exists()


@pytest.mark.django_db
def test_list_that_is_exported_and_brought_back_publishes_no_name(desk: Client) -> None:
    withheld = make_listed(make_campaign(), "Night Watch", shown=Signature.Shown.COUNTED)
    organization = withheld.organization
    assert organization
    make_pending(make_campaign(slug="second"), "Day Watch").accept(organization=organization)
    organization.verify(by=None, how="By telephone.")
    batch = bring("Name,Other names\nNight Watch,Day Watch\n")
    assert take(batch)["known"] == 1
    assert "Night Watch" not in desk.get(f"/organizations/{organization.slug}/").content.decode()


@pytest.mark.django_db
def test_coordinator_does_not_see_the_list_that_another_brought(client: Client) -> None:
    batch = bring("Name\nRiver Watch\n")
    ImportBatch.objects.update(by=make_coordinator())
    sign_in(client, make_member(make_campaign(), "other"))
    for step in ("change", "columns", "confirm"):
        assert client.get(f"/admin/campaigns/importbatch/{batch.pk}/{step}/").status_code == 404
