"""What the public may write in a field."""

import re
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from .. import bidi, collation, logos, names

DIVIDERS = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


def without_limit(attributes: dict[str, Any]) -> dict[str, Any]:
    """A browser cuts what is too long without a word; our own message says so and keeps what was typed."""
    return {name: value for name, value in attributes.items() if name != "maxlength"}


class NameField(forms.CharField):
    """A name for a public list: tidied, and refused where it holds what cannot be read."""

    default_validators = [names.validate]

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=200, **options)

    def to_python(self, value: Any) -> str:
        return names.tidy(super().to_python(value) or "")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return without_limit(super().widget_attrs(widget))


class WordsField(forms.CharField):
    """Words that others read, without signs that turn the direction of what stands around them. The signs by which
    word processors divide lines become ends of lines."""

    default_validators = [bidi.validate]

    def to_python(self, value: Any) -> str:
        return DIVIDERS.sub("\n", super().to_python(value) or "")


class CountryField(forms.ChoiceField):
    """A country or none, in the order in which the reader looks for its name."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, choices=self.offered, **options)

    @staticmethod
    def offered() -> list[tuple[str, str]]:
        reader = get_language() or ""
        return [("", "—"), *sorted(countries, key=lambda country: collation.key(country[1], reader))]


class WebsiteField(forms.URLField):
    """An http or https address; `example.org` is taken as `https://example.org`."""

    default_validators = [URLValidator(schemes=["http", "https"])]
    default_error_messages = {"invalid": _("Write the address of a website, such as https://example.org.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=300, assume_scheme="https", **options)

    def clean(self, value: Any) -> str:
        address: str = super().clean(value)
        if "@" in urlsplit(address).netloc or any(names.hidden(char) for char in address):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return address

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return without_limit(super().widget_attrs(widget))


class AddressField(forms.EmailField):
    """An e-mail address without characters that nobody can see."""

    def clean(self, value: Any) -> str:
        address: str = super().clean(value)
        if any(names.hidden(char) for char in address):
            raise ValidationError(_("Enter a valid email address."), code="invalid")
        return address


class LogoField(forms.FileField):
    """A picture, drawn anew. Its value is the bytes of a PNG."""

    widget = forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"})

    def to_python(self, data: Any) -> Any:
        file = super().to_python(data)
        return file and logos.redraw(file)
