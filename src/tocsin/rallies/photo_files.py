"""Where photos of headcounts lie: each in a file of its own, under a name that nobody can guess.

The media folder is open to whoever knows a name. A photo that waits is known to the team alone; one that was shown
gets another name when it is shown no longer, so that its old address is gone at once.
"""

import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.core.files.base import ContentFile
from django.core.files.storage import Storage

from tocsin import db
from tocsin.campaigns.domain import touch
from tocsin.campaigns.models import Campaign
from tocsin.rallies.models import Headcount

FOLDER: Final = "headcounts"
_NAME_BYTES: Final = 16
# A file may be there a moment before the row that names it.
_STRAY_AGE: Final = timedelta(days=1)


def store(occurrence: int, photo: bytes) -> str:
    """Put a photo of a date (by number) away; return its name. A transaction that fails leaves a stray behind."""
    name = f"{FOLDER}/{occurrence}/{secrets.token_hex(_NAME_BYTES)}.jpg"
    return str(_storage().save(name, ContentFile(photo)))


def rename(headcount: Headcount) -> str:
    """Give a photo another name, and return it; the old one is gone with the commit."""
    db.required()
    campaign = headcount.occurrence.campaign
    storage, before = _storage(), str(headcount.photo.name)
    try:
        with storage.open(before) as file:
            name = store(headcount.occurrence_id, file.read())
    except FileNotFoundError:
        return ""
    db.after_commit(lambda: _delete_shown(before, campaign))
    return name


def _delete_shown(name: str, campaign: Campaign) -> None:
    """Delete the file of a photo that pages showed.

    The campaign's revision moves once more behind it: a process that saw the commit's own before the file was gone
    may have read that anew, and drops it now.
    """
    _storage().delete(name)
    touch(campaign=campaign)


def erase(name: str) -> None:
    """Delete a photo's file, once the surrounding transaction is durable."""
    db.after_commit(lambda: _storage().delete(name))


def erase_strays(now: datetime) -> int:
    """Delete the files that no row names, as those of a campaign that is gone; return how many.

    Once a day: it asks the storage and the database for each date that ever had a photo.
    """
    storage, gone = _storage(), 0
    for number in _folders(storage):
        folder = f"{FOLDER}/{number}"
        there = {f"{folder}/{name}" for name in storage.listdir(folder)[1]}
        known = set(Headcount.objects.filter(photo__startswith=f"{folder}/").values_list("photo", flat=True))
        for name in sorted(there - known):
            if _is_old(storage, name, now):
                storage.delete(name)
                gone += 1
    return gone


def _is_old(storage: Storage, name: str, now: datetime) -> bool:
    try:
        return storage.get_modified_time(name) < now - _STRAY_AGE
    except FileNotFoundError:  # renamed or erased since the folder was read
        return False


def _folders(storage: Storage) -> Iterator[str]:
    if storage.exists(FOLDER):
        yield from sorted(storage.listdir(FOLDER)[0])


def _storage() -> Storage:
    return Headcount().photo.storage
