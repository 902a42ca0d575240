"""Refresh the published figures by country and by text, once a day: a single signature cannot be read off them."""

from datetime import datetime

from django.db.models import Count

from tocsin import db
from tocsin.campaigns.models import Campaign
from tocsin.campaigns.states import State as CampaignState
from tocsin.signing.models import CountryCount, Signature, TextCount
from tocsin.signing.states import State


def refresh_country_counts(*, now: datetime) -> int:
    """Count the signatures of open campaigns by country; return how many figures were written."""
    del now
    written = 0
    for campaign in Campaign.objects.filter(state=CampaignState.OPEN):
        counted = Signature.objects.filter(campaign_id=campaign.pk, state=State.COUNTED).exclude(country="")
        figures = counted.values_list("country").annotate(signatures=Count("*")).order_by()
        rows = [CountryCount(campaign_id=campaign.pk, country=country, signatures=n) for country, n in figures]
        with db.transaction():
            CountryCount.objects.filter(campaign_id=campaign.pk).delete()
            CountryCount.objects.bulk_create(rows)
        written += len(rows)
    return written


def refresh_text_counts(*, now: datetime) -> int:
    """Count the signatures of public campaigns by the text that was signed; return how many figures were written.

    Closed ones too: their signatures can still be withdrawn.
    """
    del now
    written = 0
    for campaign in Campaign.objects.exclude(state=CampaignState.DRAFT):
        counted = Signature.objects.filter(campaign_id=campaign.pk, state=State.COUNTED)
        figures = counted.values_list("text").annotate(signatures=Count("*")).order_by()
        rows = [TextCount(campaign_id=campaign.pk, text_id=text, signatures=n) for text, n in figures]
        with db.transaction():
            TextCount.objects.filter(campaign_id=campaign.pk).delete()
            TextCount.objects.bulk_create(rows)
        written += len(rows)
    return written
