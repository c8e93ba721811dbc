"""The interface's words in every language: none lacks, none is doubtful, and what is compiled is what is written.

A language is looked at as soon as its folder is there, and all must be there as soon as one is.
"""

import gettext
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.translation import ngettext, override

ROOT = Path(settings.BASE_DIR)
LOCALE = Path(settings.LOCALE_PATHS[0])
OTHERS = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
TRANSLATED = [code for code in OTHERS if (LOCALE / code / "LC_MESSAGES" / "django.po").exists()]
NUMBERS = [0, 1, 2, 5, 11, 21, 22, 100]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}")
TAG = re.compile(r"</?[a-z]+[^>]*>")
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')

needs_gettext = pytest.mark.skipif(
    shutil.which("msgfmt") is None and not os.environ.get("CI"),
    reason="no gettext programs on this machine (Debian: apt install gettext)",
)


@dataclass
class Entry:
    """One message of a catalogue: its words, those for more than one, and what they are in the language."""

    context: str
    words: str
    plural: str
    translated: list[str]
    is_fuzzy: bool


def catalogue(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def entries(path: Path) -> Iterator[Entry]:
    """The messages of a catalogue but its head; those that are no longer used are left out."""
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        parts: dict[str, str] = {}
        at = ""
        for line in block.splitlines():
            if line.startswith("#"):
                continue
            if named := re.match(r"(msg\w+(?:\[\d\])?) ", line):
                at = named[1]
            parts[at] = parts.get(at, "") + "".join(STRING.findall(line))
        if parts.get("msgid"):
            translated = [words for name, words in sorted(parts.items()) if name.startswith("msgstr")]
            is_fuzzy = any(line.startswith("#,") and "fuzzy" in line for line in block.splitlines())
            yield Entry(parts.get("msgctxt", ""), parts["msgid"], parts.get("msgid_plural", ""), translated, is_fuzzy)


def keys(path: Path) -> set[tuple[str, str, str]]:
    return {(entry.context, entry.words, entry.plural) for entry in entries(path)}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The catalogue of all words in the code and the templates as they are now, with nothing translated."""
    copy = tmp_path_factory.mktemp("words")
    for folder in ("campaigns", "config", "templates"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("*.pyc", "LC_MESSAGES"))
    (copy / "campaigns" / "locale").mkdir(exist_ok=True)
    shutil.copy(ROOT / "manage.py", copy)
    command = [sys.executable, "manage.py", "makemessages", "--locale", "uk", "--verbosity", "0"]
    made = {**os.environ, "DEBUG": "on"}
    subprocess.run(command, cwd=copy, env=made, check=True, capture_output=True)
    return copy / "campaigns" / "locale" / "uk" / "LC_MESSAGES" / "django.po"


@pytest.mark.skipif(not TRANSLATED, reason="no catalogue is there yet")
def test_every_language_has_its_catalogue() -> None:
    assert TRANSLATED == OTHERS


@needs_gettext
@pytest.mark.parametrize("language", TRANSLATED)
def test_catalogue_has_every_word_of_the_code_and_no_other(template: Path, language: str) -> None:
    found, wanted = keys(catalogue(language)), keys(template)
    assert wanted - found == set(), "Run `manage.py makemessages --all` and translate these."
    assert found - wanted == set(), "These are used no more: run `manage.py makemessages --all --no-obsolete`."


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_word_is_untranslated_or_doubtful(language: str) -> None:
    head = re.search(r"nplurals=(\d)", catalogue(language).read_text(encoding="utf-8"))
    assert head
    for entry in entries(catalogue(language)):
        assert all(entry.translated), entry.words
        assert not entry.is_fuzzy, entry.words
        assert len(entry.translated) == (int(head[1]) if entry.plural else 1), entry.words


@pytest.mark.parametrize("language", TRANSLATED)
def test_translation_keeps_placeholders_and_tags(language: str) -> None:
    """Where there are forms for one and for two, these may say the number in a word."""
    for entry in entries(catalogue(language)):
        whole = entry.plural or entry.words
        for words in entry.translated:
            lost = set(PLACEHOLDER.findall(whole)) - set(PLACEHOLDER.findall(words))
            assert len(lost) <= (1 if entry.plural else 0), f"{entry.words}: {lost}"
            assert set(PLACEHOLDER.findall(words)) <= set(PLACEHOLDER.findall(whole + entry.words)), entry.words
            assert sorted(TAG.findall(words)) == sorted(TAG.findall(whole)), entry.words


@needs_gettext
@pytest.mark.parametrize("language", TRANSLATED)
def test_compiled_catalogue_is_that_which_is_written(language: str, tmp_path: Path) -> None:
    anew = tmp_path / "django.mo"
    subprocess.run(["msgfmt", "--check-format", "--output-file", anew, catalogue(language)], check=True)
    committed = catalogue(language).with_suffix(".mo")
    assert words_in(committed) == words_in(anew), "Run `manage.py compilemessages`."


def words_in(compiled: Path) -> dict[object, str]:
    with compiled.open("rb") as file:
        known: dict[object, str] = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    return known


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("language", TRANSLATED)
def test_plural_is_written_for_every_number(language: str, number: int) -> None:
    counted = [entry for entry in entries(catalogue(language)) if entry.plural and not entry.context]
    assert counted
    with override(language):
        for entry in counted:
            words = ngettext(unescaped(entry.words), unescaped(entry.plural), number)
            names = re.findall(r"%\((\w+)\)", entry.words + entry.plural)
            assert words % dict.fromkeys(names, number)
            assert words in [unescaped(form) for form in entry.translated]


def unescaped(words: str) -> str:
    return words.replace("\\n", "\n").replace('\\"', '"').replace("\\\\", "\\")
