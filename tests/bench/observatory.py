"""What MDN's HTTP Observatory says of the site under local TLS: `uv run python -m tests.bench.observatory FOLDER`.

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
from tests.mail_server import free_port

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
    gunicorn = [sys.executable, "-m", "gunicorn", "--bind", host, "--threads=4"]
    tls = ["--certfile", str(pem), "--keyfile", str(key)]
    server = subprocess.Popen([*gunicorn, *tls, "--log-level=error", "config.wsgi"], env=environment)
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
    output = subprocess.check_output(command, env=environment, timeout=WITHIN_SECONDS)
    told: dict = json.loads(output)
    return told


def main(folder: Path) -> int:
    scanner = folder / "node_modules" / "@mdn" / "mdn-http-observatory"
    if not scanner.is_dir():
        sys.stdout.write(f"{__doc__}\nSkipped: there is no scanner in {folder}.\n")
        return 0
    (scanner / "conf" / "hsts-preload.json").write_text("{}")
    worst = 0
    with tempfile.TemporaryDirectory() as scratch:
        pem, key = certificate(Path(scratch))
        with served(Path(scratch), pem, key) as host:
            for name, path in PAGES.items():
                told = scanned(scanner, host, path, pem)
                sys.stdout.write(f"{name}: {told['scan']['grade']} {told['scan']['score']}\n")
                for test, found in told["tests"].items():
                    sys.stdout.write(f"    {test}: {found['result']} {found['scoreModifier']:+}\n")
                worst |= told["scan"]["grade"] != WANTED
    return worst


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])) if len(sys.argv) == 2 else __doc__)
