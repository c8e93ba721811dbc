"""Merging two records of one organization: choose the other, look side by side, then do it."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from ..models import Merge, Organization, decides_on, foresee
from .deliveries import number_in
from .pages import CONFLICT, page

if TYPE_CHECKING:
    from .organizations import OrganizationAdmin

MOST_FOUND = 20
TITLE = _("Merge two records")


def merge(desk: "OrganizationAdmin", request: HttpRequest, pk: int) -> HttpResponse:
    """Without another record, offers those that it may be; with one, shows both and what merging does."""
    organization, known = desk.row(request, pk), desk.known(request)
    if "with" not in request.GET:
        found = {"organization": organization, **others(organization, request)}
        return page(desk, request, "organization/choose_other", TITLE, **found)
    other = get_object_or_404(Organization.objects.standing().exclude(pk=pk), pk=number_in(request.GET, "with"))
    pair = [organization, other]
    prefetch_related_objects(pair, "names", Prefetch("signatures", known.select_related("campaign", "text_version")))
    kept, merged = in_order(pair, number_in(request.GET, "keep"))
    refusal = None
    if request.method == "POST":
        try:
            Merge.objects.merge(kept, merged, by=request.user, seen=request.POST.get("seen", ""))
        except ValidationError as error:
            refusal = error
        else:
            messages.success(request, _("Merged. It can be undone below."))
            return HttpResponseRedirect(desk.address_of(kept))
    plan = foresee(kept, merged)
    context = {"organization": organization, "other": other, "pair": pair, "kept": kept, "merged": merged, "plan": plan}
    context["decides"] = decides_on(request.user, plan.touched)
    return page(desk, request, "organization/merge", TITLE, CONFLICT if refusal else 200, refusal=refusal, **context)


def others(organization: Organization, request: HttpRequest) -> dict[str, Any]:
    """The records that it may be, with reasons, and those that were searched for."""
    sought = request.GET.get("q", "").strip()
    standing = Organization.objects.standing().exclude(pk=organization.pk)
    return {
        "candidates": organization.doubles(),
        "q": sought,
        "found": standing.search(sought)[:MOST_FOUND] if sought else [],
    }


def in_order(pair: list[Organization], keep: int) -> list[Organization]:
    """The one that is kept, and the one that goes: as was chosen by its key, else the better known is kept."""
    kept = next((each for each in pair if each.pk == keep), better_known(pair))
    return sorted(pair, key=lambda each: each != kept)


def better_known(pair: list[Organization]) -> Organization:
    """The one that is verified, else the one that has signed more, else the older."""
    return min(pair, key=lambda each: (each.verified_at is None, -each.signatures.count(), each.pk))
