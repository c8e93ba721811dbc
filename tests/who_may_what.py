"""Who may what at the desk: every address that the resolver knows, as each role, in an own and in another campaign.

The addresses are not listed by hand. One that takes something from the path which is not known here stops the crawl,
and says what to add.
"""

import io
import itertools
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.db import connection, transaction
from django.http import HttpRequest
from django.test import Client
from django.urls import LocalePrefixPattern, URLPattern, URLResolver, get_resolver

from campaigns import sessions
from campaigns.admin import campaigns, organizations, people
from campaigns.manual import PICTURES
from campaigns.models import (
    Attack,
    Campaign,
    ImportBatch,
    Marks,
    Merge,
    Organization,
    OutgoingMail,
    Report,
    Role,
    Signature,
)
from campaigns.spreadsheets import FORMATS
from tests import pictures
from tests.builders import (
    ask_more,
    make_campaign,
    make_coordinator,
    make_delivery,
    make_draft,
    make_invitation,
    make_listed,
    make_member,
    make_pending,
    make_remark,
    make_signature,
    make_translation,
    make_update,
    propose,
    sign_in,
)

DESK = "/admin/"
ROLES = ["nobody", "half signed in", "no role", "translator", "reviewer", "owner", "administrator"]
OUTSIDE = ["nobody", "half signed in"]
OF_THE_STAFF = ["no role", "translator", "reviewer", "owner"]
OWN, ANOTHER, NO_CAMPAIGN = "own", "another", "no campaign"
NONE = 10**9  # the key of no row
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)")
QUERIES = {"autocomplete/": {"app_label": "campaigns", "model_name": "update", "field_name": "campaign"}}

# What stands for a part of an address, by its name: verbs by their model, words, and the model of a second row's key.
VERBS: dict[str, Any] = {"campaign": campaigns.DONE, "organization": organizations.DONE, "person": people.VERBS}
WORDS: dict[str, Any] = {
    "ending": FORMATS,
    "app_label": ["campaigns"],
    "name": [next((picture.stem for picture in PICTURES.glob("*.png")), "queue")],
    "url": ["nowhere/"],
}
NESTED = {"attack": "attack"}
PATHS = {"merges": "merge"}  # what stands before a key and is not the model's name


OUTCOMES = {200: "yes", 302: "yes", 409: "yes", 422: "yes", 400: "no", 403: "no", 405: "method"}


Keys = tuple[Any, ...]


class Unknown(Exception):
    """An address takes something from the path that the crawl cannot give."""


@dataclass(frozen=True)
class Address:
    """An address of the desk, with “…” in place of the key of a row of each of the models."""

    shown: str
    models: tuple[str, ...]

    def of(self, keys: Keys) -> str:
        return DESK + self.shown.replace("…", "{}").format(*keys)


def addresses() -> list[Address]:
    """All of the desk. Raises Unknown."""
    pages = next(each for each in get_resolver().url_patterns if isinstance(each.pattern, LocalePrefixPattern))
    assert isinstance(pages, URLResolver)
    desk = next(each for each in pages.url_patterns if str(each.pattern) == DESK.removeprefix("/"))
    assert isinstance(desk, URLResolver)
    return [address for route in routes(desk) for address in filled(Address(route, ()))]


def routes(resolver: URLResolver, above: str = "") -> Iterator[str]:
    for each in resolver.url_patterns:
        route = above + str(each.pattern).removeprefix("^").removesuffix("$").removesuffix("\\Z")
        yield from routes(each, route) if isinstance(each, URLResolver) else [route]
        assert isinstance(each, URLPattern | URLResolver)


def filled(address: Address) -> list[Address]:
    """The addresses of a route whose parameters still stand in it."""
    route = address.shown
    match = PARAMETER.search(route)
    if match is None:
        return [address]
    name, before = match[1] or match[2], route[: match.start()].strip("/").split("/")[-1]
    if name in {"pk", "object_id", *NESTED}:
        model = NESTED.get(name) or PATHS.get(before, before)
        return filled(Address(route.replace(match[0], "…", 1), (*address.models, model)))
    choices = VERBS.get(address.models[0], []) if name == "verb" and address.models else WORDS.get(name, [])
    if not choices:
        words = f"/admin/{route} takes “{name}”: say in tests/who_may_what.py, in VERBS, WORDS or NESTED, what it is."
        raise Unknown(words)
    return [each for choice in choices for each in filled(Address(route.replace(match[0], choice, 1), address.models))]


# The world


@dataclass
class World:
    clients: dict[str, Client]
    rows: dict[str, dict[str, dict[str, list[int]]]] = field(default_factory=dict)
    theirs: list[Campaign] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)

    def keys(self, address: Address, role: str, whose: str) -> list[Keys]:
        """The keys of the rows to try. Raises Unknown for a model that has none here."""
        rows = {**self.rows[whose]["all"], **self.rows[whose].get(role, {})} if address.models else {}
        for model in set(address.models) - set(rows):
            words = f"/admin/{address.shown} takes a row of “{model}”: make one in rows_of() of tests/who_may_what.py."
            raise Unknown(words)
        return list(itertools.product(*(rows[model] for model in address.models)))


def make_world() -> World:
    """Two groups with a statement each, and one person in each role of the first."""
    own = make_campaign(slug="own", title="Keep the river", allows_persons=True)
    theirs = make_campaign(slug="mill", title="Keep the mill", allows_persons=True)
    staff = {
        "no role": User.objects.create_user("newcomer", "newcomer@desk.example.org", is_staff=True),
        "translator": make_member(own, "translator", Role.TRANSLATOR, "de"),
        "reviewer": make_member(own, "reviewer", Role.REVIEWER),
        "owner": make_member(own, "owner", Role.OWNER),
        "administrator": make_coordinator("administrator"),
    }
    clients = {role: Client() for role in ROLES}
    for role, person in staff.items():
        sign_in(clients[role], person)
    sign_in_by_half(clients["half signed in"], make_coordinator("second-administrator"))
    strangers = [
        make_member(theirs, "mill-owner"),
        make_member(theirs, "mill-reviewer", Role.REVIEWER),
        make_member(theirs, "mill-translator", Role.TRANSLATOR, "de"),
    ]
    world = World(clients)
    own_draft = make_draft(slug="own-draft", title="Keep the bridge")
    for membership in own.memberships.all():
        own_draft.memberships.create(user=membership.user, role=membership.role, language=membership.language)
    world.rows[OWN] = {"all": rows_of(own, own_draft, staff["owner"], "River")}
    world.rows[OWN]["reviewer"] = {"importbatch": [make_batch(own, staff["reviewer"])]}
    their_draft = make_draft(slug="marsh", title="Let the marsh be", body="Nobody drains it.", demands=("No ditches.",))
    their_draft.memberships.create(user=strangers[0], role=Role.OWNER)
    world.rows[ANOTHER] = {"all": rows_of(theirs, their_draft, strangers[0], "Mill")}
    world.theirs = [theirs, their_draft]
    world.secrets = secrets_of(world, strangers)
    return world


def sign_in_by_half(client: Client, user: User) -> None:
    """By the password alone."""
    client.force_login(user)
    request = HttpRequest()
    request.session = client.session
    sessions.begin(request, user)
    request.session.save()


def rows_of(campaign: Campaign, draft: Campaign, member: User, word: str) -> dict[str, list[Any]]:
    """A row of every model that the desk has, by the model's name, in the campaign. `word` begins all names."""
    contact = f"treasurer@{word.lower()}.example.org"
    make_signature(campaign, f"{word} Sleepers", email=contact)
    pending = make_pending(campaign, f"{word} Guards", email=contact)
    make_pending(campaign, f"{word} Strangers", email=contact).decline(by=member, reason=f"{word} has no strangers.")
    make_listed(campaign, f"The keeper of the {word}", kind=Signature.Kind.PERSON, shown=Signature.Shown.COUNTED)
    withheld = make_listed(campaign, f"{word} Watch", shown=Signature.Shown.ADDRESSEE)
    merged = make_listed(campaign, f"{word} Friends", shown=Signature.Shown.ADDRESSEE)
    assert withheld.organization
    assert merged.organization
    withheld.organization.set_logo(pictures.plain())
    make_listed(campaign, f"{word} Readers")
    make_delivery(campaign)
    ask_more(campaign)
    propose(campaign, note=f"{word} asks for more.")
    known = Organization.objects.register(f"{word} Society")
    merge = Merge.objects.merge(known, merged.organization, by=None)
    translation = campaign.translations.filter(language="de").first() or make_translation(campaign)
    update = make_update(campaign, title=f"{word}: they have answered")
    report = Report.objects.about(f"/campaigns/{campaign.slug}/")
    report.send(f"A slip of the pen about the {word}.", contact)
    invited = make_invitation(campaign, f"office@{word.lower()}.example.net", organization=f"{word} Invited")
    invited.ask_change(f"The {word} asks for a date.")
    make_invitation(campaign, f"silent@{word.lower()}.example.net", organization=f"{word} Silent")
    campaign.share_draft(by=member)
    make_remark(campaign, words=f"Say which {word}.")
    attack = Attack.objects.clear(campaign, Marks(phrase="Sleepers"), by=member)
    return {
        "campaign": [campaign.pk, draft.pk],
        "signature": [pending.pk, withheld.pk],
        "organization": [withheld.organization.pk, Organization.objects.register(f"{word} Union").pk],
        "merge": [merge.pk],
        "translation": [translation.pk],
        "update": [update.pk],
        "delivery": list(campaign.deliveries.values_list("pk", flat=True)),
        "importbatch": [make_batch(campaign, member)],
        "event": list(campaign.events.values_list("pk", flat=True))[:1],
        "outgoingmail": list(OutgoingMail.objects.filter(reference=withheld.pk).values_list("pk", flat=True))[:1],
        "person": [member.pk],
        "report": [report.pk],
        "attack": [attack.pk],
    }


def make_batch(campaign: Campaign, by: User) -> int:
    data = b"Name\nDale Watch\n"
    batch = ImportBatch.objects.bring(f"{campaign.slug}.csv", data, by=by, campaign=campaign, note="Folder 7")
    batch.look([(2, ["Dale Watch"], {"name": "Dale Watch"}, [])], encoding="", headings=["Name"], left_out=[])
    return batch.pk


def secrets_of(world: World, strangers: list[User]) -> list[str]:
    """The words and addresses of the other group that none of ours may read anywhere."""
    rows = dict(world.rows[ANOTHER]["all"])
    rows["signature"] = list(Signature.objects.filter(campaign__in=world.theirs).values_list("pk", flat=True))
    private = ["campaign", "signature", "translation", "update", "delivery", "importbatch", "event", "report"]
    return [
        *["Keep the mill", "Let the marsh be", "Nobody drains it.", "No ditches.", "Mill: they have answered"],
        *["Mill Sleepers", "Mill Guards", "Mill Strangers", "The keeper of the Mill", "mill.csv"],
        *["Mill Silent", "mill.example.net"],
        *["treasurer@mill.example.org", "A slip of the pen about the Mill.", "Say which Mill."],
        *[person.username for person in strangers],
        *[f"/campaigns/{model}/{pk}/" for model in private for pk in rows[model]],
    ]


# The crawl


@dataclass(frozen=True)
class Answer:
    outcome: str
    status: int
    location: str
    words: str  # of the messages that are shown on the next page
    content: bytes
    writes: list[str]


def ask(client: Client, method: str, path: str, sent: Any = None) -> Answer:
    """What the desk answers, and what it would write. Everything is undone afterwards."""
    cookies, writes = deepcopy(client.cookies), list[str]()
    with undone(), connection.execute_wrapper(noting(writes)):
        response = client.get(path) if method == "GET" else client.post(path, sent or {})
        content = response.getvalue()
        words = " ".join(str(message) for message in get_messages(response.wsgi_request))
    client.cookies = cookies
    location = response.headers.get("Location", "")
    if location.endswith("change/") and location == f"{path}change/":
        return ask(client, method, location, sent)  # Django's own way of keeping old links
    answer = Answer("", response.status_code, location, words, plain(content), writes)
    return Answer(**{**vars(answer), "outcome": outcome(path, answer)})


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def noting(writes: list[str]) -> Callable[..., Any]:
    """Notes the tables that are written to, but for that of the sessions."""

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        writes.extend(re.findall(r'^(?:INSERT INTO|UPDATE|DELETE FROM) "(?!django_session)(\w+)"', sql))
        return execute(sql, params, many, context)

    return note


def plain(content: bytes) -> bytes:
    """The bytes as a reader finds them: a workbook unzipped."""
    if not content.startswith(b"PK"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return b"\n".join(book.read(part) for part in book.namelist())


def outcome(path: str, answer: Answer) -> str:
    """In one word: “door” leads to signing in, and “none” is as if the row were not there."""
    if answer.location.startswith(f"{DESK}login/") or b'href="/admin/login/?next=' in answer.content:
        return "door"
    if answer.status == 404 or (answer.location == DESK and "doesn’t exist" in answer.words):
        return "none"
    assert answer.status in OUTCOMES, f"{path} answers {answer.status}: what is that in tests/who_may_what.py?"
    return OUTCOMES[answer.status]


def behind_the_door(client: Client) -> str:
    """What is asked first of who is led away from the desk."""
    return "sign in" if client.get(f"{DESK}login/").headers["Location"].startswith("/accounts/login/") else "factor"


BEST_FIRST = ["yes", "look", "no", "none", "door"]


def folded(get: str, post: str) -> str:
    """Looking and sending in one word."""
    if "method" in {get, post}:
        return post if get == "method" else get
    return get if get == post else {("yes", "no"): "look", ("none", "no"): "none", ("yes", "door"): "door"}[get, post]


@dataclass
class Crawl:
    """What each role got at each address, by looking and by sending, and what should not be."""

    world: World
    outcomes: dict[str, dict[tuple[str, str], str]] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    shown: set[str] = field(default_factory=set)  # the secrets that an administrator was shown

    def run(self) -> None:
        doors = {role: behind_the_door(self.world.clients[role]) for role in OUTSIDE}
        for address in addresses():
            for role in ROLES:
                for whose in [OWN, ANOTHER] if address.models else [NO_CAMPAIGN]:
                    found = self.visit(role, address, whose)
                    self.outcomes.setdefault(address.shown, {})[role, whose] = doors[role] if found == "door" else found

    def visit(self, role: str, address: Address, whose: str) -> str:
        """The outcome with that of the rows with which most is possible."""
        tried = (self.try_out(role, address, keys, whose) for keys in self.world.keys(address, role, whose))
        return min(tried, key=BEST_FIRST.index)

    def try_out(self, role: str, address: Address, keys: Keys, whose: str) -> str:
        """The outcome of looking and of sending, in one word."""
        found = []
        for method in ("GET", "POST"):
            answer = self.ask(role, method, address.of(keys), QUERIES.get(address.shown))
            if answer.outcome == "none" and whose == ANOTHER and role not in OUTSIDE:
                self.compare(role, method, address, keys, answer)
            found.append(answer.outcome)
        return folded(*found)

    def ask(self, role: str, method: str, path: str, query: Any = None, sent: Any = None) -> Answer:
        """The answer, looked through."""
        where = f"{method} {path} as {role}"
        asked = path + ("?" + "&".join(f"{name}={value}" for name, value in query.items()) if query else "")
        answer = ask(self.world.clients[role], method, asked, sent or {"proposal": 2, "place": 1})
        told = {secret for secret in self.world.secrets if secret.encode() in answer.content}
        if role == "administrator":
            self.shown |= told
        else:
            self.complaints += [f"{where} tells “{secret}”" for secret in told]
        if answer.writes and (answer.outcome != "yes" or method == "GET"):
            self.complaints.append(f"{where} ({answer.outcome}) writes to {answer.writes}")
        return answer

    def compare(self, role: str, method: str, address: Address, keys: Keys, answer: Answer) -> None:
        """A row of another campaign is answered as one that is not there."""
        nothing = tuple(NONE for _key in keys)
        none = self.ask(role, method, address.of(nothing), QUERIES.get(address.shown))
        if likeness(answer, keys) != likeness(none, nothing):
            self.complaints.append(f"{method} {address.of(keys)} as {role} differs from a row that does not exist")


def likeness(answer: Answer, keys: Keys) -> tuple[Any, ...]:
    content, words = re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", answer.content), answer.words
    for key in keys:
        words = words.replace(str(key), "…")
    return answer.status, answer.location, words, content


# The table

PRINTED = {"none": "–", "factor": "second factor"}
HEADINGS = {
    "nobody": "not signed in",
    "half signed in": "password only",
    "no role": "no role",
    "translator": "translator",
    "reviewer": "reviewer",
    "owner": "owner",
    "administrator": "administrator",
}


def cell(given: dict[tuple[str, str], str], role: str) -> str:
    words = [found for (whom, _whose), found in given.items() if whom == role]
    return " / ".join(PRINTED.get(word, word) for word in dict.fromkeys(words))


def table(crawl: Crawl) -> str:
    """One line an address, one column a role, in Markdown."""
    lines = [["address under /admin/", *HEADINGS.values()], ["---"] * (len(HEADINGS) + 1)]
    for shown, given in sorted(crawl.outcomes.items()):
        lines.append([f"`{shown or ' '}`", *(cell(given, role) for role in HEADINGS)])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
