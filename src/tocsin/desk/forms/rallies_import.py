"""The form that takes a file of rallies; between looking and storing it carries the file itself, packed."""

import base64
import binascii
import zlib
from pathlib import PurePath
from typing import Any, Final

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from tocsin.desk.forms.base import DeskForm
from tocsin.rallies.reading.csv import read_csv
from tocsin.rallies.reading.found import MOST_BYTES, FileRefusal, FileRefusedError, Found
from tocsin.rallies.reading.ics import read_ics

_PACKED_BYTES: Final = 2 * MOST_BYTES


class ImportForm(DeskForm):
    """Takes a file, or the file that was looked at before."""

    file = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_("A calendar (.ics) or a table (.csv), up to 4 MB and 5,000 rallies. Nothing is stored yet."),
        widget=forms.FileInput(attrs={"accept": ".ics,.csv,text/calendar,text/csv"}),
    )
    packed = forms.CharField(required=False, max_length=_PACKED_BYTES, widget=forms.HiddenInput)

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        """Make the form; what a file says is taken to be in `language`."""
        self._language = language
        self.found: Found | None = None
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Read the file; what is wrong with it as a whole stands beside the field."""
        given: dict[str, Any] = super().clean() or {}
        upload, packed = given.get("file"), str(given.get("packed") or "")
        if upload is None and not packed:
            self.add_error("file", _("Choose a file."))
            return given
        try:
            content = _read(upload) if upload is not None else _unpacked(packed)
            read = read_ics if _is_calendar(content, upload) else read_csv
            self.found = read(content, language=self._language)
        except FileRefusedError as error:
            self.add_error("file", error.mend)
        else:
            given["packed"] = _packed(content)
        return given


def _is_calendar(content: bytes, upload: "UploadedFile[Any] | None") -> bool:
    begins = content[:200].lstrip(b"\xef\xbb\xbf \r\n").upper().startswith(b"BEGIN:")
    return begins or (upload is not None and PurePath(upload.name or "").suffix.lower() == ".ics")


def _read(upload: "UploadedFile[Any]") -> bytes:
    if upload.size is not None and upload.size > MOST_BYTES:
        raise FileRefusedError(FileRefusal.TOO_LARGE)
    return bytes(upload.read())


def _packed(content: bytes) -> str:
    return base64.b64encode(zlib.compress(content)).decode()


def _unpacked(packed: str) -> bytes:
    """Return what `_packed` was given, and of anything else no more than a file may have."""
    try:
        content = zlib.decompressobj().decompress(base64.b64decode(packed, validate=True), MOST_BYTES + 1)
    except (binascii.Error, ValueError, zlib.error) as error:
        raise FileRefusedError(FileRefusal.EMPTY) from error
    return content
