"""The name of a colour: COLOR of RFC 7986 takes one of CSS3's, and no number (section 5.9)."""

from functools import lru_cache

from PIL import ImageColor


@lru_cache(maxsize=256)
def nearest_name(accent: str) -> str:
    """Return the name of CSS3 whose colour is nearest to "#rrggbb"."""
    wanted = ImageColor.getrgb(accent)
    return min(sorted(ImageColor.colormap), key=lambda name: _distance(wanted, ImageColor.getrgb(name)))


def _distance(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    return sum((a - b) ** 2 for a, b in zip(one[:3], other[:3], strict=True))
