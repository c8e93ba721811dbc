"""What MDN's HTTP Observatory says of the site under local TLS: `uv run python -m tests.observatory FOLDER`.

The scanner is not ours to bring: `npm install --ignore-scripts --prefix FOLDER @mdn/mdn-http-observatory`. It is given
a certificate of this run alone, loopback, and an empty list of the hosts that browsers know to have HTTPS.
"""

import datetime
import ipaddress
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.conftest import fresh_key

WANTED = "A+"
PAGES = {
    "campaign": "/campaigns/open-letter/",
    "sign form": "/campaigns/open-letter/sign/",
    "sign in": "/accounts/login/",
    "desk": "/admin/",
}
FILL = "from tests.builders import make_campaign, make_listed; make_listed(make_campaign())"
WITHIN_SECONDS = 60


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for localhost that vouches for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, secret = folder / "certificate.pem", folder / "key.pem"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return pem, secret


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def served(folder: Path, pem: Path, key: Path) -> Iterator[str]:
    """Host and port at which the site of production answers meanwhile, with a campaign on it."""
    host = f"localhost:{free_port()}"
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SITE_URL": f"https://{host}",
        "DATABASE_URL": f"sqlite:///{folder / 'site.sqlite3'}",
        "EMAIL_URL": "memorymail://",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "CONTACT_KEYS": fresh_key(),
        "CONTACT_INDEX_KEY": fresh_key(),
    }
    for command in (["migrate", "-v0"], ["collectstatic", "--noinput", "-v0"], ["shell", "-v0", "-c", FILL]):
        subprocess.run([sys.executable, "manage.py", *command], env=environment, check=True)
    gunicorn = [sys.executable, "-m", "gunicorn", "--bind", host, "--certfile", pem, "--keyfile", key, "--threads=4"]
    server = subprocess.Popen([*gunicorn, "--log-level=error", "config.wsgi"], env=environment)
    try:
        wait_for(int(host.partition(":")[2]))
        yield host
    finally:
        server.terminate()
        server.wait()


def wait_for(port: int) -> None:
    until = time.monotonic() + WITHIN_SECONDS
    while time.monotonic() < until:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError


def scanned(scanner: Path, host: str, path: str, pem: Path) -> dict:
    """What the scanner says of the page: its grade and score, and test by test what it found."""
    environment = {**os.environ, "NODE_EXTRA_CA_CERTS": str(pem)}
    command = ["node", str(scanner / "src" / "scan.js"), host + path]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=WITHIN_SECONDS, check=False)
    told: dict = json.loads(ended.stdout)
    return told


def main(folder: Path) -> int:
    scanner = folder / "node_modules" / "@mdn" / "mdn-http-observatory"
    if not scanner.is_dir():
        print(__doc__, f"\nSkipped: there is no scanner in {folder}.")
        return 0
    (scanner / "conf" / "hsts-preload.json").write_text("{}")
    worst = 0
    with tempfile.TemporaryDirectory() as scratch:
        pem, key = certificate(Path(scratch))
        with served(Path(scratch), pem, key) as host:
            for name, path in PAGES.items():
                told = scanned(scanner, host, path, pem)
                print(f"{name:10} {told['scan']['grade']:3} {told['scan']['score']}")
                for test, found in told["tests"].items():
                    print(f"    {test:28} {found['result']} {found['scoreModifier']:+}")
                worst |= told["scan"]["grade"] != WANTED
    return worst


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])) if len(sys.argv) == 2 else __doc__)
