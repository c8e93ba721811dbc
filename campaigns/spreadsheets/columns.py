"""Which column of a spreadsheet is which: by its heading, in several languages."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ..countries import fold
from .reading import Row

TITLES: dict[str, Any] = {
    "name": _("Name"),
    "other_names": _("Other names"),
    "acronym": _("Acronym"),
    "country": _("Country"),
    "website": _("Website"),
    "language": _("Language"),
}
FIELDS = list(TITLES)
REASONS = _("Why it was not taken")
SEVERAL = re.compile(r"[|;\n]")
SEVERAL_WITH_BARS = re.compile(r"[|\n]")

# A row's number, its cells in the taken columns, its words by field (the other names are a list, all else a text),
# and what is wrong with those cells.
Line = tuple[int, list[str], dict[str, Any], list[str]]

# What the headings are called: English, Ukrainian, Russian, French, German, Spanish, Polish, Arabic.
# fmt: off
HEADINGS: dict[str, list[str]] = {
    "name": [
        "name", "names", "organization", "organisation", "organizations", "organisations", "organization name",
        "organisation name", "name of organization", "name of organisation", "name of the organization",
        "name of the organisation", "ngo", "ngo name", "name of ngo", "group", "signatory", "signatories", "full name",
        "official name", "name as signed", "listed name",
        "назва", "назва організації", "організація", "повна назва", "найменування", "підписант", "підписанти",
        "название", "название организации", "организация", "наименование", "наименование организации",
        "полное название", "подписант",
        "nom", "nom de l'organisation", "nom de l'association", "association", "organisation signataire", "signataire",
        "dénomination", "nom complet",
        "name der organisation", "organisationsname", "verein", "verband", "bezeichnung", "unterzeichner",
        "nombre", "nombre de la organización", "organización", "entidad", "firmante", "nombre completo",
        "nazwa", "nazwa organizacji", "organizacja", "pełna nazwa", "sygnatariusz",
        "الاسم", "اسم المنظمة", "المنظمة", "اسم", "منظمة", "اسم الجمعية", "الجمعية",
    ],
    "other_names": [
        "other names", "other name", "also known as", "aka", "alternative name", "alternative names",
        "names in other languages", "name in english", "english name", "former name", "former names", "native name",
        "інші назви", "інша назва", "назва англійською", "колишня назва",
        "другие названия", "другое название", "название на английском", "прежнее название",
        "autres noms", "autre nom", "nom en anglais", "ancien nom",
        "andere namen", "weitere namen", "anderer name", "englischer name", "früherer name",
        "otros nombres", "otro nombre", "nombre en inglés", "nombre anterior",
        "inne nazwy", "inna nazwa", "nazwa angielska", "dawna nazwa",
        "أسماء أخرى", "اسم آخر", "الاسم بالإنجليزية",
    ],
    "acronym": [
        "acronym", "abbreviation", "short name", "initials", "acr", "abbr",
        "абревіатура", "скорочення", "скорочена назва", "коротка назва", "аббревиатура", "сокращение",
        "сокращенное название", "краткое название",
        "sigle", "acronyme", "abréviation", "nom court", "abkürzung", "kurzname", "kürzel", "akronym",
        "sigla", "siglas", "acrónimo", "abreviatura", "skrót", "skrócona nazwa",
        "الاختصار", "اختصار",
    ],
    "country": [
        "country", "country code", "country of registration", "nation", "iso code",
        "країна", "держава", "страна", "государство", "pays", "pays d'origine", "land", "staat", "país", "pais", "kraj",
        "państwo", "البلد", "الدولة", "بلد", "دولة",
    ],
    "website": [
        "website", "web site", "web", "url", "site", "homepage", "home page", "web page", "webpage", "link",
        "web address", "www", "internet",
        "сайт", "вебсайт", "веб-сайт", "веб сайт", "вебсторінка", "веб-сторінка", "посилання", "ссылка", "веб-страница",
        "site web", "site internet", "webseite", "internetseite", "internetadresse", "sitio web", "página web", "sitio",
        "enlace", "strona", "strona internetowa", "strona www", "witryna",
        "الموقع", "الموقع الإلكتروني", "موقع", "الرابط",
    ],
    "language": [
        "language", "language of the name", "lang", "мова", "язык", "langue", "sprache", "idioma", "lengua", "język",
        "اللغة", "لغة",
    ],
}
# fmt: on
REASONS_HEADINGS = frozenset({fold("Why it was not taken"), fold("reasons")})  # whatever the language at hand
FIELD_OF = {fold(heading): field for field, headings in HEADINGS.items() for heading in headings}
NAME_HEADINGS = frozenset(heading for heading, field in FIELD_OF.items() if field == "name")


def matched(headings: Sequence[str]) -> dict[str, list[int]]:
    """The fields that the headings name, each with the places of its columns."""
    found: dict[str, list[int]] = {}
    for place, heading in enumerate(headings):
        if field := FIELD_OF.get(fold(heading)):
            found.setdefault(field, []).append(place)
    return found


@dataclass(frozen=True)
class Columns:
    """In which column, counted from 0, each field stands."""

    places: dict[str, int]

    @classmethod
    def by_heading(cls, headings: Sequence[str]) -> "Columns":
        """As far as the headings tell: of two that are called alike, neither is chosen."""
        return cls({field: places[0] for field, places in matched(headings).items() if len(places) == 1})

    def headings(self, all_headings: Sequence[str]) -> list[str]:
        """The headings of the columns that are taken, in the order of the fields."""
        return [all_headings[self.places[field]] for field in FIELDS if field in self.places]

    def left_out(self, all_headings: Sequence[str]) -> list[str]:
        """The headings of the columns that are not taken."""
        taken = set(self.places.values())
        return [
            heading
            for place, heading in enumerate(all_headings)
            if heading and place not in taken and fold(heading) not in {*REASONS_HEADINGS, fold(str(REASONS))}
        ]

    def lines(self, rows: Iterable[Row]) -> Iterator[Line]:
        """The rows as far as they are taken; those that hold nothing but formulas in other columns are passed over."""
        fields = [field for field in FIELDS if field in self.places]
        for row in rows:
            cells = [row.cell(self.places[field]) for field in fields]
            problems = [row.problems[self.places[field]] for field in fields if self.places[field] in row.problems]
            if problems or any(row.cells):
                words: dict[str, Any] = dict(zip(fields, cells, strict=True))
                words["other_names"] = several(words.get("other_names", ""))
                yield row.number, cells, words, problems


def missing(headings: Sequence[str]) -> list[str]:
    """Why the headings do not tell by themselves which column is which, in words for the coordinator."""
    found = matched(headings)
    words = [] if "name" in found else [str(_("No column is called “Name”. Choose the one that holds the names."))]
    for field, places in found.items():
        if len(places) > 1:
            both = ", ".join(f"“{headings[place]}”" for place in places)
            message = _("Several columns may be “%(title)s”: %(headings)s. Choose one.")
            words.append(str(message) % {"title": TITLES[field], "headings": both})
    return words


def several(cell: str) -> list[str]:
    """The names in a cell of other names: separated by bars, or by semicolons where there is no bar."""
    return [part.strip() for part in (SEVERAL_WITH_BARS if "|" in cell else SEVERAL).split(cell) if part.strip()]


def in_one_cell(names: Sequence[str]) -> str:
    """The names in one cell, so that `several` finds them again."""
    cell = " | ".join(names)
    return f"{cell} |" if ";" in cell and "|" not in cell else cell


def require_name(columns: Columns) -> None:
    """Raises ValidationError where no column holds the names, or one column is chosen twice."""
    if "name" not in columns.places:
        raise ValidationError(_("Choose the column that holds the names."))
    if len(set(columns.places.values())) < len(columns.places):
        raise ValidationError(_("Choose each column once."))
