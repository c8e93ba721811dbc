"""Websites and mail domains, as far as they tell who somebody is. Pure functions."""

import functools
import re
import unicodedata
from urllib.parse import SplitResult, urlsplit

from publicsuffixlist import PublicSuffixList

# fmt: off
# Addresses that many share: a page there says nothing about who stands behind a whole domain.
SHARED_HOSTS = frozenset(
    {
        "about.me", "academia.edu", "allevents.in", "archive.org", "at.ua", "avaaz.org", "beacons.ai", "bio.link",
        "bit.ly", "bitly.com", "blog.com", "blogger.com", "blox.pl", "bsky.app", "business.site", "campsite.bio",
        "canva.site", "carrd.co", "change.org", "clck.ru", "cutt.ly", "dailymotion.com", "discord.com", "discord.gg",
        "donorbox.org", "dropbox.com", "dzen.ru", "e-monsite.com", "eventbrite.com", "fb.com", "fb.me", "flickr.com",
        "forms.gle", "framer.website", "github.com", "gitlab.com", "globalgiving.org", "godaddysites.com",
        "gofundme.com", "goo.gl", "hatenablog.com", "heylink.me", "hi5.com", "home.blog", "hubpages.com",
        "idealist.org", "is.gd", "issuu.com", "jimdo.com", "jimdofree.com", "jimdosite.com", "line.me",
        "linkedin.com", "linkin.bio", "linktr.ee", "livejournal.com", "lnk.bio", "mastodon.social", "medium.com",
        "meetup.com", "mobirisesite.com", "msha.ke", "mystrikingly.com", "narod.ru", "naver.com", "notion.site",
        "notion.so", "odnoklassniki.ru", "odoo.com", "ok.ru", "over-blog.com", "patreon.com", "pinterest.com",
        "qq.com", "reddit.com", "researchgate.net", "rutube.ru", "scribd.com", "signal.group", "simdif.com",
        "site123.me", "skyrock.com", "slideshare.net", "snapchat.com", "solo.to", "soundcloud.com", "squarespace.com",
        "strikingly.com", "substack.com", "t.co", "t.me", "taplink.cc", "taplink.ws", "telegra.ph", "telegram.me",
        "telegram.org", "threads.com", "threads.net", "tiktok.com", "tilda.cc", "tilda.ws", "tinyurl.com",
        "tripod.com", "tumblr.com", "twitter.com", "typepad.com", "viber.com", "vimeo.com", "vk.com", "vk.ru",
        "wa.me", "webs.com", "weebly.com", "weibo.com", "whatsapp.com", "wikipedia.org", "wix.com", "wixsite.com",
        "wixstudio.com", "wordpress.com", "x.com", "yolasite.com", "youtu.be", "youtube.com", "zhihu.com",
    }
)
# Of these firms each country's ending is the same one: `google.de`, `yahoo.co.uk`.
SHARED_FAMILIES = frozenset(
    {"blogspot", "facebook", "google", "helloasso", "instagram", "ucoz", "webnode", "wixsite", "yandex"}
)
FREE_MAIL = frozenset(
    {
        "126.com", "163.com", "abv.bg", "aim.com", "alice.it", "azet.sk", "bigmir.net", "bk.ru", "bluewin.ch",
        "btinternet.com", "centrum.cz", "daum.net", "duck.com", "email.cz", "email.ua", "fastmail.com", "fastmail.fm",
        "foxmail.com", "free.fr", "freemail.hu", "freenet.de", "gmail.com", "googlemail.com", "hanmail.net",
        "hey.com", "hushmail.com", "i.ua", "icloud.com", "inbox.lv", "inbox.ru", "interia.pl", "internet.ru",
        "kpnmail.nl", "laposte.net", "libero.it", "list.ru", "mac.com", "mail.bg", "mail.com", "mail.de", "mail.ru",
        "mailbox.org", "me.com", "meta.ua", "naver.com", "o2.pl", "onet.eu", "onet.pl", "op.pl", "orange.fr", "pm.me",
        "posteo.de", "proton.me", "protonmail.ch", "protonmail.com", "qq.com", "rambler.ru", "rediffmail.com",
        "riseup.net", "rocketmail.com", "seznam.cz", "sfr.fr", "sina.com", "t-online.de", "tiscali.it", "tut.by",
        "tuta.com", "tuta.io", "tutamail.com", "tutanota.com", "tutanota.de", "ukr.net", "virgilio.it", "volny.cz",
        "wanadoo.fr", "web.de", "wp.pl", "xs4all.nl", "ya.ru", "ymail.com", "zoho.com", "zohomail.com",
    }
)
FREE_MAIL_FAMILIES = frozenset({"aol", "gmx", "hotmail", "live", "msn", "outlook", "yahoo", "yandex"})
# fmt: on
# Parts of an address that lead to the front page of the same site.
FRONT = frozenset(
    {"about", "about-us", "contact", "contacts", "en", "eng", "home", "index.html", "index.php", "m", "www"}
)
# Letters that browsers keep and Python's codec, of the older standard, writes as others: `straße.de`.
KEPT_LETTERS = frozenset("ßς\u200c\u200d")
# Endings of two letters that anybody takes, whatever the country.
ENDINGS_FOR_ALL = frozenset(
    {"ac", "ai", "cc", "co", "eu", "fm", "gg", "io", "la", "ly", "me", "nu", "sh", "su", "tk", "to", "tv", "ws"}
)
# What stands before a country's ending for those that trade in nothing: `amnesty.org.au`, `amnesty.or.jp`.
SECTION_KINDS = frozenset({"", "asso", "edu", "gov", "ngo", "ong", "or", "org"})
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
        name = ".".join(map(label_in_ascii, re.split("[.。．｡]", host.strip(". ").lower())))
    except UnicodeError:
        return ""
    return name if HOST.fullmatch(name) else ""


def label_in_ascii(label: str) -> str:
    """One part of a host. Raises UnicodeError where it is none."""
    if KEPT_LETTERS.isdisjoint(label):
        return label.encode("idna").decode()
    return "xn--" + unicodedata.normalize("NFKC", label).encode("punycode").decode()


def in_letters(host: str) -> str:
    """The host as people read it: `річка.укр` of `xn--80atr2a4e.xn--j1amh`."""
    try:
        return ".".join(
            part[4:].encode().decode("punycode") if part.startswith("xn--") else part for part in host.split(".")
        )
    except UnicodeError:
        return host


def registrable(host: str) -> str:
    """The domain that somebody registered: `ccl.org.ua` of `www.ccl.org.ua`; empty where there is none."""
    return suffixes().privatesuffix(in_ascii(host)) or ""


def label(domain: str) -> str:
    """What was chosen of a registrable domain, without the ending: `ccl` of `ccl.org.ua`."""
    return domain.partition(".")[0]


def ending(domain: str) -> str:
    """What follows the chosen name: `org.ua` of `ccl.org.ua`."""
    return domain.partition(".")[2]


def section_ending(domain: str) -> str:
    """The ending that a movement's section in one country has, such as `de` and `org.ua`; empty for any other."""
    kind, _dot, last = ending(domain).rpartition(".")
    return ending(domain) if len(last) == 2 and kind in SECTION_KINDS and ending(domain) not in ENDINGS_FOR_ALL else ""


def site(website: str) -> str:
    """The registrable domain of a website's address, that of a shared host too."""
    return registrable(split(website).hostname or "")


def of_website(website: str) -> str:
    """The registrable domain of a website's address, empty for a shared host such as a social network."""
    domain = site(website)
    return "" if is_shared(domain) else domain


def is_shared(domain: str) -> bool:
    return domain in SHARED_HOSTS or label(domain) in SHARED_FAMILIES


def section(website: str) -> str:
    """What tells apart those who share a domain: `es` of `www.es.amnesty.org`, `usa` of `greenpeace.org/usa/`.

    Empty for the front page, in English too; what follows `?` and `#` leads to a page of its own.
    """
    parts = split(website)
    host = in_ascii(parts.hostname or "")
    below = host.removesuffix(registrable(host)).split(".") + parts.path.casefold().split("/")
    return "/".join(part for part in [*below, parts.query, parts.fragment] if part and part not in FRONT)


def of_email(address: str) -> str:
    """The registrable domain of a mail address, empty for a free-mail provider."""
    domain = registrable(address.rpartition("@")[2])
    return "" if is_free_mail(domain) or is_shared(domain) else domain


def is_free_mail(domain: str) -> bool:
    """Whether anybody can have an address there."""
    return domain in FREE_MAIL or label(domain) in FREE_MAIL_FAMILIES
