"""Every setting, from the environment.

Three ways to run: DEBUG=on for a developer, DEMO=on for `manage.py demo`, and neither for production. The first two
make their own secrets under `var/`; production is told its secrets or does not start.
"""

import base64
import secrets
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config import proxies
from config.logs import LOGGING  # noqa: F401 - a setting, which gunicorn takes too

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(BASE_DIR / ".env")

DEMO = env.bool("DEMO", default=False)
if DEMO:
    env.ENVIRON = {}  # the demo takes nothing from outside: neither another database nor a real mail server
DEBUG = env.bool("DEBUG", default=False)
LOCAL = DEBUG or DEMO
LOCAL_DIR = BASE_DIR / "var" / ("demo" if DEMO else "debug" if DEBUG else "")


# Secrets

HOW_TO_MAKE_ONE = 'python -c "import secrets; print(secrets.token_urlsafe(50))"'
MAKE_KEY = 'python -c "import base64, secrets; print(base64.b64encode(secrets.token_bytes(32)).decode())"'


def local_secret(name: str) -> str:
    """A secret of this checkout alone: made at its first use, then read from `var/`."""
    path = LOCAL_DIR / f"{name.lower()}.secret"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(base64.b64encode(secrets.token_bytes(32)).decode())
    return path.read_text()


def secret(name: str, recipe: str) -> str:
    value: str = env.str(name, default="") or (local_secret(name) if LOCAL else "")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. Make one with: {recipe}")
    return value


def keys(name: str) -> list[bytes]:
    """The 32-byte keys, in base64 and separated by commas, that the secret holds."""
    try:
        decoded = [base64.b64decode(key, validate=True) for key in secret(name, MAKE_KEY).split(",")]
    except ValueError:
        decoded = []
    if not decoded or any(len(key) != 32 for key in decoded):
        raise ImproperlyConfigured(f"{name} must hold 32 bytes in base64. Make one with: {MAKE_KEY}")
    return decoded


SECRET_KEY = secret("SECRET_KEY", HOW_TO_MAKE_ONE)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
CONTACT_KEYS = keys("CONTACT_KEYS")  # newest first
CONTACT_INDEX_KEY = keys("CONTACT_INDEX_KEY")[0]


# The site

SITE_URL = env.str("SITE_URL", default="http://localhost:8000" if LOCAL else "").rstrip("/")
if urlsplit(SITE_URL).scheme not in {"http", "https"} or not urlsplit(SITE_URL).hostname:
    raise ImproperlyConfigured("SITE_URL is not set. It is the site's one address, such as https://statements.example")
HTTPS = SITE_URL.startswith("https://")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[urlsplit(SITE_URL).hostname])
if LOCAL:
    ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]"]

INSTALLED_APPS = [
    "campaigns.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "django_countries",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "campaigns",
]
MIDDLEWARE = [
    "config.proxies.believed",
    "django.middleware.security.SecurityMiddleware",
    "config.headers.set_headers",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "campaigns.languages.by_path",
    "config.requests.readable",
    "django.middleware.common.CommonMiddleware",
    "campaigns.origins.FromHere",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "campaigns.sessions.limits",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"


# Data

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{LOCAL_DIR / 'undersigned.sqlite3'}")}
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True  # for who keeps connections open by CONN_MAX_AGE
CACHES = {"default": env.cache("CACHE_URL", default="locmemcache://")}
IS_CACHE_REDIS = CACHES["default"]["BACKEND"] == "django.core.cache.backends.redis.RedisCache"
if IS_CACHE_REDIS:
    CACHES["default"].setdefault("OPTIONS", {}).update(socket_connect_timeout=1, socket_timeout=1)  # seconds
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    Path(DATABASES["default"]["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;",
    }
else:
    DATABASES["default"]["OPTIONS"] = {"connect_timeout": 3, **DATABASES["default"].get("OPTIONS", {})}


# Mail

EMAIL_CONFIG = env.email_url(
    "EMAIL_URL", default=f"filemail:///{LOCAL_DIR / 'mail'}" if LOCAL else "smtp://localhost:25"
)
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"undersigned@{urlsplit(SITE_URL).hostname}")
SECURITY_CONTACT = env.str("SECURITY_CONTACT", default=f"mailto:{parseaddr(DEFAULT_FROM_EMAIL)[1]}")
SERVER_EMAIL = parseaddr(DEFAULT_FROM_EMAIL)[1]


# Language, time, files

LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", "English"),
    ("uk", "Українська"),
    ("fr", "Français"),
    ("de", "Deutsch"),
    ("es", "Español"),
    ("pl", "Polski"),
    ("ar", "العربية"),
]
LOCALE_PATHS = [BASE_DIR / "campaigns" / "locale"]
USE_TZ = True
FORMAT_MODULE_PATH = "config.formats"
TIME_ZONE = env.str("TIME_ZONE", default="UTC")

MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(LOCAL_DIR / "media")))
BACKUP_DIR = Path(env.str("BACKUP_DIR", default=str(LOCAL_DIR / "backups")))
STATIC_URL = "static/"
STATIC_ROOT = None if LOCAL else BASE_DIR / "var" / "static"
STATIC_STORAGE = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
    if LOCAL
    else "whitenoise.storage.CompressedManifestStaticFilesStorage"
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": STATIC_STORAGE},
}
WHITENOISE_USE_FINDERS = LOCAL


# Getting in

AUTHENTICATION_BACKENDS = ["campaigns.access.RoleBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600  # of an invitation, too
REQUIRE_SECOND_FACTOR = not LOCAL
FRESH_PROOF_SECONDS = 10 * 60
SESSION_IDLE_SECONDS = 60 * env.int("SESSION_IDLE_MINUTES", default=30)
SESSION_COOKIE_AGE = 3600 * env.int("SESSION_HOURS", default=12)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "admin:index"
ACCOUNT_ADAPTER = "campaigns.accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {"login": "campaigns.accounts.forms.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105 - a class
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "30/10m/ip,5/5m/key",  # a key is an address with the name typed there, see AccountAdapter
    "reset_password": "10/10m/ip,3/10m/key",
}
MFA_ADAPTER = "campaigns.accounts.adapters.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "campaigns.accounts.forms.CodeForm",
    "reauthenticate": "campaigns.accounts.forms.FreshCodeForm",
    "activate_totp": "campaigns.accounts.forms.FirstCodeForm",
    "add_webauthn": "campaigns.accounts.forms.AddPasskeyForm",
}
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1


# Safety

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "upgrade-insecure-requests": HTTPS,
    }
}
CSRF_FAILURE_VIEW = "campaigns.views.errors.csrf_failure"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_NAME, SESSION_COOKIE_NAME = (
    ("__Host-csrftoken", "__Host-sessionid") if HTTPS else ("csrftoken", "sessionid")
)
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
try:
    TRUSTED_PROXY = proxies.read(env.list("TRUSTED_PROXY", default=[]))
except ValueError as error:
    words = "TRUSTED_PROXY names addresses or networks, such as 127.0.0.1,10.0.0.0/8, or unix for a socket"
    raise ImproperlyConfigured(f"{words}: {error}") from error
if TRUSTED_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")


# Limits

PUBLIC_FORM_BYTES = 256 * 1024  # of the body of what anybody may send; a file that is taken adds its own
FORMS_OF_A_NETWORK = env.int("FORMS_OF_A_NETWORK", default=600)  # in an hour, each
LETTERS_TO_A_DOMAIN = env.int("LETTERS_TO_A_DOMAIN", default=600)
LETTERS_TO_A_PROVIDER = env.int("LETTERS_TO_A_PROVIDER", default=2000)  # a domain where anybody can have an address
LETTERS_OF_A_CAMPAIGN = env.int("LETTERS_OF_A_CAMPAIGN", default=2000)
LETTERS_TO_AN_ADDRESS = env.int("LETTERS_TO_AN_ADDRESS", default=20)  # in a day, that ask to confirm
