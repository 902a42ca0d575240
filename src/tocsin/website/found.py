"""Finding what an address names, or saying that it is not there."""

from django.http import Http404

from tocsin.campaigns import queries
from tocsin.campaigns.models import Campaign


def campaign_in(language: str, slug: str) -> Campaign:
    """Return the public campaign `slug` if it speaks `language`; a draft is not there."""
    found = public_campaign(slug)
    if language not in found.languages:
        raise Http404
    return found


def public_campaign(slug: str) -> Campaign:
    """Return the public campaign `slug`; raise Http404 for a draft or an unknown one."""
    found = queries.public_campaign(slug)
    if found is None:
        raise Http404
    return found
