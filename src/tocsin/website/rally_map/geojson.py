"""Rallies for other programs' maps: GeoJSON as RFC 7946 has it, public facts only."""

from collections.abc import Iterable
from typing import Any

from tocsin.campaigns.models import Campaign
from tocsin.kit.zones import zone_of
from tocsin.rallies.queries.points import Point
from tocsin.rallies.wording import title_of


def feature_collection(campaign: Campaign, points: Iterable[Point], *, base_url: str) -> dict[str, Any]:
    """Return a FeatureCollection of one feature a rally, on the date to go to.

    A cancelled date stays, with `state` saying so: who shows these must not send anybody there. What is
    online alone has no geometry (section 3.2).
    """
    language = campaign.languages[0]
    features = [_feature(campaign, point, language, f"{base_url}/{language}/{campaign.slug}") for point in points]
    return {"type": "FeatureCollection", "features": features}


def _feature(campaign: Campaign, point: Point, language: str, url: str) -> dict[str, Any]:
    there = zone_of(point.zone)
    return {
        "type": "Feature",
        "id": point.uid,
        # Longitude first (section 3.1.1).
        "geometry": {"type": "Point", "coordinates": [point.longitude, point.latitude]} if point.place else None,
        "properties": {
            "title": title_of(point.title, point.city, point.attendance, language, campaign),
            "url": f"{url}/rallies/{point.slug}/",
            "city": point.city,
            "country": point.country,
            "starts_at": point.starts_at.astimezone(there).isoformat(),
            "ends_at": point.ends_at.astimezone(there).isoformat(),
            "zone": point.zone,
            "state": point.state.name.lower(),
            "is_over": point.is_over,
            "attendance": point.attendance.name.lower(),
            "access": list(point.access),
            "is_main": point.is_main,
            "place_is_approximate": point.is_approximate,
        },
    }
