"""Note that a public page may have changed."""

from django.db.models import F

from tocsin.campaigns.models import Campaign


def touch(*, campaign: Campaign) -> None:
    """Move the campaign's revision, so that each process drops the pages it keeps of it."""
    Campaign.objects.filter(pk=campaign.pk).update(revision=F("revision") + 1)
