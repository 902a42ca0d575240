"""A host's kit: nothing in it is secret, so whoever wants to help may print it too."""

from datetime import date

from django.http import Http404, HttpResponse

from tocsin.rallies.queries import shown
from tocsin.website.answers import PICTURE, moved, public
from tocsin.website.clock import clock
from tocsin.website.found import campaign_in
from tocsin.website.kit.facts import Facts
from tocsin.website.kit.page import kit_page, missing_scripts
from tocsin.website.kit.papers import PAPERS, Paper, pdf, picture


def kit(_request: object, lang: str, slug: str, rally: str, on: date) -> HttpResponse:
    """Show what to post and what to print for one date."""
    facts = _facts(lang, slug, rally, on)
    if isinstance(facts, HttpResponse):
        return facts
    return public(kit_page(facts), campaign=facts.campaign)


def paper(_request: object, lang: str, slug: str, rally: str, on: date, name: str) -> HttpResponse:
    """Give one of the papers as PDF; one whose letters this server lacks is not there."""
    facts = _facts(lang, slug, rally, on)
    if isinstance(facts, HttpResponse):
        return facts
    if name not in PAPERS or missing_scripts(facts):
        raise Http404
    response = public(pdf(facts, Paper(name)), campaign=facts.campaign, kind="application/pdf", cache=PICTURE)
    response["Content-Disposition"] = f'inline; filename="{rally}-{on.isoformat()}-{name}.pdf"'
    return response


def preview(_request: object, lang: str, slug: str, rally: str, on: date) -> HttpResponse:
    """Draw the poster small, for the kit's page."""
    facts = _facts(lang, slug, rally, on)
    if isinstance(facts, HttpResponse):
        return facts
    if missing_scripts(facts):
        raise Http404
    return public(picture(facts, Paper("poster-a4")), campaign=facts.campaign, kind="image/png", cache=PICTURE)


def _facts(lang: str, slug: str, name: str, on: date) -> Facts | HttpResponse:
    """Return what is known of a date; for one that is not held the way to its page, which says so."""
    campaign = campaign_in(lang, slug)
    rally = shown.rally_at(campaign, name)
    if rally is None:
        raise Http404
    path = f"/{lang}/{slug}/rallies/{rally.slug}/"
    occurrence = shown.occurrence_on(rally, on)
    if rally.slug != name:
        return moved(path, campaign=campaign)
    if occurrence is None:
        raise Http404
    facts = Facts(occurrence, lang, clock())
    if not facts.stands:
        return moved(facts.path, campaign=campaign)
    return facts
