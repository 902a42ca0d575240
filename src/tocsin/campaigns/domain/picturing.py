"""Give a campaign its picture, or take it away."""

from typing import IO

from django.core.files.base import ContentFile

from tocsin import db
from tocsin.campaigns.domain.revision import touch
from tocsin.campaigns.models import Campaign
from tocsin.campaigns.picture_process import bounded_jpeg
from tocsin.campaigns.pictures import name_of


def set_picture(*, campaign: Campaign, upload: IO[bytes]) -> None:
    """Show this picture on the campaign's pages; raise RefusedError when it is none, or too big."""
    content = bounded_jpeg(upload)
    with db.transaction():
        put_picture(campaign=campaign, content=content)
    campaign.refresh_from_db()


def put_picture(*, campaign: Campaign, content: bytes) -> None:
    """Store a picture made by `bounded_jpeg`, as a step of the caller's transaction."""
    db.required()
    storage = campaign.picture.storage
    name = f"campaigns/{campaign.pk}/{name_of(content)}"
    # The file first: a row that names no file would be a broken page, a file without a row is spare.
    if not storage.exists(name):
        name = storage.save(name, ContentFile(content))
    _replace(campaign, name)


def remove_picture(*, campaign: Campaign) -> None:
    """Show no picture on the campaign's pages, and delete the file."""
    with db.transaction():
        _replace(campaign, "")
    campaign.refresh_from_db()


def _replace(campaign: Campaign, name: str) -> None:
    stored = Campaign.objects.select_for_update().get(pk=campaign.pk)
    before, storage = stored.picture.name, stored.picture.storage
    Campaign.objects.filter(pk=stored.pk).update(picture=name)
    touch(campaign=stored)
    if before and before != name:
        db.after_commit(lambda: storage.delete(before))
