"""The forms of the two texts: the appeal and the privacy text, one language below the other."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tocsin.campaigns.models import AppealVersion, Campaign
from tocsin.campaigns.privacy_default import default_privacy
from tocsin.desk.forms.base import DeskForm, Section, labelled, own_name, text_block, text_line

AppealWords = dict[str, tuple[str, str]]  # {language: (title, Markdown)}

_MARKDOWN_HINT = _("A blank line begins a new paragraph. **bold**, *italic*, # heading, - list, [words](https://…)")


class TextsForm(DeskForm):
    """A form over the campaign's languages that knows which text it began with."""

    # What the draft said when the page was opened: two people writing at once must not undo each other.
    began_with = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        """Make the form for the campaign's languages."""
        self.languages: list[str] = list(campaign.languages)
        super().__init__(*args, **kwargs)

    def hint_in(self, code: str) -> Any:
        """Return how to write, once on the page."""
        return _MARKDOWN_HINT if code == self.languages[0] else ""

    def in_languages(self) -> Iterator[Section]:
        """Return the fields of each language."""
        for code in self.languages:
            names = [name for name in self.fields if f".{code}." in name]
            yield Section(code, own_name(code), [self[name] for name in names])


class AppealForm(TextsForm):
    """Title and text of the appeal in each language."""

    def own_fields(self) -> Iterator[tuple[str, forms.Field]]:
        """Return a title and a text for each language."""
        for code in self.languages:
            yield f"appeal.{code}.title", text_line(labelled(_("Headline"), code), code)
            yield f"appeal.{code}.text", text_block(labelled(_("Text"), code), code, rows=14, hint=self.hint_in(code))

    def words(self) -> AppealWords:
        """Return what was typed; a language with neither headline nor text is left out."""
        typed = {code: (self._typed(code, "title"), self._typed(code, "text")) for code in self.languages}
        return {code: words for code, words in typed.items() if any(part.strip() for part in words)}

    def _typed(self, code: str, part: str) -> str:
        return str(self.cleaned_data.get(f"appeal.{code}.{part}") or "")


class PrivacyForm(TextsForm):
    """The privacy text in each language."""

    def own_fields(self) -> Iterator[tuple[str, forms.Field]]:
        """Return a text for each language."""
        for code in self.languages:
            yield (
                f"privacy.{code}.text",
                text_block(labelled(_("Privacy text"), code), code, rows=18, hint=self.hint_in(code)),
            )

    def source(self) -> dict[str, str]:
        """Return what was typed, {language: Markdown}."""
        return {code: str(self.cleaned_data.get(f"privacy.{code}.text") or "") for code in self.languages}


def appeal_words(version: AppealVersion | None) -> AppealWords:
    """Return the words of a version, or none."""
    return {text.language: (text.title, text.source) for text in version.texts.all()} if version else {}


def appeal_initial(words: AppealWords) -> dict[str, str]:
    """Return what the form is filled in with."""
    titles = {f"appeal.{code}.title": title for code, (title, _source) in words.items()}
    sources = {f"appeal.{code}.text": source for code, (_title, source) in words.items()}
    return {**titles, **sources, "began_with": fingerprint(words)}


def privacy_initial(source: Mapping[str, str], languages: Iterable[str]) -> dict[str, str]:
    """Return what the form is filled in with: the usual text where a language has none yet."""
    texts = {f"privacy.{code}.text": source.get(code) or _usual(code) for code in languages}
    return {**texts, "began_with": fingerprint(source)}


def _usual(code: str) -> str:
    return next(iter(default_privacy([code]).values()))


def fingerprint(words: Mapping[str, Any]) -> str:
    """Return a short name for what a draft says, to see whether somebody else changed it."""
    return hashlib.sha256(repr(sorted(words.items())).encode()).hexdigest()[:16]
