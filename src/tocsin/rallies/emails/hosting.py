"""The mails to hosts, and to those whom a host asks to help."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tocsin.campaigns.models import Campaign
from tocsin.outbox.mails import Opened
from tocsin.outbox.sealing import LetterRow
from tocsin.rallies.emails.kinds import MailKind, Told
from tocsin.rallies.emails.letters import letter
from tocsin.rallies.hosts import Known
from tocsin.rallies.lost_links import lost_links
from tocsin.rallies.models import Occurrence, Rally
from tocsin.rallies.wording import clock_of, day_in, hours_in, place_in, title_in
from tocsin.seal.tokens import to_text

# Nobody has confirmed the addresses that these go to: each counts against the address's caps.
CONFIRM_HOST: Final = MailKind(
    name="confirm_host",
    subject=_("Please confirm your rally: %(title)s"),
    neutral_subject=_("Please confirm"),
    is_asked_for=False,
)
HAND_OVER: Final = MailKind(
    name="hand_over",
    subject=_("Will you hold this rally? %(title)s"),
    neutral_subject=_("Somebody asks you to take over"),
    is_asked_for=False,
)
COHOST: Final = MailKind(
    name="cohost",
    subject=_("Will you help with this rally? %(title)s"),
    neutral_subject=_("Somebody asks you to help"),
    is_asked_for=False,
)


def _lost_links(letter: Opened, now: datetime) -> Told:
    """Tell somebody the link to each rally of theirs; or say that there is none."""
    campaign = Campaign.objects.get(pk=letter.campaign or 0)
    language = str(letter.content["language"])
    values, texts = {"form": f"{settings.BASE_URL}/{language}/{campaign.slug}/host/"}, {}
    found = lost_links(campaign=campaign, email=str(letter.content["to"]), now=now)
    for place, lost in zip("abcde", found, strict=False):  # a slot's name has no digits
        values[f"link_{place}"] = link_of(to_text(lost.token))
        texts[f"title_{place}"] = title_in(lost.rally, language, campaign)
        texts[f"where_{place}"] = place_in(lost.rally, None, language)
    return Told(values, texts, to=found[0].email if found else "")


HOST_LINKS: Final = MailKind(
    name="host_links",
    subject=_("Your link as a host: %(title)s"),
    neutral_subject=_("About what you typed"),
    is_asked_for=False,
    look_up=_lost_links,
)

FROM_HOST: Final = MailKind(
    name="from_host",
    subject=_("From the host: %(rally_title)s"),
    neutral_subject=_("A message from the host"),
    is_asked_for=True,
)

KINDS: Final = (CONFIRM_HOST, HAND_OVER, COHOST, HOST_LINKS, FROM_HOST)


def host_letter(
    *,
    kind: MailKind,
    rally: Rally,
    reader: Known,
    token: str,
    now: datetime,
    values: Mapping[str, str] | None = None,
) -> LetterRow:
    """Return a letter that holds somebody's link to a rally, and says when and where that is."""
    first = rally.occurrences.order_by("starts_at").first()
    language = reader.language
    when = ""
    if first is not None:
        when = f"{day_in(first, language)}, {hours_in(first, rally.zone, language)} ({clock_of(first, rally.zone)})"
    told = {"name": reader.name, "link": link_of(token)} | dict(values or {})
    texts = {"when": when, "where": place_in(rally, None, language)}
    return letter(kind=kind, rally=rally, to=reader.email, language=language, now=now, values=told, texts=texts)


def words_in(occurrence: Occurrence, words: str, language: str) -> dict[str, str]:
    """Return what each mail in one language says that brings a host's words to those who come to a date."""
    rally = occurrence.rally
    return {
        "rally_title": title_in(rally, language, rally.campaign),
        "day": day_in(occurrence, language),
        "hours": hours_in(occurrence, rally.zone, language),
        "clock": clock_of(occurrence, rally.zone),
        "where": place_in(rally, occurrence, language),
        "words": words,
    }


def link_of(token: str) -> str:
    """Return the address of a host's own page."""
    return f"{settings.BASE_URL}/h/{token}"
