"""Public pages go out compressed, by Brotli or gzip.

What carries a secret stays as it is, so that its size tells nothing of it; so do files, streams and what is small.
"""

import gzip
from collections.abc import Callable, Iterable
from typing import Any

import brotli

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Headers = list[tuple[str, str]]

SMALLEST_BYTES = 500  # below, a packet less is not to be had
LARGEST_BYTES = 5_000_000
TYPES = ("text/", "application/json", "application/atom+xml", "application/xml", "image/svg+xml")
COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: bytes(brotli.compress(body, quality=5)),
    "gzip": lambda body: gzip.compress(body, compresslevel=6, mtime=0),
}


def compressed(application: Application) -> Application:
    """The application, which begins its answer before it returns, with its public pages compressed."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        begun: list[Any] = []
        body = application(environ, lambda *begin: begun.extend(begin))
        status, headers, *_error = begun
        if status.startswith("304") and is_anybodys(headers):
            start_response(status, held(varying(headers), environ.get("HTTP_IF_NONE_MATCH", "")))
            return body
        if is_file(environ, body) or not may_be_compressed(status, headers):
            start_response(*begun)
            return body
        headers = varying(headers)
        encoding = accepted(environ.get("HTTP_ACCEPT_ENCODING", ""))
        if not encoding:
            start_response(status, headers)
            return body
        shorter = COMPRESS[encoding](whole(body))
        start_response(status, encoded(headers, encoding, len(shorter)))
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [shorter]

    return answer


def is_file(environ: dict[str, Any], body: Iterable[bytes]) -> bool:
    wrapper = environ.get("wsgi.file_wrapper")
    return isinstance(wrapper, type) and isinstance(body, wrapper)


def may_be_compressed(status: str, headers: Headers) -> bool:
    """Whether it is a whole text, of which nothing says that it is for one reader alone."""
    told = {name.lower(): value for name, value in headers}
    is_whole = status[:3] in {"200", "404", "410"} and "content-encoding" not in told
    size = told.get("content-length", "")
    is_worth_it = size.isdigit() and SMALLEST_BYTES <= int(size) <= LARGEST_BYTES
    return is_anybodys(headers) and is_whole and is_worth_it and told.get("content-type", "").startswith(TYPES)


def is_anybodys(headers: Headers) -> bool:
    told = {name.lower(): value for name, value in headers}
    return (
        "set-cookie" not in told
        and "cookie" not in told.get("vary", "").lower()
        and not {"private", "no-store"} & words(told.get("cache-control", ""))
    )


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


def encoded(headers: Headers, encoding: str, size: int) -> Headers:
    """The headers of the shorter body. Its ETag is weak: it says the same in other bytes."""
    kept = [(name, weak(value) if name.lower() == "etag" else value) for name, value in headers]
    kept = [each for each in kept if each[0].lower() not in {"content-length", "accept-ranges"}]
    return [*kept, ("Content-Encoding", encoding), ("Content-Length", str(size))]


def held(headers: Headers, tags: str) -> Headers:
    """The headers of "not modified", with the ETag under which the reader holds the body: of a compressed one, weak."""
    return [(name, weak(value) if name.lower() == "etag" and weak(value) in tags else value) for name, value in headers]


def weak(tag: str) -> str:
    return tag if tag.startswith("W/") else f"W/{tag}"


def whole(body: Iterable[bytes]) -> bytes:
    try:
        return b"".join(body)
    finally:
        if hasattr(body, "close"):
            body.close()
