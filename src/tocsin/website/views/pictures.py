"""Pictures and colours of a campaign."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from tocsin.campaigns.goals import current_goal
from tocsin.kit.numbers import shown
from tocsin.rallies.queries.shown import occurrence_on, rally_at
from tocsin.tally.queries import count_of
from tocsin.website import pictures
from tocsin.website.answers import PICTURE, SETTLED, moved, public
from tocsin.website.clock import clock
from tocsin.website.found import campaign_in, public_campaign
from tocsin.website.language import direction
from tocsin.website.poster import poster_of
from tocsin.website.rally_dates import RallyDate
from tocsin.website.rally_pages import dates_of


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


def rally_card(_request: HttpRequest, lang: str, slug: str, rally: str, on: date) -> HttpResponse:
    """Draw the picture that others show beside a link to a rally: the town, and when and where it is."""
    campaign = campaign_in(lang, slug)
    found = rally_at(campaign, rally)
    held = occurrence_on(found, on) if found is not None else None
    if found is None or held is None:
        raise Http404
    if found.slug != rally:
        return moved(f"/{lang}/{slug}/rallies/{found.slug}/{on}/card.png", campaign=campaign)
    poster = poster_of(campaign, lang, now=clock())
    [this] = dates_of([held], poster)
    return public(rally_picture(this, poster.title, lang), campaign=campaign, kind="image/png", cache=PICTURE)


def rally_picture(this: RallyDate, title: str, language: str) -> bytes:
    """Return the card of one date, under the campaign's `title`; what is off says so where the hour would be."""
    if this.is_cancelled:
        when = _("Cancelled")
    elif this.is_postponed:
        when = _("Postponed")
    else:
        when = f"{this.day} · {this.begins}"
    return pictures.card(
        title=this.own_title or this.town,
        by=title,
        number=when,
        words=f"{this.weekday} · {this.where}",
        percent=None,
        accent=this.rally.campaign.accent,
        language=language,
        direction=direction(language),
    )


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
