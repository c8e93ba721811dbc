"""Websites and mail domains, as far as they tell who somebody is. Pure functions."""

import functools
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList

# fmt: off
# Addresses that many share: a page there says nothing about who stands behind a whole domain.
SHARED_HOSTS = frozenset(
    {
        "bit.ly", "facebook.com", "fb.com", "fb.me", "github.com", "gitlab.com", "google.com", "goo.gl",
        "instagram.com", "linkedin.com", "linktr.ee", "livejournal.com", "mastodon.social", "medium.com", "notion.site",
        "ok.ru", "sites.google.com", "substack.com", "t.me", "telegram.me", "telegram.org", "threads.net", "tiktok.com",
        "tilda.ws", "tinyurl.com", "tumblr.com", "twitter.com", "vimeo.com", "vk.com", "weebly.com", "wix.com",
        "wixsite.com", "wordpress.com", "x.com", "youtu.be", "youtube.com",
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


@functools.cache
def suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def registrable(host: str) -> str:
    """The domain that somebody registered: `ccl.org.ua` of `www.ccl.org.ua`; empty where there is none."""
    try:
        ascii_host = host.strip(". ").casefold().encode("idna").decode()
    except UnicodeError:
        return ""
    return suffixes().privatesuffix(ascii_host) or ""


def of_website(website: str) -> str:
    """The registrable domain of a website's address, empty for a shared host such as a social network."""
    domain = registrable(urlsplit(website if "//" in website else f"//{website}").hostname or "")
    return "" if domain in SHARED_HOSTS else domain


def of_email(address: str) -> str:
    """The registrable domain of a mail address, empty for a free-mail provider."""
    domain = registrable(address.rpartition("@")[2])
    return "" if domain in FREE_MAIL or domain in SHARED_HOSTS else domain
