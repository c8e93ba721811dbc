"""A backup is one ZIP file, which is there under its name only when it is whole.

about.json        when it was made, of which kind of database, with which migrations
media/…           what was uploaded
database.dump     of PostgreSQL, as pg_dump writes it (custom format); of SQLite it is database.sqlite3
erasures.jsonl    what was erased
SHA256SUMS        the last: the digest of every other, as `sha256sum --check` reads it
"""

import hashlib
import json
import os
import shutil
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.core.exceptions import SuspiciousFileOperation
from django.core.files import locks
from django.core.files.utils import validate_file_name

FORMAT = 1
PIECE = 2**20
ABOUT = "about.json"
SUMS = "SHA256SUMS"
MEDIA = "media/"
# What zipfile raises on files that are none, or not as they were.
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    KeyError,
)

# Is told how many bytes were done so far.
Told = Callable[[int], object]


class Refused(Exception):
    """A backup cannot be made, or one cannot be put back; the reason in words for who runs the command."""


class NewArchive:
    """A backup that is being written. What else it needs for a while lies in its `scratch` folder."""

    def __init__(self, file: zipfile.ZipFile, scratch: Path, told: Told) -> None:
        self.file, self.scratch, self.told = file, scratch, told
        self.digests: dict[str, str] = {}
        self.done = 0

    def add(self, name: str, pieces: Iterable[bytes]) -> None:
        digest = hashlib.sha256()
        self.file.compression = zipfile.ZIP_STORED if name.endswith(".dump") else zipfile.ZIP_DEFLATED
        with self.file.open(name, "w", force_zip64=True) as member:
            for piece in pieces:
                digest.update(piece)
                member.write(piece)
                self.done += len(piece)
                self.told(self.done)
        self.digests[name] = digest.hexdigest()

    def add_sums(self) -> None:
        self.file.writestr(SUMS, "".join(f"{digest}  {name}\n" for name, digest in self.digests.items()))


@contextmanager
def written(path: Path, told: Told) -> Iterator[NewArchive]:
    """A new backup, for its owner alone to read, to be filled; it gets its name once it is whole and on the disk.

    Until then it lies in a folder beside, which the next backup clears away where this one is killed.
    """
    with alone_in(path.parent):
        scratch = path.parent / ".unfinished"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(mode=0o700)
        try:
            with open_private(scratch / path.name) as opened:
                with zipfile.ZipFile(opened, "w", compresslevel=1) as file:
                    archive = NewArchive(file, scratch, told)
                    yield archive
                    archive.add_sums()
                opened.flush()
                os.fsync(opened.fileno())
            (scratch / path.name).rename(path)
            sync_folder(path.parent)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Holds the folder. Raises Refused where another backup is being made in it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        if not locks.lock(descriptor, locks.LOCK_EX | locks.LOCK_NB):
            raise Refused(f"Another backup is being made in {folder}.")
        yield
    finally:
        os.close(descriptor)


def open_private(path: Path) -> IO[bytes]:
    """A new file that its owner alone may read, whatever the umask. Raises FileExistsError."""
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b")


def sync_folder(folder: Path) -> None:
    """Has the names in the folder on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


class Archive:
    """A backup that was read to its end and found as it was written."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self.file = file
        self.about: dict[str, Any] = json.loads(file.read(ABOUT))
        self.media = [name for name in file.namelist() if name.startswith(MEDIA)]

    def pieces(self, name: str, told: Told) -> Iterator[bytes]:
        done = 0
        with self.file.open(name) as member:
            while piece := member.read(PIECE):
                yield piece
                done += len(piece)
                told(done)


@contextmanager
def checked(path: Path, told: Told) -> Iterator[Archive]:
    """The backup, after every byte of it was held against its digest. Raises Refused, and OSError."""
    with path.open("rb") as opened:
        try:
            file = zipfile.ZipFile(opened)
        except DAMAGED as error:
            raise Refused(f"{path} is no backup of this program, or was cut short.") from error
        try:
            check(file, told)
            archive = Archive(file)
        except DAMAGED as error:
            raise Refused(f"{path} is damaged ({error}): nothing was changed. Take another backup.") from error
        yield archive


def check(file: zipfile.ZipFile, told: Told) -> None:
    """Raises one of DAMAGED where what the file holds is not what its digests say, each of them once."""
    lines = file.read(SUMS).decode().splitlines()
    digests = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    if file.namelist() != [*digests, SUMS]:
        raise ValueError("its members are not those of its list")
    done = 0
    for name, digest in digests.items():
        refuse_astray(name)
        found = hashlib.sha256()
        with file.open(name) as member:
            while piece := member.read(PIECE):
                found.update(piece)
                done += len(piece)
                told(done)
        if found.hexdigest() != digest:
            raise ValueError(f"{name} is not as it was written")


def refuse_astray(name: str) -> None:
    """Raises ValueError for a name that would lead out of the folder into which it is written."""
    try:
        validate_file_name(name, allow_relative_path=True)
    except SuspiciousFileOperation as error:
        raise ValueError(f"{name} leads elsewhere") from error
