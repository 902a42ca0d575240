"""The mails that the desk's verbs post: to hosts, and to those who come."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tocsin.campaigns.models import Campaign
from tocsin.outbox.sealing import LetterRow
from tocsin.rallies import keys
from tocsin.rallies.emails.hosting import link_of
from tocsin.rallies.emails.kinds import MailKind
from tocsin.rallies.emails.letters import letter
from tocsin.rallies.models import Host, Rally
from tocsin.rallies.wording import place_in, title_in
from tocsin.seal.box import BoxBrokenError

APPROVED: Final = MailKind(
    name="approved",
    subject=_("Your rally is on the map: %(rally_title)s"),
    neutral_subject=_("What you announced is public"),
    is_asked_for=True,
)
RETURNED: Final = MailKind(
    name="returned",
    subject=_("Please change something: %(rally_title)s"),
    neutral_subject=_("Please change something"),
    is_asked_for=True,
)
MERGED: Final = MailKind(
    name="merged",
    subject=_("Two rallies are one now: %(rally_title)s"),
    neutral_subject=_("Two entries are one now"),
    is_asked_for=True,
)
DAY_MOVED: Final = MailKind(
    name="day_moved",
    subject=_("A new date or hour: %(rally_title)s"),
    neutral_subject=_("A new date or hour"),
    is_asked_for=True,
)
BROADCAST: Final = MailKind(
    name="broadcast",
    subject=_("From the organisers: %(rally_title)s"),
    neutral_subject=_("A message from the organisers"),
    is_asked_for=True,
)
RESOLVED: Final = MailKind(
    name="resolved",
    subject=_("The goal is reached: %(title)s"),
    neutral_subject=_("The goal is reached"),
    is_asked_for=True,
)

KINDS: Final = (APPROVED, RETURNED, MERGED, DAY_MOVED, BROADCAST, RESOLVED)
# What they say is done behind the host's own link.
_ABOUT_CHANGING: Final = (APPROVED, RETURNED, DAY_MOVED)

Texts = Mapping[str, str]


class Reader(NamedTuple):
    """Whom a letter goes to: what lay sealed."""

    email: str
    language: str
    name: str
    token: str = ""
    """Of somebody who comes: what the link to their own page holds."""
    host_token: str = ""
    """Of a host: what theirs holds. The mails about changing a rally carry it."""


def letters_to_hosts(
    *,
    kind: MailKind,
    campaign: Campaign,
    rallies: Iterable[Rally],
    now: datetime,
    texts: Texts | Callable[[Rally, str], Texts] | None = None,
    about: Rally | None = None,
) -> list[LetterRow]:
    """Return a letter to each host of these rallies who has confirmed; none where the key is gone.

    `texts` are the same for all, or made for a rally and a language. The letters are about each host's own
    rally, or `about` another one.
    """
    by_number = {rally.pk: rally for rally in rallies}
    hosts = Host.objects.filter(rally__in=list(by_number), confirmed_at__isnull=False).order_by("rally", "pk")
    letters = []
    for host in hosts:
        rally = by_number[host.rally_id]
        for reader in reader_of(rally.pk, "host", host.sealed):
            more = texts(rally, reader.language) if callable(texts) else texts
            told = about or rally
            letters.append(letter_to(kind=kind, rally=told, campaign=campaign, reader=reader, now=now, texts=more))
    return letters


def letter_to(
    *, kind: MailKind, rally: Rally, campaign: Campaign, reader: Reader, now: datetime, texts: Texts | None = None
) -> LetterRow:
    """Return a letter about a rally: what it is called, where it is, and its page, in the reader's language."""
    told = {
        "rally_title": title_in(rally, reader.language, campaign),
        "where": place_in(rally, None, reader.language),
        **(texts or {}),
    }
    own = f"{settings.BASE_URL}/r/{reader.token}" if reader.token else ""
    page = page_of(rally, campaign, reader.language)
    lost = f"{page.partition('/rallies/')[0]}/host/lost/"  # where a host has their link sent again
    values = {"name": reader.name, "link": page, "own": own, "lost": lost}
    if reader.host_token and kind in _ABOUT_CHANGING:
        values["tools"] = link_of(reader.host_token)
    return letter(kind=kind, rally=rally, to=reader.email, language=reader.language, now=now, values=values, texts=told)


def reader_of(rally: int, purpose: str, sealed: bytes | memoryview) -> Iterator[Reader]:
    """Yield whom a host's or an RSVP's row is about; nobody when the rally's key is gone."""
    if not sealed:  # erased
        return
    try:
        content: dict[str, Any] = keys.unseal(rally, purpose, bytes(sealed))
    except (keys.RallyKeyGoneError, BoxBrokenError):
        return
    if content.get("email"):
        language = str(content.get("language") or "en")
        token = str(content.get("token") or "")
        of = {"token": token} if purpose == "rsvp" else {"host_token": token}
        yield Reader(str(content["email"]), language, str(content.get("name") or ""), **of)


def page_of(rally: Rally, campaign: Campaign, language: str) -> str:
    """Return the address of a rally's page, in a language that the campaign speaks."""
    code = language if language in campaign.languages else campaign.languages[0]
    return f"{settings.BASE_URL}/{code}/{campaign.slug}/rallies/{rally.slug}/"
