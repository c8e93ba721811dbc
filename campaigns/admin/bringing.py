"""What is asked when a list is brought: the file, and which of its columns holds what."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from ..models import Campaign, ImportBatch
from ..spreadsheets import (
    ENCODINGS,
    LARGEST_BYTES,
    NAME_HEADINGS,
    TITLES,
    Columns,
    Sheet,
    Unreadable,
    read,
    require_name,
)


class BringForm(forms.Form):
    """A file of organizations, and what for."""

    use_required_attribute = False

    file = forms.FileField(
        label=_("The list"),
        max_length=200,
        help_text=_("CSV or Excel (.xlsx), at most 10 MB and 20,000 rows, with a row of headings such as Name."),
    )
    encoding = forms.ChoiceField(
        label=_("Encoding, of a CSV"), required=False, choices=[("", _("find out")), *ENCODINGS]
    )
    campaign = forms.ModelChoiceField(
        queryset=Campaign.objects.none(),
        label=_("Also list them as signatories of"),
        required=False,
        empty_label=_("none: only the registry"),
    )
    note = forms.CharField(
        label=_("Where their yes can be found"),
        required=False,
        max_length=300,
        help_text=_("Needed where they are listed as signatories. No names of people here."),
    )

    sheet: Sheet

    def __init__(self, *args: Any, campaigns: QuerySet[Campaign], **kwargs: Any) -> None:
        """`campaigns` are those in which the person may add signatures."""
        super().__init__(*args, **kwargs)
        field = self.fields["campaign"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = campaigns.filter(publish_at__isnull=False)

    def clean(self) -> None:
        if self.cleaned_data.get("campaign") and not self.cleaned_data.get("note", "").strip():
            self.add_error("note", _("Say where their yes can be found."))
        if file := self.cleaned_data.get("file"):
            try:
                self._read(file)
            except Unreadable as error:
                self.add_error("file", error)

    def _read(self, file: Any) -> None:
        if file.size > LARGEST_BYTES:
            raise Unreadable(_("The file is larger than 10 MB. Bring it in parts."))
        self.sheet = read(file.read(), self.cleaned_data.get("encoding", ""), NAME_HEADINGS)
        if not self.sheet.count():
            raise Unreadable(_("The file has headings and no rows."))

    def bring(self, by: Any) -> ImportBatch:
        data = self.cleaned_data
        return ImportBatch.objects.bring(
            data["file"].name, self.sheet.data, by=by, campaign=data.get("campaign"), note=data.get("note", "")
        )


class ColumnsForm(forms.Form):
    """Which column holds what, and in which encoding the file is read."""

    use_required_attribute = False

    encoding = forms.ChoiceField(label=_("Encoding"), choices=ENCODINGS)

    def __init__(self, *args: Any, sheet: Sheet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sheet = sheet
        if sheet.encoding:
            self.fields["encoding"].initial = sheet.encoding
        else:
            del self.fields["encoding"]
        matched = Columns.by_heading(sheet.headings).places
        offered = [(str(place), heading or f"({place + 1})") for place, heading in enumerate(sheet.headings)]
        for field, title in TITLES.items():
            self.fields[field] = forms.ChoiceField(
                label=title, required=False, choices=[("", "—"), *offered], initial=str(matched.get(field, ""))
            )

    def clean(self) -> None:
        try:
            require_name(self.columns)
        except ValidationError as error:
            self.add_error("name", error)
        try:
            self.sheet.count()
        except Unreadable as error:
            self.add_error("encoding" if "encoding" in self.fields else None, error)

    @property
    def columns(self) -> Columns:
        return Columns({field: int(place) for field in TITLES if (place := self.cleaned_data.get(field, ""))})
