"""Checking a delivered list, without a database: what was changed is found, what is genuine is not refused.

UNDERSIGNED_FULL=1 tries 10,000 changes and asks the standalone script about 1,000 of them; without it a part of both.
"""

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns import verify
from tests.lengths import how_many

CHANGES = how_many(2_000, 10_000)
ASKED_OF_THE_SCRIPT = how_many(20, 1_000)
NAMES = ["River Watch", "Спілка річок", "جمعية النهر", "Zażółć “gęślą” jaźń", "河川監視", "Anti\\slash"]


def make_list(signatories: int, seed: int = 1) -> bytes:
    """A delivered list as the addressee gets it."""
    chance = random.Random(seed)
    names: list[dict[str, Any]] = [
        {
            "salt": f"{chance.getrandbits(128):032x}",
            "words": {
                "name": f"{chance.choice(NAMES)} {number}",
                "signed_as": f"{chance.choice(NAMES)} {number}",
                "kind": "organization",
                "affiliation": "",
                "country": chance.choice(["", "UA", "AZ"]),
                "date": "2026-03-02",
                "version": 1,
                "came_by": "form",
            },
        }
        for number in range(1, signatories + 1)
    ]
    delivered = {
        "campaign": "open-letter",
        "number": seed,
        "at": "2026-03-02T12:00:00+00:00",
        "version": 1,
        "texts": {"en": f"{chance.getrandbits(256):064x}"},
        "counted": signatories,
        "hashes": [verify.entry_hash(entry["salt"], entry["words"]) for entry in names],
    }
    return as_file({"format": verify.FORMAT, "delivered": delivered, "names": names})


def as_file(document: Any) -> bytes:
    return verify.canonical(document) + b"\n"


def fingerprint_of(data: bytes) -> str:
    return verify.fingerprint(json.loads(data)["delivered"])


THOUSAND = make_list(1_000)
FINGERPRINT = fingerprint_of(THOUSAND)


def changed_at_random(chance: random.Random) -> bytes:
    """The list of a thousand with one byte changed into another."""
    place = chance.randrange(len(THOUSAND))
    other = (THOUSAND[place] + chance.randrange(1, 256)) % 256
    return THOUSAND[:place] + bytes([other]) + THOUSAND[place + 1 :]


def refusal(data: bytes, expected: str) -> str:
    """Why the list is not genuine; empty when it is."""
    try:
        verify.check(data, expected)
    except verify.Refused as reason:
        return str(reason)
    return ""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """The single file that the page offers, away from everything of ours."""
    path = tmp_path / "verify.py"
    path.write_bytes(Path(verify.__file__).read_bytes())
    return path


def said(script: Path, *arguments: Any) -> tuple[int, str]:
    """The script's exit code and its words."""
    command = [sys.executable, "-I", "-X", "utf8", str(script), *map(str, arguments)]
    done = subprocess.run(command, cwd=script.parent, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.stderr == ""
    return done.returncode, done.stdout.removesuffix("\n")


def test_each_changed_byte_is_found() -> None:
    chance = random.Random(2)
    unnoticed = [
        data for data in (changed_at_random(chance) for _change in range(CHANGES)) if not refusal(data, FINGERPRINT)
    ]
    assert unnoticed == []


def test_changed_byte_in_each_place_of_a_short_list_is_found() -> None:
    short = make_list(2)
    expected = fingerprint_of(short)
    changes = (
        short[:place] + bytes([short[place] ^ flip]) + short[place + 1 :]
        for place in range(len(short))
        for flip in (1, 2, 16, 32)
    )
    assert [data for data in changes if not refusal(data, expected)] == []


def test_no_genuine_list_is_refused() -> None:
    for seed in range(100):
        data = make_list(30, seed)
        document = verify.check(data, fingerprint_of(data))
        assert verify.verdict(document) == "Genuine: 30 names, each as it was delivered."


def test_list_without_three_names_verifies_and_an_old_copy_proves_them(script: Path) -> None:
    document = json.loads(THOUSAND)
    gone = {number: document["names"][number] for number in (0, 499, 999)}
    for number in gone:
        document["names"][number] = None
    served = as_file(document)
    verdict = "Genuine: 997 names, each as it was delivered. 3 not shown (withheld, or taken out later)."
    assert verify.verdict(verify.check(served, FINGERPRINT)) == verdict
    old = verify.check(THOUSAND, FINGERPRINT)
    assert {number: old["names"][number] for number in gone} == gone
    assert verify.difference(verify.read(served), old) == ""

    (script.parent / "served.json").write_bytes(served)
    (script.parent / "old.json").write_bytes(THOUSAND)
    assert said(script, "served.json", FINGERPRINT) == (0, verdict)
    assert said(script, "old.json", FINGERPRINT.upper()) == (0, "Genuine: 1000 names, each as it was delivered.")
    assert said(script, "old.json", "served.json") == (0, "Both lists deliver the same.")


def test_script_agrees_with_the_server_on_changed_lists(script: Path) -> None:
    chance = random.Random(3)
    file = script.parent / "list.json"
    for _change in range(ASKED_OF_THE_SCRIPT):
        data = changed_at_random(chance)
        file.write_bytes(data)
        assert said(script, "list.json", FINGERPRINT) == (1, refusal(data, FINGERPRINT))


def test_script_agrees_with_the_server_on_genuine_lists(script: Path) -> None:
    for seed in range(ASKED_OF_THE_SCRIPT // 4):
        data = make_list(30, seed)
        (script.parent / "list.json").write_bytes(data)
        verdict = "Genuine: 30 names, each as it was delivered."
        assert said(script, "list.json", fingerprint_of(data)) == (0, verdict)


def test_script_names_the_first_difference_of_two_lists(script: Path) -> None:
    document = json.loads(THOUSAND)
    entry = document["names"][41]
    entry["words"]["name"] = "Hill Watch"
    document["delivered"]["hashes"][41] = verify.entry_hash(entry["salt"], entry["words"])
    forged = as_file(document)
    before = json.loads(THOUSAND)["names"][41]["words"]["name"]
    words = f"Signatory 42 differs: Hill Watch in the first, {before} in the second."
    assert verify.difference(verify.read(forged), verify.read(THOUSAND)) == words
    (script.parent / "forged.json").write_bytes(forged)
    (script.parent / "ours.json").write_bytes(THOUSAND)
    assert said(script, "forged.json", "ours.json") == (1, words)


def test_script_says_how_it_is_used_and_what_it_cannot_read(script: Path) -> None:
    assert said(script) == (2, str(verify.__doc__))
    assert said(script, "nothing.json", FINGERPRINT) == (1, "nothing.json cannot be read: No such file or directory")
    with (script.parent / "list.json").open("wb") as file:
        file.truncate(verify.LARGEST_BYTES + 1)
    assert said(script, "list.json", FINGERPRINT) == (1, "This is no delivered list: it is larger than any could be.")


@pytest.mark.parametrize(
    "words", [{"delivered": {"note": None}}, {"delivered": {"number": True}}, {"delivered": {"counted": 2.0}}]
)
def test_lists_with_other_fingerprints_always_differ(words: dict[str, Any]) -> None:
    ours = json.loads(make_list(2))
    other = {**ours, "delivered": {**ours["delivered"], **words["delivered"]}}
    one, two = verify.read(as_file(other)), verify.read(as_file(ours))
    assert verify.fingerprint(one["delivered"]) != verify.fingerprint(two["delivered"])
    assert verify.difference(one, two) != ""


def test_script_speaks_on_a_terminal_that_knows_no_unicode(script: Path) -> None:
    document = json.loads(make_list(3))
    (script.parent / "one.json").write_bytes(as_file(document))
    document["names"][0]["words"]["name"] = "Спілка річок"
    (script.parent / "two.json").write_bytes(as_file(document))
    command = [sys.executable, str(script), "one.json", "two.json"]
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252"}
    done = subprocess.run(command, cwd=script.parent, env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (1, b"")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
HASH = st.sampled_from(["0" * 64, "f" * 64, "F" * 64, ""])
ENTRY = st.none() | JSON | st.fixed_dictionaries({"salt": st.text() | JSON, "words": JSON})
NEARLY = st.fixed_dictionaries(
    {"format": st.just(verify.FORMAT)},
    optional={
        "names": st.lists(ENTRY, max_size=3) | JSON,
        "delivered": st.fixed_dictionaries({"hashes": st.lists(HASH | JSON, max_size=3) | JSON}) | JSON,
        "more": JSON,
    },
)


def only_refuses(data: bytes) -> None:
    """Reads the list; it may be refused, and nothing else may happen."""
    try:
        document = verify.read(data)
    except verify.Refused:
        return
    assert len(document["names"]) == len(document["delivered"]["hashes"])


@given(st.binary(max_size=400))
def test_random_bytes_are_only_refused(data: bytes) -> None:
    only_refuses(data)


@given(JSON | NEARLY)
def test_random_json_is_only_refused(document: Any) -> None:
    only_refuses(json.dumps(document, sort_keys=True, separators=(",", ":")).encode() + b"\n")
    only_refuses(
        json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8", "replace")
        + b"\n"
    )


@pytest.mark.parametrize(
    "data", [b"[" * 200_000, b'{"a":' * 200_000, b"1" * 10_000, b"1e999", b"NaN", b'"\\ud800"', b"\xff\xfe", b""]
)
def test_hostile_json_is_only_refused(data: bytes) -> None:
    with pytest.raises(verify.Refused):
        verify.read(data)
