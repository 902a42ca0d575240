"""Where the rallies are: the map, and what it is drawn from."""

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from tocsin.campaigns.models import Campaign
from tocsin.rallies.queries.points import Point
from tocsin.rallies.queries.points import points as points_of
from tocsin.rallies.states import DateState
from tocsin.website.answers import public
from tocsin.website.clock import clock
from tocsin.website.found import campaign_in, public_campaign
from tocsin.website.headers import permissions_policy, picture_policy
from tocsin.website.poster import poster_of
from tocsin.website.rally_map import columns, feature_collection, map_page, origin_of
from tocsin.website.rally_map import picture as drawn

# Made from every rally at once: an approval is seen at once all the same, since the campaign's revision drops it.
_MADE_OF_ALL = "public, max-age=300, stale-while-revalidate=3600, stale-if-error=604800"


def page(_request: HttpRequest, lang: str, slug: str) -> HttpResponse:
    """Show the map, for which alone a browser may be asked where it is; it tells nobody."""
    found = campaign_in(lang, slug)
    answer = public(map_page(poster_of(found, lang, now=clock())), campaign=found)
    answer["Permissions-Policy"] = permissions_policy("geolocation")
    if settings.MAP_TILES:
        answer["Content-Security-Policy"] = picture_policy(origin_of(settings.MAP_TILES))
    return answer


def points(_request: HttpRequest, slug: str) -> HttpResponse:
    """Give the rallies in columns, for the map in the browser."""
    found = public_campaign(slug)
    body = orjson.dumps(columns(points_of(found, now=clock())))
    return public(body, campaign=found, kind="application/json", cache=_MADE_OF_ALL)


def geojson(_request: HttpRequest, slug: str) -> HttpResponse:
    """Give the rallies to other programs, which may read them from any page."""
    found = public_campaign(slug)
    poster = poster_of(found, found.languages[0], now=clock())
    body = orjson.dumps(feature_collection(found, points_of(found, now=clock()), base_url=poster.base_url))
    answer = public(body, campaign=found, kind="application/geo+json", cache=_MADE_OF_ALL)
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


def picture(_request: HttpRequest, slug: str) -> HttpResponse:
    """Draw where the rallies are."""
    found = public_campaign(slug)
    shown = _to_be_drawn(found)
    places = [one.place for one in shown if one.place is not None]
    main = next((one.place for one in shown if one.is_main), None)
    body = drawn.picture(places, main=main, accent=found.accent)
    answer = public(body, campaign=found, kind="image/svg+xml", cache=_MADE_OF_ALL)
    answer["Content-Security-Policy"] = drawn.policy(found.accent)
    return answer


def _to_be_drawn(campaign: Campaign) -> list[Point]:
    """Return the rallies that a picture without words can show: not the cancelled ones, and the past if it is all."""
    found = [one for one in points_of(campaign, now=clock()) if one.state != DateState.CANCELLED]
    return [one for one in found if not one.is_over] or found
