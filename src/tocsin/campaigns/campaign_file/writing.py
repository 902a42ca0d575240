"""From a campaign to its file: reading it back gives the same campaign."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import tomli_w

from tocsin.campaigns import queries
from tocsin.campaigns.campaign_file.parts import Part
from tocsin.campaigns.campaign_file.values import as_toml
from tocsin.campaigns.details import Details, details_of
from tocsin.campaigns.models import Campaign
from tocsin.kit.zones import zone_of


def write_campaign_file(campaign: Campaign, parts: Sequence[Part] = ()) -> str:
    """Return the campaign as TOML: its published texts, or the drafts while nothing is published, and its `parts`.

    Earlier versions, signatures, keys and the team are not part of it; nor are the bytes of the
    picture, which is named as it lies below the media folder.
    """
    details = details_of(campaign)
    carried: Mapping[str, Any] = as_toml(campaign.carried)
    tables: dict[str, Any] = {
        "campaign": _campaign(campaign, details) | carried.get("campaign", {}),
        "form": details.form.to_map(),
        "appeal": _appeal(campaign, carried.get("appeal", {})),
        "privacy": _privacy(campaign, carried.get("privacy", {})),
        "organisations": _organisations(details, carried.get("organisations", {})),
    }
    for part in parts:
        own = {key: carried[key] for key in part.keys if key in carried}
        tables |= dict.fromkeys(part.keys) | part.write(campaign, own)
    filled = {key: table for key, table in tables.items() if table}
    rest = {key: value for key, value in carried.items() if key not in tables}
    return tomli_w.dumps(filled | rest, multiline_strings=not _has_crlf(carried))


def _has_crlf(value: Any) -> bool:
    """Say whether a carried text holds CR LF, which a TOML text over several lines would turn into LF."""
    if isinstance(value, Mapping):
        return any(map(_has_crlf, value.values()))
    if isinstance(value, list):
        return any(map(_has_crlf, value))
    return isinstance(value, str) and "\r\n" in value


def _campaign(campaign: Campaign, details: Details) -> dict[str, Any]:
    table: dict[str, Any] = {
        "slug": details.slug,
        "languages": list(details.languages),
        "title": dict(details.title),
        "motto": dict(details.motto),
        "timezone": details.timezone,
        "accent": details.accent,
        "picture": campaign.picture.name or "",
        "picture_text": dict(details.picture_text),
        "goals": list(details.goals),
        "opens_at": _local(details.opens_at, details.timezone),
        "closes_at": _local(details.closes_at, details.timezone),
        "contact": details.contact,
        "imprint": dict(details.imprint),
        "hashtags": list(details.hashtags),
        "shortcode_ids": dict(details.shortcode_ids),
    }
    return {key: value for key, value in table.items() if value not in ("", None, {})}


def _local(moment: datetime | None, timezone: str) -> datetime | None:
    return moment.astimezone(zone_of(timezone)) if moment else None


def _appeal(campaign: Campaign, carried: Mapping[str, Any]) -> dict[str, Any]:
    version = queries.current_version(campaign) or queries.draft_version(campaign)
    texts = version.texts.order_by("pk") if version else ()
    return {
        text.language: {"title": text.title, "text": text.source} | carried.get(text.language, {}) for text in texts
    }


def _privacy(campaign: Campaign, carried: Mapping[str, Any]) -> dict[str, Any]:
    version = queries.current_privacy(campaign) or queries.draft_privacy_version(campaign)
    source = version.source if version else {}
    return {language: {"text": text} | carried.get(language, {}) for language, text in source.items()}


def _organisations(details: Details, carried: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"name": one.name, "role": one.role} | ({"url": one.url} if one.url else {}) | carried.get(one.name, {})
        for one in details.organisations
    ]
