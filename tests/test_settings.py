"""Starting: production says what it lacks, checks clean when it has it, and every command explains itself."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import fresh_key

ROOT = Path(__file__).parent.parent
SECRETS = ["SECRET_KEY", "CONTACT_KEYS", "CONTACT_INDEX_KEY"]
MAKE_ONE_WITH = "Make one with: python -c "


@pytest.fixture
def production(tmp_path: Path) -> dict[str, str]:
    """The environment of a production site: fresh secrets, its address, its database, and nothing of ours."""
    return {
        "PATH": os.environ["PATH"],
        "SITE_URL": "https://statements.example.org",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'production.sqlite3'}",
        **{name: fresh_key() for name in SECRETS},
        "SECRET_KEY": secrets.token_urlsafe(50),
    }


def python(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def manage(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return python(environment, "manage.py", *arguments)


def without(environment: dict[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in environment.items() if key != name}


@pytest.mark.parametrize("name", SECRETS)
def test_production_without_a_secret_does_not_start_and_says_how_to_make_one(
    production: dict[str, str], name: str
) -> None:
    ended = manage(without(production, name), "check")
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"{name} is not set. {MAKE_ONE_WITH}")


@pytest.mark.parametrize(
    "entrance", [["manage.py", "migrate"], ["manage.py", "send_mail"], ["-c", "import config.wsgi"]]
)
def test_nothing_starts_in_production_without_a_secret_key(production: dict[str, str], entrance: list[str]) -> None:
    ended = python(without(production, "SECRET_KEY"), *entrance)
    assert ended.returncode != 0
    assert f"SECRET_KEY is not set. {MAKE_ONE_WITH}" in ended.stderr.splitlines()[-1]


@pytest.mark.parametrize("name", SECRETS)
def test_missing_secret_is_told_in_one_line(production: dict[str, str], name: str) -> None:
    ended = manage(without(production, name), "check")
    assert (ended.stdout, len(ended.stderr.splitlines())) == ("", 1)


@pytest.mark.parametrize("name", SECRETS)
def test_secret_made_as_told_satisfies_the_deployment_check(production: dict[str, str], name: str) -> None:
    told = manage(without(production, name), "check").stderr
    code = told.partition(MAKE_ONE_WITH)[2].strip().strip('"')
    made = python({"PATH": production["PATH"]}, "-c", code).stdout.strip()
    ended = manage({**production, name: made}, "check", "--deploy", "--fail-level", "WARNING")
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.parametrize("value", ["short", "c2hvcnQ=", "not base64!"])
def test_malformed_key_does_not_start_and_is_named(production: dict[str, str], value: str) -> None:
    ended = manage({**production, "CONTACT_KEYS": value}, "check")
    assert ended.returncode != 0
    assert f"CONTACT_KEYS must hold 32 bytes in base64. {MAKE_ONE_WITH}" in ended.stderr.splitlines()[-1]


@pytest.mark.parametrize("value", ["", "statements.example.org", "ftp://statements.example.org", "https://"])
def test_production_without_its_address_does_not_start_and_says_so(production: dict[str, str], value: str) -> None:
    ended = manage({**production, "SITE_URL": value}, "check")
    assert ended.returncode != 0
    assert "SITE_URL is not set. It is the site's one address, such as https://" in ended.stderr.splitlines()[-1]


def test_deployment_check_is_silent_in_production(production: dict[str, str]) -> None:
    ended = manage(production, "check", "--deploy", "--fail-level", "WARNING")
    assert (ended.returncode, ended.stdout, ended.stderr) == (
        0,
        "System check identified no issues (0 silenced).\n",
        "",
    )


def test_migrations_hold_all_that_the_models_say(production: dict[str, str]) -> None:
    ended = manage(production, "makemigrations", "--check", "--dry-run")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "No changes detected\n", "")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("send_mail", ["Send the letters that wait in the outbox", "--once", "send what is due now, then end"]),
        ("demo", ["Try Undersigned with nothing set up", "--port", "--password", "--no-serve", "/demo/mailbox/"]),
        ("backup", ["Write the database and the uploads into one ZIP file", "It holds no keys.", "BACKUP_DIR", "cron"]),
        ("restore", ["Put a backup", "Stop the site first", "--replace", "erased again"]),
        ("rotate_contact_keys", ["Seal anew, with the first of CONTACT_KEYS", "--check", "stopped at any time"]),
        ("create_administrator", ["Make an administrator's account", "--noinput", "DJANGO_SUPERUSER_PASSWORD"]),
    ],
)
def test_command_explains_itself(production: dict[str, str], command: str, words: list[str]) -> None:
    ended = manage(production, command, "--help")
    assert (ended.returncode, ended.stderr) == (0, "")
    said = " ".join(ended.stdout.split())
    assert [word for word in words if word not in said] == []


def test_demo_refuses_to_run_with_the_settings_of_production(production: dict[str, str]) -> None:
    ended = manage({**production, "DEMO": "off"}, "demo", "--no-serve")
    assert ended.returncode == 1
    assert ended.stderr == "CommandError: The demo runs as “manage.py demo”, with DEMO=on in the environment.\n"


def test_demo_takes_nothing_from_outside(production: dict[str, str]) -> None:
    outside = {
        **production,
        "DEMO": "on",
        "DATABASE_URL": "postgres://somebody@database.example.org/production",
        "EMAIL_URL": "smtp://mail.example.org:25",
    }
    code = "from config import settings as s; print(s.DATABASES['default']['NAME'], s.EMAIL_BACKEND, s.SITE_URL)"
    ended = python(outside, "-c", code)
    assert (ended.stdout, ended.stderr) == (
        f"{ROOT}/var/demo/undersigned.sqlite3 django.core.mail.backends.filebased.EmailBackend http://localhost:8000\n",
        "",
    )


def create_administrator(production: dict[str, str], password: str) -> subprocess.CompletedProcess[str]:
    account = ["--noinput", "--username", "administrator", "--email", "administrator@example.org"]
    assert manage(production, "migrate", "--verbosity", "0").returncode == 0
    return manage({**production, "DJANGO_SUPERUSER_PASSWORD": password}, "create_administrator", *account)


def test_administrator_is_made_from_the_environment(production: dict[str, str]) -> None:
    ended = create_administrator(production, "a sentence of several words")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "Superuser created successfully.\n", "")


def test_administrator_with_a_short_password_is_refused(production: dict[str, str]) -> None:
    ended = create_administrator(production, "short")
    refusal = "CommandError: This password is too short. It must contain at least 15 characters.\n"
    assert (ended.returncode, ended.stdout, ended.stderr) == (1, "", refusal)


SITES = {
    "https://statements.example.org": "__Host-csrftoken __Host-sessionid True True True",
    f"http://{'abcdefgh234567' * 4}.onion": "csrftoken sessionid False False False",
}


@pytest.mark.parametrize(("site", "told"), SITES.items())
def test_cookies_are_bound_to_the_host_under_https(production: dict[str, str], site: str, told: str) -> None:
    code = """from config import settings as s; print(s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_SECURE,
        s.SECURE_SSL_REDIRECT, s.CONTENT_SECURITY_POLICY['DIRECTIVES']['upgrade-insecure-requests'])"""
    ended = python({**production, "SITE_URL": site}, "-c", code)
    assert (ended.stdout.strip(), ended.stderr) == (told, "")


@pytest.mark.parametrize("value", ["on", "proxy.example.org", "10.0.0.0/33", "127.0.0.1,yes"])
def test_proxy_that_is_no_network_does_not_start_and_is_named(production: dict[str, str], value: str) -> None:
    ended = manage({**production, "TRUSTED_PROXY": value}, "check")
    assert ended.returncode != 0
    assert "TRUSTED_PROXY names addresses or networks, such as 127.0.0.1" in ended.stderr.splitlines()[-1]
