"""Plain text, as it is pasted, into the same elements as HTML."""

import re
from itertools import groupby

from .markup import Element

BULLET = re.compile(r"\s*[•·▪◦‣●○\-–—*]\s+(?=\S)")
NUMBER = re.compile(r"\s*(\d{1,3})[.)]\s+(?=\S)")


def laid_out(text: str) -> Element:
    """Paragraphs and lists. Blank lines part paragraphs; where there is none at all, each line is one."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip().split("\n")
    has_gaps = any(not line.strip() for line in lines)
    root = Element("div")
    for is_blank, group in groupby(lines, lambda line: not line.strip()):
        if not is_blank:
            lay_out(root, [*group], has_gaps)
    return root


def lay_out(root: Element, lines: list[str], has_gaps: bool) -> None:
    """Adds the lines, between which no blank one stands. A line without a sign goes on where the one before ended."""
    is_new = True
    for line in lines:
        if number := NUMBER.match(line):
            add_item(root, "ol", line[number.end() :], {"start": number[1]})
        elif bullet := BULLET.match(line):
            add_item(root, "ul", line[bullet.end() :], {})
        elif is_new or not has_gaps:
            root.children.append(Element("p", children=[line]))
        else:
            last_of(root).children.append(f"\n{line}")
        is_new = False


def add_item(root: Element, tag: str, text: str, attributes: dict[str, str | None]) -> None:
    """Adds it to the list that stands last, if there is one of its kind."""
    last = root.children[-1] if root.children else None
    if not isinstance(last, Element) or last.tag != tag:
        last = Element(tag, attributes)
        root.children.append(last)
    last.children.append(Element("li", children=[text]))


def last_of(root: Element) -> Element:
    """The paragraph or the item that stands last."""
    last = root.children[-1]
    assert isinstance(last, Element)
    inside = last.children[-1]
    return inside if isinstance(inside, Element) else last
