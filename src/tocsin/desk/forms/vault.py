"""The forms around the opened vault: filter, search, write to signatories, audit a sample."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tocsin.campaigns.models import Campaign
from tocsin.desk.forms.base import FILL_IN, DeskForm, Section, labelled, own_name, text_block, text_line, with_blank
from tocsin.desk.forms.widgets import LongSelect
from tocsin.kit.countries import names
from tocsin.signing.opened.audit import NEXT_CHECKPOINT
from tocsin.signing.opened.circulars import Words
from tocsin.signing.opened.models import Circular
from tocsin.signing.opened.rows import Filter
from tocsin.signing.opened.sampling import SAMPLES
from tocsin.signing.queries import countries_signed_from
from tocsin.signing.states import State

STATES: Sequence[tuple[State, Any]] = (
    (State.HELD, _("held")),
    (State.CONFIRMED, _("confirmed")),
    (State.COUNTED, _("counted")),
)
_QUIET = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "dir": "auto"}
_LEAST_CHARS = 2
_MOST_SAMPLES = 2_000


def _countries() -> list[tuple[str, str]]:
    return list(names(get_language() or "en"))


class FilterForm(DeskForm):
    """Which signatures to list, by what is readable of them."""

    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", "—"), *((str(int(one)), words) for one, words in STATES)]
    )
    country = forms.ChoiceField(label=_("Country"), required=False, widget=LongSelect)
    language = forms.ChoiceField(label=_("Language"), required=False)
    informed = forms.ChoiceField(
        label=_("Keep me informed"), required=False, choices=[("", "—"), ("yes", _("yes")), ("no", _("no"))]
    )
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        """Make the form with the campaign's languages."""
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = with_blank(_countries())  # type: ignore[attr-defined]  # a choice field has them
        spoken = [(code, own_name(code)) for code in campaign.languages]
        self.fields["language"].choices = with_blank(spoken)  # type: ignore[attr-defined]  # as above

    def chosen(self) -> Filter:
        """Return the filter; a wrong form filters nothing."""
        if not self.is_valid():
            return Filter()
        typed = self.cleaned_data
        return Filter(
            states=(State(int(typed["state"])),) if typed["state"] else (),
            countries=(typed["country"],) if typed["country"] else (),
            languages=(typed["language"],) if typed["language"] else (),
            keep_informed={"yes": True, "no": False}.get(typed["informed"]),
            since=typed["since"],
            until=typed["until"],
        )


class SearchForm(DeskForm):
    """Whom to look for."""

    query = forms.CharField(
        label=_("Name, e-mail address or place"),
        help_text=_("Every word has to occur; an address finds all its spellings."),
        min_length=_LEAST_CHARS,
        max_length=200,
        widget=forms.TextInput(attrs=_QUIET),
    )


class CircularForm(DeskForm):
    """What to write, in each of the campaign's languages, and to whom."""

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        """Make the form for the campaign's languages, and for the countries that people signed from."""
        self.languages: list[str] = list(campaign.languages)
        chosen = (kwargs.get("initial") or {}).get("countries", ())
        known = {*countries_signed_from(campaign.pk), *chosen}
        self.countries = [(code, name) for code, name in _countries() if code in known]
        super().__init__(*args, **kwargs)

    def own_fields(self) -> Iterator[tuple[str, forms.Field]]:
        """Return subject and text for each language, then the segments."""
        for code in self.languages:
            yield f"words.{code}.subject", text_line(labelled(_("Subject"), code), code)
            yield f"words.{code}.body", text_block(labelled(_("Text"), code), code, rows=10, hint=self._hint(code))
        # Asked even where there is none to tick: what a page of yesterday sends must not be taken for "all".
        yield "countries", _ticks(_("Only these countries"), self.countries)
        yield "only_languages", _ticks(_("Only these languages"), [(code, own_name(code)) for code in self.languages])

    def _hint(self, code: str) -> Any:
        return _("Markdown, as in the appeal; pictures are left out.") if code == self.languages[0] else ""

    def in_languages(self) -> Iterator[Section]:
        """Return the fields of each language."""
        for code in self.languages:
            yield Section(code, own_name(code), [self[f"words.{code}.{part}"] for part in ("subject", "body")])

    def segments(self) -> list[Any]:
        """Return the fields that choose among signatories, of those that have a choice."""
        countries = [self["countries"]] if self.countries or self["countries"].errors else []
        return [*countries, self["only_languages"]]

    def clean(self) -> dict[str, Any]:
        """Ask for both parts of each language that has one, and for one language at least."""
        cleaned = super().clean() or {}
        written = [code for code in self.languages if self._part(code, "subject") or self._part(code, "body")]
        for code in written or self.languages[:1]:
            for part in ("subject", "body"):
                if not self._part(code, part):
                    self.add_error(f"words.{code}.{part}", FILL_IN)
        return cleaned

    def words(self) -> Words:
        """Return what was typed; a language without text is left out."""
        written = [code for code in self.languages if self._part(code, "subject")]
        return Words(
            subject={code: self._part(code, "subject") for code in written},
            body={code: str(self.cleaned_data[f"words.{code}.body"]).replace("\r\n", "\n") for code in written},
            countries=tuple(self.cleaned_data["countries"]),
            languages=tuple(self.cleaned_data["only_languages"]),
        )

    def _part(self, code: str, part: str) -> str:
        return str(self.cleaned_data.get(f"words.{code}.{part}") or "").strip()


def words_of(circular: Circular) -> dict[str, Any]:
    """Return a circular as the form shows it."""
    subjects = {f"words.{code}.subject": text for code, text in circular.subject.items()}
    bodies = {f"words.{code}.body": text for code, text in circular.body.items()}
    return {**subjects, **bodies, "countries": circular.countries, "only_languages": circular.languages}


def _ticks(label: Any, choices: Sequence[tuple[str, str]]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        required=False,
        choices=choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked means all."),
    )


class AuditForm(DeskForm):
    """How many to open, and where the seed will come from."""

    kind = forms.ChoiceField(
        label=_("Where the seed comes from"),
        choices=[
            (NEXT_CHECKPOINT, _("The root of the next checkpoint: known to nobody yet")),
            ("public", _("A public draw that I name now and type in when it is known")),
        ],
        initial=NEXT_CHECKPOINT,
        widget=forms.RadioSelect,
    )
    source = forms.CharField(
        label=_("Which public draw"),
        help_text=_("As in “lottery numbers of 1 May, evening draw”. It must lie in the future."),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    samples = forms.IntegerField(
        label=_("Signatures to open"),
        help_text=_("149 show with a likelihood of 95 in 100 that one is forged, if 2 in 100 of all are."),
        min_value=1,
        max_value=_MOST_SAMPLES,
        initial=SAMPLES,
    )

    def clean_source(self) -> str:
        """Return the source; a public draw has to be named."""
        typed = str(self.cleaned_data.get("source") or "").strip()
        if self.cleaned_data.get("kind") == NEXT_CHECKPOINT:
            return NEXT_CHECKPOINT
        if not typed or typed == NEXT_CHECKPOINT:
            raise ValidationError(FILL_IN)
        return typed


class SeedForm(DeskForm):
    """What the public draw came to."""

    seed = forms.CharField(
        label=_("The seed"),
        help_text=_("Exactly as it was published; others type the same to draw the same sample."),
        max_length=200,
        widget=forms.TextInput(attrs=_QUIET),
    )
