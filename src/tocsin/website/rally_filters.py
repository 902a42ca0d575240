"""Which rallies a list shows: read from its address and written into one, each filter a name of its own."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from operator import itemgetter
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tocsin.campaigns.languages import is_known, spoken
from tocsin.campaigns.models import Campaign
from tocsin.campaigns.queries import in_language
from tocsin.kit import countries, regions
from tocsin.rallies.queries.shown import Choices, Filters
from tocsin.rallies.states import Access, Attendance, Duty
from tocsin.website.language import own_name

_HOW = {"in-person": Attendance.IN_PERSON, "online": Attendance.ONLINE}
_YES = "yes"
_REGION = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")
_DAY = re.compile(r"[a-zA-Z0-9_-]{1,60}")
# What the list's address may say besides where a page begins (lane.routes keeps these and drops the rest).
NAMES = frozenset({"country", "region", "language", "how", "day", *Access.values})


class BadFilterError(ValueError):
    """An address that no link and no form of ours leads to."""


def read_filters(query: Mapping[str, str]) -> Filters:
    """Return the filters of an address; raises BadFilterError for what can name nothing."""
    country, region, language = (query.get(name, "") for name in ("country", "region", "language"))
    how, day = query.get("how", ""), query.get("day", "")
    access = {name: query[name] for name in Access.values if query.get(name)}
    is_sound = (
        (not country or countries.is_known(country))
        and (not region or bool(_REGION.fullmatch(region)))
        and (not language or is_known(language))
        and (not how or how in _HOW)
        and (not day or bool(_DAY.fullmatch(day)))
        and set(access.values()) <= {_YES}
    )
    if not is_sound:
        raise BadFilterError
    return Filters(
        country=country,
        region=region if region.startswith(f"{country}-") else "",  # left over from the country before
        access=frozenset(access),
        attendance=_HOW.get(how),
        language=language,
        day_of_action=day,
    )


def can_find(query: Mapping[str, str], choices: Choices) -> bool:
    """Say whether each filter of an address names something that the campaign's rallies have.

    What names nothing makes no page, so that there are as many pages as rallies give rise to. A region left over
    from another country is one of theirs too.
    """
    offered = {
        "country": {code for code, _number in choices.countries},
        "region": {code for _country, code, _number in choices.regions},
        "language": set(choices.languages),
        "day": {day.key for day in choices.days},
    }
    return all(not query.get(name) or query[name] in known for name, known in offered.items())


def query_of(filters: Filters, **more: str) -> str:
    """Return the filters as the query of an address, with its question mark; "" for none."""
    how = next((name for name, attendance in _HOW.items() if attendance == filters.attendance), "")
    pairs = {
        "country": filters.country,
        "region": filters.region,
        "language": filters.language,
        "how": how,
        "day": filters.day_of_action,
        **{name: _YES for name in Access.values if name in filters.access},
        **more,
    }
    given = {name: value for name, value in pairs.items() if value}
    return f"?{urlencode(given)}" if given else ""


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a filter."""

    value: str
    words: str
    is_chosen: bool
    language: str = ""  # of the words, where it is not the page's


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is on, and the address without it."""

    words: str
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterForm:
    """The form above the list; a filter that would find nothing is not offered."""

    countries: tuple[Option, ...]
    regions: tuple[Option, ...]
    languages: tuple[Option, ...]
    how: tuple[Option, ...]
    days: tuple[Option, ...]
    access: tuple[Option, ...]
    chips: tuple[Chip, ...]

    def __bool__(self) -> bool:
        return bool(self.chips or any((len(self.countries) > 1, self.how, self.access, len(self.languages) > 1)))


def filter_form(campaign: Campaign, language: str, filters: Filters, choices: Choices) -> FilterForm:
    """Return the form for what there is to choose from, with what is chosen; words in the language that is active."""
    codes = [code for code, _number in choices.countries]
    named = [(code, name) for code, name in countries.names(spoken(language)) if code in codes]
    offered_regions = [
        (code, regions.NAMES[code])
        for country, code, _number in choices.regions
        if country == filters.country and code in regions.NAMES  # a code alone says nothing to people
    ]
    days = [(day.key, in_language(day.title, language, campaign) or day.key) for day in choices.days]
    chosen_how = next((name for name, attendance in _HOW.items() if attendance == filters.attendance), "")
    how = [(name, _how_words(name)) for name in _HOW] if choices.has_online else []
    offered = [(value, access_words(value)) for value in Access.values if value in choices.access | filters.access]
    return FilterForm(
        countries=_options(named, filters.country),
        regions=_options(sorted(offered_regions, key=itemgetter(1)), filters.region),
        languages=tuple(Option(code, own_name(code), code == filters.language, code) for code in choices.languages),
        how=_options(how, chosen_how),
        days=_options(days, filters.day_of_action),
        access=tuple(Option(value, words, value in filters.access) for value, words in offered),
        chips=_chips(language, filters, dict(days)),
    )


def access_words(value: str) -> str:
    """Return one of states.Access in the language that is active."""
    return {
        Access.STEP_FREE: _("Step-free"),
        Access.SIGN_LANGUAGE: _("Sign language"),
        Access.SEATING: _("Places to sit"),
        Access.QUIET_SPACE: _("A quiet space"),
        Access.TOILETS: _("Toilets"),
    }.get(Access(value), "")


def duty_words(name: str, number: int) -> str:
    """Return who is needed, one or several of states.Duty, in the language that is active."""
    match Duty(name):
        case Duty.MARSHAL:
            return ngettext("Marshal", "Marshals", number)
        case Duty.FIRST_AID:
            return ngettext("First-aider", "First-aiders", number)
        case Duty.LEGAL_OBSERVER:
            return ngettext("Legal observer", "Legal observers", number)
        case Duty.INTERPRETER:
            return ngettext("Interpreter", "Interpreters", number)


def _how_words(name: str) -> str:
    return {"in-person": _("In a town"), "online": _("Online")}[name]


def _options(pairs: list[tuple[str, str]], chosen: str) -> tuple[Option, ...]:
    return tuple(Option(value, words, value == chosen) for value, words in pairs)


def _chips(language: str, filters: Filters, days: Mapping[str, str]) -> tuple[Chip, ...]:
    chips = []
    if filters.day_of_action:
        words = days.get(filters.day_of_action, filters.day_of_action)
        chips.append(Chip(words, query_of(replace(filters, day_of_action=""))))
    if filters.country:
        words = countries.name_of(filters.country, spoken(language))
        chips.append(Chip(words, query_of(replace(filters, country="", region=""))))
    if filters.region:
        chips.append(Chip(regions.NAMES.get(filters.region) or _("Region"), query_of(replace(filters, region=""))))
    for name, attendance in _HOW.items():
        if attendance == filters.attendance:
            chips.append(Chip(_how_words(name), query_of(replace(filters, attendance=None))))
    if filters.language:
        chips.append(Chip(own_name(filters.language), query_of(replace(filters, language=""))))
    chips += [
        Chip(access_words(value), query_of(replace(filters, access=filters.access - {value})))
        for value in Access.values
        if value in filters.access
    ]
    return tuple(chips)
