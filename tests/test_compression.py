"""What goes out compressed, and what does not: over a real connection."""

import gzip
import http.client
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import brotli
import pytest

from campaigns import tokens
from config.compression import PIECE_BYTES, Stream, accepted, compressed
from tests.builders import make_campaign, make_many_listed, make_signature
from tests.serving import by_gunicorn, served

PAGE = "/campaigns/open-letter/"


@pytest.fixture
def site(committed: None, tmp_path: Path) -> Iterator[str]:
    with served(tmp_path) as address:
        yield address


def ask(site: str, path: str, encoding: str = "", method: str = "GET", **headers: str) -> tuple[dict[str, str], bytes]:
    connection = http.client.HTTPConnection(urlsplit(site).netloc)
    asked = {"Accept-Encoding": encoding, **headers} if encoding else headers
    connection.request(method, path, headers=asked)
    response = connection.getresponse()
    told, body = {name.lower(): value for name, value in response.getheaders()}, response.read()
    connection.close()
    return told, body


def test_public_page_is_the_same_in_every_encoding(site: str) -> None:
    make_campaign()
    plain, page = ask(site, PAGE)
    assert ("content-encoding" not in plain, plain["vary"]) == (True, "Accept-Encoding")
    for encoding, expand in [("br", brotli.decompress), ("gzip", gzip.decompress)]:
        told, body = ask(site, PAGE, encoding)
        assert (told["content-encoding"], told["vary"]) == (encoding, "Accept-Encoding")
        assert int(told["content-length"]) == len(body) < len(page) / 2
        assert expand(body) == page
        head, nothing = ask(site, PAGE, encoding, method="HEAD")
        assert nothing == b""
        assert {**head, "date": ""} == {**told, "date": ""}


def test_gunicorn_sends_nothing_twice_and_answers_a_search_for_ten_thousand_letters(committed: None) -> None:
    make_campaign()
    with by_gunicorn() as site:
        for encoding, begin in [("br", 'W/"'), ("", '"')]:
            told, _page = ask(site, PAGE, encoding)
            assert told["etag"].startswith(begin)
            again, nothing = ask(site, PAGE, encoding, **{"If-None-Match": told["etag"]})
            assert nothing == b""
            assert [again[name] for name in ("etag", "vary", "cache-control")] == [
                told[name] for name in ("etag", "vary", "cache-control")
            ]
        assert b"0 found" in ask(site, f"{PAGE}signatories/?q={'%D1%96' * 10_000}")[1]
        assert b"URI Too Long" in ask(site, f"{PAGE}signatories/?q={'a' * 70_000}")[1]


@pytest.mark.parametrize(("encoding", "expand"), [("br", brotli.decompress), ("gzip", gzip.decompress)])
def test_list_is_compressed_as_it_is_written(site: str, encoding: str, expand: Any) -> None:
    make_many_listed(make_campaign(), 2_000)
    for ending in ("csv", "json"):
        address = f"{PAGE}signatories.{ending}"
        plain, whole = ask(site, address)
        told, body = ask(site, address, encoding)
        assert (told["content-encoding"], told["vary"]) == (encoding, "Accept-Encoding")
        assert told["etag"] == f"W/{plain['etag']}"
        assert expand(body) == whole
        assert len(body) < len(whole) / 5
        head, nothing = ask(site, address, encoding, method="HEAD")
        assert (nothing, {**head, "date": ""}) == (b"", {**told, "date": ""})


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_list_comes_in_pieces_and_holds_no_more_in_memory(encoding: str) -> None:
    written: list[int] = []

    def body() -> Iterator[bytes]:
        for number in range(2_000):
            written.append(number)
            yield os.urandom(500).hex().encode()

    pieces = iter(Stream(body(), encoding))
    next(pieces)
    assert len(written) <= PIECE_BYTES // 1_000 + 1
    assert sum(1 for _piece in pieces) >= 2_000_000 // PIECE_BYTES


class Body(list[bytes]):
    is_closed = False

    def close(self) -> None:
        self.is_closed = True


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_stream_that_nobody_reads_to_its_end_is_closed(method: str) -> None:
    body = Body([b"a" * 1000])

    def application(_environ: dict[str, Any], start_response: Any) -> Any:
        start_response("200 OK", [("Content-Type", "text/csv")])
        return body

    environ = {"REQUEST_METHOD": method, "HTTP_ACCEPT_ENCODING": "br"}
    found: Any = compressed(application)(environ, lambda _status, _headers: None)
    if method == "GET":
        found.close()
    assert body.is_closed


@pytest.mark.parametrize("address", ["sign/", "token"])
def test_page_with_a_secret_is_not_compressed(site: str, address: str) -> None:
    campaign = make_campaign()
    token = tokens.make(make_signature(campaign), tokens.OWN_PAGE)
    told, body = ask(site, f"/signatures/{token}/" if address == "token" else f"{PAGE}{address}", "br, gzip")
    assert "content-encoding" not in told
    assert body.startswith(b"<!doctype html>")


@pytest.mark.parametrize(
    ("header", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, br;q=0", "gzip"),
        ("BR ; q=0.5", "br"),
        ("*", "br"),
        ("br;q=0.0, *;q=0.1", "gzip"),
        ("identity", ""),
        ("", ""),
        (",;;q=", ""),
    ],
)
def test_encoding_is_one_that_the_reader_takes(header: str, encoding: str) -> None:
    assert accepted(header) == encoding


def answer_of(
    headers: dict[str, str], body: Any, status: str = "200 OK", **asked: str
) -> tuple[dict[str, str], list[bytes]]:
    told: dict[str, str] = {}

    def application(_environ: dict[str, Any], start_response: Any) -> Any:
        start_response(status, list(headers.items()))
        return body

    environ = {"REQUEST_METHOD": "GET", "HTTP_ACCEPT_ENCODING": "br", **asked}
    found = compressed(application)(environ, lambda _status, headers: told.update(headers))
    return told, list(found)


TEXT = {"Content-Type": "text/html; charset=utf-8", "Content-Length": "2000", "ETag": '"one"', "Vary": "Origin"}


@pytest.mark.parametrize("headers", [TEXT, {"Content-Type": "image/png", "Content-Length": "2000"}])
@pytest.mark.parametrize("encoding", ["br", ""])
def test_head_is_answered_with_the_headers_alone_compressed_or_not(headers: dict[str, str], encoding: str) -> None:
    body = Body([b"a" * 2000])
    told, nothing = answer_of(headers, body, REQUEST_METHOD="HEAD", HTTP_ACCEPT_ENCODING=encoding)
    assert (b"".join(nothing), body.is_closed) == (b"", True)
    assert told == answer_of(headers, [b"a" * 2000], HTTP_ACCEPT_ENCODING=encoding)[0]


def test_tag_of_a_compressed_body_is_weak() -> None:
    told, _body = answer_of(TEXT, [b"a" * 2000])
    assert (told["ETag"], told["Vary"], told["Content-Encoding"]) == ('W/"one"', "Origin, Accept-Encoding", "br")


@pytest.mark.parametrize("tag", ['W/"one"', '"one"', '"other", W/"one"', "*"])
def test_what_is_the_same_has_the_tag_by_which_its_reader_knows_it(tag: str) -> None:
    told, _body = answer_of(
        {"ETag": '"one"', "Cache-Control": "public"}, [], "304 Not Modified", HTTP_IF_NONE_MATCH=tag
    )
    assert told == {
        "ETag": 'W/"one"' if 'W/"one"' in tag else '"one"',
        "Cache-Control": "public",
        "Vary": "Accept-Encoding",
    }


@pytest.mark.parametrize(
    "headers",
    [
        {**TEXT, "Content-Length": "80"},
        {**TEXT, "Content-Type": "image/png"},
        {**TEXT, "Content-Encoding": "gzip"},
        {**TEXT, "Cache-Control": "max-age=0, private"},
        {**TEXT, "Vary": "Accept-Language, Cookie"},
        {**TEXT, "Set-Cookie": "a=b"},
        {"Content-Type": "text/csv", "Cache-Control": "no-store"},
        {"Content-Type": "application/zip"},
    ],
    ids=["small", "picture", "compressed", "private", "by-cookie", "cookie", "private-stream", "binary-stream"],
)
def test_rest_is_left_alone(headers: dict[str, str]) -> None:
    body = [b"a" * 1000, b"b" * 1000]
    assert answer_of(headers, body) == (headers, body)
    assert answer_of(TEXT, body, "206 Partial Content") == (TEXT, body)
