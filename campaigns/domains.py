"""Websites and mail domains, as far as they tell who somebody is. Pure functions."""

import functools
import re
from urllib.parse import SplitResult, urlsplit

from publicsuffixlist import PublicSuffixList

# fmt: off
# Addresses that many share: a page there says nothing about who stands behind a whole domain.
SHARED_HOSTS = frozenset(
    {
        "archive.org", "at.ua", "bit.ly", "blogspot.com", "bsky.app", "business.site", "carrd.co", "change.org",
        "discord.gg", "facebook.com", "fb.com", "fb.me", "forms.gle", "github.com", "gitlab.com", "godaddysites.com",
        "goo.gl", "google.com", "home.blog", "instagram.com", "jimdo.com", "jimdofree.com", "jimdosite.com",
        "linkedin.com", "linktr.ee", "livejournal.com", "mastodon.social", "medium.com", "mystrikingly.com",
        "narod.ru", "notion.site", "ok.ru", "over-blog.com", "simdif.com", "squarespace.com", "strikingly.com",
        "substack.com", "t.me", "telegram.me", "telegram.org", "threads.net", "tiktok.com", "tilda.ws", "tinyurl.com",
        "tripod.com", "tumblr.com", "twitter.com", "ucoz.ua", "vimeo.com", "vk.com", "wa.me", "webnode.com",
        "webnode.cz", "webs.com", "weebly.com", "whatsapp.com", "wix.com", "wixsite.com", "wixstudio.com",
        "wordpress.com", "x.com", "youtu.be", "youtube.com",
    }
)
FREE_MAIL = frozenset(
    {
        "aol.com", "bigmir.net", "fastmail.com", "free.fr", "gmail.com", "gmx.at", "gmx.ch", "gmx.com", "gmx.de",
        "gmx.net", "googlemail.com", "hotmail.com", "hotmail.fr", "i.ua", "icloud.com", "inbox.ru", "interia.pl",
        "laposte.net", "libero.it", "list.ru", "live.com", "mac.com", "mail.com", "mail.ru", "me.com", "meta.ua",
        "msn.com", "o2.pl", "onet.pl", "orange.fr", "outlook.com", "posteo.de", "proton.me", "protonmail.com",
        "rambler.ru", "riseup.net", "seznam.cz", "t-online.de", "tut.by", "tuta.io", "tutanota.com", "ukr.net",
        "wanadoo.fr", "web.de", "wp.pl", "ya.ru", "yahoo.co.uk", "yahoo.com", "yahoo.de", "yahoo.fr", "yandex.com",
        "yandex.ru", "yandex.ua", "zoho.com",
    }
)
# fmt: on
# Parts of an address that lead to the front page of the same site.
FRONT = frozenset(
    {"about", "about-us", "contact", "contacts", "en", "eng", "home", "index.html", "index.php", "m", "www"}
)
HOST = re.compile(r"([a-z0-9_-]+\.)+[a-z][a-z0-9-]*")


@functools.cache
def suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def split(website: str) -> SplitResult:
    """The parts of a website's address, all empty where it is none."""
    try:
        return urlsplit(website if "//" in website else f"//{website}")
    except ValueError:
        return urlsplit("")


def in_ascii(host: str) -> str:
    """The host as it stands in the domain name system, `xn--...` for other scripts; empty where it is none."""
    try:
        name = host.strip(". ").casefold().encode("idna").decode()
    except UnicodeError:
        return ""
    return name if HOST.fullmatch(name) else ""


def in_letters(host: str) -> str:
    """The host as people read it: `річка.укр` of `xn--80atr2a4e.xn--j1amh`."""
    try:
        return host.encode().decode("idna")
    except UnicodeError:
        return host


def registrable(host: str) -> str:
    """The domain that somebody registered: `ccl.org.ua` of `www.ccl.org.ua`; empty where there is none."""
    return suffixes().privatesuffix(in_ascii(host)) or ""


def label(domain: str) -> str:
    """What was chosen of a registrable domain, without the ending: `ccl` of `ccl.org.ua`."""
    return domain.partition(".")[0]


def of_website(website: str) -> str:
    """The registrable domain of a website's address, empty for a shared host such as a social network."""
    domain = registrable(split(website).hostname or "")
    return "" if domain in SHARED_HOSTS else domain


def section(website: str) -> str:
    """What tells apart those who share a domain: `es` of `www.es.amnesty.org`, `usa` of `greenpeace.org/usa/`.

    Empty for the front page, in English too.
    """
    parts = split(website)
    host = in_ascii(parts.hostname or "")
    below = host.removesuffix(registrable(host)).split(".") + parts.path.casefold().split("/")
    return "/".join(part for part in below if part and part not in FRONT)


def of_email(address: str) -> str:
    """The registrable domain of a mail address, empty for a free-mail provider."""
    domain = registrable(address.rpartition("@")[2])
    return "" if domain in FREE_MAIL or domain in SHARED_HOSTS else domain
