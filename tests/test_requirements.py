"""What production installs is what the project asks for, to the byte, and from wherever its installer is told to."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
PIN = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(\[[a-z0-9,_-]+\])?==(?P<version>[A-Za-z0-9.!+]+)")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def asked_for() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    dependencies: list[str] = project["dependencies"]
    return dependencies


def entries() -> list[list[str]]:
    """Each entry of requirements.txt: the pin, then its hashes. A marker after `;` and comments are left out."""
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return [re.sub(r";.*?(?=--hash|$)", "", line).split() for line in lines]


def pinned(requirement: str) -> tuple[str, str]:
    pin = PIN.fullmatch(requirement)
    assert pin, f"{requirement} is not pinned to one version"
    return re.sub(r"[-_.]+", "-", pin["name"]).lower(), pin["version"]


def test_direct_dependencies_are_pinned_and_installed_in_that_version() -> None:
    installed = dict(pinned(pin) for pin, *_hashes in entries())
    asked = dict(pinned(requirement) for requirement in asked_for())
    assert {name: installed.get(name) for name in asked} == asked


def test_every_requirement_has_its_hashes_and_nothing_else() -> None:
    for pin, *hashes in entries():
        pinned(pin)
        assert hashes
        assert [word for word in hashes if not HASH.fullmatch(word)] == []


def test_requirements_name_no_address() -> None:
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    options = [line for line in text.splitlines() if line.startswith("-")]
    assert (options, "://" in text, " @ " in text) == ([], False, False)
    assert re.findall(r"\b(?:pypi|pythonhosted|files)\.[a-z]+", text) == []
