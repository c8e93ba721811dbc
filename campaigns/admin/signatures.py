"""Signatures: those that wait come first, each opens on its facts, and one button decides."""

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import Script
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from ..desk import TOGETHER
from ..models import Campaign, Erasure, Event, Place, Role, Sign, Signature, next_of, place_of
from .adding import AddForm
from .addresses import address
from .batches import decide_many
from .decisions import DECISIONS, AcceptForm, AskForm, Decision, DeclineForm, DeclineOfManyForm, typed_words
from .exports import signatures_as_csv, signatures_as_xlsx
from .pages import CONFLICT, INVALID, page
from .scope import OF_WHICH_CAMPAIGN, Scoped
from .specimens import specimens
from .undoing import undo

State = Signature.State
AGAINST_FIRST = [Sign.AGAINST, Sign.FOR, Sign.UNKNOWN]


@admin.register(Signature)
class SignatureAdmin(Scoped):
    list_display = ["name", "state", "shown", "confirmed_at", "source", "campaign"]
    list_filter = ["state", OF_WHICH_CAMPAIGN, "kind", "shown", "source"]
    list_select_related = ["campaign"]
    search_fields = ["name", "name_as_signed", "website", "organization__names__name"]
    actions = ["accept_many", "decline_many", signatures_as_csv, signatures_as_xlsx]

    class Media:
        css = {"all": ["campaigns/queue.css"]}
        js = [Script("campaigns/desk.js", defer=True)]

    def rows(self) -> QuerySet[Signature]:
        return Signature.objects.marked_awaiting()

    def get_ordering(self, request: HttpRequest) -> list[str]:
        return ["-awaits", "-confirmed_at", "-id"]

    def has_delete_permission(self, request: HttpRequest, obj: Signature | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("undo/", wrap(require_POST(partial(undo, self))), name="campaigns_signature_undo"),
            path("<int:pk>/address/", wrap(require_POST(partial(address, self))), name="campaigns_signature_address"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The facts of one signature, and the decisions that its state allows."""
        signature = self.get_object(request, object_id)
        if signature is None:
            raise Http404
        if not self.has_change_permission(request, signature):
            raise PermissionDenied
        shown, place = signature.state, place_of(signature)
        forms = open_decisions(signature, request.POST)
        decided = next((form for form in forms.values() if form.is_bound), None)
        is_filled_in = decided is not None and decided.is_valid()
        if decided and is_filled_in and decided.decide(by=request.user):
            return self.go_on(request, decided, place)
        if request.method == "POST" and (decided is None or signature.state != shown):
            return self.too_late(request, signature)
        status = CONFLICT if is_filled_in else INVALID if decided else 200
        return self.review_page(request, signature, forms, status, place=place)

    def too_late(self, request: HttpRequest, signature: Signature) -> HttpResponse:
        """The signature as it stands by now, what happened to it, and what was typed, to be copied."""
        signature.refresh_from_db()
        for words in signature.refusal(request.user).messages:
            messages.error(request, words)
        more = {"place": place_of(signature), "kept": typed_words(request.POST)}
        return self.review_page(request, signature, open_decisions(signature, {}), CONFLICT, **more)

    def review_page(
        self, request: HttpRequest, signature: Signature, forms: dict[str, Decision], status: int, **more: Any
    ) -> HttpResponse:
        mine = Campaign.objects.of(request.user, Role.OWNER, Role.REVIEWER)
        context = {**review(signature, forms, mine), **more, "forms": forms}
        return page(self, request, "signature/review", signature.name, status, **context)

    def go_on(self, request: HttpRequest, form: Decision, place: Place | None) -> HttpResponse:
        """To the next of the queue after a decision, else to the front page; after anything else, back to the same."""
        form.signature.refresh_from_db()
        if form.aside:
            messages.warning(request, form.aside)
        if isinstance(form, (AcceptForm, DeclineForm)):
            request.session.pop(TOGETHER, None)
        if not isinstance(form, (AcceptForm, DeclineForm, AskForm)):
            messages.success(request, outcome(form.signature))
            return HttpResponseRedirect(request.path)
        following = next_of(form.signature, place)
        if following is None:
            return HttpResponseRedirect(reverse("admin:index"))
        return HttpResponseRedirect(reverse("admin:campaigns_signature_change", args=[following.pk]))

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Takes down a signature that was given by mail, by telephone or on paper."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        own = self.campaigns(request, "add")
        form = AddForm(request.POST if request.method == "POST" else None, initial=request.GET.dict(), campaigns=own)
        if form.is_bound and form.is_valid() and (signature := form.add(by=request.user)):
            messages.success(request, outcome(signature))
            return HttpResponseRedirect(reverse("admin:campaigns_signature_change", args=[signature.pk]))
        context = {"form": form, "media": self.media + form.media}
        status = INVALID if form.is_bound else 200
        return page(self, request, "signature/add", _("Add a signature for a group"), status, **context)

    @admin.action(description=_("Accept the chosen ones"), permissions=["change"])
    def accept_many(self, request: HttpRequest, queryset: QuerySet[Signature]) -> HttpResponse | None:
        return decide_many(self, request, queryset, AcceptForm, _("Accept these signatures"))

    @admin.action(description=_("Decline the chosen ones"), permissions=["change"])
    def decline_many(self, request: HttpRequest, queryset: QuerySet[Signature]) -> HttpResponse | None:
        return decide_many(self, request, queryset, DeclineOfManyForm, _("Decline these signatures"))


def open_decisions(signature: Signature, sent: Any) -> dict[str, Decision]:
    """The forms of the decisions that are open, the one whose button was pressed bound to what was sent: its verb says
    what it refuses, also where the form does not suit any more."""
    return {
        name: form_class(sent if name in sent else None, signature=signature, prefix=form_class.prefix or name)
        for name, form_class in DECISIONS.get(signature.state, {}).items()
        if name in sent or form_class.suits(signature)
    }


def review(signature: Signature, forms: dict[str, Any], mine: QuerySet[Campaign]) -> dict[str, Any]:
    """What a coordinator reads before deciding; `mine` are the campaigns in which that person decides."""
    accepting = [form for form in forms.values() if isinstance(form, AcceptForm)]
    accepting.sort(key=lambda form: not form.is_bound)
    found = signature.evidence(mine) if signature.state == State.PENDING else []
    for form in forms.values():
        form.inform(found)
    return {
        "signature": signature,
        "campaign": signature.campaign,
        **who_signed(signature),
        "specimens": specimens(signature, accepting[0].offered if accepting else []),
        "evidence": sorted(found, key=lambda each: AGAINST_FIRST.index(each.sign)),
        "questions": signature.questions.filter(taken_back_at=None).select_related("asked_by"),
        "lines": signature.events.order_by("at", "id").lines(),
        "statement": signature.text_version.statement(signature.language),
    }


def who_signed(signature: Signature) -> dict[str, Any]:
    """The contact person or, where there is none any more, when it was erased, and whether at its own wish."""
    if contact := getattr(signature, "contact", None):
        return {"contact": contact}
    return {
        "erased": Erasure.objects.filter(model="contact", row=signature.pk).first(),
        "erased_at_wish": signature.events.filter(verb=Event.Verb.CONTACT_ERASED).exists(),
    }


def outcome(signature: Signature) -> str:
    return str(_("“%(name)s” is %(state)s.")) % {"name": signature.name, "state": signature.get_state_display()}
