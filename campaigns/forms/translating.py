"""A translation as it is written, passage by passage, beside its original."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from .. import bidi, differences
from ..models import DemandTranslation, Facing, Translation, Writing
from ..models.facing import ADDRESSEE, DEMAND, SUMMARY, TITLE, Written

LONGEST_PASSAGE = 20_000
MOST_ASTRAY = 200
LONGEST = {
    TITLE: Translation._meta.get_field("title").max_length,
    ADDRESSEE: Translation._meta.get_field("addressee").max_length,
    SUMMARY: Translation._meta.get_field("summary").max_length,
    DEMAND: DemandTranslation._meta.get_field("text").max_length,
}
IN_ONE_LINE = {TITLE, ADDRESSEE}
OVERTAKEN = _(
    "Somebody else has saved this translation since you opened it. Where it differs from yours, theirs stands below. "
    "Save again to put yours in its place."
)
LETTERS_IN_A_ROW, FEWEST_ROWS, MOST_ROWS = 55, 2, 16


@dataclass(frozen=True)
class Row:
    """A passage with its fields, and what changed in the original since it was translated."""

    passage: Facing
    text: BoundField
    still_right: BoundField | None
    changes: list[differences.Run]


class PassageField(forms.CharField):
    """The translation of one passage. Word processors divide lines in ways of their own."""

    default_validators = [bidi.validate]

    def __init__(self, passage: Facing, language: str, direction: str) -> None:
        kind = passage.place.partition(" ")[0]
        one_line = kind in IN_ONE_LINE
        rows = 1 if one_line else min(max(len(passage.original) // LETTERS_IN_A_ROW + 1, FEWEST_ROWS), MOST_ROWS)
        written_in = {"lang": language, "dir": direction, "rows": rows, "spellcheck": "true"}
        super().__init__(label=passage.label, required=False, initial=passage.text, widget=forms.Textarea(written_in))
        self.longest = LONGEST.get(kind) or LONGEST_PASSAGE
        self.parts = " " if one_line else "\n"

    def to_python(self, value: Any) -> str:
        return composed_text(super().to_python(value) or "", self.parts)

    def validate(self, value: str) -> None:
        super().validate(value)
        if len(value) > self.longest:
            words = _("It has %(count)s characters, and may have %(most)s at most.")
            raise ValidationError(words, params={"count": len(value), "most": self.longest})


def composed_text(text: str, parts: str = "\n") -> str:
    """The text as a statement keeps it, its lines divided by `parts`."""
    return unicodedata.normalize("NFC", parts.join(text.splitlines())).strip()


class TranslatingForm(forms.Form):
    """All passages at once. What was typed beside one that has changed meanwhile comes along by its name."""

    use_required_attribute = False

    credit = forms.CharField(
        label=_("Translated by"),
        help_text=_("As it is to stand under the translation. May stay empty."),
        max_length=200,
        required=False,
        validators=[bidi.validate],
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    ready = forms.BooleanField(
        label=_("Ready to be published"),
        help_text=_("It joins the next version of the text, which an owner makes."),
        required=False,
    )
    stand = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, data: Any = None, *, translation: Translation) -> None:
        kept = {"credit": translation.credit, "ready": translation.ready, "stand": translation.stand}
        super().__init__(data, initial=kept)
        self.translation, self.beside = translation, translation.beside()
        statement = translation.statement
        for each in self.beside.to_translate:
            self.fields[f"text-{each.key}"] = PassageField(each, statement.language, statement.direction)
            if each.is_older:
                self.fields[f"right-{each.key}"] = forms.BooleanField(label=_("Still right"), required=False)
        for key, _written in self.beside.left:
            self.fields[f"away-{key}"] = forms.BooleanField(label=_("Take it away"), required=False)

    def rows(self) -> Iterator[Row]:
        for each in self.beside.to_translate:
            right = self[f"right-{each.key}"] if each.is_older else None
            changes = list(differences.runs(each.was, each.original)) if each.is_older and each.was else []
            yield Row(each, self[f"text-{each.key}"], right, changes)

    def left(self) -> list[tuple[Written, BoundField]]:
        return [(written, self[f"away-{key}"]) for key, written in self.beside.left]

    def astray(self) -> dict[str, str]:
        """What was typed beside passages that are not there now, by their keys, where it stands nowhere else."""
        names = [name for name in self.data if name.startswith("text-") and name not in self.fields][:MOST_ASTRAY]
        typed = {name.removeprefix("text-"): composed_text(self.data[name])[:LONGEST_PASSAGE] for name in names}
        kept = {"", *(each.text for each in self.beside.passages)}
        return {key: text for key, text in typed.items() if text not in kept}

    @property
    def is_overtaken(self) -> bool:
        """Whether another has saved since this form was opened; what they wrote is among the passages."""
        return self.is_bound and self.data.get("stand") != self.initial["stand"]

    def clean(self) -> None:
        if self.is_overtaken:
            self.add_error(None, OVERTAKEN)
        for text in self.astray().values():
            bidi.validate(text)

    def write(self, by: Any = None) -> bool:
        """Carries out the verb. False, with the reasons above the form, when it is refused."""
        sent = self.cleaned_data
        texts = {name.removeprefix("text-"): sent[name] for name in sent if name.startswith("text-")}
        writing = Writing(
            texts={**self.astray(), **texts},
            still_right={name.removeprefix("right-") for name in sent if name.startswith("right-") and sent[name]},
            taken_away={name.removeprefix("away-") for name in sent if name.startswith("away-") and sent[name]},
            credit=sent["credit"],
            ready=sent["ready"],
            stand=sent["stand"],
        )
        try:
            self.translation.write(writing, by=by)
        except ValidationError as error:
            self.translation.refresh_from_db()
            self.add_error(None, error)
            return False
        return True
