"""Does an address lead anywhere? Asked before Django is, so that made-up addresses cost nothing."""

from collections.abc import Awaitable, Callable

from django.urls import Resolver404, resolve

from tocsin.lane.doors import Doors


async def leads_somewhere(path: str, doors: Doors, look_again: Callable[[], Awaitable[None]]) -> bool:
    """Say whether a view answers to `path`, for a campaign that is public.

    A campaign that nobody knows may be a second old: `look_again` asks the database, a few
    times a second at the most however many ask.
    """
    slug = _slug_of(path)
    if slug is None or slug == "":
        return slug is not None
    if doors.find(slug) is None:
        await look_again()
    return doors.find(slug) is not None


def _slug_of(path: str) -> str | None:
    """Return the campaign that a path names, "" if it names none, None if no view answers to it."""
    for spelling in (path,) if path.endswith("/") else (path, f"{path}/"):  # Django adds the slash itself
        try:
            found = resolve(spelling)
        except Resolver404:
            continue
        return str(found.kwargs.get("slug", ""))
    return None
