"""Names and e-mail addresses in pasted text, as mail programs, spreadsheets and people write them. Pure functions."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from . import names
from .countries import fold

LONGEST_NAME, LONGEST_ADDRESS, LONGEST_WORDS = 200, 254, 300
MOST_FOLDS = 8
MOST_CHARACTERS = 4_000  # of what is looked at for a name or for words to show

PROBLEMS: dict[str, Promise] = {
    "no_address": _("There is no e-mail address here."),
    "malformed": _("The e-mail address is not whole, or has a sign too many."),
    "hidden": _("The e-mail address has characters that nobody sees. Type it anew."),
    "several": _("Two e-mail addresses stand here for one. Leave the one that is meant."),
    "long_name": _("The name is longer than 200 characters. Shorten it."),
}

# What stands before the addresses in the head of a letter: English, Ukrainian, Russian, French, German, Spanish,
# Polish, Arabic.
HEADERS = (
    "to|cc|bcc|from|reply-to|кому|копія|від|копия|скрытая копия|от|от кого|à|de|pour|an|von|kopie|para|do|dw|udw|od|"
    "إلى|من|نسخة"
)
HEADER = re.compile(rf"[ >]*(?:{HEADERS}) ?:", re.IGNORECASE)
# A bullet, a number, the mark of a line that is quoted, the name of a header.
LEADING = re.compile(rf"[ >*•·‣▪◦●○–—-]*(?:\(?[0-9]{{1,4}}[.)] +)?(?:(?:{HEADERS}) ?:)?", re.IGNORECASE)
# fmt: off
# What columns are called, in the same languages. `Name` is the organization's, unless another column is.
ADDRESSES = [
    "email", "e-mail address", "email addresses", "mail", "address", "smtp", "contact email",
    "ел. пошта", "електронна пошта", "електронна адреса", "пошта", "адреса", "имейл", "емейл", "эл. почта",
    "электронная почта", "электронный адрес", "почта", "адрес", "адрес электронной почты", "адреса електронної пошти",
    "courriel", "adresse e-mail", "adresse électronique", "adresse", "e-mail-adresse", "mailadresse",
    "correo", "correo electrónico", "dirección de correo electrónico", "adres e-mail", "adres", "poczta",
    "البريد الإلكتروني", "البريد", "بريد إلكتروني", "الإيميل",
]
ORGANIZATIONS = [
    "organization", "organisation", "organization name", "organisation name", "name of organization",
    "name of the organization", "name of organisation", "name of the organisation", "ngo", "group", "company",
    "організація", "назва організації", "компанія", "организация", "название организации", "компания",
    "association", "nom de l'organisation", "société", "verein", "name der organisation", "firma",
    "organización", "nombre de la organización", "organizacja", "nazwa organizacji",
    "المنظمة", "اسم المنظمة", "الجمعية",
]
PERSONS = [
    "person", "contact", "contact person", "contact name", "name of contact", "representative", "first name",
    "last name", "given name", "family name", "surname", "full name",
    "особа", "контактна особа", "контакт", "представник", "ім'я", "прізвище", "піб",
    "контактное лицо", "представитель", "имя", "фамилия", "фио",
    "personne", "personne de contact", "prénom", "nom de famille", "ansprechpartner", "ansprechperson",
    "kontaktperson", "vorname", "nachname", "persona", "persona de contacto", "contacto", "apellido", "apellidos",
    "osoba", "osoba kontaktowa", "imię", "nazwisko", "imię i nazwisko",
    "جهة الاتصال", "الشخص المسؤول", "اسم الشخص",
]
NAMES = ["name", "display name", "назва", "название", "nom", "bezeichnung", "nombre", "nazwa", "الاسم", "اسم"]
# fmt: on
ADDRESS, ORGANIZATION, PERSON, NAME = "address", "organization", "person", "name"
ROLES = {
    fold(word): role
    for role, words in {ADDRESS: ADDRESSES, ORGANIZATION: ORGANIZATIONS, PERSON: PERSONS, NAME: NAMES}.items()
    for word in words
}

# Characters that steer how a line breaks and which way it runs, and are no part of what it says.
STEERING = dict.fromkeys([0xAD, 0x61C, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF, *range(0x202A, 0x202D)])
STEERING |= dict.fromkeys(range(0x2066, 0x206A))
OTHER_SIGNS = str.maketrans("＠﹫＜＞﹤﹥；؛", "@@<><>;;")
MAILTO = re.compile("mailto:", re.IGNORECASE)
# What may be an address: everything up to a sign that none has.
RUN = re.compile(r"[^\s<>()\[\],;:|\"«»“”„‟‹›—–―•·…،、，]+")
SPELT_OUT = re.compile(r"[(\[{] ?(?:at|ät|ат|эт|собака) ?[)\]}]", re.IGNORECASE)
APOSTROPHES = str.maketrans("‘’ʼ`´", "'''''")
BEFORE_ADDRESS = "-./\\=+,"
AROUND_ADDRESS = "'*_~"
# Around addresses and names.
QUOTED = re.compile(r'"((?:[^"\\]|\\.|"")*+)"')
QUOTED_NAME = re.compile(r'"(?:[^"\\]|\\.)*+"\s*(?=<)')
ESCAPED = re.compile(r'\\(.)|"(")')
PAIRS = frozenset({"''", "‘’", "“”", "„“", "„”", "«»", "()", "[]", "**", "__"})
BEFORE_NAME, AFTER_NAME = " >)]},:;|=/•·*–—-،、，", " <([{,:;|=/–—-،、，"
ASIDE = re.compile(r"\s*\(([^()@]*)\)")
CLOSING = re.compile(r"[>)\]}\"'”»]*")
BRACKETS = re.compile(r"[\s<>()\[\]\"'”»]*")
BETWEEN = re.compile(r"[\s,;/،、，]*")
PARTING = frozenset(",;،、，")
ENCODED = re.compile(r"=\?[\w*-]+\?[bq]\?[^?\s]*\?=(?:\s*=\?[\w*-]+\?[bq]\?[^?\s]*\?=)*", re.IGNORECASE)
SEPARATORS = "\t;|,"
CELLS = {sign: re.compile(rf' *"(?:[^"\\]|\\.|"")*+"[^{sign}]*|[^{sign}]*') for sign in SEPARATORS}


@dataclass(frozen=True)
class Entry:
    """One address, or what stood in its place."""

    line: int  # the number of the pasted line, from 1
    words: str  # what stood there, tidied
    organization: str  # its name, empty where none was given
    person: str  # the name of a contact person; a lone name is one where it is not surely a group's
    address: str  # empty where none is readable
    problem: str  # empty, or a key of PROBLEMS


@dataclass(frozen=True)
class Mark:
    """A run of characters with the sign of an address in it, and what stands beside it."""

    begin: int
    end: int  # of what goes with it
    before: str
    run: str
    beside: tuple[str, ...]


@dataclass(frozen=True)
class Spot:
    """What becomes an entry: a run that may be an address, empty where there is none, and the names that go with it."""

    words: str
    run: str = ""
    called: tuple[str, ...] = ()

    def entry(self, line: int) -> Entry:
        address, problem = address_in(self.run) if self.run else ("", missing_in(self.words))
        called = [name for name in self.called if not address_in(name)[0]]
        if address and any(address_in(name)[0] not in {"", address} for name in self.called):
            address, problem = "", "several"
        organization, person = (
            (*called, "", "")[:2] if len(called) != 1 or names.is_group(called[0]) else ("", called[0])
        )
        if max(len(organization), len(person)) > LONGEST_NAME:
            organization, person, problem = organization[:LONGEST_NAME], person[:LONGEST_NAME], problem or "long_name"
        return Entry(line, words_in(self.words), organization, person, address, problem)


@dataclass(frozen=True)
class Table:
    """How rows are divided, and what each column holds; no roles where no heading has said it."""

    separator: str
    roles: tuple[str, ...] = ()

    @classmethod
    def headed(cls, line: str) -> "Table | None":
        """The table of which this is the row of headings, if it is one."""
        if "@" in line:
            return None
        separator = next((sign for sign in SEPARATORS if sign in line), "\t")
        roles = [ROLES.get(fold(cell), "") for cell in cells_of(line, separator)]
        if ADDRESS not in roles and (len(roles) < 2 or not all(roles)):
            return None
        for_name = PERSON if ORGANIZATION in roles else ORGANIZATION if PERSON in roles else NAME
        return cls(separator, tuple(for_name if role == NAME else role for role in roles))

    def spots(self, line: str) -> list[Spot] | None:
        """What the line holds as a row of this table; None where it is none."""
        cells = cells_of(line, self.separator)
        held = [found for cell in cells if "@" in cell for found in spots_of(cell)]
        if len(cells) < 2 or not self.takes(cells, held):
            return None
        beside = self.names_in(cells)
        words = line[:MOST_CHARACTERS]
        return [Spot(words, spot.run, (*beside, *spot.called)) for spot in held if spot.run] or [Spot(words)]

    def takes(self, cells: list[str], held: list[Spot]) -> bool:
        """Whether these are the cells of one row, and not the members of a list."""
        if self.separator == "\t":
            return True
        is_bare = not any(spot.called for spot in held) and all(spot.run for spot in held)
        if self.separator == "," and len(self.roles) != len(cells):
            named = [cell for cell in cells if "@" not in cell]
            is_close = not any(cell[:1] == " " for cell in cells) or all(cell.lstrip()[:1] == '"' for cell in named)
            return is_bare and len(held) == 1 and len(cells) > 2 and is_close
        return is_bare and (len(held) <= 1 or "@" not in cells[0])

    def names_in(self, cells: list[str]) -> list[str]:
        """The names of the organization and of the person, as the headings say or in the order in which they stand."""
        called = ["" if "@" in cell else name_in(cell) for cell in cells]
        if len(self.roles) != len(cells):
            return [name for name in called if name and not name.startswith(("http:", "https:", "www."))]
        by_role = [
            " ".join(name for name, own in zip(called, self.roles, strict=True) if name and own == role)
            for role in ([NAME] if NAME in self.roles else [ORGANIZATION, PERSON])
        ]
        return by_role if any(by_role) else []


def read(text: str) -> list[Entry]:
    """What stands in the text, in its order: at least one entry for each line that is not empty.

    Passed over are headings that only name the columns of a table.
    """
    entries: list[Entry] = []
    headed: Table | None = None
    for number, line in unfolded(text):
        if heading := Table.headed(line):
            headed = heading
        else:
            entries += [spot.entry(number) for spot in spots_in(line, headed)]
    return entries


def unfolded(text: str) -> Iterator[tuple[int, str]]:
    """The lines with something to see, each with its number; those that a mail program folded are one again."""
    number, folds, line, is_header = 0, 0, "", False
    for count, each in enumerate(MAILTO.sub("", text.translate(STEERING).translate(OTHER_SIGNS)).splitlines(), 1):
        is_indented = each[:1] in {" ", "\t"}
        is_header = HEADER.match(each) is not None or (is_header and is_indented)
        if is_indented and folds < MOST_FOLDS and goes_on(line, each.strip(), is_header):
            line, folds = f"{line} {each.strip()}", folds + 1
            continue
        if shown(line):
            yield number, line
        number, folds, line = count, 0, each
    if shown(line):
        yield number, line


def goes_on(line: str, more: str, is_header: bool) -> bool:
    """Whether the line ends within a name, so that the indented one after it belongs to it."""
    if line.count('"') % 2:
        return "@" not in line.rpartition('"')[2]
    last = re.split("[,;]", line)[-1].strip()
    return bool(last) and "@" not in last and (is_header or more.startswith(("<", "=?")))


def spots_in(line: str, headed: Table | None) -> list[Spot]:
    """What the line holds: a row of a table, or else a list, of one member perhaps."""
    bare = LEADING.sub("", line, count=1)
    separator = next((sign for sign in SEPARATORS if sign in bare and len(cells_of(bare, sign)) > 1), "")
    if not separator:
        return spots_of(bare)
    table = headed if headed and headed.separator == separator else Table(separator)
    row = table.spots(bare)
    if row is not None:
        return row
    members = [bare] if separator == "," else filter(shown, cells_of(bare, separator))
    return [spot for member in members for spot in spots_of(member)]


def cells_of(line: str, separator: str) -> list[str]:
    """The parts between the separators that stand in no quotation."""
    cells, place = [], 0
    while place <= len(line):
        found = CELLS[separator].match(line, place)
        assert found is not None  # it takes the empty too
        cells.append(found[0])
        place = found.end() + 1
    return cells


def spots_of(text: str) -> list[Spot]:
    """The members of a list. A comma ends one only behind its address, since names have commas too."""
    marks = list(marks_in(text))
    if not marks:
        return [Spot(text)]
    rest = text[marks[-1].end :]
    behind = [*(mark.before for mark in marks[1:]), rest]
    if not name_in(marks[0].before) and all(map(name_in, behind)):
        bounds = [0, *(mark.begin for mark in marks[1:]), len(text)]
        return [
            Spot(text[begin:end], mark.run, named(*mark.beside, words))
            for mark, begin, end, words in zip(marks, bounds, bounds[1:], behind, strict=False)
        ]
    begins = [0, *(mark.end for mark in marks[:-1])]
    spots = [
        Spot(text[begin : mark.end], mark.run, named(mark.before, *mark.beside))
        for mark, begin in zip(marks, begins, strict=True)
    ]
    if not name_in(rest):
        return spots
    if rest.lstrip()[0] in PARTING:
        return [*spots, Spot(rest)]
    return [*spots[:-1], Spot(spots[-1].words + rest, spots[-1].run, (*spots[-1].called, name_in(rest)))]


def marks_in(text: str) -> Iterator[Mark]:
    """What may be an address, one by one."""
    place = 0
    while mark := next_mark(text, after(BETWEEN, text, place)):
        yield mark
        place = mark.end


def next_mark(text: str, begin: int) -> Mark | None:
    """The first one from that place on. What repeats it in brackets is part of it, and so are words in round ones."""
    name_end = after(QUOTED_NAME, text, begin)
    found = next((run for run in RUN.finditer(text, name_end) if "@" in run[0]), None)
    if not found:
        return None
    before, opened, inner = text[name_end : found.start()].rpartition("<")
    run = found[0]
    if opened and inner.strip() and ">" not in inner:
        run = f"{inner.strip()} {run}"
    elif opened or inner:
        before += inner
    other, end = repeated(text, found)
    if other and not address_in(other)[0]:
        run, other = f"{run} {other}", ""
    end = after(CLOSING, text, end)
    aside = ASIDE.match(text, end)
    beside = (other, aside[1]) if aside else (other,)
    return Mark(found.start(), aside.end() if aside else end, text[begin:name_end] + before, run, beside)


def repeated(text: str, found: re.Match[str]) -> tuple[str, int]:
    """Another address that is written for the one found, as in `a@b.org <c@d.org>`, empty for the same; and the end."""
    end = found.end()
    while again := RUN.match(text, after(BRACKETS, text, end)):
        brackets = text[end : again.start()]
        if again[0].casefold() != found[0].casefold() or not brackets.strip():
            is_other = "@" in again[0] and brackets.rstrip().endswith("<") and ">" not in brackets
            return (again[0], again.end()) if is_other else ("", end)
        end = again.end()
    return "", end


def after(pattern: re.Pattern[str], text: str, place: int) -> int:
    """Where the pattern ends, if it is there."""
    found = pattern.match(text, place)
    return found.end() if found else place


def named(*parts: str) -> tuple[str, ...]:
    """The names in these parts of a text."""
    return tuple(filter(None, map(name_in, parts)))


def name_in(text: str) -> str:
    """The name that is written there, without quotation marks and what divides it from the address; empty for none."""
    name = shown(ENCODED.sub(decoded, text[:MOST_CHARACTERS])).lstrip(BEFORE_NAME).rstrip(" <([{")
    name = without_label(name).rstrip(AFTER_NAME)
    if quoted := QUOTED.fullmatch(name):
        name = shown(ESCAPED.sub(r"\1\2", quoted[1]))
    while name[:1] + name[-1:] in PAIRS and not {name[0], name[-1]} & {*name[1:-1]}:
        name = name[1:-1].strip()
    return name if any(map(str.isalpha, name)) else ""


def without_label(text: str) -> str:
    """Without words such as `E-mail:` at its end."""
    if ROLES.get(fold(text)) == ADDRESS:
        return ""
    before, _space, last = text.removesuffix(":").rstrip().rpartition(" ")
    return before if text.endswith(":") and ROLES.get(fold(last)) == ADDRESS else text


def decoded(found: re.Match[str]) -> str:
    """The words that a header holds in ASCII (RFC 2047); none where they cannot be read."""
    try:
        return "".join(
            part if isinstance(part, str) else part.decode((charset or "ascii").partition("*")[0], "replace")
            for part, charset in decode_header(found[0])
        )
    except (HeaderParseError, LookupError, ValueError):
        return ""


def address_in(run: str) -> tuple[str, str]:
    """The address as it is kept, or an empty text and the problem with it."""
    unseen = "".join(char for char in set(run) if names.hidden(char) or char in names.JOINERS)
    local, _at, domain = run.strip(unseen).translate(APOSTROPHES).rpartition("@")
    local, domain = unicodedata.normalize("NFKC", local), unicodedata.normalize("NFKC", domain.partition("?")[0])
    around = "".join(sign for sign in AROUND_ADDRESS if domain.endswith(sign))
    address = f"{local.lstrip(BEFORE_ADDRESS + around)}@{without_signs(domain).lower()}"
    try:
        validate_email(address)
    except ValidationError:
        return "", "hidden" if any(char in unseen for char in address) else "malformed"
    if any(char in unseen for char in address):
        return "", "hidden"
    return (address, "") if len(address) <= LONGEST_ADDRESS else ("", "malformed")


def without_signs(domain: str) -> str:
    """Without punctuation at its end."""
    while domain and unicodedata.category(domain[-1])[0] in "PSZ":
        domain = domain[:-1]
    return domain


def missing_in(words: str) -> str:
    """The problem of words in which no address stands."""
    return "malformed" if SPELT_OUT.search(words[:MOST_CHARACTERS]) else "no_address"


def words_in(text: str) -> str:
    """What stands there, for a message."""
    return shown(text[:MOST_CHARACTERS]).strip(" ,;")[:LONGEST_WORDS]


def shown(text: str) -> str:
    """What is seen of it, tidy."""
    unseen = {ord(char): " " if char.isspace() else None for char in set(text) if names.hidden(char)}
    return names.tidy(text.translate(unseen))
