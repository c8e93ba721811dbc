"""The site of the coordinators' desk: who may come in, and what asks for a fresh proof of who this is."""

from collections.abc import Callable
from functools import cache, partial, wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.views import logout
from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from . import manual, sessions
from .models import Campaign, OutgoingMail, Report, Role, SiteTheme, Translation, queues_of, undoable_of
from .views.errors import not_saved

View = Callable[..., HttpResponse]
LONGEST_KEY = 18
TOGETHER = "decided_together"  # in the session, the keys of what was decided last in one act


def fresh_proof(view: View) -> View:
    """The view asks for a proof, minutes old at most, of who this is.

    A page that is only looked at comes after the proof. A form that was sent stands unsaved on a page of its own, with
    what was typed, to be sent again.
    """

    @wraps(view)
    def proved(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if sessions.is_fresh(request):
            return view(request, *args, **kwargs)
        if request.method in {"GET", "HEAD"}:
            return redirect_to_login(request.get_full_path(), reverse("account_reauthenticate"))
        words = _("This step asks for a fresh proof that it is you, and your last one is too old.")
        return not_saved(request, words, reverse("account_reauthenticate"), _("Prove that it is you"))

    return proved


def is_key(text: str) -> bool:
    """Whether it is written as the key of a row, and no database stumbles over it."""
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_KEY


def front_page(user: Any) -> dict[str, Any]:
    """What the desk opens on. It costs as many queries for a long queue as for a short one."""
    campaigns = Campaign.objects.of(user, Role.OWNER, Role.REVIEWER)
    campaigns = campaigns.with_listed_count().with_pending_count().with_answered_count()
    return {
        "decides": user.is_superuser or bool(campaigns),
        "queues": queues_of(user),
        "campaigns": campaigns,
        **astray(user),
        "translates": user.memberships.filter(role=Role.TRANSLATOR).exists(),
        "translations": Translation.objects.of_translator(user).select_related("campaign"),
    }


def astray(user: Any) -> dict[str, int]:
    """How many reports of errors wait for this person; for an administrator, those of no campaign too, and how many
    letters were given up."""
    reports = Report.objects.open()
    if user.is_superuser:
        return {"reports": reports.count(), "given_up": OutgoingMail.objects.filter(is_given_up=True).count()}
    return {"reports": reports.filter(campaign__in=Campaign.objects.of(user, Role.OWNER, Role.REVIEWER)).count()}


class Desk(AdminSite):
    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.disable_action("delete_selected")

    def get_urls(self) -> list[Any]:
        """Without the address that leads to a row of any model on the site: no row has a page of that kind."""
        return [
            path("manual/", self.admin_view(manual.manual), name="manual"),
            path("manual/coordinators/<slug:name>.png", self.admin_view(manual.picture), name="manual_picture"),
            *(address for address in super().get_urls() if getattr(address, "name", "") != "view_on_site"),
        ]

    def has_permission(self, request: HttpRequest) -> bool:
        """Looked up once for each request, and asked more often."""
        if not hasattr(request, "_may_come_in"):
            request._may_come_in = super().has_permission(request) and (  # type: ignore[attr-defined]
                not settings.REQUIRE_SECOND_FACTOR or sessions.has_second_factor(request)
            )
        known: bool = request._may_come_in  # type: ignore[attr-defined]
        return known

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """As Django's, with a fresh proof before every deletion; a form that comes too late is not thrown away."""
        checked = super().admin_view(
            fresh_proof(view) if getattr(view, "__name__", "") == "delete_view" else view, cacheable
        )

        @wraps(checked)
        def desk_view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST" and not self.has_permission(request):
                return not_saved(request, _("You are not signed in any more."), reverse("admin:login"), _("Sign in"))
            if not all(is_key(chosen) for chosen in request.POST.getlist("_selected_action")):
                raise BadRequest
            return checked(request, *args, **kwargs)

        return desk_view

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Leads to the sign-in page, or on to what is still missing."""
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        if not request.user.is_authenticated:
            return HttpResponseRedirect(resolve_url(settings.LOGIN_URL) + query)
        if self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        ways = [way["url"] for way in get_adapter().get_reauthentication_methods(request.user) if "mfa" in way["id"]]
        return HttpResponseRedirect(ways[-1] + query if ways else reverse("mfa_index"))

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """As Django's, with the name of the site and what can be undone, for the pages that show it."""
        undoable = partial(undoable_of, request.user, request.session.get(TOGETHER, []))
        name = SiteTheme.current().title
        return {**super().each_context(request), "site_header": name, "site_title": name, "undoable": cache(undoable)}

    def index(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """What waits for this person, how the campaigns stand, and then the lists."""
        return super().index(request, {**front_page(request.user), **(extra_context or {})})

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return logout(request)

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return HttpResponseRedirect(reverse("account_change_password"))
