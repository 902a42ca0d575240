"""What changed among a campaign's rallies, for feed readers (RFC 4287)."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.feedgenerator import Atom1Feed
from django.utils.text import Truncator

from tocsin.campaigns.models import Campaign
from tocsin.campaigns.queries import in_language
from tocsin.rallies.calendars.events import place_of
from tocsin.rallies.calendars.words import Words, name_of, words_in
from tocsin.rallies.models import Broadcast
from tocsin.rallies.queries.broadcasts import text_in
from tocsin.rallies.queries.changes import Change
from tocsin.rallies.states import DateState
from tocsin.rallies.wording import clock_of, day_in, hours_in, title_in

MOST_ENTRIES: Final = 50
_TITLE_CHARS: Final = 80
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class _Feed(Atom1Feed):
    """Django's, with the same bytes for the same rallies: an empty one is not new each time it is asked for."""

    def latest_post_date(self) -> datetime:
        return max((one["updateddate"] for one in self.items), default=_EPOCH)


def atom_of(
    changes: list[Change],
    *,
    campaign: Campaign,
    language: str,
    address: str,
    name: str = "",
    broadcasts: Iterable[Broadcast] = (),
) -> bytes:
    """Return the feed: an entry for each rally, and for each date that is no longer as its series had it.

    And before them one for each of `broadcasts`, which organisers have told many rallies just now.

    An entry keeps its id for ever; `updated` moves when the rally or the date changes (sections 4.2.6 and 4.2.15).
    """
    words = words_in(language)
    page = f"{settings.BASE_URL}/{language}/{campaign.slug}/rallies/"
    feed = _Feed(
        title=_clean(name or name_of(campaign, language)),
        link=page,
        description="",
        language=language,
        feed_url=address,
        feed_guid=address,
        author_name=_clean(in_language(campaign.title, language, campaign)),
    )
    _add_broadcasts(feed, broadcasts, campaign=campaign, language=language, page=page)
    entries: dict[str, tuple[datetime, Change]] = {}
    for change in changes:
        identity, updated_at = _identity(change), _updated_at(change)
        if identity not in entries or entries[identity][0] < updated_at:
            entries[identity] = updated_at, change
    newest = sorted(entries.items(), key=lambda one: (one[1][0], one[0]), reverse=True)[:MOST_ENTRIES]
    for identity, (updated_at, change) in newest:
        feed.add_item(
            title=_clean(_title(change, words, language)),
            link=f"{page}{change.rally.slug}/{_day(change)}",
            description=_clean(_summary(change, words, language)),
            unique_id=identity,
            pubdate=change.rally.announced_at,
            updateddate=updated_at,
        )
    return str(feed.writeString("utf-8")).encode()


def _add_broadcasts(
    feed: _Feed, broadcasts: Iterable[Broadcast], *, campaign: Campaign, language: str, page: str
) -> None:
    for one in broadcasts:
        said = _clean(text_in(one, language, campaign)[0])
        feed.add_item(
            title=Truncator(said).chars(_TITLE_CHARS),
            link=page,
            description=said,
            unique_id=f"tag:{urlsplit(settings.BASE_URL).hostname},{one.sent_at:%Y-%m-%d}:broadcast:{one.pk}",
            pubdate=one.sent_at,
            updateddate=one.sent_at,
        )


def _identity(change: Change) -> str:
    """Return an id that is nobody else's (RFC 4151): the rally's own, and of a date with its day."""
    host = urlsplit(settings.BASE_URL).hostname
    base = f"tag:{host},{change.rally.announced_at:%Y-%m-%d}:rally:{change.rally.uid}"
    return f"{base}:{change.occurrence.original_on}" if change.is_of_date and change.occurrence else base


def _day(change: Change) -> str:
    return f"{change.occurrence.original_on}/" if change.is_of_date and change.occurrence else ""


def _updated_at(change: Change) -> datetime:
    if change.occurrence is None:
        return change.rally.changed_at
    if change.is_of_date:
        return change.occurrence.changed_at
    return max(change.rally.changed_at, change.occurrence.changed_at)


def _title(change: Change, words: Words, language: str) -> str:
    title = title_in(change.rally, language, change.rally.campaign)
    state = change.occurrence.state if change.occurrence is not None else DateState.STANDS
    is_told = change.is_of_date or not change.rally.repeat  # one cancelled date does not cancel its series
    if is_told and state == DateState.CANCELLED:
        return words.cancelled_title % {"title": title}
    if is_told and state == DateState.POSTPONED:
        return words.postponed_title % {"title": title}
    return title


def _summary(change: Change, words: Words, language: str) -> str:
    rally, one = change.rally, change.occurrence
    lines = [place_of(rally, one, words)[0]]
    if one is not None:
        hours, clock = hours_in(one, rally.zone, language), clock_of(one, rally.zone)
        lines = [f"{day_in(one, language)}, {hours} ({clock})", *lines, one.note]
    return "\n".join(line for line in lines if line)


def _clean(text: str) -> str:
    """Leave out what no XML may hold (XML 1.0, section 2.2)."""
    return "".join(char for char in text if char in "\n\t" or char >= " ")
