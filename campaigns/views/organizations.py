"""What one organization has signed in public, and its logo."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from ..models import Campaign, Organization
from .doors import in_small_letters
from .keeping import kept

SIGNATURES_ON_A_PAGE = 200


@require_safe
@kept(until=Campaign.objects.next_change)
def organization(request: HttpRequest, slug: str) -> HttpResponse:
    found = Organization.objects.public().filter(slug=slug).first()
    if found is None:
        return forward(request, slug)
    signatures = list(found.signatures.of_its_page()[:SIGNATURES_ON_A_PAGE])
    if not signatures:  # the last one was withdrawn since
        raise Http404
    names = list(found.names.in_public())
    context = {
        "organization": found,
        "name": names[0] if names else signatures[0],
        "names": names[1:],
        "signatures": signatures,
    }
    return render(request, "campaigns/organization.html", context)


def forward(request: HttpRequest, slug: str) -> HttpResponse:
    """To where a merged one stands; else, an address in capitals to the one in small letters. Raises Http404."""
    try:
        return redirect("organization", merged_from(slug).slug)
    except Http404:
        return in_small_letters(request, Organization.objects.public())


def merged_from(slug: str) -> Organization:
    """The record in which a merged one stands, for as long as the merge is not undone."""
    merged = get_object_or_404(Organization.objects.exclude(merged_into=None), slug=slug)
    return get_object_or_404(Organization.objects.public(), pk=merged.standing.pk)


@require_safe
@kept()
def logo(request: HttpRequest, name: str) -> HttpResponse:
    shown = Organization.objects.public().filter(logo=name).exclude(logo="").first()
    if shown is None:
        raise Http404
    try:
        with shown.open_logo() as file:
            return HttpResponse(file.read(), content_type="image/png")
    except OSError as error:
        raise Http404 from error
