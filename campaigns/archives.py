"""Archives of XML, as office programs write them: looked at before anything opens one. What is in them is untrusted."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto

CHUNK = 1 << 16
SMALL = 1_000_000  # bytes unpacked below which no ratio is suspicious
HIGHEST_RATIO = 200
LONGEST_GAP = 262_144  # bytes from the beginning of a tag to the next tag
DECLARATION = re.compile(rb"<!(DOCTYPE|ENTITY)")
BLANKS = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"
IS_ENCRYPTED = 0x1
OLE = b"\xd0\xcf\x11\xe0"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


class Fault(Enum):
    DAMAGED = auto()
    LOCKED = auto()
    TOO_MUCH = auto()
    DECLARED = auto()


class Faulty(Exception):
    """The archive is not to be opened. Who reads it puts the fault into words."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.name)
        self.fault = fault


@dataclass(frozen=True)
class Limits:
    """What an honest file of a kind does not exceed, in bytes unpacked but for the members."""

    members: int
    unpacked: int
    part: int
    large_parts: tuple[str, ...] = ()  # the folders whose parts may be larger than that


def is_archive(data: bytes) -> bool:
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def is_locked(data: bytes) -> bool:
    """Whether an office program has encrypted it; then it is no archive any more."""
    return data.startswith(OLE) and ENCRYPTED in data


@contextmanager
def opened(data: bytes) -> Iterator[zipfile.ZipFile]:
    """The archive. Raises Faulty where it cannot be read, as it is opened or later."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield archive
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError, ValueError, zlib.error) as error:
        raise Faulty(Fault.DAMAGED) from error


def refuse(archive: zipfile.ZipFile, limits: Limits) -> None:
    """Raises Faulty for one that is locked, or unpacks to more than an honest one."""
    members = archive.infolist()
    if any(member.flag_bits & IS_ENCRYPTED for member in members):
        raise Faulty(Fault.LOCKED)
    if is_bomb(members, limits):
        raise Faulty(Fault.TOO_MUCH)


def is_bomb(members: list[zipfile.ZipInfo], limits: Limits) -> bool:
    """By what its directory declares; unpacking stops at the declared size."""
    small = [member for member in members if not any(folder in member.filename for folder in limits.large_parts)]
    return (
        len(members) > limits.members
        or sum(member.file_size for member in members) > limits.unpacked
        or any(member.file_size > limits.part for member in small)
        or any(
            member.file_size > SMALL and member.file_size > HIGHEST_RATIO * max(member.compress_size, 1)
            for member in members
        )
    )


def look_through(archive: zipfile.ZipFile, member: zipfile.ZipInfo, scan: "Scan") -> None:
    """Raises Faulty where it is a part of XML, whatever it is called, that `scan` refuses. It is read in pieces and
    never as a whole."""
    with archive.open(member) as part:
        while chunk := part.read(CHUNK):
            if not scan.has_begun and not begins_xml(chunk):
                return  # no parser takes it for XML, unless all before was blank
            scan.take(chunk.replace(b"\x00", b""))
    scan.finish()


def begins_xml(chunk: bytes) -> bool:
    """Whether XML may begin so, in any encoding: after a mark and blanks."""
    return chunk.lstrip(BLANKS)[:1] in {b"<", b""}


class Scan:
    """Goes through one part of XML, piece by piece. It refuses declarations; a subclass counts."""

    def __init__(self) -> None:
        self.tail = b""
        self.has_begun = False

    def take(self, chunk: bytes) -> None:
        """The next bytes. Raises Faulty."""
        self.has_begun = self.has_begun or bool(chunk.strip(BLANKS))
        text = self.tail + chunk
        end = max(text.rfind(b"<"), 0)
        self.tail = text[end:]
        if len(self.tail) > LONGEST_GAP:
            raise Faulty(Fault.TOO_MUCH)
        self._look(text[:end])

    def finish(self) -> None:
        self._look(self.tail)

    def _look(self, text: bytes) -> None:
        if DECLARATION.search(text):
            raise Faulty(Fault.DECLARED)
        self._count(text)

    def _count(self, text: bytes) -> None:
        """Counts whole tags with what follows each."""
        raise NotImplementedError
