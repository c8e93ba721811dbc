"""Markdown that was written as it is into a word processor: its signs as they were typed, and those for what the word
processor has made of them by itself, such as a list of lines that begin with “- ”."""

import re
import unicodedata
from collections.abc import Iterable
from itertools import count, groupby, repeat
from urllib.parse import unquote

from . import markup
from .markup import Element

# What no document can hold stands for a sign, until it is seen whether the sign was typed beside it as well.
FORMS = {"**": "\x01", "_": "\x02", "~~": "\x03"}
DOUBLED = {  # of **a** Word leaves two of its four asterisks
    "**": re.compile("\\*{0,2}\x01\\*{0,2}"),
    "_": re.compile("_?\x02_?"),
    "~~": re.compile("(?:~~)?\x03(?:~~)?"),
}

QUOTES = {**dict.fromkeys("“”„‟«»″", '"'), **dict.fromkeys("‘’‚‛‹›′", "'")}
SAME = str.maketrans({**QUOTES, **dict.fromkeys("‐‑‒–—―−", "-")})
LIST_SIGN = re.compile(r"^\s*[-+*•]\s+", re.MULTILINE)
WITHOUT_WORDS = re.compile(r"[\s*_~`#\\>\u00ad\u200b-\u200f\u2060-\u2069\ufeff\u061c]+")


def typed(element: Element) -> str:
    """What stands in the element, with all its signs."""
    parts = list[str]()
    for _is_block, nodes in groupby(element.children, markup.is_a_block):
        parts += blocks([*nodes])
    text = "\n\n".join(part.rstrip() for part in parts if part.strip())
    return unicodedata.normalize("NFC", text).strip()


def blocks(nodes: list[Element | str]) -> list[str]:
    """Of neighbours that are all blocks, or none of them."""
    found = [node for node in nodes if isinstance(node, Element) and markup.is_a_block(node)]
    return [*map(block, found)] or [line(nodes)]


def block(element: Element) -> str:
    match element.tag:
        case "ul":
            return markup.listed(insides(element), repeat("-"))
        case "ol":
            return numbered(element)
        case "blockquote":
            return "\n".join(markup.quoted([typed(element)]))
        case tag if tag in markup.HEADINGS:
            return f"{'#' * markup.HEADINGS[tag]} {typed(Element('div', children=element.children))}"
        case "p":
            return line(element.children)
    return typed(element)


def insides(element: Element) -> list[list[str]]:
    return [[text] for item in markup.items(element) if (text := typed(item))]


def numbered(element: Element) -> str:
    items = markup.items(element)
    first = markup.number_shown(items[0], markup.first_number(element)) if items else 1
    return markup.listed(insides(element), (f"{number}." for number in count(first)))


def line(nodes: Iterable[Element | str]) -> str:
    """What is no block, in as many lines as it has."""
    text = "".join(map(inline, nodes))
    for sign, doubled in DOUBLED.items():
        text = doubled.sub(sign, text)
    return text


def inline(node: Element | str) -> str:
    if isinstance(node, str):
        return markup.CONTROLS.sub("", node)
    if node.tag == "br":
        return "\n"
    text = "".join(map(inline, node.children))
    if node.tag == "a":
        return linked(text, node.attributes.get("href") or "")
    sign = markup.MARKS.get(node.tag)
    return "\n".join(formed(part, FORMS[sign]) for part in text.split("\n")) if sign else text


def formed(text: str, form: str) -> str:
    """The blanks at its ends are left outside."""
    words = text.strip()
    before, _words, after = text.partition(words)
    return f"{before}{form}{words}{form}{after}" if words else text


def linked(text: str, address: str) -> str:
    """An address of which a word processor has made a link by itself stays an address."""
    is_bare = unquote(text).strip().rstrip("/") == unquote(address).removeprefix("mailto:").rstrip("/")
    if is_bare or not text.strip() or not markup.IS_LINK.match(address):
        return text
    return f"[{text}]({markup.safe_address(address)})"


def folded(text: str) -> str:
    """What two texts share that differ only in what a word processor may change by itself: quotes, dashes, blanks,
    the signs of lists and of emphasis."""
    same = LIST_SIGN.sub("- ", unicodedata.normalize("NFKC", text).translate(SAME))
    return WITHOUT_WORDS.sub("", same)
