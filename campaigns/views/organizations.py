"""What one organization has signed in public, and its logo."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from ..models import Organization


@require_safe
def organization(request: HttpRequest, slug: str) -> HttpResponse:
    named = get_object_or_404(Organization, slug=slug)
    organization = get_object_or_404(Organization.objects.public(), pk=named.standing.pk)
    if organization != named:
        return redirect("organization", organization.slug, permanent=True)
    signatures = organization.signatures.of_its_page()
    names = list(organization.names.in_public())
    context = {
        "organization": organization,
        "name": names[0] if names else signatures[0],
        "names": names[1:],
        "signatures": signatures,
    }
    return render(request, "campaigns/organization.html", context)


@require_safe
@cache_control(public=True, max_age=60)
def logo(request: HttpRequest, name: str) -> FileResponse:
    organization = Organization.objects.public().filter(logo=name).exclude(logo="").first()
    try:
        file = organization.open_logo() if organization else None
    except FileNotFoundError:
        file = None
    if file is None:
        raise Http404
    return FileResponse(file, content_type="image/png")
