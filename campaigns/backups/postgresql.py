"""PostgreSQL by its own programs: pg_dump, pg_restore and psql."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import psycopg2.extensions
from django.db import DatabaseError, connection, transaction

from .archive import PIECE, Refused, Told

MEMBER = "database.dump"
WAIT_FOR_LOCKS = "10s"
MISSING = (
    "{name} of PostgreSQL {needed} or newer is needed here ({found}). "
    "Install postgresql-client-{needed} (Debian, Ubuntu; newer ones from apt.postgresql.org) or "
    "postgresql{needed}-client (Alpine)."
)


# Those of other owners and of extensions stay.
OWN_ROUTINES = """
SELECT oid::regprocedure::text FROM pg_proc
WHERE pronamespace = current_schema()::regnamespace AND pg_get_userbyid(proowner) = current_user
AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = pg_proc.oid AND deptype = 'e')
"""


def dump(_scratch: Path, _told: Told) -> Iterator[bytes]:
    """The database as it was at one moment, piece by piece. Raises Refused with the words of pg_dump."""
    options = ["--format=custom", "--no-owner", "--no-privileges"]
    with tempfile.TemporaryFile() as errors:
        with connected("pg_dump", *options, stdout=subprocess.PIPE, stderr=errors) as program:
            assert program.stdout
            while piece := program.stdout.read(PIECE):
                yield piece
        if program.returncode:
            raise Refused(f"The database could not be read: {words_in(errors)}")


def load(pieces: Iterable[bytes]) -> None:
    """Puts the dump in the place of all that the database holds, in one transaction, which is committed only after the
    last of it was taken. Raises Refused with the words of the programs, and then all is as it was."""
    begin = ["BEGIN;", "SET client_min_messages = warning;", f"SET lock_timeout = '{WAIT_FOR_LOCKS}';", *drops(), ""]
    options = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]
    is_whole = False
    with tempfile.TemporaryFile() as errors:
        with suppress(BrokenPipeError), connected("psql", *options, stdin=subprocess.PIPE, stderr=errors) as psql:
            assert psql.stdin
            psql.stdin.write("\n".join(begin).encode())
            psql.stdin.flush()
            is_whole = write_as_sql(pieces, psql.stdin, errors)
            psql.stdin.write(b"COMMIT;\n" if is_whole else b"ROLLBACK;\n")
        if psql.returncode or not is_whole:
            raise Refused(f"The database is as it was, since it could not take the backup: {words_in(errors)}")


def write_as_sql(pieces: Iterable[bytes], script: IO[bytes], errors: IO[bytes]) -> bool:
    """Writes the dump as SQL. Whether all of it could be."""
    command = [tool("pg_restore"), "--file=-", "--no-owner", "--no-privileges"]
    with (
        suppress(BrokenPipeError),
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=script, stderr=errors) as program,  # noqa: S603 - our words
    ):
        assert program.stdin
        for piece in pieces:
            program.stdin.write(piece)
    return program.returncode == 0


def drops() -> Iterator[str]:
    """The SQL that empties the database."""
    quoted = connection.ops.quote_name
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        cursor.execute(OWN_ROUTINES)
        routines = [name for (name,) in cursor.fetchall()]
    yield from (f"DROP TABLE {quoted(table)} CASCADE;" for table in tables)
    yield from (f"DROP ROUTINE {routine} CASCADE;" for routine in routines)


def connected(name: str, *options: str, **streams: Any) -> subprocess.Popen[bytes]:
    """The program at work on our database. The password goes by the environment, which other users do not see."""
    given = {key: value for key, value in connection.get_connection_params().items() if isinstance(value, str | int)}
    secret = {"PGPASSWORD": str(given.pop("password"))} if "password" in given else {}
    address = psycopg2.extensions.make_dsn(**given)
    command = [tool(name), "--no-password", f"--dbname={address}", *options]
    return subprocess.Popen(command, env=os.environ | secret, **streams)  # noqa: S603 - no shell, and our own words


def tool(name: str) -> str:
    """The path of the program, of the server's version or else the next newer one. Raises Refused."""
    needed, _minor = connection.get_database_version()
    found = {version_of(path): path for path in programs(name)}
    if fitting := [version for version in found if version >= needed]:
        return found[min(fitting)]
    others = ", ".join(f"{path} is of version {version}" for version, path in found.items()) or "there is none"
    raise Refused(MISSING.format(name=name, needed=needed, found=others))


def programs(name: str) -> list[str]:
    """Where the program may lie: on PATH, beside a server on this host, where Debian keeps each version of it."""
    folders = [bin_of_server(), *sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")))]
    return [path for path in (shutil.which(name), *(shutil.which(name, path=each) for each in folders)) if path]


def bin_of_server() -> str:
    """The folder of the server's own programs; empty where it is not told, as to any but its administrator."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT setting FROM pg_config WHERE name = 'BINDIR'")
            return str(cursor.fetchone()[0])
    except DatabaseError:
        return ""


def version_of(program: str) -> int:
    """The number before the dot in "pg_dump (PostgreSQL) 16.2"."""
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    found = re.search(r"\) (\d+)", said)
    return int(found[1]) if found else 0


def words_in(errors: IO[bytes]) -> str:
    errors.seek(0)
    return " ".join(errors.read().decode(errors="replace").split())
