"""Every address that the resolver knows, filled in for a world in which each of them leads somewhere.

The addresses are not listed by hand: one that takes something from the path which is not known here stops the walk,
and says what to add. Those of the desk are found by tests/who_may_what.py.
"""

from collections.abc import Callable, Iterator

from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.urls import get_resolver
from django.utils.http import int_to_base36

from campaigns import tokens
from campaigns.models import Campaign, Delivery, Invitation, Signature, SiteTheme
from tests import pictures
from tests.builders import make_circulating, make_coordinator, make_signature, make_translation
from tests.public_pages import load_pages
from tests.who_may_what import DESK, OWN, PARAMETER, Unknown, World, addresses, make_world, routes

Words = dict[str, list[str]]


def make_everything() -> World:
    """The world of the desk, and beside it the case of 2018 with all that it has in public."""
    world = make_world()
    load_pages(make_coordinator("of-the-case"))
    SiteTheme(logo=pictures.plain(400, 160)).change(["logo"], [], by=None)
    return world


def every_address(world: World) -> list[str]:
    """In English, each once for every row or token that is known for it. Raises Unknown."""
    words, desk = words_of_paths(), DESK.removeprefix("/")
    public = [path for route in routes(get_resolver()) if not route.startswith(desk) for path in filled(route, words)]
    of_the_desk = [address.of(keys) for address in addresses() for keys in world.keys(address, "owner", OWN)]
    return [f"/{path}" for path in public] + of_the_desk


def filled(route: str, words: Words) -> Iterator[str]:
    """The paths of a route whose parameters still stand in it."""
    match = PARAMETER.search(route)
    if match is None:
        yield route
        return
    name, before = match[1] or match[2], route[: match.start()].strip("/").split("/")[-1]
    known = words.get(f"{before}/{name}")
    if known is None:
        raise Unknown(f"/{route} takes “{name}”: say in words_of_paths() of tests/every_address.py what it is.")
    for word in known:
        yield from filled(route.replace(match[0], word, 1), words)


def words_of_paths() -> Words:
    """What stands for each part of a path, by what stands before it and by its name."""
    case, own = Campaign.objects.get(slug="interpol-2018"), Campaign.objects.get(slug="own")
    translation = make_translation(own, "pl", ready=False)
    translation.share(by=None)
    organization = case.signatures.get(name="River Watch").organization
    assert organization
    organization.set_logo(pictures.plain())
    delivery = Delivery.objects.filter(campaign=case).latest("pk")
    reset = User.objects.get(username="reviewer")
    return {
        "campaigns/slug": [case.slug],
        "organizations/slug": [organization.slug],
        "circulate/secret": [make_circulating(slug="circulating").circulation_secret],
        "drafts/secret": [own.draft_secret],
        "translate/secret": [translation.link_secret],
        "in/language": ["uk"],
        "versions/number": ["2"],
        "2/language": ["uk"],
        "privacy/version": ["1"],
        "deliveries/fingerprint": [delivery.fingerprint],
        "replies/pk": ["1"],
        "passkeys/pk": ["1"],
        "sitemap-/section": ["campaigns"],
        "theme/name": [SiteTheme.objects.the_one().logo_name],
        "logos/name": [organization.logo],
        "signatures/token": tokens_of_signatures(case),
        "invitations/token": tokens_of_invitations(),
        "stop/token": tokens_of_invitations(tokens.make_stop),
        "key/uidb36": [int_to_base36(reset.pk)],
        f"{int_to_base36(reset.pk)}-/key": [default_token_generator.make_token(reset)],
    }


def tokens_of_signatures(campaign: Campaign) -> list[str]:
    """Of an unconfirmed, of a pending and of a listed one; for another purpose; cut."""
    new = make_signature(campaign, "Sea Watch", email="secretary@sea.example.org")
    pending = Signature.objects.filter(state=Signature.State.PENDING, contact__isnull=False).first()
    listed = Signature.objects.filter(state=Signature.State.LISTED, contact__isnull=False).first()
    real = [tokens.make(each, tokens.OWN_PAGE) for each in (new, pending, listed) if each]
    return [*real, tokens.make(new, tokens.SENT_PAGE), real[0][:-1]]


def tokens_of_invitations(make: Callable[[Invitation], str] = tokens.make_invitation) -> list[str]:
    """Of one that is silent; for another purpose; cut."""
    silent = Invitation.objects.latest("pk")
    return [make(silent), tokens.make_late(silent), make(silent)[:-1]]  # type: ignore[arg-type]
