"""Each person sees the rows of the campaigns in which they have a role, and no others."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from ..access import TRANSLATOR, memberships, roles_that_may
from ..models import Campaign
from ..models.stages import CampaignQuerySet

OF_WHICH_CAMPAIGN = ("campaign", admin.RelatedOnlyFieldListFilter)


class Scoped(admin.ModelAdmin):
    """Rows of one campaign each; `campaign` is the way from a row to it, and `language` to that of a translator."""

    campaign = "campaign"
    language = ""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        order = self.get_ordering(request) or self.opts.ordering or []
        return self.rows().filter(self.seen_by(request.user)).order_by(*order)

    def rows(self) -> QuerySet[Any]:
        """All rows, as the desk reads them."""
        every: QuerySet[Any] = self.model._default_manager.all()
        return every

    def seen_by(self, user: Any) -> Q:
        """Which rows the person may know of; an administrator of the site, of all."""
        if user.is_superuser:
            return Q()
        seen = Q(pk__in=[])
        for each in memberships(user, str(self.opts.model_name), "view"):
            its = Q(**{self.campaign: each.campaign_id})
            seen |= its & Q(**{self.language: each.language}) if each.role == TRANSLATOR else its
        return seen

    def campaigns(self, request: HttpRequest, action: str) -> CampaignQuerySet:
        """Those in which the person may do that with such a row."""
        return Campaign.objects.of(request.user, *roles_that_may(str(self.opts.model_name), action))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A row is put only into a campaign in which the person may add such."""
        if db_field.name == self.campaign:
            kwargs["queryset"] = self.campaigns(request, "add")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def row(self, request: HttpRequest, pk: int, action: str = "change") -> Any:
        """The row that is meant. Raises Http404 for one that the person does not see, as for one that is not there,
        and PermissionDenied for one to see only, and for who may do that with no row at all."""
        may = {"view": self.has_view_permission, "change": self.has_change_permission}[action]
        if not may(request):
            raise PermissionDenied
        row = get_object_or_404(self.get_queryset(request), pk=pk)
        if not may(request, row):
            raise PermissionDenied
        return row

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "view", obj) or self._may(request, "change", obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "change", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "delete", obj)

    def _may(self, request: HttpRequest, action: str, obj: Any) -> bool:
        return bool(request.user.has_perm(f"campaigns.{action}_{self.opts.model_name}", obj))
