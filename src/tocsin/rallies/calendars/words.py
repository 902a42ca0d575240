"""The words of calendars in a reader's language, looked up once for each language."""

from functools import lru_cache
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import override

from tocsin.campaigns.languages import spoken
from tocsin.campaigns.models import Campaign
from tocsin.campaigns.queries import in_language
from tocsin.kit import countries, regions


class Words(NamedTuple):
    """Those with a %(…)s in them are filled in for each event."""

    cancelled_title: str
    postponed_title: str
    cancelled: str
    postponed: str
    held_by: str
    join: str
    online: str
    private: str
    calendar: str
    calendar_of_country: str
    countries: dict[str, str]


@lru_cache(maxsize=64)
def words_in(language: str) -> Words:
    """Return the words in `language`, or in English where nobody translated them."""
    code = spoken(language)
    with override(code):
        return Words(
            # Translators: stands before a title in calendars, most of which show that alone.
            cancelled_title=_("CANCELLED – %(title)s"),
            # Translators: stands before a title in calendars, most of which show that alone.
            postponed_title=_("POSTPONED – %(title)s"),
            cancelled=_("This date is cancelled."),
            postponed=_("This date is postponed: it will be on another day, which is not known yet."),
            held_by=_("Held by %(group)s."),
            join=_("Join at %(address)s"),
            online=_("Online"),
            private=_("The exact place is sent to those who say that they come."),
            calendar=_("%(title)s: rallies"),
            calendar_of_country=_("%(title)s: rallies in %(country)s"),
            countries=dict(countries.names(code)),
        )


def name_of(campaign: Campaign, language: str, country: str = "", region: str = "") -> str:
    """Return what a campaign's calendar is called, or its calendar of one country or region.

    A region that we know no name of (kit.regions) is called as its country is: its code says nothing to people.
    """
    words, title = words_in(language), in_language(campaign.title, language, campaign)
    if not country:
        return words.calendar % {"title": title}
    there = regions.NAMES.get(region) or words.countries.get(country, country)
    return words.calendar_of_country % {"title": title, "country": there}
