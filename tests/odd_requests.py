"""Requests as no browser makes them, for Hypothesis: any method, odd paths, queries, headers and bodies, as bytes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from hypothesis import strategies as st

Pairs = list[tuple[str, Any]]

BOUNDARY = "boundary-of-the-parts"
FORM, PARTS = "application/x-www-form-urlencoded", f"multipart/form-data; boundary={BOUNDARY}"
METHODS = ["GET", "POST", "GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "BREW", "get"]

# What the application asks for by name, in queries and beside the fields of its forms.
NAMES = [
    *("after", "all", "app_label", "as", "by", "campaign", "campaign__id__exact", "country", "e", "encoding"),
    *("field_name", "format", "in", "late", "limit", "maxheight", "maxwidth", "model_name", "next", "o", "p", "page"),
    *("place", "proposal", "q", "saved", "seen", "show", "state", "term", "theme", "token", "url", "verdict", "with"),
    *("_changelist_filters", "_popup", "_to_field", "_facets", "state__exact", "decided_at__gte", "id__in", ""),
]
ODD = [
    *("", " ", "0", "-1", "1", "2", "9" * 30, "9" * 5_000, "1e400", "NaN", "0x10", "1.5", "²", "١", "True", "null"),
    *("\0", "a\0b", "\x07", "\x1b[31m", "\r\nX-Odd: 1", "\ud800", "a\udfffb", "\ufffe", "\u202eabc", "\u2067\u2066"),
    *(
        "%",
        "%%%",
        "_",
        "\\",
        "'",
        '"',
        "' or 1=1 --",
        "*",
        "%_%" * 50,
        "(" * 500,
        "[[",
        "{{ 7 }}",
        "{% now %}",
        "$(id)",
    ),
    *("<script>", "../../etc/passwd", "..\\..", "//elsewhere.example", "https://elsewhere.example/", "javascript:1"),
    *("en", "uk", "xx", "UA", "zz", "en-US-x-" + "y" * 300, "on", "public", "9999-12-31", "0000-00-00", "0001-01-01"),
    *("2026-02-30", "99:99", "23:59:60", "2026-03-01T00:00:00+99:00", "a:b:c", "::", "WzFd:1x:y", "e" * 20_000),
    *(
        "Ḽơᶉëᶆ",
        "مرحبا",
        "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
        "ﷺ" * 200,
        "e" + "\u0301" * 500,
        "\u200b",
        "ı",
        "ß" * 300,
        "@",
        "a@b",
        "a@[::1]",
        "http://[::1",
    ),
    *("a\n" * 3_000, "#" * 2_000, "> " * 300, "- " * 300, "[" * 300 + "](x)", "*" * 999, "![](data:,)", "`" * 99),
]
RAW = [
    "%00",
    "%FF",
    "%C3%28",
    "%ED%A0%80",
    "%F0%9F",
    "%",
    "%zz",
    "+",
    "%2e%2e%2f",
    ";",
    "=",
    "&&",
    "\xff\xfe",
    "%0d%0a",
]
# Without NUL and line ends: gunicorn refuses those itself.
HEADERS: dict[str, list[str]] = {
    "ACCEPT": ["*/*", "text/html", "application/json;q=", "a" * 9_000, ",;,", "image/*;q=2"],
    "ACCEPT_ENCODING": ["br", "gzip;q=1.0, *;q=0", "identity;q=0", "*", "gzip;q=x", "br;br;br", ",,", "\xff"],
    "ACCEPT_LANGUAGE": ["uk", "*", "x" * 9_000, "de;q=9", "en-,;", "\xe9"],
    "IF_NONE_MATCH": ["*", '"', 'W/"x"', '"a", W/"b", c', "\x7f"],
    "IF_MATCH": ["*", '"x"', ""],
    "IF_MODIFIED_SINCE": ["yesterday", "Thu, 01 Jan 1970 00:00:00 GMT", "Thu, 99 Jan 99999 00:00:00 GMT", "-1"],
    "RANGE": ["bytes=0-0", "bytes=-1", "bytes=9-1", "bytes=a-b", "bytes=0-1,5-6", "x=" + "9" * 99, "bytes=99999999-"],
    "COOKIE": [
        "",
        "=;=;",
        "csrftoken=",
        "a=b; a=c; \xff=1",
        "sessionid=\x01",
        "x" * 9_000,
        'messages="[[',
        "$Version=1",
    ],
    "ORIGIN": ["null", "https://elsewhere.example", "http://localhost:8000", "://", "http://[", "\xff"],
    "REFERER": ["", "http://localhost:8000/report/", "//[", "http://localhost:8000/campaigns/%00/", "x" * 9_000],
    "X_FORWARDED_FOR": ["1.2.3.4", ",,,", "::1%eth0", "a" * 9_000, "'", "127.0.0.1, 1.2.3.4"],
    "X_FORWARDED_PROTO": ["https", "ftp", "https,http", ""],
    "X_REQUESTED_WITH": ["XMLHttpRequest", "\xff"],
    "SEC_FETCH_SITE": ["same-origin", "none", "odd", ""],
    "SEC_FETCH_MODE": ["navigate", "no-cors", "websocket"],
    "SEC_FETCH_DEST": ["document", "image", "\xff"],
    "CONTENT_ENCODING": ["gzip", "br", "odd"],
    "CONTENT_DISPOSITION": ["form-data", "x" * 99],
    "X_HTTP_METHOD_OVERRIDE": ["DELETE"],
    "UPGRADE": ["websocket", "h2c"],
    "EXPECT": ["100-continue", "odd"],
    "USER_AGENT": ["", "\x01", "(" * 999],
}
TYPES = [
    *("", "text/plain", "application/json", "application/xml", "multipart/form-data", "multipart/form-data; boundary=",
      "multipart/form-data; boundary=" + "b" * 300, "multipart/form-data; boundary=\xe9", "multipart/mixed; boundary=x",
      f"{FORM}; charset=utf-16", f"{FORM}; charset=odd", f"{FORM}; charset=\x01", ";;;", "a" * 5_000, "/", "image/png"),
]  # fmt: skip
BODIES = [
    *(b"", b"\0", b"junk", b"{}", b'{"a": [', b"[" * 9_000, b"\x1f\x8b\x08\0\0\0\0\0\0\x03junk", b"\xff\xfe", b"a=%"),
    *(f"--{BOUNDARY}{end}".encode() for end in ("", "--", "\r\n" * 99)), b"=&=&;", b"a=1&" * 2_000,
]  # fmt: skip
ENDS = [
    "/",
    "//",
    "/.",
    "/..",
    "%00",
    "/%00/",
    "%2e%2e/",
    ";a=b",
    "?",
    "/%ff",
    "/\xff",
    "/é",
    ".json",
    "/" + "a" * 8_000,
    " ",
]


@dataclass(frozen=True)
class Form:
    """The form of a page, as a browser would send it back: its fields, and the names of its buttons."""

    fields: Pairs = field(default_factory=list)
    buttons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Request:
    """As it comes over the wire, but for its cookies. Path and query hold bytes as Latin-1, as WSGI has them."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    type: str
    body: bytes
    length: int | None  # as it is claimed, where that is a lie

    def __str__(self) -> str:
        asked = f"{self.method} {self.path!r:.150} ?{self.query!r:.150}"
        return f"{asked} {self.headers!r:.300} {self.type!r:.80} {self.body!r:.600}"


def as_sent(text: str) -> str:
    """Percent-encoded, lone surrogates too."""
    return quote(text.encode("utf-8", "surrogatepass"))


texts = st.one_of(st.sampled_from(ODD), st.text(max_size=30))
queries = st.one_of(
    st.just(""),
    st.lists(st.tuples(st.sampled_from(NAMES), st.one_of(texts.map(as_sent), st.sampled_from(RAW)))).map(
        lambda pairs: "&".join(f"{name}={value}" for name, value in pairs)
    ),
    st.binary(max_size=60).map(lambda data: data.decode("latin-1")),
)
headers = st.dictionaries(st.sampled_from(sorted(HEADERS)), st.integers(0, 9), max_size=3).map(
    lambda chosen: {name: HEADERS[name][place % len(HEADERS[name])] for name, place in chosen.items()}
)


def odd_paths(path: str) -> st.SearchStrategy[str]:
    """The path as it is, in another language, with an odd end, doubled, cut, or with a letter changed."""
    places = st.integers(0, max(0, len(path) - 1))
    return st.one_of(
        st.just(path),
        st.just(path),
        st.sampled_from(["/uk", "/ar", "/de", "/xx", "/"]).map(lambda prefix: prefix + path),
        st.sampled_from(ENDS).map(lambda end: path.rstrip("/") + end),
        st.builds(
            lambda at, put: f"{path[:at]}{put}{path[at + 1 :]}",
            places,
            st.sampled_from(["", "/", "%", "\0", "A", "\xff", ".."]),
        ),
    ).map(lambda sent: sent.encode("latin-1", "replace").decode("latin-1"))


def odd_requests(path: str, forms: Sequence[Form]) -> st.SearchStrategy[Request]:
    return st.one_of(
        plain(path), st.just(forms).flatmap(lambda known: filled_in(path, known)) if forms else plain(path)
    )


def plain(path: str) -> st.SearchStrategy[Request]:
    """Any method and body."""
    length = st.one_of(st.none(), st.none(), st.sampled_from([0, 1, 10**6]))
    types, bodies = st.sampled_from([FORM, PARTS, *TYPES]), st.one_of(st.sampled_from(BODIES), st.binary(max_size=80))
    return st.builds(Request, st.sampled_from(METHODS), odd_paths(path), queries, headers, types, bodies, length)


def filled_in(path: str, forms: Sequence[Form]) -> st.SearchStrategy[Request]:
    """One of the page's forms, sent back with some of its fields changed, doubled or left out."""
    bodies = st.sampled_from(forms).flatmap(changed)
    sent = st.one_of(
        bodies.map(lambda pairs: (FORM, encoded(pairs))), bodies.map(lambda pairs: (PARTS, in_parts(pairs)))
    )
    return st.builds(
        lambda query, headers, sent: Request("POST", path, query, headers, sent[0], sent[1], None),
        st.one_of(st.just(""), st.just(""), queries),
        st.one_of(st.just({}), headers),
        sent,
    )


def changed(form: Form) -> st.SearchStrategy[Pairs]:
    places = st.integers(0, max(0, len(form.fields) - 1))
    changes = st.lists(
        st.tuples(places, st.sampled_from(["put", "put", "put", "double", "drop", "file"]), texts), max_size=4
    )
    more = st.lists(st.tuples(st.sampled_from([*NAMES, *form.buttons]), texts), max_size=2)
    return st.builds(with_changes, st.just(form), changes, st.sampled_from([*form.buttons, ""]), more)


def with_changes(form: Form, changes: list[tuple[int, str, str]], button: str, more: Pairs) -> Pairs:
    pairs: Pairs = [*form.fields, *([(button, "")] if button else []), *more]
    for place, how, text in changes if form.fields else []:
        name = form.fields[place][0]
        if how in {"put", "drop"}:
            pairs = [pair for pair in pairs if pair[0] != name]
        if how != "drop":
            pairs.append((name, text.encode("utf-8", "surrogatepass") if how == "file" else text))
    return pairs


def encoded(pairs: Pairs) -> bytes:
    return urlencode(
        [(name, value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")) for name, value in pairs]
    ).encode()


def in_parts(pairs: Pairs) -> bytes:
    """As multipart; bytes are sent as a file, under a field's name that may be one for text."""
    parts = []
    for name, value in pairs:
        is_file = isinstance(value, bytes)
        more = '; filename="../odd\x00.png"\r\nContent-Type: image/png' if is_file else ""
        data = value if is_file else value.encode("utf-8", "surrogatepass")
        parts.append(
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + data + b"\r\n"
        )
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()
