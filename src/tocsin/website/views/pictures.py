"""Pictures and colours of a campaign."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from tocsin.campaigns.goals import current_goal
from tocsin.kit.numbers import shown
from tocsin.tally.queries import count_of
from tocsin.website import pictures
from tocsin.website.answers import PICTURE, SETTLED, public
from tocsin.website.clock import clock
from tocsin.website.found import campaign_in, public_campaign
from tocsin.website.language import direction
from tocsin.website.poster import poster_of


def card(_request: HttpRequest, lang: str, slug: str) -> HttpResponse:
    """Draw the picture that others show beside a link to the campaign."""
    found = campaign_in(lang, slug)
    poster = poster_of(found, lang, now=clock())
    count = count_of(found.pk).number
    picture = pictures.card(
        title=poster.title,
        by=" · ".join(one.name for one in poster.organisers[:3]),
        number=shown(count, lang),
        words=_("signed in all") if poster.is_closed else _("signed so far"),
        percent=None if poster.is_closed else min(100, count * 100 // current_goal(found.goals, count)),
        accent=found.accent,
        language=lang,
        direction=direction(lang),
    )
    return public(picture, campaign=found, kind="image/png", cache=PICTURE)


def qr(_request: HttpRequest, lang: str, slug: str) -> HttpResponse:
    """Draw the QR code of the campaign page."""
    found = campaign_in(lang, slug)
    address = poster_of(found, lang, now=clock()).url
    return public(pictures.qr_code(address), campaign=found, kind="image/svg+xml", cache=SETTLED)


def theme(_request: HttpRequest, slug: str) -> HttpResponse:
    """Give the campaign's colours as a stylesheet."""
    found = public_campaign(slug)
    return public(
        pictures.theme_css(found.slug, found.accent), campaign=found, kind="text/css; charset=utf-8", cache=SETTLED
    )
