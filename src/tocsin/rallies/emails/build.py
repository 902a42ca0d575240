"""Build the mails of rallies: rendered once for each kind, campaign, language and set of texts."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from tocsin.campaigns.languages import language_of_text_direction, spoken
from tocsin.campaigns.models import Campaign
from tocsin.campaigns.queries import in_language, language_of
from tocsin.kit.addresses import wire_form
from tocsin.outbox.mails import Builder, Dropped, Mail, Opened
from tocsin.outbox.mime import Attached, MailTemplate, slot
from tocsin.outbox.states import Reason
from tocsin.outbox.stop_link import stop_link
from tocsin.rallies.emails.kinds import LETTER, MailKind, Told

_MOST_KEPT = 200
_MANY_LINES = re.compile(r"\n{3,}")
_BETWEEN_CALENDARS = re.compile(r"(?<=^END:VCALENDAR\r\n)(?=BEGIN:VCALENDAR\r\n)", re.MULTILINE)
_METHOD = re.compile(r"^METHOD:([A-Z]+)\r?$", re.MULTILINE)
_ONE_CLICK = "List-Unsubscribe=One-Click"  # RFC 8058, section 3.1
_CARRIED = ("to", "stop")

_Key = tuple[str, int, int, str, tuple[str, ...], tuple[tuple[str, str], ...]]


class RallyMails:
    """Builds the mails of rallies; one for each worker, since it keeps the templates it rendered."""

    def __init__(self, kinds: Iterable[MailKind]) -> None:
        """Know the kinds of mail that there are."""
        self._kinds = {kind.name: kind for kind in kinds}
        self._kept: dict[_Key, MailTemplate] = {}

    def builders(self) -> dict[str, Builder]:
        """Return the one builder of all letters of rallies, for the worker."""
        return {LETTER: self.build}

    def build(self, letters: Sequence[Opened], now: datetime) -> list[Mail | Dropped]:
        """Make the mails; what to say was decided when their letters were posted."""
        campaigns = Campaign.objects.in_bulk({letter.campaign or 0 for letter in letters})
        return [self._mail(letter, campaigns.get(letter.campaign or 0), now) for letter in letters]

    def _mail(self, letter: Opened, campaign: Campaign | None, now: datetime) -> Mail | Dropped:
        content = letter.content
        to, kind = wire_form(str(content["to"])), self._kinds.get(str(content["mail"]))
        if to is None:
            return Dropped(Reason.NO_ADDRESS)
        if kind is None:
            return Dropped(Reason.NO_BUILDER)
        if campaign is None:
            return Dropped(Reason.NO_LONGER_NEEDED)
        language = str(content["language"])
        stop = stop_link(str(content["to"]), language)
        told = kind.look_up(letter, now) if kind.look_up else Told(content["values"], content["texts"])
        to = wire_form(told.to) or to
        values = {name: str(value) for name, value in told.values.items() if value}
        template = self._template(kind, campaign, language, values, told.texts)
        # Who comes leaves by giving up their place; all others stop every mail.
        leave = values.get("give_up", stop)
        headers = {} if kind.is_transaction else {"List-Unsubscribe": f"<{leave}>", "List-Unsubscribe-Post": _ONE_CLICK}
        filled = template.fill(
            to=to,
            values=values | {"to": to, "stop": stop},
            headers=headers,
            now=now,
            attached=_attached(str(content["calendar"])),
        )
        return Mail(to, filled, values.get("link", ""))

    def _template(
        self, kind: MailKind, campaign: Campaign, language: str, values: Mapping[str, str], texts: Mapping[str, str]
    ) -> MailTemplate:
        key = kind.name, campaign.pk, campaign.revision, language, tuple(sorted(values)), tuple(sorted(texts.items()))
        template = self._kept.get(key)
        if template is None:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()  # texts of before, mostly
            template = self._kept[key] = _render(kind, campaign, language, values, texts)
        return template


def _attached(calendars: str) -> list[Attached]:
    """Return each calendar as a file of its own: its media type names its METHOD (RFC 5545, section 8.1)."""
    return [_file(one) for one in _BETWEEN_CALENDARS.split(calendars) if one]


def _file(calendar: str) -> Attached:
    found = _METHOD.search(calendar)
    method = found[1] if found else ""
    media_type = "text/calendar; charset=utf-8" + (f"; method={method}" if method else "")
    return Attached("cancelled.ics" if method == "CANCEL" else "rally.ics", media_type, calendar.encode())


def _render(
    kind: MailKind, campaign: Campaign, language: str, values: Mapping[str, str], texts: Mapping[str, str]
) -> MailTemplate:
    is_neutral = bool(campaign.form.get("neutral_subject", False))
    with translation.override(spoken(language)):
        context = _context(campaign, language, is_neutral=is_neutral) | dict(texts)
        context |= {name: slot(name) for name in (*values, *_CARRIED)}
        words = dict(texts) | {"title": in_language(campaign.title, language, campaign)}
        return MailTemplate(
            subject=str(kind.neutral_subject) if is_neutral else str(kind.subject) % words,
            text=_MANY_LINES.sub("\n\n", render_to_string(f"rallies/mails/{kind.name}.txt", context)),
            html_text=render_to_string(f"rallies/mails/{kind.name}.html", context),
            sender=settings.MAIL_FROM,
            headers=_headers(campaign, language, is_neutral=is_neutral),
        )


def _context(campaign: Campaign, language: str, *, is_neutral: bool) -> dict[str, Any]:
    title_language = language_of(campaign.title, language, campaign)
    return {
        "campaign_title": "" if is_neutral else in_language(campaign.title, language, campaign),
        "host": urlsplit(settings.BASE_URL).netloc,
        "language": spoken(language),
        "direction": language_of_text_direction(spoken(language)),
        "title_language": title_language,
        "title_direction": language_of_text_direction(title_language),
    }


def _headers(campaign: Campaign, language: str, *, is_neutral: bool) -> dict[str, str]:
    # Auto-Submitted: nobody's holiday notice answers (RFC 3834, section 5).
    headers = {"Auto-Submitted": "auto-generated", "Content-Language": spoken(language)}
    if campaign.contact and not is_neutral:
        headers["Reply-To"] = campaign.contact
    return headers
