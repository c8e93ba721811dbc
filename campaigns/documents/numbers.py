"""Which number each paragraph of a DOCX's numbered lists shows. mammoth tells only that it has one."""

from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, SubElement, fromstring, tostring

SPACE = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
PATH_OF_DELETED = "/".join(f"{SPACE}{name}" for name in ("pPr", "rPr", "del"))
BOOKMARK = "number-"  # and the number: mammoth makes the bookmark an anchor
Level = tuple[str, str]  # the number of a list's pattern, and of the level in it


@dataclass
class Numbering:
    """What numbering.xml says, and how far each level has counted."""

    patterns: dict[str, str] = field(default_factory=dict)  # of a list
    starts: dict[Level, int] = field(default_factory=dict)  # of a pattern's level
    restarts: dict[Level, int] = field(default_factory=dict)  # of a list's level, where it differs
    of_styles: dict[str, Level] = field(default_factory=dict)
    counted: dict[Level, int] = field(default_factory=dict)

    @classmethod
    def read(cls, root: Element) -> "Numbering":
        found = cls()
        for pattern in root.iter(f"{SPACE}abstractNum"):
            for level in pattern.iter(f"{SPACE}lvl"):
                place = (attribute(pattern, "abstractNumId"), attribute(level, "ilvl"))
                found.starts[place] = int(value(level, "start") or 1)
                if style := value(level, "pStyle"):
                    found.of_styles[style] = place
        for each in root.iter(f"{SPACE}num"):
            number = attribute(each, "numId")
            found.patterns[number] = value(each, "abstractNumId")
            for override in each.iter(f"{SPACE}lvlOverride"):
                if start := value(override, "startOverride"):
                    found.restarts[number, attribute(override, "ilvl")] = int(start)
        return found

    def next_of(self, paragraph: Element) -> int | None:
        """Its number, one more than the one before of the same list and level; None where it has none."""
        if paragraph.find(PATH_OF_DELETED) is not None:
            return None
        number, level = value(paragraph, "pPr/numPr/numId"), value(paragraph, "pPr/numPr/ilvl")
        style = value(paragraph, "pPr/pStyle")
        place = (self.patterns.get(number, ""), level or "0") if number else self.of_styles.get(style, ("", ""))
        if place not in self.starts:
            return None
        start = self.restarts.pop((number, place[1]), None)
        count = self.counted.get(place, self.starts[place] - 1) + 1 if start is None else start
        self.counted = {at: so_far for at, so_far in self.counted.items() if at[0] != place[0] or at[1] < place[1]}
        self.counted[place] = count
        return count


def marked(document: bytes, numbering: bytes) -> bytes:
    """The document with a bookmark in each paragraph of a list, which is called by its number."""
    root, lists = fromstring(document), Numbering.read(fromstring(numbering))  # nosec B314
    for paragraph in root.iter(f"{SPACE}p"):
        if (number := lists.next_of(paragraph)) is not None:
            SubElement(paragraph, f"{SPACE}bookmarkStart", {f"{SPACE}name": f"{BOOKMARK}{number}"})
    return tostring(root)


def attribute(element: Element, name: str) -> str:
    return element.get(f"{SPACE}{name}", "")


def value(element: Element, path: str) -> str:
    found = element.find("/".join(f"{SPACE}{name}" for name in path.split("/")))
    return "" if found is None else attribute(found, "val")
