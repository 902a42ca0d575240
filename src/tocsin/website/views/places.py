"""Towns for the form that announces a rally: looked up here, while somebody types, and written down nowhere."""

import orjson
from django.http import HttpRequest, HttpResponse

from tocsin.campaigns.languages import spoken
from tocsin.kit import countries, regions
from tocsin.kit.places import City, find_cities
from tocsin.website.found import campaign_in

_MOST = 8


def places(request: HttpRequest, lang: str, slug: str) -> HttpResponse:
    """Give the towns whose name begins with `q`, in any script, of one `country` (ISO 3166-1) or of any.

    As JSON: {"places": [{number, name, where, country, region, zone, latitude, longitude}, …]}, with
    `where` being region and country in the page's language. No cache keeps it, ours included: what
    somebody looks for is theirs.
    """
    campaign_in(lang, slug)
    found = find_cities(request.GET.get("q", ""), country=request.GET.get("country", ""), limit=_MOST)
    answer = HttpResponse(
        orjson.dumps({"places": [_shown(city, spoken(lang)) for city in found]}), content_type="application/json"
    )
    answer["Cache-Control"] = "no-store"
    return answer


def _shown(city: City, language: str) -> dict[str, object]:
    return {
        "number": city.number,
        "name": city.name,
        "where": where_in(city, language),
        "country": city.country,
        "region": city.region,
        "zone": city.zone,
        "latitude": city.latitude,
        "longitude": city.longitude,
    }


def where_in(city: City, language: str) -> str:
    """Return region and country of a town in words: "Illinois, United States"; the region where we know its name."""
    parts = (regions.NAMES.get(city.region, ""), countries.name_of(city.country, language))
    return ", ".join(part for part in parts if part)
