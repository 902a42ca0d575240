"""The map of a campaign's rallies: columns for the browser, GeoJSON for other programs, a picture for everybody."""

from tocsin.website.rally_map.columns import columns
from tocsin.website.rally_map.geojson import feature_collection
from tocsin.website.rally_map.page import RalliesPicture, map_page, origin_of, rallies_picture

__all__ = ("RalliesPicture", "columns", "feature_collection", "map_page", "origin_of", "rallies_picture")
