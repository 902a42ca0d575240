"""Texts as visitors will read them, and what changes between two versions, for the desk's pages."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from tocsin.campaigns import queries
from tocsin.campaigns.differences import Change, Piece, differences
from tocsin.campaigns.languages import language_of_text_direction
from tocsin.campaigns.models import AppealVersion, Campaign, PrivacyVersion
from tocsin.campaigns.rendering import render
from tocsin.campaigns.shortcodes import Shortcode
from tocsin.desk.forms.base import own_name
from tocsin.desk.forms.texts import AppealWords, appeal_words


@dataclass(frozen=True, slots=True)
class Preview:
    """One text as its readers will see it."""

    language: str
    language_name: str
    direction: str
    title: str
    body: SafeString


@dataclass(frozen=True, slots=True)
class Changes:
    """What a new version changes in one language; no pieces when nothing does."""

    language: str
    language_name: str
    direction: str
    pieces: tuple[Piece, ...]


def appeal_previews(campaign: Campaign, words: AppealWords) -> list[Preview]:
    """Return each language's text as a page would show it; shortcodes as named boxes."""
    return [_preview(code, *words[code]) for code in campaign.languages if code in words]


def privacy_previews(campaign: Campaign, source: Mapping[str, str]) -> list[Preview]:
    """Return each language's privacy text as a page would show it."""
    codes = [code for code in campaign.languages if code in source] or list(source)
    return [_preview(code, "", source[code]) for code in codes]


def appeal_changes(campaign: Campaign, version: AppealVersion) -> list[Changes]:
    """Return what `version` changes against the one before; nothing for the first."""
    before = queries.version_before(version)
    if before is None:
        return []
    # A language that has no words of its own shows the main one's, and so do its changes.
    written = appeal_words(before) | appeal_words(version)
    codes = [code for code in campaign.languages if code in written]
    return [_changes(code, queries.what_changed(before, version, code)) for code in codes]


def privacy_changes(campaign: Campaign, version: PrivacyVersion) -> list[Changes]:
    """Return what the draft of the privacy text changes against the published one; nothing for the first."""
    before = queries.current_privacy(campaign)
    if before is None:
        return []
    return [
        _changes(code, differences(queries.privacy_in(before, code), queries.privacy_in(version, code)))
        for code in campaign.languages
        if code in before.source or code in version.source
    ]


def _preview(code: str, title: str, source: str) -> Preview:
    return Preview(code, own_name(code), language_of_text_direction(code), title, render(source, _named_box))


def _changes(code: str, pieces: tuple[Piece, ...]) -> Changes:
    changed = any(piece.change != Change.SAME for piece in pieces)
    return Changes(code, own_name(code), language_of_text_direction(code), pieces if changed else ())


def _named_box(shortcode: Shortcode) -> str:
    return render_to_string("desk/shortcode.html", {"shortcode": shortcode})
