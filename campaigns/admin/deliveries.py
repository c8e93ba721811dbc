"""Delivering the letter, what came back, and what happened after."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from ..forms.fields import NameField, WordsField
from ..letter import unprintable
from ..models import Campaign, Delivery, DeliveryRecipient, OutgoingMail, Update, UpdateText
from ..typefaces import Unavailable
from .moments import MOMENTS
from .pages import INVALID, page
from .records import edited
from .scope import OF_WHICH_CAMPAIGN, Scoped


def number_in(sent: QueryDict, field: str) -> int:
    """The number in a hidden field; 0, which nothing has, where it was tampered with."""
    value = sent.get(field, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 9 else 0


class RecipientForm(forms.Form):
    use_required_attribute = False

    name = NameField(label=_("Name"))
    salutation = WordsField(label=_("Salutation"), required=False, max_length=200)
    channel = forms.ChoiceField(
        label=_("Channel"), choices=DeliveryRecipient.Channel.choices, initial=DeliveryRecipient.Channel.MAIL
    )
    address = forms.EmailField(label=_("E-mail address"), required=False, help_text=_("For mail from here."))
    language = forms.ChoiceField(label=_("Language of the letter"))

    def __init__(self, *args: Any, languages: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["language"]
        assert isinstance(field, forms.ChoiceField)
        field.initial = languages[0]
        field.choices = [(language, get_language_info(language)["name_local"]) for language in languages]

    def clean(self) -> None:
        by_mail = self.cleaned_data.get("channel") == DeliveryRecipient.Channel.MAIL
        if by_mail and not self.cleaned_data.get("address") and "address" not in self.errors:
            self.add_error("address", _("Mail from here needs an address."))


RecipientFormSet = forms.formset_factory(RecipientForm, extra=8)


def paper_of(campaign: Campaign) -> dict[str, Any]:
    """What keeps the letter from being printed as it is written, if anything does."""
    try:
        return {"unprintable": unprintable(campaign)}
    except Unavailable as reason:
        return {"unavailable": reason}


def deliver(campaigns: Scoped, request: HttpRequest, pk: int) -> HttpResponse:
    """What will be delivered, and to whom; then the delivery."""
    campaign = campaigns.row(request, pk)
    if not campaign.is_published:
        raise Http404
    languages = {"languages": list(dict.fromkeys([campaign.language, *campaign.in_force.content]))}
    formset = RecipientFormSet(request.POST if request.method == "POST" else None, form_kwargs=languages)
    refusals: list[str] = []
    if formset.is_bound and formset.is_valid():
        recipients = [form.cleaned_data for form in formset if form.has_changed()]
        try:
            delivery = Delivery.objects.deliver(campaign, request.user, recipients, number_in(request.POST, "number"))
        except ValidationError as error:
            refusals = error.messages
        else:
            messages.success(request, _("Delivered. The list is frozen, and every signatory is told."))
            return HttpResponseRedirect(reverse("admin:campaigns_delivery_change", args=[delivery.pk]))
    context = {
        "campaign": campaign,
        "tally": campaign.signatures.tally(),
        "number": campaign.deliveries.count() + 1,
        "formset": formset,
        "refusals": refusals,
        **paper_of(campaign),
    }
    status = INVALID if formset.is_bound else 200
    return page(campaigns, request, "campaign/deliver", _("Deliver the letter"), status, **context)


class RecipientInline(admin.StackedInline):
    model = DeliveryRecipient
    formfield_overrides = MOMENTS
    fields = ["name", "channel", "language", "mailed", "sent_at", "bounced_at", "receipt_at", "receipt_note"]
    readonly_fields = ["name", "channel", "language", "mailed"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("mailed from here"))
    def mailed(self, recipient: DeliveryRecipient) -> Any:
        mail = OutgoingMail.objects.filter(kind="letter", reference=recipient.pk).first()
        if mail is None:
            return "—"
        return (
            date_format(timezone.localtime(mail.sent_at), "DATETIME_FORMAT")
            if mail.sent_at
            else mail.last_error or _("waiting")
        )


@admin.register(Delivery)
class DeliveryAdmin(Scoped):
    change_form_template = "admin/campaigns/delivery/change_form.html"
    fields = ["campaign", "number", "at", "text_version", "counted", "fingerprint"]
    readonly_fields = ["campaign", "number", "at", "text_version", "counted", "fingerprint"]
    list_display = ["campaign", "number", "at", "counted"]
    list_filter = [OF_WHICH_CAMPAIGN]
    inlines = [RecipientInline]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Delivery, form: Any, change: bool) -> None:
        """Only what the recipients did is saved; the delivery itself is frozen."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        changed = [field for formset in formsets for each in formset for field in each.changed_data]
        form.instance.record_receipts(changed, by=request.user)

    def get_urls(self) -> list[URLPattern]:
        take_out = self.admin_site.admin_view(require_POST(self.take_out))
        return [path("<int:pk>/take-out/", take_out, name="campaigns_delivery_take_out"), *super().get_urls()]

    def take_out(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Takes a name of a group in danger out of what we serve."""
        delivery = self.row(request, pk)
        entry = get_object_or_404(delivery.entries, place=number_in(request.POST, "place"))
        delivery.take_out(entry.place, by=request.user)
        messages.success(request, _("One name was taken out. All the rest still verifies."))
        return HttpResponseRedirect(reverse("admin:campaigns_delivery_change", args=[pk]))


class UpdateTextInline(admin.StackedInline):
    model = UpdateText
    extra = 1


@admin.register(Update)
class UpdateAdmin(Scoped):
    change_form_template = "admin/campaigns/update/change_form.html"
    fields = ["campaign", "kind", "demand_key", "outcome", "date", "source", "document"]
    list_display = ["campaign", "kind", "date", "published_at"]
    list_filter = [OF_WHICH_CAMPAIGN, "kind"]
    inlines = [UpdateTextInline]
    formfield_overrides = {
        models.URLField: {"assume_scheme": "https"},
        models.FileField: {"widget": forms.FileInput},
    }

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A demand is chosen by its words; the update keeps its key, which outlives every version."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "demand_key" and field is not None:
            published = self.campaigns(request, "add").published().select_related("current_version")
            demands = [
                (demand.key, f"{campaign.slug}, {demand.number}. {demand.text[:60]}")
                for campaign in published
                for demand in campaign.text.demands
            ]
            return forms.ChoiceField(label=field.label, required=False, choices=[("", "—"), *demands])
        return field

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        form.instance.record_edit(edited(form, formsets, "texts"), by=request.user, begun=not change)

    def delete_model(self, request: HttpRequest, obj: Update) -> None:
        obj.discard(by=request.user)

    def has_change_permission(self, request: HttpRequest, obj: Update | None = None) -> bool:
        """What is published stays as it was read; a mistake is mended by a further update."""
        return super().has_change_permission(request, obj) and (obj is None or obj.published_at is None)

    def has_delete_permission(self, request: HttpRequest, obj: Update | None = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.published_at is None)

    def get_urls(self) -> list[URLPattern]:
        publish = self.admin_site.admin_view(require_POST(self.publish))
        return [path("<int:pk>/publish/", publish, name="campaigns_update_publish"), *super().get_urls()]

    def publish(self, request: HttpRequest, pk: int) -> HttpResponse:
        update = self.row(request, pk, "view")
        if not super().has_change_permission(request, update):
            raise PermissionDenied
        try:
            update.publish(by=request.user)
            messages.success(request, _("It is on the page, and those who asked for news are told."))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return HttpResponseRedirect(reverse("admin:campaigns_update_change", args=[pk]))
