"""The forms of a campaign's details: begin one, and its settings."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tocsin.campaigns.details import Details
from tocsin.campaigns.form_fields import Asked, FormFields
from tocsin.campaigns.refusals import MENDS, Refusal
from tocsin.campaigns.slugs import MAX_SLUG, slug_from
from tocsin.desk.forms.base import DeskForm, all_languages, labelled, text_block, text_line, with_blank
from tocsin.desk.forms.widgets import LongSelect
from tocsin.kit.zones import zone_of

SPARE_LANGUAGES = 2

_CONTINENTS = frozenset(
    {"Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}
)
SLUG_LINE = {"dir": "ltr", "autocapitalize": "none", "spellcheck": "false"}

_ASKED: tuple[tuple[str, Any], ...] = (
    (Asked.REQUIRED, _("must be filled in")),
    (Asked.OPTIONAL, _("may stay empty")),
    (Asked.OFF, _("is not asked")),
)
_SLUG_HINT = _("What follows the server's name. It can change until the first text is published.")
_CONTACT_HINT = _("Shown on the campaign's pages; the campaign cannot open without one.")


class CreateForm(DeskForm):
    """The least that a campaign begins with."""

    title = forms.CharField(
        label=_("What is it called?"),
        help_text=_("A short name, as it would stand on a poster. You can change it at any time."),
        max_length=150,
        widget=forms.TextInput(attrs={"dir": "auto", "data-slug-from": ""}),
    )
    language = forms.ChoiceField(
        label=_("In which language?"),
        help_text=_("The main one; more can be added in the settings."),
        choices=all_languages,
        widget=LongSelect,
    )
    slug = forms.CharField(
        label=_("Its address"),
        required=False,
        help_text=_(
            "What follows the server's name, as in <code>clean-rivers</code>. Leave it empty to take it from the "
            "title. It can change until the first text is published."
        ),
        max_length=MAX_SLUG,
        widget=forms.TextInput(attrs={**SLUG_LINE, "data-slug": ""}),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for an address when the title has no letter that could stand in one."""
        typed = super().clean() or self.cleaned_data
        if typed.get("title") and not typed.get("slug") and not slug_from(typed["title"]):
            self.add_error(
                "slug", _("The title gives no address: type one in small Latin letters, as in clean-rivers.")
            )
        return typed

    def details(self) -> Details:
        """Return what was typed as the details of a new campaign."""
        typed = self.cleaned_data
        language = typed["language"]
        slug = typed["slug"].strip() or slug_from(typed["title"])
        return Details(slug=slug, languages=(language,), title={language: typed["title"]})

    def field_of(self, named: str) -> str | None:
        """Return the field a refusal is about; the first title is plainly "title" here."""
        return super().field_of(named.partition(".")[0])


class SettingsForm(DeskForm):
    """Everything about a campaign but its texts, its picture and who is behind it."""

    parts = (
        (_("Name and motto"), ("title.", "motto.")),
        (_("Address and languages"), ("slug", "languages.")),
        (_("Look"), ("accent",)),
        (_("Goals"), ("goals", "hashtags")),
        (_("When"), ("timezone", "opens_at", "closes_at")),
        (_("Who answers"), ("contact", "imprint.")),
        (_("What the form asks"), ("form.",)),
    )
    paired_parts = frozenset({"languages.", "opens_at"})

    def __init__(self, *args: Any, details: Details, is_slug_frozen: bool = False, **kwargs: Any) -> None:
        """Make the form, filled in with the details as they are stored."""
        self.before = details
        self.is_slug_frozen = is_slug_frozen
        super().__init__(*args, initial=_filled_in(details), **kwargs)

    def own_fields(self) -> Iterator[tuple[str, forms.Field]]:
        """Return the fields, one a language where there are texts."""
        main = self.before.languages[0]
        for code in self.before.languages:
            yield f"title.{code}", text_line(labelled(_("Name"), code), code, required=code == main)
        for code in self.before.languages:
            yield f"motto.{code}", text_line(labelled(_("Motto"), code), code)
        yield from _address_fields(self.before, is_slug_frozen=self.is_slug_frozen)
        yield from _look_and_goal_fields()
        yield from _time_fields(self.before.timezone)
        yield (
            "contact",
            forms.EmailField(label=_("E-mail address that answers"), required=False, help_text=_CONTACT_HINT),
        )
        for code in self.before.languages:
            yield f"imprint.{code}", text_block(labelled(_("Imprint"), code), code, rows=4)
        yield from _form_fields()

    def clean_goals(self) -> tuple[int, ...]:
        """Return the goals as numbers."""
        words = self.cleaned_data["goals"].replace(",", " ").replace(";", " ").split()
        try:
            return tuple(int(word) for word in words)
        except ValueError as error:
            raise ValidationError(str(MENDS[Refusal.GOALS_SHAPE])) from error

    def details(self) -> Details:
        """Return the details as they were typed; what this page does not ask stays as it was."""
        typed = self.cleaned_data
        zone = zone_of(typed["timezone"])
        # Texts of a language that was just taken off go along: the refusal names them, and nothing is lost.
        written = self.before.languages
        return replace(
            self.before,
            slug=self.before.slug if self.is_slug_frozen else typed["slug"],
            languages=tuple(typed[name] for name in typed if name.startswith("languages.") and typed[name]),
            title=self.texts("title", written),
            motto=self.texts("motto", written),
            imprint=self.texts("imprint", written),
            timezone=typed["timezone"],
            accent=typed["accent"],
            goals=typed["goals"],
            opens_at=_aware(typed["opens_at"], zone),
            closes_at=_aware(typed["closes_at"], zone),
            contact=typed["contact"],
            hashtags=tuple(typed["hashtags"].replace(",", " ").split()),
            form=FormFields.from_map(
                {name.partition(".")[2]: typed[name] for name in typed if name.startswith("form.")}
            ),
        )


def _address_fields(details: Details, *, is_slug_frozen: bool) -> Iterator[tuple[str, forms.Field]]:
    hint = (
        _("A published text or a key carries the address: it can no longer change.") if is_slug_frozen else _SLUG_HINT
    )
    yield (
        "slug",
        forms.CharField(
            label=_("Address"),
            disabled=is_slug_frozen,
            help_text=hint,
            max_length=MAX_SLUG,
            widget=forms.TextInput(attrs=SLUG_LINE),
        ),
    )
    for place in range(len(details.languages) + SPARE_LANGUAGES):
        label = _("Further language") if place else _("Main language")
        more: Any = "" if place else _("Where a text is missing in another language, this one stands in.")
        choices = with_blank(all_languages()) if place else all_languages()
        yield (
            f"languages.{place}",
            forms.ChoiceField(label=label, choices=choices, required=not place, help_text=more, widget=LongSelect),
        )


def _look_and_goal_fields() -> Iterator[tuple[str, forms.Field]]:
    yield (
        "accent",
        forms.CharField(
            label=_("Accent colour"),
            help_text=_(
                "One strong colour; Tocsin chooses black or white letters on it, and a shade that can be read as text."
            ),
            widget=forms.TextInput(attrs={"type": "color", "data-accent": ""}),
        ),
    )
    yield (
        "goals",
        forms.CharField(
            label=_("Goals"),
            required=False,
            help_text=_("Rising numbers, as in 1000, 5000, 10000. One that is reached gives way to the next."),
            widget=forms.TextInput(attrs={"inputmode": "numeric", "dir": "ltr"}),
        ),
    )
    yield (
        "hashtags",
        forms.CharField(
            label=_("Hashtags"),
            required=False,
            help_text=_("Separated by spaces."),
            widget=forms.TextInput(attrs={"dir": "auto"}),
        ),
    )


def _time_fields(stored: str) -> Iterator[tuple[str, forms.Field]]:
    yield "timezone", forms.ChoiceField(label=_("Time zone"), choices=zones(stored), widget=LongSelect)
    yield (
        "opens_at",
        LocalTimeField(
            label=_("The form opens"), required=False, help_text=_("Empty: as soon as you open the campaign.")
        ),
    )
    yield (
        "closes_at",
        LocalTimeField(label=_("The form closes"), required=False, help_text=_("Empty: when you close the campaign.")),
    )


def zones(stored: str) -> list[tuple[str, str]]:
    """Return the zones to choose from, the stored one among them: a file may name it by an older name."""
    return _zones() if any(zone == stored for zone, _name in _zones()) else [(stored, stored), *_zones()]


@cache
def _zones() -> list[tuple[str, str]]:
    # Asking which there are walks through a folder of files.
    return [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones()) if _is_place(zone)]


def _is_place(zone: str) -> bool:
    """Say whether people look for a zone under this name: a place, or UTC; not "Zulu", "US/Central" or "Etc/GMT-3"."""
    return zone == "UTC" or zone.partition("/")[0] in _CONTINENTS


def _form_fields() -> Iterator[tuple[str, forms.Field]]:
    yield "form.country", _asked(_("Country"))
    yield "form.place", _asked(_("Place"))
    yield (
        "form.reason",
        _asked(_("Reason for signing"), _ASKED[1:], _("Shown only after somebody of the team read it and said yes.")),
    )
    yield "form.show_name", _tick(_("Offer \u201cshow my name\u201d"), _("Without it no name is ever public."))
    yield "form.keep_informed", _tick(_("Offer \u201ckeep me informed\u201d"))
    yield (
        "form.neutral_subject",
        _tick(_("Keep the campaign's name out of its mails"), _("A glance at somebody's mailbox then tells nothing.")),
    )
    yield "form.household", _tick(_("Two people may sign from one mailbox when their names differ"))


def _asked(label: Any, choices: Sequence[tuple[str, Any]] = _ASKED, hint: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, help_text=hint, widget=forms.RadioSelect)


def _tick(label: Any, hint: Any = "") -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False, help_text=hint)


class LocalTimeField(forms.Field):
    """A day and a time of day as a clock on the wall shows them; which zone's wall is another field."""

    widget = forms.TextInput(attrs={"type": "datetime-local", "dir": "ltr"})

    def to_python(self, value: Any) -> datetime | None:
        """Return the time without a zone."""
        if not value:
            return None
        try:
            return datetime.fromisoformat(value).replace(tzinfo=None)
        except ValueError as error:
            raise ValidationError(_("Give day and time as in 2026-12-31 18:00.")) from error


def _aware(wall: datetime | None, zone: tzinfo) -> datetime | None:
    return wall and wall.replace(tzinfo=zone)


def _on_the_wall(moment: datetime | None, zone: tzinfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M") if moment else ""


def _filled_in(details: Details) -> dict[str, Any]:
    zone = zone_of(details.timezone)
    texts = {"title": details.title, "motto": details.motto, "imprint": details.imprint}
    return {
        **{f"{name}.{code}": text for name, by_language in texts.items() for code, text in by_language.items()},
        **{f"languages.{place}": code for place, code in enumerate(details.languages)},
        **{f"form.{name}": value for name, value in details.form.to_map().items()},
        "slug": details.slug,
        "accent": details.accent,
        "goals": ", ".join(map(str, details.goals)),
        "hashtags": " ".join(details.hashtags),
        "timezone": details.timezone,
        "opens_at": _on_the_wall(details.opens_at, zone),
        "closes_at": _on_the_wall(details.closes_at, zone),
        "contact": details.contact,
    }
