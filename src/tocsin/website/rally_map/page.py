"""The page of the map, and the picture that stands for it elsewhere."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import ngettext, override

from tocsin.campaigns.languages import spoken
from tocsin.campaigns.models import Campaign
from tocsin.kit.numbers import shown
from tocsin.rallies.queries.shown import totals
from tocsin.website.poster import Poster
from tocsin.website.rally_filters import access_words
from tocsin.website.rally_map.columns import ACCESS
from tocsin.website.rally_map.picture import HEIGHT, WIDTH
from tocsin.website.slots import render


@dataclass(frozen=True, slots=True)
class RalliesPicture:
    """The server's picture as `website/rallies_picture.html` shows it."""

    path: str
    words: str  # instead of it, for who does not see it
    map_path: str
    width: int = WIDTH
    height: int = HEIGHT


def rallies_picture(campaign: Campaign, language: str, *, rallies: int) -> RalliesPicture | None:
    """Return the picture for a page that says how many rallies there are; None when there is none to draw."""
    if not rallies:
        return None
    with override(spoken(language)):
        words = ngettext(
            "Map with a dot for the place of %(number)s rally",
            "Map with dots for the places of %(number)s rallies",
            rallies,
        ) % {"number": shown(rallies, language)}
    return RalliesPicture(
        path=f"/{campaign.slug}/rallies.svg", words=words, map_path=f"/{language}/{campaign.slug}/rallies/map/"
    )


def origin_of(tiles: str) -> str:
    """Return scheme and host of the address of map tiles, as a policy names them."""
    return f"https://{urlsplit(tiles).netloc}"


def map_page(poster: Poster) -> str:
    """Return the page of the map; without JavaScript it is the picture and the way to the list."""
    campaign, language = poster.campaign, poster.language
    with override(spoken(language)):
        access = [(bit, access_words(name)) for name, bit in ACCESS.items()]
    context = {
        "poster": poster,
        "language": language,
        "picture": rallies_picture(campaign, language, rallies=totals(campaign, poster.now).rallies),
        "points_path": f"/{campaign.slug}/rallies/points.json",
        "access": access,
        "tiles": settings.MAP_TILES,
        "tiles_host": urlsplit(settings.MAP_TILES).netloc,
        "tiles_credit": settings.MAP_CREDIT,
    }
    return render("website/rallies_map.html", context, language=language)
