"""An organization's logo, added for it by a coordinator."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from ..forms.signing import LogoForm
from .pages import INVALID, page

if TYPE_CHECKING:
    from .organizations import OrganizationAdmin


def logo(desk: "OrganizationAdmin", request: HttpRequest, pk: int) -> HttpResponse:
    """Shows the logo, takes a new one, or removes it."""
    organization = desk.row(request, pk)
    form = LogoForm(request.POST, request.FILES) if request.method == "POST" else LogoForm()
    if "remove" in request.POST:
        organization.remove_logo(by=request.user)
        messages.success(request, _("The logo is removed."))
        return HttpResponseRedirect(request.path)
    if form.is_bound and form.is_valid():
        organization.set_logo(form.cleaned_data["logo"], by=request.user)
        messages.success(request, _("The logo is kept."))
        return HttpResponseRedirect(request.path)
    status = INVALID if form.is_bound else 200
    return page(desk, request, "organization/logo", _("Logo"), status, organization=organization, form=form)


def logo_file(desk: "OrganizationAdmin", request: HttpRequest, pk: int) -> FileResponse:
    """The picture, for coordinators also where the public does not see it."""
    organization = desk.row(request, pk, "view")
    try:
        return FileResponse(organization.open_logo(), content_type="image/png")
    except OSError as error:
        raise Http404 from error
