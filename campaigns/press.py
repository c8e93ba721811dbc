"""A list of signatories as it is copied into a press release: plain text, as lines or within a sentence."""

from itertools import groupby
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext, pgettext
from django_countries import countries

from . import collation
from .models import Signature
from .models.listing import MOST_SORTED, Line, as_read

Group = tuple[str, list[Line]]  # a heading, which may be empty, and the lines under it


def text(lines: list[Line], withheld: int, by: str, form: str, reader: str) -> str:
    """The lines of `on_page`, as the page orders them, by `name` or by `country`; each on a line or, for `commas`,
    each group on one; then what a reader of the list has to know."""
    write = in_a_sentence if form == "commas" else in_lines
    parts = [write(heading, list(map(called, group))) for heading, group in grouped(lines, by, reader) if group]
    if any(each.affiliation for each in lines):
        parts.append(gettext("Affiliations are for identification only."))
    if withheld:
        words = ngettext("and %(count)s whose name is withheld", "and %(count)s whose names are withheld", withheld)
        parts.append(words % {"count": number_format(withheld, force_grouping=True)})
    return "".join(f"{part}\n\n" for part in parts).removesuffix("\n")


def grouped(lines: list[Line], by: str, reader: str) -> list[Group]:
    """Organizations, by country where that is asked for; persons after them."""
    ordered = by_name if by in {"name", "country"} else as_on_page
    organizations = ordered([each for each in lines if each.kind == Signature.Kind.ORGANIZATION], reader)
    persons = ordered([each for each in lines if each.kind == Signature.Kind.PERSON], reader)
    groups = by_country(organizations, reader) if by == "country" else [("", organizations)]
    return [*groups, (gettext("In their own name"), persons)]


def as_on_page(lines: list[Line], reader: str) -> list[Line]:
    return as_read(reader, lines)


def by_name(lines: list[Line], reader: str) -> list[Line]:
    """As the reader looks for them; a longer list than is sorted for each language, in one order for all."""
    if len(lines) > MOST_SORTED:
        return sorted(lines, key=lambda each: (each.key, each.position))
    return sorted(lines, key=lambda each: (collation.key(each.name_here or each.name, reader), each.position))


def by_country(lines: list[Line], reader: str) -> list[Group]:
    """Those of each country together, the countries as the reader looks for them; last those of none."""
    named = dict(countries)
    places = {code: (False, collation.key(name, reader)) for code, name in named.items()}

    def place(line: Line) -> tuple[Any, ...]:
        return places.get(line.country, (True, ()))

    groups = [list(group) for _place, group in groupby(sorted(lines, key=place), place)]
    return [(named.get(group[0].country, ""), group) for group in groups]


def called(line: Line) -> str:
    name = line.name_here or line.name
    return f"{name} ({line.affiliation})" if line.affiliation else name


def in_lines(heading: str, names: list[str]) -> str:
    return "\n".join(filter(None, [heading, *names]))


def in_a_sentence(heading: str, names: list[str]) -> str:
    """With semicolons where a name has a comma of its own."""
    comma, semicolon = pgettext("between the names of a list", ", "), pgettext("between the names of a list", "; ")
    sentence = (semicolon if any(comma.strip() in name for name in names) else comma).join(names)
    return f"{heading}: {sentence}" if heading else sentence
