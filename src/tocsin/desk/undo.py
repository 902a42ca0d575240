"""Undo the last change of a campaign's details: kept in the organiser's own session, for one step."""

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from tocsin.campaigns.details import Behind, Details, details_of
from tocsin.campaigns.form_fields import FormFields
from tocsin.campaigns.models import Campaign

_KEY = "desk-undo"
_TIMES = ("opens_at", "closes_at")


def remember(request: HttpRequest, campaign: Campaign, before: Details) -> None:
    """Keep what the details were before this organiser's change."""
    after = details_of(campaign)
    if after != before:
        request.session[_KEY] = {"campaign": campaign.pk, "before": _to_map(before), "after": _to_map(after)}


def undoable(request: HttpRequest, campaign: Campaign) -> Details | None:
    """Return the details to go back to, unless somebody else has changed them since."""
    kept = request.session.get(_KEY)
    if not kept or kept["campaign"] != campaign.pk or kept["after"] != _to_map(details_of(campaign)):
        return None
    return _from_map(kept["before"])


def forget(request: HttpRequest) -> None:
    """Drop what was kept: one step back is all there is."""
    request.session.pop(_KEY, None)


def _to_map(details: Details) -> dict[str, Any]:
    """Return the details as JSON has them, so that the session gives back what it was given."""
    times = {name: moment.isoformat() if (moment := getattr(details, name)) else None for name in _TIMES}
    plain = {**asdict(details), **times, "form": details.form.to_map()}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in plain.items()}


def _from_map(given: dict[str, Any]) -> Details:
    times = {name: datetime.fromisoformat(given[name]) if given[name] else None for name in _TIMES}
    lists = {name: tuple(given[name]) for name in ("languages", "goals", "hashtags")}
    behind = tuple(Behind(**one) for one in given["organisations"])
    known = Details(**{**given, **times, **lists, "form": FormFields.from_map(given["form"])})
    return replace(known, organisations=behind)
