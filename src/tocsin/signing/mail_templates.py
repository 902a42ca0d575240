"""The mails' words, rendered by Django once per kind, campaign, revision and language."""

import re
from enum import Enum
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext

from tocsin.campaigns.languages import language_of_text_direction, spoken
from tocsin.campaigns.models import Campaign
from tocsin.campaigns.queries import in_language, language_of
from tocsin.outbox.mime import MailTemplate, slot

_MOST_KEPT = 500
_MANY_LINES = re.compile(r"\n{3,}")
_SLOTS = ("to", "name", "confirm", "manage", "withdraw", "withdraw_other", "stop", "form")


class Kind(Enum):
    """Which mail; the value names its two templates."""

    CONFIRM = "confirm"
    ALREADY = "already"
    BOTH = "both"
    NOT_SIGNED = "not_signed"


class MailTemplates:
    """Keeps what it rendered, until the campaign's revision moves on."""

    def __init__(self) -> None:
        self._kept: dict[tuple[Kind, int, int, str], MailTemplate] = {}

    def get(self, kind: Kind, campaign: Campaign, language: str) -> MailTemplate:
        """Return the mail of a kind in a campaign's language."""
        key = kind, campaign.pk, campaign.revision, language
        template = self._kept.get(key)
        if template is None:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()  # old revisions, mostly
            template = self._kept[key] = _render(kind, campaign, language)
        return template


def _render(kind: Kind, campaign: Campaign, language: str) -> MailTemplate:
    is_neutral = bool(campaign.form.get("neutral_subject", False))
    with translation.override(spoken(language)):
        context = _context(campaign, language, is_neutral=is_neutral)
        return MailTemplate(
            subject=_subject(kind, str(context["title"])),
            text=_MANY_LINES.sub("\n\n", render_to_string(f"signing/mail/{kind.value}.txt", context)),
            html_text=render_to_string(f"signing/mail/{kind.value}.html", context),
            sender=settings.MAIL_FROM,
            headers=_headers(campaign, language, is_neutral=is_neutral),
        )


def _context(campaign: Campaign, language: str, *, is_neutral: bool) -> dict[str, Any]:
    title_language = language_of(campaign.title, language, campaign)
    organisations = campaign.organisations.filter(role="organiser").order_by("position", "pk")
    return {
        "title": "" if is_neutral else in_language(campaign.title, language, campaign),
        "organisations": [] if is_neutral else [organisation.name for organisation in organisations],
        "host": urlsplit(settings.BASE_URL).netloc,
        "language": spoken(language),
        "direction": language_of_text_direction(spoken(language)),
        "title_language": title_language,
        "title_direction": language_of_text_direction(title_language),
        "slot": {name: slot(name) for name in _SLOTS},
    }


def _subject(kind: Kind, title: str) -> str:
    """Return the subject; without a title, what anybody may see over a shoulder."""
    if kind is Kind.CONFIRM:
        return gettext("Please confirm: %(title)s") % {"title": title} if title else gettext("Please confirm")
    if not title:
        return gettext("About what you typed")
    if kind is Kind.NOT_SIGNED:
        return gettext("How to sign: %(title)s") % {"title": title}
    return gettext("Signed already: %(title)s") % {"title": title}


def _headers(campaign: Campaign, language: str, *, is_neutral: bool) -> dict[str, str]:
    # Auto-Submitted: nobody's holiday notice answers (RFC 3834, section 5).
    headers = {"Auto-Submitted": "auto-generated", "Content-Language": spoken(language)}
    if campaign.contact and not is_neutral:
        headers["Reply-To"] = campaign.contact
    return headers
