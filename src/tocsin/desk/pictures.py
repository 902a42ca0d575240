"""Takes an uploaded picture in: only what a bounded process made of it goes further."""

import subprocess
import sys
from typing import IO

from tocsin import db
from tocsin.campaigns.domain.picturing import put_picture
from tocsin.campaigns.models import Campaign
from tocsin.campaigns.pictures import MAX_BYTES
from tocsin.campaigns.refusals import Refusal, RefusedError
from tocsin.desk import picture_process

# More than the child's CPU seconds: a busy machine gives them slowly.
_PATIENCE = 30
_REFUSALS = {code: refusal for refusal, code in picture_process.EXITS.items()}


def take_picture(*, campaign: Campaign, upload: IO[bytes]) -> None:
    """Show the uploaded picture on the campaign's pages; raises RefusedError."""
    content = bounded_jpeg(upload)
    with db.transaction():
        put_picture(campaign=campaign, content=content)
    campaign.refresh_from_db()


def bounded_jpeg(upload: IO[bytes]) -> bytes:
    """Return the picture as a fresh JPEG, made in a process that may take 10 s and 1 GB; raises RefusedError."""
    content = upload.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise _refused(Refusal.PICTURE_TOO_BIG)
    command = [sys.executable, "-I", "-m", picture_process.__name__]
    try:
        # Its complaints may quote the picture: they go nowhere.
        done = subprocess.run(  # a fixed command; the upload is only its input
            command, input=content, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=_PATIENCE, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise _refused(Refusal.PICTURE_TOO_BIG) from error
    if done.returncode:
        # A negative code is the kernel's signal: too long, or too much.
        raise _refused(_REFUSALS.get(done.returncode, Refusal.PICTURE_TOO_BIG))
    return done.stdout


def _refused(refusal: Refusal) -> RefusedError:
    return RefusedError.of(refusal, "picture")
