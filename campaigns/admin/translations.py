"""Translations: begun by an owner, written beside the original or in a document with two columns, shared by a link."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from ..desk import is_key
from ..documents import two_columns
from ..forms.bringing import BringingForm
from ..forms.translating import TranslatingForm
from ..models import Translation
from .pages import INVALID, page
from .scope import OF_WHICH_CAMPAIGN, Scoped

ON_LINK = {
    "share": _("The translators’ link is open. Copy it and send it to the translator."),
    "renew_link": _("There is a new translators’ link. The old one has ended."),
    "end_link": _("The translators’ link has ended. What was written by it stays."),
}


@admin.register(Translation)
class TranslationAdmin(Scoped):
    language = "language"
    fields = ["campaign", "language"]
    list_display = ["campaign", "language", "standing", "ready", "credit"]
    list_display_links = ["campaign", "language"]
    list_filter = [OF_WHICH_CAMPAIGN, "ready"]
    list_select_related = ["campaign"]

    @admin.display(description=_("how far it is"))
    def standing(self, translation: Translation) -> str:
        return translation.progress.words

    def save_model(self, request: HttpRequest, obj: Translation, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        obj.record_start(by=request.user)

    def response_add(
        self, request: HttpRequest, obj: Translation, post_url_continue: str | None = None
    ) -> HttpResponse:
        """It is begun to be written."""
        return HttpResponseRedirect(address_of(obj))

    def delete_model(self, request: HttpRequest, obj: Translation) -> None:
        obj.discard(by=request.user)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The translation beside its original, passage by passage."""
        if not is_key(object_id):
            raise Http404
        translation = self.row(request, int(object_id))
        sent = request.POST if request.method == "POST" else None
        bringing = BringingForm(sent, request.FILES, translation=translation)
        form = TranslatingForm(bringing.filled_in, translation=translation)
        if form.is_bound and not bringing.is_bound and form.is_valid() and form.write(by=request.user):
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(request.path)
        return self.beside_page(request, translation, form, bringing)

    def beside_page(
        self, request: HttpRequest, translation: Translation, form: TranslatingForm, bringing: BringingForm
    ) -> HttpResponse:
        context = {
            "translation": translation,
            "campaign": translation.campaign,
            "form": form,
            "bringing": bringing,
            "document": reverse("admin:campaigns_translation_document", args=[translation.pk]),
            "may_share": request.user.has_perm("campaigns.change_campaign", translation.campaign),
            "link": link_of(translation),
        }
        title = _("“%(title)s” in %(language)s") % {"title": translation.campaign, "language": translation}
        is_refused = form.is_bound and not (bringing.is_valid() and form.is_valid())
        return page(self, request, "translation/translate", title, INVALID if is_refused else 200, **context)

    def get_urls(self) -> list[URLPattern]:
        link = self.admin_site.admin_view(require_POST(self.link_view))
        document = self.admin_site.admin_view(require_safe(self.document_view))
        return [
            path("<int:pk>/link/", link, name="campaigns_translation_link"),
            path("<int:pk>/two-columns.docx", document, name="campaigns_translation_document"),
            *super().get_urls(),
        ]

    def document_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The translation beside its original, in two columns, to be written in a word processor."""
        translation = self.row(request, pk)
        headers = {"Content-Disposition": f'attachment; filename="{two_columns.name_of(translation)}"'}
        return HttpResponse(two_columns.write(translation), content_type=two_columns.TYPE, headers=headers)

    def link_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Opens, renews or ends the translators' link."""
        translation, verb = self.row(request, pk), request.POST.get("verb", "")
        if not request.user.has_perm("campaigns.change_campaign", translation.campaign):
            raise PermissionDenied
        try:
            if verb in ON_LINK:
                getattr(translation, verb)(by=request.user)
                messages.success(request, ON_LINK[verb])
        except ValidationError as error:
            messages.error(request, error.messages[0])
        return HttpResponseRedirect(address_of(translation))


def address_of(translation: Translation) -> str:
    return reverse("admin:campaigns_translation_change", args=[translation.pk])


def link_of(translation: Translation) -> str:
    """What a translator without an account is sent; empty while none is open."""
    secret = translation.link_secret
    return settings.SITE_URL + reverse("translate", args=[secret]) if secret else ""
