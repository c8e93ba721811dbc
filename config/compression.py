"""Public pages go out compressed, by Brotli or gzip.

What carries a secret stays as it is, so that its size tells nothing of it; so do files and what is small. A long list,
which is sent as it is written, is compressed in pieces.
"""

import gzip
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import brotli

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Headers = list[tuple[str, str]]

SMALLEST_BYTES = 500  # below, a packet less is not to be had
LARGEST_BYTES = 5_000_000
PIECE_BYTES = 64_000  # of a list, before it is compressed: so much is held in memory
TYPES = ("text/", "application/json", "application/atom+xml", "application/xml", "image/svg+xml")
COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: bytes(brotli.compress(body, quality=5)),
    "gzip": lambda body: gzip.compress(body, compresslevel=6, mtime=0),
}
GZIP = 16 + zlib.MAX_WBITS  # as zlib is told of the form


class Gzip:
    """As brotli's own compressor has it."""

    def __init__(self) -> None:
        self.stream = zlib.compressobj(level=6, wbits=GZIP)
        self.process = self.stream.compress
        self.finish = self.stream.flush

    def flush(self) -> bytes:
        return self.stream.flush(zlib.Z_SYNC_FLUSH)


COMPRESSORS: dict[str, Callable[[], Any]] = {"br": lambda: brotli.Compressor(quality=5), "gzip": Gzip}


class Stream:
    """A body that comes by and by, compressed; each piece can be read as it arrives. Closed, it closes the body."""

    def __init__(self, body: Iterable[bytes], encoding: str) -> None:
        self.body, self.compressor = body, COMPRESSORS[encoding]()

    def __iter__(self) -> Iterator[bytes]:
        waiting = 0
        for part in self.body:
            compressed = self.compressor.process(part)
            waiting += len(part)
            if waiting >= PIECE_BYTES:
                compressed += self.compressor.flush()
                waiting = 0
            if compressed:
                yield compressed
        yield self.compressor.finish()

    def close(self) -> None:
        close(self.body)


def compressed(application: Application) -> Application:
    """The application, which begins its answer before it returns, with its public pages compressed; and to HEAD with
    the headers alone."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        begun: list[Any] = []
        body = application(environ, lambda *begin: begun.extend(begin))
        begun, body = as_accepted(environ, begun, body)
        start_response(*begun)
        return nothing(body) if environ["REQUEST_METHOD"] == "HEAD" else body

    return answer


def as_accepted(environ: dict[str, Any], begun: list[Any], body: Iterable[bytes]) -> tuple[list[Any], Iterable[bytes]]:
    """How the answer begins, and its body, as the reader takes it."""
    status, headers, *_error = begun
    if status.startswith("304") and is_anybodys(headers):
        return [status, held(varying(headers), environ.get("HTTP_IF_NONE_MATCH", ""))], body
    if is_file(environ, body) or not may_be_compressed(status, headers):
        return begun, body
    headers = varying(headers)
    encoding = accepted(environ.get("HTTP_ACCEPT_ENCODING", ""))
    if not encoding:
        return [status, headers], body
    if is_stream(headers):
        return [status, encoded(headers, encoding)], Stream(body, encoding)
    shorter = COMPRESS[encoding](whole(body))
    return [status, [*encoded(headers, encoding), ("Content-Length", str(len(shorter)))]], [shorter]


def is_file(environ: dict[str, Any], body: Iterable[bytes]) -> bool:
    wrapper = environ.get("wsgi.file_wrapper")
    return isinstance(wrapper, type) and isinstance(body, wrapper)


def may_be_compressed(status: str, headers: Headers) -> bool:
    """Whether it is a whole text, of which nothing says that it is for one reader alone."""
    told = {name.lower(): value for name, value in headers}
    is_whole = status[:3] in {"200", "404", "410"} and "content-encoding" not in told
    size = told.get("content-length", "")
    is_worth_it = is_stream(headers) or (size.isdigit() and SMALLEST_BYTES <= int(size) <= LARGEST_BYTES)
    return is_anybodys(headers) and is_whole and is_worth_it and told.get("content-type", "").startswith(TYPES)


def is_anybodys(headers: Headers) -> bool:
    told = {name.lower(): value for name, value in headers}
    return (
        "set-cookie" not in told
        and "cookie" not in told.get("vary", "").lower()
        and not {"private", "no-store"} & words(told.get("cache-control", ""))
    )


def is_stream(headers: Headers) -> bool:
    """Whether it is sent as it is written, so that nobody knows its length."""
    return all(name.lower() != "content-length" for name, _value in headers)


def accepted(header: str) -> str:
    """The best encoding that the reader takes, as `Accept-Encoding` tells; empty for none."""
    weights = {}
    for each in header.lower().split(","):
        name, _semicolon, weight = each.partition(";")
        weights[name.strip()] = weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return next((name for name in COMPRESS if weights.get(name, weights.get("*", False))), "")


def words(header: str) -> set[str]:
    return {word.strip() for word in header.lower().split(",")}


def varying(headers: Headers) -> Headers:
    """The headers, which say that the body depends on the encoding that the reader takes."""
    told = [value for name, value in headers if name.lower() == "vary"]
    return [each for each in headers if each[0].lower() != "vary"] + [("Vary", ", ".join([*told, "Accept-Encoding"]))]


def encoded(headers: Headers, encoding: str) -> Headers:
    """The headers of the shorter body, but for its length. Its ETag is weak: it says the same in other bytes."""
    kept = [(name, weak(value) if name.lower() == "etag" else value) for name, value in headers]
    kept = [each for each in kept if each[0].lower() not in {"content-length", "accept-ranges"}]
    return [*kept, ("Content-Encoding", encoding)]


def held(headers: Headers, tags: str) -> Headers:
    """The headers of "not modified", with the ETag under which the reader holds the body: of a compressed one, weak."""
    return [(name, weak(value) if name.lower() == "etag" and weak(value) in tags else value) for name, value in headers]


def weak(tag: str) -> str:
    return tag if tag.startswith("W/") else f"W/{tag}"


def whole(body: Iterable[bytes]) -> bytes:
    try:
        return b"".join(body)
    finally:
        close(body)


def nothing(body: Iterable[bytes]) -> Iterable[bytes]:
    """In place of the body, which ends here; not as a list, from which a server would count a length."""
    close(body)
    return iter([b""])


def close(body: Iterable[bytes]) -> None:
    if hasattr(body, "close"):
        body.close()
