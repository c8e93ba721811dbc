"""Which parts of a statement may be its demands, and the statement without those that are."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from ..markdown import PARSER, words

MARKER = re.compile(r" {0,3}(?:[-+*]|\d{1,9}[.)])(?: +|$)")
TYPED_NUMBER = re.compile(r"\d{1,3}\\?[.)]\s+(?=\S)")
GAPS = re.compile(r"\n{3,}")
LONGEST_LEAD = 600  # characters of a sentence that leads to a list
# What is said before demands: English, Ukrainian, Russian, French, German, Spanish, Polish, Arabic.
LEADS = re.compile(
    r"\b(demands?|we (\w+ )?(ask|urge|request|appeal)|calls? (up)?on|recommend(ations?|s)?)\b"
    r"|вимог|вимага|заклика|просимо|наполяга|рекоменд"
    r"|требу|требова|призыва|просим\b|настаива"
    r"|demandons|exigeons|exigences|appelons|revendications|recommandations"
    r"|fordern|forderungen|verlangen|rufen .* auf|appellieren"
    r"|exigimos|pedimos|demandas|exigencias|instamos|solicitamos"
    r"|żądamy|żądania|wzywamy|domagamy|postulaty|apelujemy"
    r"|نطالب|مطالب|ندعو|نناشد|نحث|التوصيات",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Block:
    """A part of a text in Markdown: its lines, and what it is. `group` numbers the list to which an item belongs."""

    first: int
    last: int
    markdown: str
    is_heading: bool = False
    is_item: bool = False
    is_numbered: bool = False
    group: int = 0

    @property
    def demand(self) -> str:
        """What it would say as a demand: without its sign or number."""
        first, *others = self.markdown.split("\n")
        if self.is_item and (marker := MARKER.match(first)):
            indent = re.compile(rf" {{0,{marker.end()}}}")
            return "\n".join([first[marker.end() :], *(indent.sub("", line, count=1) for line in others)]).strip()
        return TYPED_NUMBER.sub("", self.markdown, count=1)


def blocks(body: str) -> list[Block]:
    """The parts of the text in their order: the items of its lists, and whatever else stands at its highest level.

    Paragraphs whose numbers are typed are a list too.
    """
    lines, found = body.split("\n"), list[Block]()
    is_numbered, group = False, 0
    for token in PARSER.parse(body):
        if token.level == 0 and token.type in {"bullet_list_open", "ordered_list_open"}:
            is_numbered, group = token.type == "ordered_list_open", group + 1
        elif token.map and (token.type == "list_item_open" if token.level == 1 else token.level == 0):
            first, last = token.map
            text = "\n".join(lines[first:last]).rstrip()
            last = first + text.count("\n") + 1
            if token.level == 1:
                found.append(Block(first, last, text, is_item=True, is_numbered=is_numbered, group=group))
            elif token.type == "paragraph_open" and TYPED_NUMBER.match(text):
                group += not (found and found[-1].is_numbered and not found[-1].is_item)
                found.append(Block(first, last, text, is_numbered=True, group=group))
            else:
                found.append(Block(first, last, text, is_heading=token.type == "heading_open"))
    return found


def probable(found: list[Block]) -> set[int]:
    """The places of what is probably a demand: the lists that follow words which say so, else the only numbered one."""
    groups = {block.group for block in found if block.group}
    led = {group for group in groups if is_led(found, group)}
    numbered = {block.group for block in found if block.is_numbered}
    chosen = led or (numbered if len(numbered) == 1 else set())
    return {place for place, block in enumerate(found) if block.group in chosen}


def is_led(found: list[Block], group: int) -> bool:
    """Whether the last heading above the list, or what stands right before it, says that demands follow."""
    begin = next(place for place, block in enumerate(found) if block.group == group)
    above = [block for block in found[:begin] if not block.group][-1:] if begin else []
    above += [block for block in found[:begin] if block.is_heading][-1:]
    return any(LEADS.search(words(block.markdown)[-LONGEST_LEAD:]) for block in above)


def without(body: str, places: Collection[int]) -> str:
    """The text without these of its blocks, and without the headings under which nothing else stood."""
    found = blocks(body)
    gone = {place for place in places if place < len(found)}
    for place, block in reversed([*enumerate(found)]):
        under = section(found, place)
        if block.is_heading and under and gone.issuperset(under):
            gone.add(place)
    lines = body.split("\n")
    dropped = {line for place in gone for line in range(found[place].first, found[place].last)}
    return GAPS.sub("\n\n", "\n".join(line for number, line in enumerate(lines) if number not in dropped)).strip()


def section(found: list[Block], place: int) -> range:
    """The places of what stands under a heading, up to the next."""
    end = next((later for later in range(place + 1, len(found)) if found[later].is_heading), len(found))
    return range(place + 1, end)
