"""What the desk's forms share: fields named as refusals name them, and room for refusals."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Protocol

from django import forms
from django.conf.locale import LANG_INFO
from django.forms.boundfield import BoundField
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

FILL_IN = _("Fill this in.")


class Refused(Protocol):
    """One thing that is wrong, as each room's refusals say it: which field, and how to put it right."""

    @property
    def field(self) -> str:
        """Its name in the domain."""

    @property
    def mend(self) -> str:
        """How to put it right, in the language that is active."""


@dataclass(frozen=True, slots=True)
class Section:
    """Some fields under one heading."""

    anchor: str
    heading: str
    fields: list[BoundField]
    is_paired: bool = False  # short fields that stand side by side

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed into any of its fields."""
        return not any(field.value() for field in self.fields)


class DeskForm(forms.Form):
    """A form whose fields are named as the domain names them ("title.en"), so that each refusal finds its field."""

    # Parts of the page: a heading, and how the names of its fields begin.
    parts: ClassVar[Sequence[tuple[Any, tuple[str, ...]]]] = ()
    paired_parts: ClassVar[frozenset[str]] = frozenset()  # how the names of fields in such a part begin

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Make the form with its fields, those that depend on the campaign among them."""
        super().__init__(*args, **kwargs)
        self.fields |= dict(self.own_fields())
        for field in self.fields.values():
            field.error_messages["required"] = FILL_IN

    def own_fields(self) -> Iterable[tuple[str, forms.Field]]:
        """Return the fields that depend on the campaign, by name."""
        return ()

    def refuse(self, refused: Iterable[Refused]) -> None:
        """Put each refusal beside its field, or above the form when it has none."""
        for one in refused:
            name = self.field_of(one.field)
            self.add_error(name, one.mend if name else f"{one.field}: {one.mend}")

    def field_of(self, named: str) -> str | None:
        """Return the form's field for the domain's name of one: itself, what it is a part of, or its first part."""
        words = named.split(".")
        wholes = [".".join(words[:length]) for length in range(len(words), 0, -1)]
        parts = [name for name in self.fields if name.startswith(f"{named}.")]
        return next((name for name in (*wholes, *parts) if name in self.fields), None)

    def texts(self, name: str, languages: Iterable[str]) -> dict[str, str]:
        """Return {language: text} of the fields `name`.<language>."""
        return {code: str(self.cleaned_data.get(f"{name}.{code}") or "") for code in languages}

    def sections(self) -> Iterator[Section]:
        """Return the parts of the page with their fields."""
        for number, (heading, beginnings) in enumerate(self.parts, start=1):
            names = [name for name in self.fields if name.startswith(beginnings)]
            is_paired = not self.paired_parts.isdisjoint(beginnings)
            yield Section(f"part-{number}", str(heading), [self[name] for name in names], is_paired)

    def wrong_fields(self) -> list[BoundField]:
        """Return the fields that need another look, in the page's order."""
        return [self[name] for name in self.fields if name in self.errors]


def own_name(code: str) -> str:
    """Return a language's name in that language, as in "español"."""
    info = LANG_INFO.get(code) or LANG_INFO.get(code.partition("-")[0]) or {}
    return str(info.get("name_local", code))


@cache
def all_languages() -> list[tuple[str, str]]:
    """Return every language a campaign can speak, by its own name."""
    known = [(code, f"{own_name(code)} ({code})") for code, info in LANG_INFO.items() if "name_local" in info]
    return sorted(known, key=lambda one: one[1].casefold())


def with_blank(choices: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the choices with an empty one first."""
    return [("", "—"), *choices]


def text_line(label: Any, language: str, *, required: bool = False, hint: Any = "") -> forms.CharField:
    """Return a field for one line in `language`, which says so to browsers and screen readers."""
    return forms.CharField(label=label, required=required, help_text=hint, widget=forms.TextInput(attrs=_in(language)))


def text_block(label: Any, language: str, *, rows: int, required: bool = False, hint: Any = "") -> forms.CharField:
    """Return a field for a text of several lines in `language`."""
    area = forms.Textarea(attrs={**_in(language), "rows": rows})
    # Not stripped: a text that is signed is stored exactly as it was written.
    return forms.CharField(label=label, required=required, help_text=hint, widget=area, strip=False)


def _in(language: str) -> dict[str, str]:
    return {"lang": language, "dir": "auto"}


def _labelled(label: Any, language: str) -> str:
    return f"{label} ({own_name(language)})"


labelled = lazy(_labelled, str)
