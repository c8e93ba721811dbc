"""HTML, of a document or of the clipboard, into our Markdown. No character of the text is lost; none is a command."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import count, groupby, repeat, takewhile
from string import punctuation
from typing import NamedTuple
from urllib.parse import quote

import nh3
from django.utils.translation import gettext as _

from .refusals import Unreadable

HEADINGS = {f"h{level}": level for level in range(1, 7)}
LISTS = {"ul", "ol"}
BLOCKS = {
    *HEADINGS,
    *LISTS,
    *("p", "div", "section", "article", "header", "footer", "main", "aside", "nav", "figure", "figcaption", "address"),
    *("center", "blockquote", "pre", "li", "dl", "dt", "dd", "hr", "table", "thead", "tbody", "tfoot", "tr", "td"),
    *("th", "caption"),
}
INWARDS = ["~~", "**", "_"]
MARKS = {"b": "**", "strong": "**", "i": "_", "em": "_", "s": "~~", "del": "~~", "strike": "~~"}
STYLES = {"font-weight", "font-style"}
IS_BOLD = re.compile(r"font-weight:\s*(bold|[6-9]00)")
IS_PLAIN = re.compile(r"font-weight:\s*(normal|[1-4]00)")
IS_ITALIC = re.compile(r"font-style:\s*(italic|oblique)")
WITHOUT_CONTENT = {"script", "style", "title", "template", "noscript", "object", "svg", "math", "select", "textarea"}
MOST_TAGS = 20_000  # reading them costs the square of their number
TAG = re.compile(r"</?[a-z]", re.IGNORECASE)
DEEPEST = 60  # elements in elements; what lies deeper stands at that depth
IS_NUMBER = re.compile(r"[0-9]{1,6}")
IS_NUMBERED = re.compile(r"[0-9]+\. ")  # of a block of Markdown
IS_SHOWN = re.compile(r"number-([0-9]{1,6})")  # the anchor that numbers.py puts into an item
IS_NOTE = re.compile(r"(foot|end)note-")
IS_LINK = re.compile(r"(https?://|mailto:)\S", re.IGNORECASE)

BLANKS = re.compile(r"[ \t\r\n\f\v\x1c-\x1f\x85\u2028\u2029]+")
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]")
SPECIAL = re.compile(r"([\\`*_\[\]<~|]|&(?=#?\w+;))")
AT_A_LINES_START = re.compile(r"^(?:(?=[-+=>#:])|(\d{1,9})(?=[.)](?:\s|$)))")
AT_A_HEADINGS_END = re.compile(r"(?=#$)")
ONE_BACKSLASH = r"\\"
IN_AN_ADDRESS = re.compile(r"[\s<>()\\`\"]")
ENTITY = re.compile(r"&(?=#?\w+;)")


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None] = field(default_factory=dict)
    children: "list[Element | str]" = field(default_factory=list)

    def all(self, *tags: str) -> "Iterator[Element]":
        """The elements of these kinds in it; what is in one of them is not looked through."""
        for child in self.children:
            if isinstance(child, Element):
                yield from [child] if child.tag in tags else child.all(*tags)


class Run(NamedTuple):
    """Some text of a line, with the marks around it, and where it leads."""

    text: str
    marks: frozenset[str]
    address: str


Line = list[Run]
NO_MARKS: frozenset[str] = frozenset()
BREAK = Run("\n", NO_MARKS, "")


class Tree(HTMLParser):
    """The elements of HTML that was cleaned, which closes all that it opens."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("div")
        self.open = [self.root]
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        self.open[-1].children.append(element)
        if tag not in {"br", "hr", "img"}:
            self.open.append(element if len(self.open) < DEEPEST else self.open[-1])

    def handle_endtag(self, tag: str) -> None:
        if len(self.open) > 1:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def cleaned(html: str) -> Element:
    """The elements that mean something to us. Raises Unreadable for more of them than a statement has."""
    if sum(1 for _tag in TAG.finditer(html)) > MOST_TAGS:
        raise Unreadable(_("Its layout is too intricate to be read. Bring it as plain text."))
    return Tree(
        nh3.clean(
            html,
            tags={*BLOCKS, *MARKS, "a", "span", "br", "img"},
            clean_content_tags=WITHOUT_CONTENT,
            attributes={"a": {"href", "id"}, "ol": {"start"}, "li": {"id"}, "*": {"style"}},
            url_schemes={"http", "https", "mailto"},
            filter_style_properties=STYLES,
            link_rel=None,
        )
    ).root


def blocks(element: Element) -> list[str]:
    """What stands in the element as Markdown, block by block."""
    found: list[str] = []
    for is_block, nodes in groupby(element.children, is_a_block):
        if not is_block:
            found += paragraphs(nodes, keeps_lines=element.tag == "pre")
            continue
        for node in nodes:
            assert isinstance(node, Element)
            found += block(node, found[-1] if found else "")
    return found


def is_a_block(node: Element | str) -> bool:
    return isinstance(node, Element) and (node.tag in BLOCKS or any(map(is_a_block, node.children)))


def block(element: Element, before: str) -> list[str]:
    """`before` is the block before it, from which a list of the same kind must be told apart."""
    match element.tag:
        case "ul" | "ol" if is_notes(element):
            found = notes(blocks(note) for note in items(element))
        case "ul":
            found = unnumbered(element, before)
        case "ol":
            found = numbered(element, before)
        case "table":
            found = table(element)
        case "blockquote":
            found = quoted(blocks(element))
        case "hr":
            found = ["---"]
        case tag:
            found = heading(element) if tag in HEADINGS else blocks(element)
    return found


def heading(element: Element) -> list[str]:
    """A heading is bold by itself."""
    text = flat(run._replace(marks=run.marks - {"**"}) for run in runs(element.children))
    return [f"{'#' * HEADINGS[element.tag]} {AT_A_HEADINGS_END.sub(ONE_BACKSLASH, text)}"] if text else []


def paragraphs(nodes: Iterable[Element | str], *, keeps_lines: bool = False) -> list[str]:
    """A blank line parts two paragraphs."""
    every = [said(line) for line in lines(runs(nodes, keeps_lines=keeps_lines))]
    parts = [list(group) for has_words, group in groupby(every, bool) if has_words]
    return ["\\\n".join(AT_A_LINES_START.sub(r"\1\\", line) for line in part) for part in parts]


def unnumbered(element: Element, before: str) -> list[str]:
    found = [inside for item in items(element) if (inside := blocks(item))]
    return [listed(found, repeat("*" if before.startswith("- ") else "-"))] if found else []


def numbered(element: Element, before: str) -> list[str]:
    """Where the numbers that a document shows do not go on by one, another list begins."""
    lists, expected = list[tuple[int, list[list[str]]]](), first_number(element)
    for item in items(element):
        if inside := blocks(item):
            number = number_shown(item, expected)
            if not lists or number != expected:
                lists.append((number, []))
            lists[-1][1].append(inside)
            expected = number + 1
    found: list[str] = []
    for first, insides in lists:
        end = ")" if IS_NUMBERED.match(found[-1] if found else before) else "."
        found.append(listed(insides, (f"{number}{end}" for number in count(first))))
    return found


def listed(insides: list[list[str]], markers: Iterator[str]) -> str:
    between = "\n" if all(len(inside) == 1 for inside in insides) else "\n\n"
    return between.join(hanging(marker, inside) for marker, inside in zip(markers, insides, strict=False))


def number_shown(item: Element, expected: int) -> int:
    """By the anchor that stands in it, if there is one."""
    ids = (IS_SHOWN.fullmatch(anchor.attributes.get("id") or "") for anchor in item.all("a", "li"))
    return next((int(found[1]) for found in ids if found), expected)


def items(element: Element) -> list[Element]:
    """Those of a list. A list that stands between them belongs to the one before."""
    found: list[Element] = []
    for node in element.children:
        if isinstance(node, Element) and node.tag == "li":
            found.append(node)
        elif isinstance(node, Element) and node.tag in LISTS and found:
            found[-1] = Element("li", found[-1].attributes, [*found[-1].children, node])
        elif isinstance(node, Element) or node.strip():
            found.append(Element("li", children=[node]))
    return found


def is_notes(element: Element) -> bool:
    return any(IS_NOTE.match(item.attributes.get("id") or "") for item in items(element))


def notes(insides: Iterable[list[str]]) -> list[str]:
    """Footnotes, each begun by its number as it stands in the text."""
    return [
        text
        for number, (first, *others) in enumerate((inside or [""] for inside in insides), start=1)
        for text in [rf"\[{number}\] {first}".rstrip(), *others]
    ]


def hanging(marker: str, inside: list[str]) -> str:
    first, *others = "\n\n".join(inside).split("\n")
    indent = " " * (len(marker) + 1)
    return "\n".join([f"{marker} {first}", *(f"{indent}{line}".rstrip() for line in others)])


def quoted(inside: list[str]) -> list[str]:
    return ["\n".join(f"> {line}".rstrip() for line in "\n\n".join(inside).split("\n"))] if inside else []


def first_number(element: Element) -> int:
    start = element.attributes.get("start") or ""
    return int(start) if IS_NUMBER.fullmatch(start) else 1


def table(element: Element) -> list[str]:
    """One of a single column or row only places its text, and is taken apart."""
    above = [text for caption in element.all("caption") for text in blocks(caption)]
    rows = [cells for row in element.all("tr") if (cells := [*row.all("td", "th")])]
    width = max((len(row) for row in rows), default=0)
    if width < 2 or len(rows) < 2:
        return [*above, *(text for row in rows for cell in row for text in blocks(cell))]
    texts = [[flat(runs(cell.children)) for cell in row] + [""] * (width - len(row)) for row in rows]
    head, *body = [f"| {' | '.join(row)} |" for row in texts]
    return [*above, "\n".join([head, f"|{' --- |' * width}", *body])]


def flat(found: Iterable[Run]) -> str:
    """All in one line."""
    return " ".join(filter(None, (said(line) for line in lines(found))))


def runs(
    nodes: Iterable[Element | str],
    marks: frozenset[str] = frozenset(),
    address: str = "",
    *,
    keeps_lines: bool = False,
) -> Iterator[Run]:
    for node in nodes:
        if isinstance(node, str):
            for place, text in enumerate(node.split("\n") if keeps_lines else [node]):
                yield from [BREAK] * bool(place)
                yield Run(BLANKS.sub(" ", CONTROLS.sub("", text)), marks, address)
        elif node.tag == "br":
            yield BREAK
        else:
            leads = (node.attributes.get("href") or "").strip()
            inside = runs(
                node.children,
                marks_in(node, marks),
                leads if IS_LINK.match(leads) else address,
                keeps_lines=keeps_lines,
            )
            yield from [BREAK, *inside, BREAK] if node.tag in BLOCKS else inside


def marks_in(element: Element, marks: frozenset[str]) -> frozenset[str]:
    """The style says more than the tag: what some programs copy is bold by tag, and plain by style."""
    style = element.attributes.get("style") or ""
    if mark := MARKS.get(element.tag):
        marks |= {mark}
    if IS_PLAIN.search(style):
        marks -= {"**"}
    if IS_BOLD.search(style):
        marks |= {"**"}
    if IS_ITALIC.search(style):
        marks |= {"_"}
    return marks


def lines(found: Iterable[Run]) -> Iterator[Line]:
    """The runs line by line, neighbours that are alike made one, and blanks at the ends of a run left unmarked."""
    for is_break, group in groupby(found, lambda run: run is BREAK):
        if is_break:
            yield from [[]] * (len([*group]) - 1)
            continue
        line: Line = []
        for (marks, address), alike in groupby(group, lambda run: (run.marks, run.address)):
            text = "".join(run.text for run in alike)
            words = text.strip()
            before, _words, after = text.partition(words) if words else (text, "", "")
            line += [Run(before, NO_MARKS, ""), Run(words, marks, address), Run(after, NO_MARKS, "")]
        yield trimmed([run for run in line if run.text])


def trimmed(line: Line) -> Line:
    while line and not line[0].text.strip():
        line = line[1:]
    while line and not line[-1].text.strip():
        line = line[:-1]
    return line


def said(line: Line) -> str:
    """One line as Markdown."""
    marks = joints(line)
    written = ""
    for place, run in enumerate(line):
        (closing, opening), (next_closing, next_opening) = marks[place], marks[place + 1]
        after = line[place + 1].text if next_opening else ""
        first = not opening and clashes(closing, written[-1:], run.text[0])
        last = not next_closing and clashes(next_opening, after[0] if len(after) > 1 else "", run.text[-1])
        written += closing + opening + escaped(run.text, first=first, last=last)
    return written + marks[-1][0]


def joints(line: Line) -> list[tuple[str, str]]:
    """What is closed and what is opened before each run, and after the last."""
    found, opened = [], list[tuple[str, str]]()
    for run in [*line, Run("", NO_MARKS, "")]:
        wanted = [("[", f"]({safe_address(run.address)})")] if run.address else []
        wanted += [(mark, mark) for mark in INWARDS if mark in run.marks]
        kept = sum(1 for _same in takewhile(lambda pair: pair[0] == pair[1], zip(opened, wanted, strict=False)))
        closing = "".join(close for _open, close in reversed(opened[kept:]))
        found.append((closing, "".join(opening for opening, _close in wanted[kept:])))
        opened = wanted
    return found


def clashes(marks: str, inside: str, outside: str) -> bool:
    """Whether marks between these characters would be read as something else. Written by its number, the outer one is
    a sign to CommonMark, and they are marks. `inside` is empty where it may itself be written so."""
    if marks.startswith("["):
        return outside == "!"  # else a picture
    if not marks or marks.endswith(")") or outside.isspace() or outside in punctuation:
        return False
    return marks not in {"**", "~~"} or not inside.isalnum()


def escaped(text: str, *, first: bool, last: bool) -> str:
    last = last and len(text) > first
    head, tail = text[:first], text[len(text) - last :]
    inside = SPECIAL.sub(r"\\\1", text[len(head) : len(text) - len(tail)])
    return by_number(head) + inside + by_number(tail)


def by_number(text: str) -> str:
    return "".join(f"&#{ord(char)};" for char in text)


def safe_address(address: str) -> str:
    return ENTITY.sub("&amp;", IN_AN_ADDRESS.sub(lambda found: quote(found[0], safe=""), CONTROLS.sub("", address)))
