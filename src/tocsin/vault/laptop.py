"""Keys made on a laptop: what leaves it, what the server takes in, and how a keyholder proves that theirs opens.

    {"tocsin key": 1, "campaign": "night-trains", "public": hex, "keyholders": ["Noor", …], "made_on": "2026-04-02"}

That file holds nothing secret. The private half stays with the keyholders as age files, which
the server never sees. So it cannot let them open a test row: it hands one out as a file, and
they type the code that comes out of it.
"""

import hashlib
import json
from datetime import date
from typing import Any, NamedTuple

from tocsin.seal.epoch import epoch_id_of, open_epoch, open_row
from tocsin.vault.drill_code import code_of
from tocsin.vault.drill_row import NAME

VERSION = 1
PUBLIC_BYTES = 1_216
_FORMAT = "tocsin key"
_TEST = "tocsin test row"
_MOST_KEYHOLDERS = 20
_LABEL_CHARS = 80


class BadPublicFileError(ValueError):
    """A file that is not the public half of a campaign's key."""


class PublicFile(NamedTuple):
    """What a key made elsewhere is known by."""

    campaign: str
    public: bytes
    keyholders: tuple[str, ...]
    made_on: date

    @property
    def fingerprint(self) -> bytes:
        """SHA-256 of the public half."""
        return hashlib.sha256(self.public).digest()


def write_public_file(key: PublicFile) -> bytes:
    """Return the file to bring to the desk."""
    fields = {
        _FORMAT: VERSION,
        "campaign": key.campaign,
        "public": key.public.hex(),
        "keyholders": list(key.keyholders),
        "made_on": key.made_on.isoformat(),
    }
    return json.dumps(fields, indent=1, ensure_ascii=False).encode() + b"\n"


def read_public_file(content: bytes) -> PublicFile:
    """Return what such a file says; raises BadPublicFileError."""
    try:
        fields = json.loads(content)
        labels = tuple(label.strip() for label in fields["keyholders"])
        key = PublicFile(
            str(fields["campaign"]), bytes.fromhex(fields["public"]), labels, date.fromisoformat(fields["made_on"])
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        message = "this is not the public file that 'tocsin key new' wrote"
        raise BadPublicFileError(message) from error
    is_ours = fields.get(_FORMAT) == VERSION and len(key.public) == PUBLIC_BYTES
    has_labels = 0 < len(set(labels)) == len(labels) <= _MOST_KEYHOLDERS
    if not is_ours or not has_labels or not all(0 < len(label) <= _LABEL_CHARS for label in labels):
        message = "this is not the public file that 'tocsin key new' wrote"
        raise BadPublicFileError(message)
    return key


def write_test_row(row: bytes, epoch: bytes) -> bytes:
    """Return a test row as the file that a keyholder takes to their laptop."""
    return json.dumps({_TEST: VERSION, "row": row.hex(), "epoch": epoch.hex()}).encode() + b"\n"


def prove(private_key: bytes, test_row: bytes) -> str:
    """Return the code that shows that a private key opens a test row; raises SealBrokenError or BadPublicFileError."""
    try:
        fields: dict[str, Any] = json.loads(test_row)
        row, epoch = bytes.fromhex(fields["row"]), bytes.fromhex(fields["epoch"])
    except (ValueError, KeyError, TypeError) as error:
        message = "this is not a test row from the desk"
        raise BadPublicFileError(message) from error
    salt, _ = open_row(open_epoch(private_key, NAME, epoch_id_of(row), epoch), row)
    return code_of(salt)
