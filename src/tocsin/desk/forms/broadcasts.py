"""The forms of one message to many rallies, and of the one that the goal is reached."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tocsin.campaigns.models import Campaign
from tocsin.campaigns.queries import in_language
from tocsin.desk.forms.acts import GraveForm
from tocsin.desk.forms.base import FILL_IN, DeskForm, Section, labelled, own_name, text_block, with_blank
from tocsin.desk.forms.details import LocalTimeField
from tocsin.desk.forms.widgets import LongSelect
from tocsin.kit.countries import names
from tocsin.kit.zones import zone_of
from tocsin.rallies.domain.broadcast import MAX_TEXT, Words
from tocsin.rallies.models import Broadcast, Rally
from tocsin.rallies.queries.broadcasts import REACHED

_USUAL_DAYS = 7


class _TextsForm(DeskForm):
    """A form with one text a language."""

    text_hint: Any = ""

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        """Make the form for the campaign's languages."""
        self.campaign = campaign
        self.languages: list[str] = campaign.languages
        super().__init__(*args, **kwargs)

    def own_fields(self) -> Iterator[tuple[str, forms.Field]]:
        """Return a text for each language."""
        for code in self.languages:
            hint = self.text_hint if code == self.languages[0] else ""
            field = text_block(labelled(_("Message"), code), code, rows=5, hint=hint)
            field.max_length = MAX_TEXT
            yield f"text.{code}", field

    def in_languages(self) -> Iterator[Section]:
        """Return the fields of each language."""
        for code in self.languages:
            yield Section(code, own_name(code), [self[f"text.{code}"]])

    def clean(self) -> dict[str, Any]:
        """Ask for one language at least."""
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        if not any(text.strip() for text in self.text().values()):
            self.add_error(f"text.{self.languages[0]}", FILL_IN)
        return typed

    def text(self) -> dict[str, str]:
        """Return what was typed, {language: text}."""
        return self.texts("text", self.languages)


class BroadcastForm(_TextsForm):
    """What to tell, whom, and for how long."""

    text_hint = _("Plain words, as in a notice on a door. The main language stands in where another is empty.")

    def own_fields(self) -> Iterator[tuple[str, forms.Field]]:
        """Return the texts, then whom they are for."""
        yield from super().own_fields()
        language = get_language() or "en"
        days = self.campaign.days_of_action.order_by("held_on", "pk")
        yield (
            "day_of_action",
            forms.ChoiceField(
                label=_("Only this day of action"),
                required=False,
                choices=with_blank([(str(day.pk), in_language(day.title, language, self.campaign)) for day in days]),
            ),
        )
        rallies = Rally.objects.filter(campaign=self.campaign, state__in=REACHED)
        known = set(rallies.order_by().values_list("country", flat=True).distinct())
        known.add(str(self.initial.get("country", "")))
        countries = [(code, name) for code, name in names(language) if code in known]
        yield (
            "country",
            forms.ChoiceField(
                label=_("Only this country"), required=False, choices=with_blank(countries), widget=LongSelect
            ),
        )
        yield (
            "region",
            forms.CharField(
                label=_("Only this state or region"),
                required=False,
                max_length=10,
                help_text=_("Its code, as in US-CT; choose its country too."),
                widget=forms.TextInput(attrs={"dir": "ltr", "autocapitalize": "characters", "spellcheck": "false"}),
            ),
        )
        yield "shown_until", LocalTimeField(label=_("The notice stands on their pages until"))

    def segments(self) -> list[Any]:
        """Return the fields that choose among rallies."""
        return [self[name] for name in ("day_of_action", "country", "region")]

    def words(self) -> Words:
        """Return what was typed."""
        typed = self.cleaned_data
        until: datetime = typed["shown_until"]
        return Words(
            text=self.text(),
            shown_until=until.replace(tzinfo=zone_of(self.campaign.timezone)),
            day_of_action=int(typed["day_of_action"]) if typed["day_of_action"] else None,
            country=typed["country"],
            region=typed["region"],
        )


def words_of(broadcast: Broadcast | None, campaign: Campaign) -> Mapping[str, Any]:
    """Return a broadcast as the form shows it; a new one stands for a week."""
    until = broadcast.shown_until if broadcast else timezone.now() + timedelta(days=_USUAL_DAYS)
    wall = until.astimezone(zone_of(campaign.timezone)).strftime("%Y-%m-%dT%H:%M")
    if broadcast is None:
        return {"shown_until": wall}
    return {
        **{f"text.{code}": text for code, text in broadcast.text.items()},
        "day_of_action": str(broadcast.day_of_action_id or ""),
        "country": broadcast.country,
        "region": broadcast.region,
        "shown_until": wall,
    }


class ResolveForm(_TextsForm, GraveForm):
    """What everybody is told when the goal is reached; whoever says it types their password once more."""

    text_hint = _("It goes to everybody who holds a rally or comes to one, and stands on each page.")
