"""What was uploaded, logos and replies: into a backup, and back in two steps, of which only the first can fail."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from .archive import MEDIA, PIECE, Archive, NewArchive, Told

STAGE = ".restoring"


def add(archive: NewArchive) -> None:
    """Adds all uploads that are not in the archive yet. One that is deleted meanwhile is left out."""
    for path in uploads():
        name = MEDIA + path.relative_to(settings.MEDIA_ROOT).as_posix()
        if name not in archive.digests:
            try:
                file = path.open("rb")
            except FileNotFoundError:
                continue
            with file:
                archive.add(name, iter(lambda file=file: file.read(PIECE), b""))  # type: ignore[misc]


def uploads() -> Iterator[Path]:
    root = Path(settings.MEDIA_ROOT)
    return (path for path in sorted(root.rglob("*")) if path.is_file() and STAGE not in path.parts)


def stage(archive: Archive, told: Told) -> None:
    """Unpacks the uploads beside those that are in use."""
    discard_stage()
    for name in archive.media:
        path = Path(settings.MEDIA_ROOT) / STAGE / name.removeprefix(MEDIA)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.writelines(archive.pieces(name, told))


def put_in_place(archive: Archive) -> None:
    """Puts what was unpacked in the place of all that was uploaded here."""
    root = Path(settings.MEDIA_ROOT)
    restored = {root / name.removeprefix(MEDIA) for name in archive.media}
    for path in restored:
        path.parent.mkdir(parents=True, exist_ok=True)
        (root / STAGE / path.relative_to(root)).replace(path)
    for path in set(uploads()) - restored:
        path.unlink()
    discard_stage()


def discard_stage() -> None:
    shutil.rmtree(Path(settings.MEDIA_ROOT) / STAGE, ignore_errors=True)
