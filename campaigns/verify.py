#!/usr/bin/env python3
"""Checks a delivered list. Needs Python 3.10 or newer and nothing else.

    python3 verify.py LIST.json FINGERPRINT     is this the list with that fingerprint?
    python3 verify.py LIST.json OTHER.json      are these the same list, and if not, where do they part?

A delivered list is JSON: "delivered" says what was delivered, with one hash per signatory in their order; "names" holds
beside each hash the words that it stands for and a salt, or null where a name is withheld or was taken out later.

- The fingerprint is the SHA-256 of "delivered" in canonical form: UTF-8, keys sorted, no spaces.
- A hash is the SHA-256 of the salt (as text), a line feed, and the words in canonical form.
- The file itself is in canonical form, with a line feed at its end: a changed byte is a changed file.

So whoever kept a copy can prove every name in it, and a name that was taken out breaks nothing.
"""

import hashlib
import hmac
import io
import json
import re
import sys
from typing import Any

FORMAT = "undersigned delivered list 1"
LARGEST_BYTES = 200_000_000
LONGEST_NAME_SHOWN = 80
FINGERPRINT = re.compile(r"[0-9a-f]{64}")


class Refused(Exception):
    """Why a list cannot be genuine, in words for whoever holds it."""


def canonical(value: Any) -> bytes:
    """The JSON `value` as bytes: UTF-8, keys sorted, no spaces."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode()


def entry_hash(salt: str, words: Any) -> str:
    """The SHA-256, in hexadecimal, that stands for one signatory."""
    return hashlib.sha256(salt.encode() + b"\n" + canonical(words)).hexdigest()


def fingerprint(delivered: Any) -> str:
    """The SHA-256, in hexadecimal, over all that was delivered."""
    return hashlib.sha256(canonical(delivered)).hexdigest()


def read(data: bytes) -> Any:
    """The list in the bytes `data`, each of its names checked against its hash. Raises Refused."""
    if len(data) > LARGEST_BYTES:
        raise Refused("This is no delivered list: it is larger than any could be.")
    try:
        document = json.loads(data.decode("utf-8"))
        rewritten = canonical(document) + b"\n"
    except (ValueError, RecursionError):
        raise Refused("This is no delivered list: it cannot be read as JSON in UTF-8.") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise Refused("This is no delivered list, or one of another format.")
    if rewritten != data:
        raise Refused(f"The file was written anew or changed: it parts from the exact form at {spot(data, rewritten)}.")
    check_shape(document)
    for number, (expected, entry) in enumerate(
        zip(document["delivered"]["hashes"], document["names"], strict=True), start=1
    ):
        if entry is not None and not hmac.compare_digest(entry_hash(entry["salt"], entry["words"]), expected):
            raise Refused(f"Signatory {number} ({name_of(entry)}) is not who was delivered: the hash does not match.")
    return document


def check_shape(document: Any) -> None:
    """Raises Refused where a part is missing or is not of its kind."""
    delivered, names = document.get("delivered"), document.get("names")
    if set(document) != {"format", "delivered", "names"} or not isinstance(delivered, dict):
        raise Refused("A part of the list is missing or was added.")
    hashes = delivered.get("hashes")
    if not isinstance(hashes, list) or not isinstance(names, list):
        raise Refused("The hashes or the names are missing.")
    if len(hashes) != len(names):
        raise Refused(f"There are {len(hashes)} hashes and {len(names)} names: the list was cut or added to.")
    for number, (each, entry) in enumerate(zip(hashes, names, strict=True), start=1):
        if not isinstance(each, str) or not FINGERPRINT.fullmatch(each):
            raise Refused(f"The hash of signatory {number} is none.")
        fits = isinstance(entry, dict) and set(entry) == {"salt", "words"} and isinstance(entry["salt"], str)
        if entry is not None and not (fits and isinstance(entry["words"], dict)):
            raise Refused(f"Signatory {number} has no words, or more than it should.")


def check(data: bytes, expected: str) -> Any:
    """The list in `data`, when it has the `expected` fingerprint. Raises Refused."""
    document = read(data)
    found = fingerprint(document["delivered"])
    if not hmac.compare_digest(found.encode(), expected.strip().lower().encode()):
        raise Refused(f"This list has another fingerprint: {found}")
    return document


def difference(one: Any, other: Any) -> str:
    """The first difference between two lists' documents, in words; empty when they deliver the same."""
    mine, theirs = one["delivered"], other["delivered"]
    pairs = list(zip(mine["hashes"], theirs["hashes"], strict=False))
    for number, (left, right) in enumerate(pairs, start=1):
        if left != right:
            names = [name_of(document["names"][number - 1]) for document in (one, other)]
            return f"Signatory {number} differs: {names[0]} in the first, {names[1]} in the second."
    if len(mine["hashes"]) != len(theirs["hashes"]):
        return f"The first has {len(mine['hashes'])} signatories, the second {len(theirs['hashes'])}."
    for key in sorted(set(mine) | set(theirs)):
        if (key in mine, canonical(mine.get(key))) != (key in theirs, canonical(theirs.get(key))):
            return f"“{key}” differs: {mine.get(key)!r:.200} in the first, {theirs.get(key)!r:.200} in the second."
    return ""


def name_of(entry: Any) -> str:
    """The entry's name as a terminal may safely show it: one line, no control characters."""
    if not entry:
        return "a name not shown"
    name = str(entry["words"].get("name", "?"))[:LONGEST_NAME_SHOWN]
    return "".join(char if char.isprintable() else "?" for char in name)


def spot(data: bytes, rewritten: bytes) -> str:
    """Where two byte strings part, as a count of bytes."""
    for place, (left, right) in enumerate(zip(data, rewritten, strict=False)):
        if left != right:
            return f"byte {place + 1}"
    return f"byte {min(len(data), len(rewritten)) + 1}"


def verdict(document: Any) -> str:
    shown = sum(entry is not None for entry in document["names"])
    hidden = len(document["names"]) - shown
    words = f"Genuine: {shown} names, each as it was delivered."
    return words + (f" {hidden} not shown (withheld, or taken out later)." if hidden else "")


def main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        print(__doc__)
        return 2
    try:
        with open(arguments[0], "rb") as file:
            data = file.read(LARGEST_BYTES + 1)
        if FINGERPRINT.fullmatch(arguments[1].strip().lower()):
            print(verdict(check(data, arguments[1])))
            return 0
        with open(arguments[1], "rb") as file:
            other = read(file.read(LARGEST_BYTES + 1))
        found = difference(read(data), other)
        print(found or "Both lists deliver the same.")
        return 1 if found else 0
    except OSError as error:
        print(f"{error.filename} cannot be read: {error.strerror}")
    except Refused as reason:
        print(reason)
    return 1


if __name__ == "__main__":
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal that lacks a letter still says the verdict
    sys.exit(main(sys.argv[1:]))
