"""Who sent a request. What is forwarded about it is believed of our own proxies alone."""

import ipaddress
from collections.abc import Callable, Sequence

from django.conf import settings
from django.http import HttpRequest, HttpResponse

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

SOCKET = "unix"  # the peer behind a Unix socket, which has no address
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO")


def read(names: Sequence[str]) -> list[Network | None]:
    """The networks of our proxies; None stands for a Unix socket. Raises ValueError for what is no network."""
    return [None if name == SOCKET else ipaddress.ip_network(name) for name in names]


def believed(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Puts the visitor's address in place of our proxy's, and takes out what anybody else has forwarded."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if is_ours(request.META.get("REMOTE_ADDR", "")):
            request.META["REMOTE_ADDR"] = visitor(request)
        else:
            for header in FORWARDED:
                request.META.pop(header, None)
        return get_response(request)

    return middleware


def visitor(request: HttpRequest) -> str:
    """The last forwarded address that is none of our proxies'. What stands to the left of it anybody can have written;
    so can what stands to the left of a word that is no address."""
    nearest = str(request.META.get("REMOTE_ADDR", ""))
    for name in reversed(request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        address = parsed(name.strip())
        if address is None:
            break
        nearest = str(address)
        if not is_ours(nearest):
            break
    return nearest


def is_ours(peer: str) -> bool:
    """Whether it is one of our proxies; without an address it came through a Unix socket."""
    address = parsed(peer)
    if address is None:
        return not peer and None in settings.TRUSTED_PROXY
    return any(network is not None and address in network for network in settings.TRUSTED_PROXY)


def parsed(name: str) -> Address | None:
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
