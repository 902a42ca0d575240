"""The campaign page as it will be with a text that is not public yet: the desk shows it to the team alone.

The desk does not know the website; settings.DRAFT_PAGES names this module to it.
"""

import re
from dataclasses import replace
from html import escape

from tocsin.campaigns import queries
from tocsin.campaigns.goals import current_goal
from tocsin.campaigns.models import AppealVersion, Campaign
from tocsin.kit.numbers import shown
from tocsin.tally.queries import count_of
from tocsin.website import pictures
from tocsin.website.clock import clock
from tocsin.website.pages import campaign_page
from tocsin.website.poster import poster_of

_SLOT = re.compile("@@slot:([a-z_]+)@@")


def page(campaign: Campaign, version: AppealVersion, *, language: str, path: str, notice: object) -> str:
    """Return the campaign page in `language` with `version` as its text, whole, and with a form that sends nothing.

    `path` is its own address, below which its parts are asked for; `notice` says on top that it is a preview.
    """
    poster = replace(
        poster_of(campaign, language, now=clock()),
        version=version,
        text=queries.text_in(version, language),
        preview_path=path,
    )
    numbers = _numbers(campaign, language)
    made = campaign_page(poster, values={}, errors={}, preview=notice)
    return _SLOT.sub(lambda found: escape(numbers.get(found[1], "")), made)


def part(campaign: Campaign, *, language: str, name: str) -> tuple[str, bytes] | None:
    """Return what a draft's page asks for besides, its kind first; public addresses have none of it before opening."""
    if name == "theme.css":
        return "text/css; charset=utf-8", pictures.theme_css(campaign.slug, campaign.accent).encode()
    if name == "qr.svg":
        address = poster_of(campaign, language, now=clock()).url
        return "image/svg+xml", pictures.qr_code(address)
    return None


def _numbers(campaign: Campaign, language: str) -> dict[str, str]:
    """Return what fills the page's slots, as they are now."""
    count = count_of(campaign.pk).number
    goal = current_goal(campaign.goals, count)
    return {
        "count": shown(count, language),
        "count_raw": str(count),
        "goal": shown(goal, language),
        "goal_raw": str(goal),
        "percent": str(min(100, count * 100 // goal)),
    }
