"""Whether a campaign's details can stand, each refusal naming its field as the campaign file does."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from tocsin.campaigns.details import Behind, Details
from tocsin.campaigns.languages import is_known
from tocsin.campaigns.refusals import Refusal, Refused
from tocsin.campaigns.slugs import is_reserved, is_slug

ROLES = ("organiser", "endorses")
MAX_GOAL = 10**10  # more than there are people
_ACCENT = re.compile(r"#[0-9a-f]{6}\Z")
_HASHTAG = re.compile(r"\w{1,60}\Z")
_SHORTCODE_ID = re.compile(r"[0-9]{1,9}\Z")
# A line ends with LF; a tab is a space to the eye. All others do nothing good in a text.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_LONGEST = {"title": 150, "motto": 300, "picture_text": 300, "imprint": 5_000}
_LONGEST_NAME = 200
_MAX_URL = 200
_MANY = 50


def settled(details: Details) -> Details:
    """Return `details` as they are stored: NFC, LF line ends, no space around, empty texts left out."""
    return replace(
        details,
        title=_texts(details.title),
        motto=_texts(details.motto),
        picture_text=_texts(details.picture_text),
        imprint=_texts(details.imprint),
        shortcode_ids=_texts(details.shortcode_ids),
        slug=details.slug.strip(),
        timezone=details.timezone.strip(),
        accent=details.accent.strip().lower(),
        contact=details.contact.strip(),
        hashtags=tuple(plain(tag).strip().removeprefix("#") for tag in details.hashtags),
        organisations=tuple(
            Behind(plain(one.name).strip(), one.role.strip(), one.url.strip()) for one in details.organisations
        ),
    )


def plain(text: str) -> str:
    """Return a text in the one spelling that is stored and hashed: NFC, LF line ends."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def has_control(text: str) -> bool:
    """Say whether a text holds a control character other than LF and tab."""
    return _CONTROLS.search(text) is not None


def _texts(texts: Mapping[str, str]) -> dict[str, str]:
    return {key: kept for key, text in texts.items() if (kept := plain(text).strip())}


def refusals_of(details: Details) -> tuple[Refused, ...]:
    """Return everything that is wrong with settled details by themselves."""
    return tuple(refused for check in _CHECKS for refused in check(details))


def _slug(details: Details) -> Iterator[Refused]:
    if not is_slug(details.slug):
        yield Refused("slug", Refusal.SLUG_SHAPE)
    elif is_reserved(details.slug):
        yield Refused("slug", Refusal.SLUG_RESERVED)


def _languages(details: Details) -> Iterator[Refused]:
    if not details.languages:
        yield Refused("languages", Refusal.EMPTY)
    if len(set(details.languages)) < len(details.languages):
        yield Refused("languages", Refusal.LANGUAGE_REPEATED)
    if not all(map(is_known, details.languages)):
        yield Refused("languages", Refusal.LANGUAGE_UNKNOWN)


def _texts_in_languages(details: Details) -> Iterator[Refused]:
    if not details.languages:
        return  # said already; which texts would be right cannot be known
    if details.languages[0] not in details.title:
        yield Refused(f"title.{details.languages[0]}", Refusal.EMPTY)
    for name, limit in _LONGEST.items():
        texts: Mapping[str, str] = getattr(details, name)
        for language, text in texts.items():
            if language not in details.languages:
                yield Refused(f"{name}.{language}", Refusal.LANGUAGE_UNLISTED)
            yield from text_refusals(f"{name}.{language}", text, limit=limit, one_line=name != "imprint")


def text_refusals(field: str, text: str, *, limit: int, one_line: bool) -> Iterator[Refused]:
    """Yield what is wrong with one text of at most `limit` characters."""
    if len(text) > limit:
        yield Refused(field, Refusal.TOO_LONG, str(limit))
    if has_control(text):
        yield Refused(field, Refusal.CONTROL_CHARACTER)
    elif one_line and "\n" in text:
        yield Refused(field, Refusal.ONE_LINE)


def _timezone(details: Details) -> Iterator[Refused]:
    try:
        ZoneInfo(details.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield Refused("timezone", Refusal.TIMEZONE_UNKNOWN)


def _accent(details: Details) -> Iterator[Refused]:
    if not _ACCENT.match(details.accent):
        yield Refused("accent", Refusal.ACCENT_SHAPE)


def _goals(details: Details) -> Iterator[Refused]:
    rising = all(low < high for low, high in zip((0, *details.goals), details.goals, strict=False))
    if not rising or len(details.goals) > _MANY or max(details.goals, default=0) > MAX_GOAL:
        yield Refused("goals", Refusal.GOALS_SHAPE)


def _hours(details: Details) -> Iterator[Refused]:
    if details.opens_at and details.closes_at and details.opens_at >= details.closes_at:
        yield Refused("closes_at", Refusal.OPENS_AFTER_CLOSING)


def _contact(details: Details) -> Iterator[Refused]:
    try:
        if details.contact:
            validate_email(details.contact)
    except ValidationError:
        yield Refused("contact", Refusal.CONTACT_SHAPE)


def _hashtags(details: Details) -> Iterator[Refused]:
    if len(details.hashtags) > _MANY or not all(map(_HASHTAG.match, details.hashtags)):
        yield Refused("hashtags", Refusal.HASHTAG_SHAPE)


def _shortcode_ids(details: Details) -> Iterator[Refused]:
    for identifier, slug in details.shortcode_ids.items():
        if not _SHORTCODE_ID.match(identifier) or not is_slug(slug):
            yield Refused(f"shortcode_ids.{identifier}", Refusal.SHORTCODE_ID_SHAPE)


def _organisations(details: Details) -> Iterator[Refused]:
    if len({one.name for one in details.organisations}) < len(details.organisations):
        yield Refused("organisations", Refusal.NAME_REPEATED)
    for place, one in enumerate(details.organisations, start=1):
        field = f"organisations[{place}]"
        if not one.name:
            yield Refused(f"{field}.name", Refusal.EMPTY)
        yield from text_refusals(f"{field}.name", one.name, limit=_LONGEST_NAME, one_line=True)
        if one.role not in ROLES:
            yield Refused(f"{field}.role", Refusal.ROLE_UNKNOWN)
        if one.url and not is_web_address(one.url):
            yield Refused(f"{field}.url", Refusal.URL_SHAPE)


def is_web_address(url: str) -> bool:
    """Say whether a link to `url` leads to a web page and nowhere else (no javascript:, no data:)."""
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and len(url) <= _MAX_URL and " " not in url
    except ValueError:
        return False


_CHECKS: tuple[Callable[[Details], Iterator[Refused]], ...] = (
    _slug,
    _languages,
    _texts_in_languages,
    _timezone,
    _accent,
    _goals,
    _hours,
    _contact,
    _hashtags,
    _shortcode_ids,
    _organisations,
)
